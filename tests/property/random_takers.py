"""Random children who take a random instrument, as records of the library, and the same as a table."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pandas as pd
from property.random_instruments import Drawn
from slow_twin.instrument import score_child

Record = dict[str, Any]
STYLES = ("all", "some", "few", "window", "none", "climb", "climb")
AGES = (20, 24, 29.9, 30, 35.999, 36, 40, 47.5, 48, 59, 59.99, 60, 70)
ILLEGAL = 77


def takers(drawn: Drawn, n: int, seed: int) -> list[Record]:
    """``n`` children; what they do depends on the seed alone."""
    chance = random.Random(seed)
    return [taker(drawn, f"c{place}", chance) for place in range(n)]


def taker(drawn: Drawn, name: str, chance: random.Random) -> Record:
    """One child: an age (or two dates), strata, answers, totals."""
    record: Record = {"id": name} | aged(drawn, chance)
    for stratum, rule in drawn.pack["strata"].items():
        value = chance.choice([*rule["values"], *rule["values"], *rule.get("aliases", {}), None])
        if value is not None:
            record |= {"sex": value} if stratum == "sex" else {"strata": record.get("strata", {}) | {stratum: value}}
    record["responses"] = answers(drawn, chance)
    totals = [scale["total"] for scale in drawn.instrument["scales"] if "total" in scale]
    told = {name: record["responses"].pop(name) for name in totals if name in record["responses"]}
    record["responses"] |= told | added_up(drawn, record, chance)
    return record


def aged(drawn: Drawn, chance: random.Random) -> Record:
    """Ages in and out of the norms and at their edges; now and then none."""
    if chance.random() < 0.05:
        return {}
    months = chance.choice(AGES) if chance.random() < 0.5 else chance.uniform(22, 62)
    if "dates" not in drawn.features:
        return {"age_months": months}
    tested = date(2024, 1, 31) + timedelta(days=chance.randrange(800))
    born = tested - timedelta(days=round(months * 30.4375) + chance.choice([-2, -1, 0, 1, 2]))
    found = {"birth_date": born.isoformat(), "assessment_date": tested.isoformat()}
    if "session" in drawn.pack["age"] and chance.random() < 0.6:
        found["assessment_end_date"] = (tested + timedelta(days=chance.randrange(40))).isoformat()
    return found


def answers(drawn: Drawn, chance: random.Random) -> Record:
    """Answers in one of the styles, each item in its turn; missing codes and illegal ones among them."""
    style, able, missing, wrong = chance.choice(STYLES), chance.random(), chance.choice([0, 0, 0.15]), chance.choice([0, 0, 0, 0.08])
    names = [row["item"] for row in drawn.items]
    share = {"some": 0.7, "few": 0.3, "none": 0.0}.get(style, 1.0)
    ends = sorted(chance.randrange(len(names) + 1) for _ in range(2))
    found: Record = {}
    for place, row in enumerate(drawn.items):
        options = drawn.instrument["options"][row["options"]]
        if chance.random() >= share or (style == "window" and not ends[0] <= place < ends[1]):
            continue
        if style == "climb":
            answer = climbing(drawn, row["item"], options, able, chance)
        else:
            answer = any_answer(options, able, chance)
        if chance.random() < missing:
            codes = [*options.get("missing", {}), *options.get("estimated", {})]
            answer = float(chance.choice(codes)) if codes else None
        if chance.random() < wrong:
            answer = ILLEGAL
        if answer is not None:
            found[row["item"]] = answer
    return found


def any_answer(options: Record, able: float, chance: random.Random) -> float:
    """A legal answer, higher for some children than for others."""
    if "range" in options:
        low, high = options["range"]
        values = [low, high, *(round(chance.uniform(low, high)) for _ in range(3))]
        return chance.choice([*values, round(chance.uniform(low, high), 1)])
    legal = options["legal"]
    return legal[min(int((chance.random() * 0.7 + able * 0.3) * len(legal)), len(legal) - 1)]


def climbing(drawn: Drawn, item: str, options: Record, able: float, chance: random.Random) -> float | None:
    """Passed up to some item of a scale, failed from there on, and not given far below and far above; with slips and gaps."""
    if "legal" not in options:
        return any_answer(options, able, chance)
    scale = next((s for s in drawn.instrument["scales"] if "runs" in s and item in s["items"]), None)
    order = [row["item"] for row in drawn.items] if scale is None else scale["items"]
    place, top = order.index(item) - round(able * len(order)), max(1, len(order) // 2)
    if chance.random() < 0.06 or not -top - 1 <= place <= top:
        return None
    slip = chance.random() < 0.12
    legal = options["legal"]
    return chance.choice(legal) if slip else legal[-1] if place < 0 else legal[0]


def added_up(drawn: Drawn, record: Record, chance: random.Random) -> Record:
    """Totals as they are added up by hand, now and then with a slip, now and then not at all."""
    found: Record = {}
    with_total = {scale["id"]: scale["total"] for scale in drawn.instrument["scales"] if "total" in scale}
    for name, result in (score_child(drawn.instrument, drawn.items, drawn.pack, drawn.tables, record) if with_total else {}).items():
        if name in with_total and result.raw is not None and chance.random() < 0.8:
            found[with_total[name]] = result.raw if chance.random() < 0.8 else result.raw + chance.choice([1, -1])
    return {item: None for item in with_total.values() if chance.random() < 0.5} | found


def as_table(drawn: Drawn, records: list[Record]) -> pd.DataFrame:
    """The children as a table: a column an item."""
    rows = []
    for record in records:
        row = {name: value for name, value in record.items() if name not in ("responses", "strata")}
        row |= record.get("strata", {}) | record["responses"]
        rows.append(row)
    frame = pd.DataFrame(rows)
    when = ["birth_date", "assessment_date"] if "dates" in drawn.features else ["age_months"]
    return frame.reindex(columns=list(dict.fromkeys([*frame.columns, *when, *drawn.pack["strata"], *(row["item"] for row in drawn.items)])))

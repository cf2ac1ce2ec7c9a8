"""Norms of a random instrument that are a polynomial in score and age, or a share of what is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from property.random_norms import compared

if TYPE_CHECKING:
    from property.random_instruments import Draw, Drawn

Row = dict[str, Any]
KEPT = ("scales", "group", "strata", "table", "decimals", "round_mode", "interval")
ENDS = {"t": (20, 80), "standard": (55, 145), "scaled": (1, 19), "z": (-3, 3)}


def scale_of(drawn: Drawn, norm: Row) -> Row:
    """The scale of a norm for one."""
    return next(scale for scale in drawn.instrument["scales"] if scale["id"] == norm["scales"][0])


def after_taylor(choose: Draw, drawn: Drawn) -> None:
    """A polynomial, which knows the age, in place of a mean and an SD, for each stratum that the norm has."""
    for norm in drawn.pack["norms"]:
        if norm["method"] != "mean_sd" or compared(norm) or choose.chance(20):
            continue
        metric = choose.pick(list(ENDS))
        kept = {name: norm[name] for name in KEPT if name in norm}
        norm.clear()
        norm |= kept | {"method": "taylor", "metric": metric, "score_limits": list(ENDS[metric])}
        low, high = drawn.raw_range(scale_of(drawn, norm))
        rows = [{name: row[name] for name in row if name in ("scale", "sex")} for row in drawn.tables[norm["table"]]]
        keys = [key for place, key in enumerate(rows) if key not in rows[:place]]
        drawn.tables[norm["table"]] = [key | term for key in keys for term in polynomial(choose, low, high, ENDS[metric])]


def polynomial(choose: Draw, low: int, high: int, ends: tuple[float, float]) -> list[Row]:
    """Terms of a model that rises (or falls) from about the lowest to about the highest raw score, more steeply with age; some turn."""
    width, range_ = ends[1] - ends[0], max(high - low, 1)
    slope = choose.pick([1, 1, 1, -1]) * range_ / width
    by_age = choose.pick([0, 0.005, -0.004]) * slope
    bend = choose.pick([0, 0, 0.3, -0.3, 1.5]) * slope / width
    start = (low if slope > 0 else high) + choose.integer(-2, 2) / 2 + 0.3  # an end that is met but for rounding is met or not
    terms = {(1, 0): slope, (0, 0): start - slope * ends[0], (1, 1): by_age, (2, 0): bend}
    terms[(0, 1)] = -by_age * choose.pick([ends[0], (ends[0] + ends[1]) / 2])
    return [
        {"power_score": str(i), "power_age": str(j), "coefficient": repr(round(value, 7))} for (i, j), value in terms.items() if value or (i, j) == (0, 0)
    ]


def after_percents(choose: Draw, drawn: Drawn) -> None:
    """Delay in percent of the age, and the raw score in percent of the expected."""
    for norm in drawn.pack["norms"]:
        if norm["method"] not in ("mean_sd", "lookup") or compared(norm) or choose.chance(20):
            continue
        kept = {name: norm[name] for name in ("scales", "group", "strata", "table") if name in norm}
        delay = norm["method"] == "lookup"
        if delay and drawn.pack["age"].get("outside") == "nearest":  # refused: a delay is a share of the child's own age
            continue
        norm.clear()
        norm |= kept | {"method": "percent_delay" if delay else "percent_expected", "metric": "percent"}
        norm |= choose.pick([{}, {"decimals": 0}, {"decimals": 1, "round_mode": "half_even"}]) | choose.pick([{}, {"score_limits": [0, 75]}])
        if choose.chance(40):
            norm["descriptions"] = {"bands": ["weak", "fair", "good"], "at_least": [25, 60.5]}
        for place, row in enumerate(drawn.tables[norm["table"]]):
            if delay:
                del row["score"]
                months = 12 + place * choose.pick([1, 2, 2.5])
                row["age_equivalent"] = f"{int(months) // 12}:{int(months) % 12}" if choose.chance(20) else str(months)
            else:
                del row["mean"], row["sd"]
                row["expected"] = str(choose.integer(1, 40) / 2)
    drop_idle_precision(drawn)


def drop_idle_precision(drawn: Drawn) -> None:
    """No figures of intervals that no norm asks for any more."""
    asking = {name for norm in drawn.pack["norms"] if "interval" in norm or compared(norm) for name in norm["scales"]}
    rows = [row for row in drawn.tables.get("psychometrics.csv", []) if row["scale"] in asking]
    drawn.tables.pop("psychometrics.csv", None)
    if rows:
        drawn.tables["psychometrics.csv"] = rows

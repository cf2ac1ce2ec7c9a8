"""Comparisons of the scores of a random instrument: by printed differences, by SEMs, with base rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from property.random_instruments import Draw, Drawn

Row = dict[str, Any]
METRICS = {"scaled": (10, 3), "t": (50, 10), "standard": (100, 15)}


def scales_comparisons(choose: Draw, drawn: Drawn) -> None:
    """Three or four scales with scores in one metric, and their SEMs or reliabilities by age."""
    metric = choose.pick(list(METRICS))
    mean, sd = METRICS[metric]
    names = [row["item"] for row in drawn.items]
    bands = choose.pick([[("", "")], [("24", "36"), ("36", "60")], [("18", "40")]])
    statistic = choose.pick(["sem", "sem", "sem", "reliability"])
    for place in range(choose.integer(3, 4)):
        name = f"side{place}"
        scale: Row = {"id": name, "domain": "motor", "items": choose.some(names, 1, 4)} | choose.pick([{}, {"min_answered": 1}, {"missing_as": 0}])
        drawn.instrument["scales"].append(scale | {"higher_is": "more_able"})
        norm: Row = {"scales": [name], "group": "moon", "table": f"norms_{name}.csv", "metric": metric}
        if choose.chance(50):
            low, high = drawn.raw_range(scale)
            step = choose.pick([1, 2, 3]) * sd / 6
            rows = [{"raw": str(raw), "score": str(mean - sd + step * (raw - low))} for raw in range(low, high + 1)]
            norm["method"] = "lookup"
        else:
            norm |= {"method": "mean_sd"} | choose.pick([{}, {"decimals": 0}])
            rows = [{"mean": str(choose.integer(1, 8) / 2), "sd": str(choose.integer(2, 12) / 4)}]
        drawn.tables[norm["table"]] = rows
        drawn.pack["norms"].append(norm)
        figures = drawn.tables.setdefault("psychometrics.csv", [])
        for start, stop in bands:
            value = choose.integer(60, 95) / 100 if statistic == "reliability" else choose.integer(1, 9) * sd / 20
            figures.append(
                {"scale": name, "age_from": start, "age_to": stop, "statistic": statistic, "metric": "score", "value": str(value), "source": "none"}
            )


def after_comparisons(choose: Draw, drawn: Drawn) -> None:
    """Each kind of comparison, with tables or without; base rates for some."""
    sides = [scale["id"] for scale in drawn.instrument["scales"] if scale["id"].startswith("side")]
    if any("level" in row for row in drawn.tables.get("psychometrics.csv", [])):
        for row in drawn.tables["psychometrics.csv"]:
            row.setdefault("level", "")
    drawn.pack["comparisons"] = []
    for place in range(choose.integer(1, 3)):
        kind = choose.pick(["pairwise", "own_mean", "predicted"])
        scales = choose.some(sides, 2)
        rule: Row = {"id": f"c{place}", "kind": kind, "scales": scales, "level": choose.pick([0.05, 0.15, 0.01])}
        pairs = [(a, "") for a in scales] if kind == "own_mean" else [(a, b) for n, a in enumerate(scales) for b in scales[n + 1 :]]
        if kind == "predicted" or choose.chance(50):
            rule["table"] = f"differences{place}.csv"
            drawn.tables[rule["table"]] = differences(choose, rule, choose.some(pairs))
        elif choose.chance(50):
            rule["comparisons"] = "bonferroni"
        if choose.chance(50):
            rule["base_rates"] = f"rates{place}.csv"
            drawn.tables[rule["base_rates"]] = [
                {"scale": a, "other": b, "at_least": str(least), "percent": str(percent)}
                for a, b in choose.some(pairs) for least, percent in zip((1, 3, 6.5, 12), (60, choose.pick([20, 31.5]), 8, 2), strict=True)
            ]  # fmt: skip
        drawn.pack["comparisons"].append(rule)


def differences(choose: Draw, rule: Row, pairs: list[tuple[str, str]]) -> list[Row]:
    """Critical differences at the level of the comparison and others, or correlations."""
    rows: list[Row] = []
    keys: list[Row] = choose.pick([[{}], [{"age_from": "24", "age_to": "36"}, {"age_from": "36", "age_to": "60"}]])
    if choose.chance(30):
        keys = [key | {"sex": sex} for key in keys for sex in ("male", "female")]
    printed = rule["kind"] != "predicted" or choose.chance(50)
    for a, b in pairs:
        for key in keys:
            row = {"scale": a, "other": b} | key | ({"r": str(choose.integer(2, 8) / 10)} if rule["kind"] == "predicted" else {})
            if not printed:
                rows.append(row)
                continue
            for level in choose.pick([[rule["level"]], [rule["level"], 0.1]]):
                rows.append(row | {"level": str(level), "critical": str(choose.integer(2, 20) / 2)})
    return rows

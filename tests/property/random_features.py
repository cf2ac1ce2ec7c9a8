"""What each feature adds to a random instrument: before its scales, as scales, and after its norms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from property.random_classes import after_composites, scales_composites
from property.random_comparisons import after_comparisons, scales_comparisons
from property.random_formulas import after_percents, after_taylor
from property.random_norms import (
    BANDS,
    after_descriptions,
    after_half_width_ends,
    after_halves,
    after_limits,
    after_printed,
)

if TYPE_CHECKING:
    from property.random_instruments import Draw, Drawn

Row = dict[str, Any]
__all__ = (
    "after_comparisons", "after_composites", "after_descriptions", "after_half_width_ends", "after_halves", "after_limits", "after_percents",
    "after_printed", "after_taylor", "scales_comparisons", "scales_composites",
)  # fmt: skip


# ---------------------------------------------------------------------------------------------- what the format had


def before_items(choose: Draw, drawn: Drawn) -> None:
    """Items that are measured."""
    drawn.instrument["options"]["time"] = {"range": [0, 12], "missing": {"99": "refused"}}
    drawn.instrument["options"]["counted"] = {"range": [0, 6], "whole": True}
    for row in drawn.items:
        if row.get("reverse") != "yes" and choose.chance(30):
            row["options"] = choose.pick(["time", "counted"])


def before_item_ages(choose: Draw, drawn: Drawn) -> None:
    """Items that count at some ages only."""
    for row in drawn.items:
        row["age_from"], row["age_to"] = choose.pick([("", ""), ("30", ""), ("", "48"), ("30", "40")])


def scales_items(choose: Draw, drawn: Drawn) -> None:
    """A scale that turns its raw score into points, one with a filter question, one that stands or falls with another."""
    names = [row["item"] for row in drawn.items]
    drawn.tables["turned.csv"] = [
        {"raw_from": start, "raw_below": stop, "points": points} for start, stop, points in (("", "2", "0"), ("2", "5", "3"), ("5", "30", "1"))
    ]
    drawn.instrument["scales"] += [
        {"id": "turned", "domain": "motor", "items": choose.some(names), "min_answered": 1, "points": "turned.csv"},
        {"id": "filtered", "domain": "social", "items": choose.some(names), "filter": {"item": names[0], "points": [0], "raw": 0}},
        {"id": "leaning", "domain": "social", "items": choose.some(names), "min_answered": 1, "valid_with": "turned"},
    ]


def scales_windows(choose: Draw, drawn: Drawn) -> None:
    """A scale of which a window of items is asked."""
    names = [row["item"] for row in drawn.items]
    drawn.instrument["scales"].append({"id": "window", "domain": "motor", "items": choose.some(names, 2), "administration": "window"})


def run_items(choose: Draw, drawn: Drawn, name: str, n: int) -> list[str]:
    """Items of their own for a scale with runs."""
    return [own_items(drawn, [f"{name}{place + 1}"], choose.pick(["two", "three"]))[0] for place in range(n)]


def scales_runs(choose: Draw, drawn: Drawn) -> None:
    """Basal and ceiling of items in a row."""
    names = run_items(choose, drawn, "r", choose.integer(4, 9))
    runs: Row = {"basal": choose.integer(1, 3), "ceiling": choose.integer(1, 3)}
    if choose.chance(40):
        runs["ceiling_within"] = runs["ceiling"] + choose.integer(0, 2)
    runs |= {"several_basals": choose.pick(["highest", "lowest"]), "several_ceilings": choose.pick(["lowest", "highest"])}
    drawn.instrument["scales"].append({"id": "run", "domain": "motor", "items": names, "runs": runs})


def scales_scales_of_scales(choose: Draw, drawn: Drawn) -> None:
    """Sum or highest of raw scores."""
    names = [scale["id"] for scale in drawn.instrument["scales"]]
    members = choose.some(names)
    total: Row = {"id": "total", "domain": "general", "scales": members, "raw": choose.pick(["sum_of_scales", "max_of_scales"])}
    if choose.chance(50):
        total["min_answered"] = choose.integer(1, len(members))
    if total["raw"] == "sum_of_scales" and choose.chance(50):
        total |= {"prorate": True} if choose.chance(50) else {"weights": [choose.pick([1, 2, 0.5]) for _ in members]}
    drawn.instrument["scales"].append(total)


def before_strata(choose: Draw, drawn: Drawn) -> None:
    """A value of sex that no norm has rows for."""
    drawn.pack["strata"]["sex"] = {"values": ["female", "male", "other"], "aliases": {"m": "male", "f": "female"}}


def before_age_not_required(choose: Draw, drawn: Drawn) -> None:
    """Without an age, scores of the scales that do not need one."""
    drawn.pack["age"]["required"] = False


def before_dates(choose: Draw, drawn: Drawn) -> None:
    """Ages counted from two dates."""
    drawn.pack["age"] |= {"convention": choose.pick(["ymd_calendar", "ymd_30day"]), "use": choose.pick(["exact", "completed", "half_month"])}


# ---------------------------------------------------------------------------------------------- what the format has since


def before_codes(choose: Draw, drawn: Drawn) -> None:
    """Further kinds of missing answers, points for some of them, answers that were estimated."""
    options = drawn.instrument["options"]
    options["two"] |= {"missing": {"9": "not_tested", "8": "absent"}, "estimated": {"11": 1, "10": 0}}
    options["three"] |= {"missing": {"8": "not_applicable", "9": "spoiled"}, "missing_points": {"8": choose.pick([0, 1])}}
    options["odd"]["estimated"] = {"14": 4}


def before_derived(choose: Draw, drawn: Drawn) -> None:
    """Two to four items made of others, each of its own kind."""
    names = [row["item"] for row in drawn.items]
    drawn.instrument["derived_items"] = []
    for place in range(choose.integer(2, 4)):
        rule: Row = {"id": f"d{place + 1}"}
        how = choose.pick(TAKES)
        n = len(drawn.pack["strata"]["sex"]["values"]) if how == "by_stratum" else 2
        sources = choose.some(names, n, n) if how in ("in_time", "difference", "ratio", "by_stratum") else choose.some(names, 1, 3)
        rule |= {"from": sources, "take": how}
        if how in ("all_at_least", "count_at_least"):
            rule["at_least"] = choose.pick([1, 2])
        if how == "in_time":
            rule["limit"] = choose.pick([0, 1])
        if how == "by_stratum":
            rule["by"] = "sex"
        if how in ("highest", "sum", "mean") and choose.chance(50):
            rule["enough_at"] = choose.pick([1, 2])
        if choose.chance(30):
            rule["points"] = "turning.csv"
        drawn.instrument["derived_items"].append(rule)
        names = [*names, rule["id"]] if choose.chance(40) else names
    rules = [rule["id"] for rule in drawn.instrument["derived_items"] if "points" in rule]
    if rules:
        drawn.tables["turning.csv"] = [
            {"item": name, "raw_from": start, "raw_below": stop, "points": points}
            for name in rules for start, stop, points in (("-2", "1", "0"), ("1", "2.5", "1"), ("2.5", "", "3"))
        ]  # fmt: skip


TAKES = (
    "highest", "lowest", "mean", "sum", "first", "last", "all_at_least", "count_at_least", "in_time", "by_stratum", "difference", "ratio",
)  # fmt: skip


def scales_derived(choose: Draw, drawn: Drawn) -> None:
    """A scale of derived items and others."""
    names = [rule["id"] for rule in drawn.instrument["derived_items"]] + [row["item"] for row in drawn.items][:2]
    scale: Row = {"id": "derived", "domain": "motor", "items": choose.some(names), "raw": choose.pick(["sum", "mean", "max"])}
    drawn.instrument["scales"].append(scale | ({"min_answered": 1} if choose.chance(60) else {}))


def before_medians(choose: Draw, drawn: Drawn) -> None:
    """Medians of items."""
    for row in drawn.items:
        row["median"] = choose.pick(["0", "1", "1.5"])


def scales_medians(choose: Draw, drawn: Drawn) -> None:
    """A scale in which a missing item counts its median."""
    names = [row["item"] for row in drawn.items if row["median"]]
    scale: Row = {"id": "middle", "domain": "motor", "items": choose.some(names), "raw": choose.pick(["sum", "mean", "min"])}
    drawn.instrument["scales"].append(scale | {"missing_as": "median"} | choose.pick([{}, {"min_answered": 1}, {"max_missing": 0.5}]))


def scales_missing(choose: Draw, drawn: Drawn) -> None:
    """Percent of the most, further ways to fill what is missing, items that must be there, a table of adjusted scores."""
    names = [row["item"] for row in drawn.items]
    percent: Row = {"id": "share", "domain": "motor", "items": choose.some(names), "raw": "percent"}
    percent |= choose.pick([{}, {"min_answered": 1}, {"max_missing": 0.5}, {"missing_as": "lowest"}])
    filled: Row = {"id": "filled", "domain": "motor", "items": choose.some(names), "raw": choose.pick(["sum", "mean", "min"])}
    filled |= {"missing_as": "lowest"} | choose.pick([{}, {"min_answered": 1}, {"max_missing": 0.5}])
    members = choose.some(names, 2)
    needed: Row = {"id": "needed", "domain": "motor", "items": members, "min_answered": 1, "required": choose.some(members, 1, 2)}
    adjusted: Row = {"id": "adjusted", "domain": "motor", "items": choose.some(names), "adjusted": "adjusted.csv"}
    drawn.tables["adjusted.csv"] = [
        {"raw": str(raw), "missing": str(missing), "adjusted": str(raw + 2 * missing)} for missing in range(choose.integer(1, 3)) for raw in range(12)
    ]
    drawn.instrument["scales"] += choose.some([percent, filled, needed, adjusted])


def scales_ages(choose: Draw, drawn: Drawn) -> None:
    """Scales that are given at some ages only, and a score made of them."""
    names = [scale["id"] for scale in drawn.instrument["scales"]]
    for scale in drawn.instrument["scales"]:
        if choose.chance(60):
            scale["ages"] = choose.pick([[24, 40], [36, 60], [30, 48]])
    drawn.instrument["scales"].append({"id": "grown", "domain": "general", "scales": choose.some(names), "raw": "sum_of_scales"})
    if choose.chance(30):
        drawn.instrument["scales"][-1]["prorate"] = True
        drawn.instrument["scales"][-1]["min_answered"] = 1


def scales_scores(choose: Draw, drawn: Drawn) -> None:
    """Sums and means of derived scores, means of z; substitutes and members that must be there."""
    names = [scale["id"] for scale in drawn.instrument["scales"]]
    for place, method in enumerate(choose.some(["sum_of_scores", "mean_of_scores", "mean_of_z"])):
        members = choose.some(names)
        made: Row = {"id": f"made{place}", "domain": "general", "scales": members, "raw": method}
        if choose.chance(50):
            made["min_answered"] = 1
            made["required"] = choose.some(members, 1, 1)
        spare = [name for name in names if name not in members]
        if spare and choose.chance(70):
            made["substitutes"] = {members[0]: spare}
            if len(members) > 1 and choose.chance(50):
                made["substitutes"][members[1]] = spare
        if method != "mean_of_z" and choose.chance(30):
            made["weights"] = [choose.pick([1, 2]) for _ in members]
        drawn.instrument["scales"].append(made)


def scales_validity(choose: Draw, drawn: Drawn) -> None:
    """Validity indices, and scales that are judged by them."""
    names = [row["item"] for row in drawn.items]
    shapes: list[Row] = [{"raw": "n_missing", "items": choose.some(names, 2)}, {"raw": "longest_same", "items": choose.some(names, 2)}]
    shapes.append({"raw": "pair_differences", "pairs": [choose.some(names, 2, 2) for _ in range(choose.integer(1, 2))]})
    if any("estimated" in options for options in drawn.instrument["options"].values()):
        shapes.append({"raw": "n_estimated", "items": choose.some(names, 2)})
    indices = [{"id": f"index{place}", "domain": "validity", "higher_is": "neither"} | shape for place, shape in enumerate(choose.some(shapes))]
    for scale in indices:
        cuts = {"bands": ["fine", "doubtful", "invalid"], "at_least": [1, 3]}
        drawn.pack["norms"].append({"scales": [scale["id"]], "group": "moon", "method": "cuts", "cuts": cuts})
    for scale in drawn.instrument["scales"]:
        for key in choose.some(["invalid_if", "doubtful_if"], 0):
            band = key.removesuffix("_if")
            scale[key] = [{"scale": index["id"], "bands": [band]} for index in choose.some(indices)]
    drawn.instrument["scales"][:0] = indices


def before_outside(choose: Draw, drawn: Drawn) -> None:
    """Ages beyond those of the pack, and children of another population."""
    drawn.pack["age"] |= {"from": 24, "below": 60, "outside": choose.pick(["refuse", "nearest", "unaged"])}
    if choose.chance(60):
        drawn.pack["strata"]["gait"] = {"values": ["walks", "rolls", "sits"]}
        drawn.pack["only"] = {"gait": choose.some(["walks", "rolls", "sits"], 1, 2)}


def before_sessions(choose: Draw, drawn: Drawn) -> None:
    """The first or the last day of testing; months that are full from the 16th day on."""
    drawn.pack["age"] |= {"session": choose.pick(["first", "last"]), "use": "half_month", "month_up_from_day": choose.pick([15, 16])}


def own_items(drawn: Drawn, names: list[str], options: str) -> list[str]:
    """Items of their own for a scale."""
    blank = {key: "" for key in drawn.items[0]}
    drawn.items += [blank | {"item": name, "options": options} for name in names]
    return names


def scales_entered(choose: Draw, drawn: Drawn) -> None:
    """Raw scores added up by hand, beside items and alone; results that come scored."""
    drawn.instrument["options"] |= {
        "totals": {"range": [0, 40], "missing": {"-9": "not_tested"}} | choose.pick([{}, {"whole": True}]),
        "results": {"range": [20, 120]},
        "errors": {"range": [0, 9], "missing": {"-9": "refused"}},
    }
    scales = drawn.instrument["scales"]
    of_items = [scale for scale in scales if "items" in scale and scale["domain"] != "validity" and not {"decimals", "points"} & set(scale)]
    for place, scale in enumerate(choose.some(of_items, 0)):
        [scale["total"]] = own_items(drawn, [f"total{place}"], "totals")
    scales.append({"id": "told", "domain": "general", "items": own_items(drawn, ["told1"], "totals")})
    finished: Row = {"id": "finished", "domain": "general", "items": own_items(drawn, ["result1"], "results")}
    norm: Row = {"scales": ["finished"], "group": "moon", "method": "identity", "metric": choose.pick(["t", "standard", "percentile", "z", "growth", "criterion"])}
    norm |= choose.pick([{}, {"decimals": 0}, {"score_limits": [30, 90]}])
    if choose.chance(70):
        [finished["error"]] = own_items(drawn, ["error1"], "errors")
        norm["interval"] = {"kind": "entered", "level": choose.pick([0.9, 0.95])}
    scales.append(finished)
    drawn.pack["norms"].append(norm)


def scales_new_runs(choose: Draw, drawn: Drawn) -> None:
    """Every other rule of basal and ceiling."""
    for place in range(choose.integer(1, 2)):
        name = f"q{place}x"
        names = run_items(choose, drawn, name, choose.integer(5, 9))
        runs: Row = {}
        shape = choose.pick(["row", "row", "sets", "blocks"])
        if shape == "sets" or choose.chance(85):
            runs["basal"] = choose.integer(1, 3 if shape != "sets" else 2)
        if shape == "sets" or "basal" not in runs or choose.chance(85):
            runs["ceiling"] = choose.integer(1, 3 if shape != "sets" else 2)
        if "basal" in runs:
            runs |= choose.pick([{}, {"basal_at": 1}]) | choose.pick([{}, {"several_basals": "lowest"}])
            runs |= choose.pick([{}, {"below_basal": "as_scored"}]) | choose.pick([{}, {}, {"no_basal": "unscored"}])
        if "ceiling" in runs:
            runs |= choose.pick([{}, {"several_ceilings": "highest"}]) | choose.pick([{}, {"above_ceiling": "count"}])
            runs |= choose.pick([{}, {}, {"no_ceiling": "unscored"}])
            runs |= choose.pick([{}, {"ceiling_at": 1}]) if "basal_at" not in runs else {}
        for end in ("basal", "ceiling"):
            if end in runs and shape != "sets" and choose.chance(30):
                runs[f"{end}_within"] = runs[end] + choose.integer(0, 2)
        if shape != "row":
            cut = choose.integer(2, len(names) - 2)
            runs[shape] = [names[:cut], names[cut:]]
        if shape == "sets":  # all of a set where no number is said
            runs = {key: value for key, value in runs.items() if key not in ("basal", "ceiling") or choose.chance(60)}
        if choose.chance(40):
            runs["start"] = f"start{place}.csv"
            drawn.tables[runs["start"]] = [
                {"age_from": str(start), "age_to": str(stop), "item": choose.pick(names)} for start, stop in choose.pick(BANDS)
            ]
            if shape != "blocks" and (shape == "sets" or "basal" in runs) and choose.chance(60):
                runs["several_basals"] = choose.pick(["from_start", "start_items"])
        drawn.instrument["scales"].append({"id": f"climb{place}", "domain": "motor", "items": names, "runs": runs})

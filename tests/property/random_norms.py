"""Norms of the common methods for the scales of a random instrument."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from property.random_instruments import Draw, Drawn

Row = dict[str, Any]
METRICS = ("z", "t", "standard", "scaled", "v_scale", "sten", "nce")
ENDS = (("raw_from", "raw_below"), ("raw_above", "raw_upto"), ("raw_min", "raw_max"))
BANDS = ([(24, 36), (36, 60)], [(24, 30), (30, 48), (48, 60)], [(18, 60)])


def norm_of(choose: Draw, drawn: Drawn, scale: Row) -> Row:
    """A norm for the scale; its table joins the tables."""
    method = choose.pick(["lookup", "ranges", "bands", "cuts", "mean_sd"])
    low, high = drawn.raw_range(scale)
    norm: Row = {"scales": [scale["id"]], "group": "moon", "method": "ranges" if method == "bands" else method}
    if method == "cuts":
        at_least = sorted({choose.integer(low, high), choose.integer(low, high)})
        return norm | {"cuts": {"bands": ["low", "middle", "high"][: len(at_least) + 1], "at_least": at_least}}
    keys: list[Row] = [{}]
    if choose.chance(60):
        keys = [{"age_from": start, "age_to": stop} for start, stop in choose.pick(BANDS)]
    if choose.chance(40):
        norm["strata"] = ["sex"]
        keys = [{"sex": sex} | key for sex in ("male", "female") for key in keys]
    columns = choose.pick(ENDS)
    rows = [key | row for key in keys for row in ROWS[method](choose, low, high, columns)]
    if choose.chance(30):
        rows = [{"scale": scale["id"]} | row for row in rows]
    norm["table"] = f"norms_{scale['id']}.csv"
    drawn.tables[norm["table"]] = [{name: str(cell) for name, cell in row.items()} for row in rows]
    if method != "bands":
        norm["metric"] = choose.pick(METRICS)
    if method == "mean_sd":
        formula_rules(choose, norm)
    if method in ("lookup", "ranges", "mean_sd") and choose.chance(50):
        interval_rules(choose, drawn, scale, norm)
    return norm


def lookup_rows(choose: Draw, low: int, high: int, _: Any) -> list[Row]:
    """Rising scores for most raw scores."""
    first, step = choose.integer(-3, 60), choose.pick([1, 2, 0.5])
    left_out = choose.integer(low, high) if choose.chance(30) else None
    return [{"raw": raw, "score": first + step * (raw - low)} for raw in range(low, high + 1) if raw != left_out or low == high]


def range_rows(choose: Draw, low: int, high: int, columns: tuple[str, str], what: str = "score") -> list[Row]:
    """Two to four ranges."""
    start, stop = columns
    cuts = sorted({choose.integer(low, high) for _ in range(3)})
    edges = [choose.pick(["", low]), *cuts, choose.pick(["", high + 1])]
    first = choose.integer(0, 50)
    rows = []
    for place, (one, other) in enumerate(zip(edges, edges[1:], strict=False)):
        upper = other - 1 if start == "raw_min" and other != "" else other
        value = first + 5 * place if what == "score" else ("low", "middle", "high", "top")[place]
        rows.append({start: one, stop: upper, what: value})
    return rows


def mean_sd_rows(choose: Draw, low: int, high: int, _: Any) -> list[Row]:
    """One row of parameters."""
    return [{"mean": choose.integer(low * 2, high * 2) / 2, "sd": choose.integer(1, 12) / 4}]


ROWS = {"lookup": lookup_rows, "ranges": range_rows, "bands": lambda *a: range_rows(*a, "band"), "mean_sd": mean_sd_rows}


def formula_rules(choose: Draw, norm: Row) -> None:
    """Rounding of a computed score."""
    if choose.chance(60):
        norm |= {"decimals": choose.integer(0, 2), "round_mode": choose.pick(["half_up", "half_even"])}


def interval_rules(choose: Draw, drawn: Drawn, scale: Row, norm: Row) -> None:
    """A kind of interval and its figures, by age or not."""
    kinds = ["observed", "true_score"] + (["sem_measure"] if norm["method"] == "mean_sd" else [])
    kind = choose.pick(kinds)
    norm["interval"] = {"kind": kind, "level": choose.pick([0.9, 0.95, 0.68])}
    statistic = "reliability" if kind == "true_score" else "sem"
    bands = choose.pick([[("", "")], [(24, 36), (36, 60)], [(24, 40)]])
    rows = drawn.tables.setdefault("psychometrics.csv", [])
    for start, stop in bands:
        value = choose.integer(50, 95) / 100 if statistic == "reliability" else choose.integer(1, 9) / 4
        row = {"scale": scale["id"], "age_from": start, "age_to": stop, "statistic": statistic, "metric": "measure" if kind == "sem_measure" else "score"}
        rows.append({name: str(cell) for name, cell in row.items()} | {"value": str(value), "source": "none"})


# ---------------------------------------------------------------------------------------------- what features add to norms


def after_descriptions(choose: Draw, drawn: Drawn) -> None:
    """Classes by the derived score, whatever its metric."""
    for norm in drawn.pack["norms"]:
        if norm.get("metric") in METRICS and choose.chance(80):
            mean, sd = {"z": (0, 1), "t": (50, 10), "standard": (100, 15), "nce": (50, 21)}.get(norm["metric"], (10, 3))
            norm["descriptions"] = {"bands": ["weak", "fair", "good"], "at_least": [mean - sd, mean + choose.pick([0, 0.5]) * sd]}


def after_limits(choose: Draw, drawn: Drawn) -> None:
    """Computed scores that are cut."""
    for norm in drawn.pack["norms"]:
        if norm["method"] == "mean_sd" and choose.chance(70):
            middle, sd = {"z": (0, 1), "t": (50, 10), "standard": (100, 15), "nce": (50, 21)}.get(norm["metric"], (10, 3))
            norm["score_limits"] = [middle - sd, middle + 2 * sd]


def compared(norm: Row) -> bool:
    """Whether its scores are compared with others, so that its metric stays."""
    return norm["scales"][0].startswith("side")


def after_printed(choose: Draw, drawn: Drawn) -> None:
    """Open cells, printed percentiles, limits and classes in tables; classes by the derived score; further metrics."""
    for norm in drawn.pack["norms"]:
        rows = drawn.tables.get(norm.get("table", ""), [{}])
        if "score" not in rows[0] or compared(norm):
            continue
        keep = {key: norm[key] for key in ("scales", "group", "method", "table", "strata") if key in norm}
        kind = choose.pick(["age_equivalent", "growth", "custom", "standard_10", "percent", "t"])
        norm.clear()
        norm |= keep | {"metric": kind} | ({"mean": 20, "sd": 4} if kind == "custom" else {})
        if kind == "age_equivalent":
            for row in rows:
                months = int(float(row["score"])) + 6
                row["score"] = f"{months // 12}:{months % 12}"
        if choose.chance(60):
            rows[0]["score"], rows[-1]["score"] = "<" + rows[0]["score"], ">" + rows[-1]["score"]
        if choose.chance(60):
            norm |= choose.pick([{"percentile": "printed"}, {"percentile": "printed"}, {}])
            for place, row in enumerate(rows):
                row["percentile"] = ("<1", str(5 + place), ">99")[0 if place == 0 else 2 if place == len(rows) - 1 else 1]
        if choose.chance(50):
            levels = choose.pick([("90",), ("90", "95"), ("",)])
            for place, row in enumerate(rows):
                for wider, level in enumerate(levels):
                    row |= {f"ci{level}_low": str(place - wider), f"ci{level}_high": str(place + 7 + wider)}
            norm["interval"] = {"kind": "printed", "level": 0.95 if "95" in levels and choose.chance(50) else 0.9}
        if choose.chance(40):
            for place, row in enumerate(rows):
                row["band"] = ("low", "high", "low", "")[place % 4]
        elif choose.chance(60):
            norm["descriptions"] = {"bands": ["weak", "fair", "good"], "at_least": [15, 40]}


def after_halves(choose: Draw, drawn: Drawn) -> None:
    """Two-piece norms; intervals by a printed half width; limits rounded in each of the ways."""
    for norm in drawn.pack["norms"]:
        rows = drawn.tables.get(norm.get("table", ""), [{}])
        if norm["method"] == "mean_sd" and choose.chance(60):
            norm["method"] = "two_piece"
            for row in rows:
                row["median"], row["sd_below"] = row.pop("mean"), row.pop("sd")
                row["sd_above"] = str(choose.integer(1, 12) / 4)
        if norm.get("interval", {}).get("kind", "printed") in ("printed", "entered"):
            continue
        if "decimals" in norm:
            norm["interval"]["ends"] = choose.pick(["each", "outward"])
        if choose.chance(40):
            norm["interval"]["kind"] = "half_width"
            mine = [row for row in drawn.tables["psychometrics.csv"] if row["scale"] in norm["scales"]]
            for row in mine:
                row |= {"statistic": "half_width", "metric": "score", "level": str(norm["interval"]["level"])}
    for row in drawn.tables.get("psychometrics.csv", []):
        row.setdefault("level", "")


def after_half_width_ends(choose: Draw, drawn: Drawn) -> None:
    """Limits rounded by half the width of their interval."""
    for norm in drawn.pack["norms"]:
        if "decimals" in norm and norm.get("interval", {}).get("kind", "printed") != "printed":
            norm["interval"]["ends"] = "half_width"

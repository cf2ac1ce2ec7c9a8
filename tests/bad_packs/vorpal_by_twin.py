"""The worked cases of the base pack ``vorpal``, computed from its files by the slow twins: no part of the library is used.

``python tests/bad_packs/vorpal_by_twin.py`` (with ``tests`` on the path) prints cases.csv.
"""

from __future__ import annotations

import csv
import math
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import NormalDist
from typing import Any

from slow_twin import abilities, curves, irt, metric, places, regression
from slow_twin import scales as raws

HOME = Path(__file__).parent / "base" / "vorpal" / "1"
COLUMNS = (
    "case", "age", "birth_date", "assessment_date", "sex", "responses", "scale", "raw", "ability", "sem", "score", "percentile", "band",
    "status", "tolerance", "source", "z", "ci_low", "ci_high",
)  # fmt: skip
METRICS = {"z": (0.0, 1.0), "t": (50.0, 10.0), "scaled": (10.0, 3.0), "standard": (100.0, 15.0)}
WORDS = {"item", "options", "domain", "aliases", "scale", "sex", "statistic", "metric", "source"}
CHILDREN: tuple[tuple[str, float, str, str], ...] = (
    ("all", 30, "male", "m1=1 m2=1 m3=0 m4=0 g1=2 g2=1 g3=0 t1=1 t2=1 t3=0 j1=1 j2=0 j3=1 j4=0 h1=4.9 h2=12 e1=7 e2=5 f0=yes f1=2 f2=1 "
     "w1=3 w2=2 w3=2 w4=0 w5=1 b1=1 b2=0 b4=3 p1=14 p2=15.5 p3=13 d1=9 a1=yes v1=14.5 v2=11"),
    ("some", 12, "female", "m1=0 m2=1 m3=1 g1=0 g2=0 t3=1 j3=0 h1=5 e2=4 f0=no w2=2 w4=1 b1=0 b2=2 b3=1 b4=2 p1=27 p2=29 d1=30 a1=no v1=6.25 v2=3.5"),
    ("few", 48, "male", "m4=1 g1=1 t1=0 t2=0 j1=1 j2=1 f1=3 f2=9 w3=3 b3=2 p1=10 e1=3 e2=9 a1=no v2=21.5"),
)  # fmt: skip
SOURCE = "by the slow twins: vorpal_by_twin.py"


def table(name: str) -> list[dict[str, Any]]:
    """Rows of a CSV file: words as they stand, numbers as numbers, an empty cell as None."""
    with (HOME / name).open(encoding="utf-8", newline="") as lines:
        return [{key: cell if key in WORDS else float(cell) if cell else None for key, cell in row.items()} for row in csv.DictReader(lines)]


MANIFEST = tomllib.loads((HOME / "pack.toml").read_text(encoding="utf-8"))
INSTRUMENT = tomllib.loads((HOME / "instrument.toml").read_text(encoding="utf-8"))
ITEMS = table("items.csv")
SCALES = {scale["id"]: scale for scale in INSTRUMENT["scales"]}
NORMS = {scale: norm for norm in MANIFEST["norms"] for scale in norm["scales"]}
MODELS = {scale: model for model in MANIFEST["irt"] for scale in model["scales"]}


def answers(text: str) -> dict[str, float]:
    words = {"yes": 1.0, "no": 0.0}
    return {item: words.get(code, 0.0) if code in words else float(code) for item, code in (part.split("=") for part in text.split())}


# ---------------------------------------------------------------------------------------------- abilities


def ability(scale: str, child: Mapping[str, float], age: float, sex: str) -> tuple[float, float, list[str]]:
    """Ability, its error, and the items that count in the scale."""
    model = MODELS[scale]
    prior = model["prior"]
    kind = model["model"]
    rows = table(f"tables/{model.get('items', model.get('difficulties'))}")
    items = list(dict.fromkeys(row["item"] for row in rows))
    mine = {item: child.get(item) for item in items}
    grid = tuple(model["grid"].values()) if "grid" in model else (0.0, 0.0, 1.0)
    a = (age - prior.get("age_centre", 0)) / prior.get("age_scale", 1)
    if kind == "rasch_eap":
        mean, _ = irt.shifted(irt.prior_mean(age, prior["segments"]), prior["shift"], {"sex": sex})
        tau = {row["item"]: row["tau"] for row in rows}
        found = irt.rasch_eap({item: None if x is None else int(x) for item, x in mine.items()}, tau, model["slope"], mean, prior["sd"], grid)
        theta, sem = found[0], found[1]
    elif kind == "graded":
        steps = {item: [row for row in rows if row["item"] == item] for item in items}
        theta, sem = abilities.graded_eap(mine, steps, model["link"], irt.prior_mean(age, prior["segments"]), prior["sd"], irt.nodes(grid))
    elif kind == "logistic_map":
        parameters = {row["item"]: (row["discrimination"], row["difficulty"]) for row in rows}
        variance = math.exp(abilities.polynomial(prior["log_variance"], a))
        theta, sem = abilities.logistic_map(mine, parameters, abilities.polynomial(prior["mean"], a), variance)
    else:
        names = model["scales"]
        loads = {row["item"]: {"tau": row["tau"], "loadings": [row[name] for name in names]} for row in rows}
        lines = table(f"tables/{prior['mean']}")
        mean = [math.fsum(line[name] * a ** line["power"] for line in lines) for name in names]
        precision = [[line[name] for name in names] for line in table(f"tables/{prior['precision']}")]
        thetas, sems = abilities.joint_map(mine, loads, mean, precision)
        place = names.index(scale)
        theta, sem = thetas[place], sems[place]
        items = [item for item in items if loads[item]["loadings"][place] != 0]
    theta += model.get("location", 0.0)
    return (metric.half_up(theta, model["decimals"]) if "decimals" in model else theta), sem, items


# ---------------------------------------------------------------------------------------------- norms


def norm_row(norm: Mapping[str, Any], scale: str, age: float, sex: str) -> Any:
    """The row of the child; for curves the parameters at its age."""
    rows = [row for row in table(f"tables/{norm['table']}") if row.get("scale", scale) == scale and row.get("sex", sex) == sex]
    if norm["method"] in ("normal", "bccg", "octaves"):
        columns = {"normal": ("mean", "sd"), "octaves": ("mean", "sd"), "bccg": ("mu", "sigma", "nu")}[norm["method"]]
        if norm["method"] == "octaves":
            rows = [row | {"mean": math.log2(row["mean"])} for row in rows]
        return curves.interpolated(age, rows, columns)
    if norm["method"] == "base_rates":
        return rows
    return next(row for row in rows if "age_from" not in row or row["age_from"] <= age < row["age_to"])


def z_by(norm: Mapping[str, Any], row: Any, age: float) -> Callable[[float], float | None]:
    method = norm["method"]
    if method in ("normal", "bccg", "octaves"):
        way = {"normal": curves.mean_sd_z, "bccg": regression.bccg_z, "octaves": regression.octaves_z}[method]
        return lambda y: way(y, *row)
    if method == "mean_sd":
        return lambda y: curves.mean_sd_z(y, row["mean"], row["sd"])
    way = {
        "regression": regression.regression_z, "lognormal_regression": regression.lognormal_regression_z,
        "beta_binomial_regression": regression.beta_binomial_regression_z,
    }[method]  # fmt: skip
    return lambda y: way(y, age, row)


def precision(scale: str, age: float) -> float:
    rows = [row for row in table("psychometrics.csv") if row["scale"] == scale]
    return next(row["value"] for row in rows if row["age_from"] is None or row["age_from"] <= age < row["age_to"])


def normed(scale: str, measure: float, sem: float | None, age: float, sex: str) -> dict[str, Any]:
    """Score, z, percentile, interval or band of a measure."""
    norm = NORMS[scale]
    row, sign = norm_row(norm, scale, age, sex), -1 if SCALES[scale].get("higher_is") == "less_able" else 1
    if norm["method"] == "base_rates":
        return {"score": places.base_rate(measure, row)}
    names = [name for name in (row if isinstance(row, dict) else ()) if places_column(name)]
    if norm["method"] == "attainment":
        return {"band": places.attainment(measure, age, row, names)}
    if norm["method"] == "percentile_cells":
        percent = places.between(measure, row, names)
        z = None if percent is None else NormalDist().inv_cdf(percent / 100)
        return {"band": places.place(measure, row, names)[0], "percentile": percent, "score": percent, "z": z}
    z_of, (mean, sd) = z_by(norm, row, age), METRICS[norm["metric"]]
    z = z_of(measure)
    if z is None:
        return {"status": "outside_curve"}
    score, interval = metric.scaled(z, mean, sd), norm.get("interval", {"kind": "none"})
    ends: tuple[float | None, float | None] = (None, None)
    if interval["kind"] == "posterior":
        assert sem is not None
        ends = regression.interval_of_z(measure, sem, metric.multiplier(interval["level"]), z_of)
    elif interval["kind"] == "sem_measure":
        ends = regression.interval_of_z(measure, precision(scale, age), metric.multiplier(interval["level"]), z_of)
    if interval["kind"] in ("posterior", "sem_measure"):
        ends = tuple(None if end is None else metric.scaled(end, mean, sd) for end in ends)  # type: ignore[assignment]
    elif interval["kind"] == "observed":
        ends = metric.observed_interval(score, precision(scale, age), interval["level"])
    elif interval["kind"] == "true_score":
        ends = metric.true_score_interval(score, mean, sd, precision(scale, age), interval["level"])
    found = {"score": score, "ci_low": ends[0], "ci_high": ends[1]}
    if "decimals" in norm:
        found = {name: None if value is None else metric.half_up_guarded(value, norm["decimals"]) for name, value in found.items()}
    return found | {"z": sign * z, "percentile": metric.percentile(z)}


def places_column(name: str) -> bool:
    return name[0] == "p" and name[1:2].isdigit()


# ---------------------------------------------------------------------------------------------- cases


def results(age: float, sex: str, text: str) -> dict[str, dict[str, Any]]:
    """What every result of the pack is for one child."""
    child = answers(text)
    by_points = {scale: SCALES[scale] for scale in SCALES if SCALES[scale].get("raw") != "irt"}
    hop = {"hop.csv": table("tables/hop.csv")}
    measured = raws.measured(INSTRUMENT | {"scales": list(by_points.values())}, ITEMS, child, age, hop)
    found: dict[str, dict[str, Any]] = {}
    for name, scale in SCALES.items():
        if scale.get("use") == "step":
            continue
        if scale.get("raw") == "irt":
            theta, sem, items = ability(name, child, age, sex)
            given = [child[item] for item in items if item in child]
            least = scale.get("min_answered", 1)
            if len(given) < least:
                found[name] = {"status": "too_few_items" if given else "no_items"} | ({"raw": math.fsum(given)} if given else {})
            else:
                found[name] = {"raw": math.fsum(given), "ability": theta, "sem": sem} | normed(name, theta, sem, age, sex)
        elif measured[name].raw is None:
            found[name] = {"status": measured[name].status}
        else:
            found[name] = {"raw": measured[name].raw} | normed(name, measured[name].raw, None, age, sex)
    return found


def lines() -> list[dict[str, str]]:
    """The rows of cases.csv."""
    written = []
    for case, age, sex, text in CHILDREN:
        for place, (scale, values) in enumerate(results(age, sex, text).items()):
            row = dict.fromkeys(COLUMNS, "") | {"case": case, "scale": scale, "tolerance": "1e-9", "source": SOURCE}
            row |= {"age": f"{age:g}", "sex": sex, "responses": text} if place == 0 else {}
            row |= {name: value if isinstance(value, str) else repr(float(value)) for name, value in values.items() if value is not None}
            written.append(row)
    return written


if __name__ == "__main__":
    import sys

    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines())

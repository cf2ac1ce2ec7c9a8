"""Which library function answers which function name of the vectors.

An adapter takes a vector's inputs, unpacks them, calls the library and shapes the result like `expected`; the
method itself is never computed here. `inputs["fixture"]` already holds the fixture's data, not its name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from vector_packs import findings_of_norm_table

from otscore.intake import age
from otscore.kernel import (
    age_equivalent,
    base_rates,
    bccg,
    bcpe,
    bct,
    beta_binomial,
    change,
    composite,
    contrast,
    curves,
    derive,
    goals,
    graded,
    interval,
    irt,
    metric,
    raw,
    recode,
    rounding,
    runs,
    shash,
    single_case,
    stratum,
    trait,
)
from otscore.kernel.prior import AgePrior
from otscore.norming.fit import rake, rank

Inputs = dict[str, Any]
Adapter = Callable[[Inputs], Any]


def call(function: Callable[..., Any], *names: str) -> Adapter:
    """Pass the named inputs in this order; other inputs describe the vector, not the call."""
    return lambda inputs: function(*(inputs[name] for name in names))


def of_z(function: Callable[..., Any], score: str = "raw") -> Adapter:
    """Standardise a score by its mean and SD, then apply a function of z."""
    return lambda i: function(metric.z_from_score(i[score], i["mean"], i["sd"]))


def interpolated_lms_z(i: Inputs) -> Any:
    interpolate = {"linear": curves.interpolate_linear, "lagrange_cubic": curves.interpolate_lagrange}[
        i["method"]
    ]
    nodes = [node["age"] for node in i["nodes"]]
    values = [[node["L"], node["M"], node["S"]] for node in i["nodes"]]
    return curves.lms_z(i["y"], *interpolate(i["age"], nodes, values))


def from_frequencies(function: Callable[..., Any]) -> Adapter:
    def adapter(i: Inputs) -> Any:
        if "order" in i:
            counts = [i["freq"][name] for name in i["order"]]
            return function(i["order"].index(i["raw"]), range(len(counts)), counts)
        return function(i["raw"], [float(value) for value in i["freq"]], list(i["freq"].values()))

    return adapter


def interval_at_level(function: Callable[..., Any], *names: str) -> Adapter:
    return lambda i: function(*(i[name] for name in names), interval.z_multiplier(i["level"]))


def multivariate(i: Inputs) -> Any:
    index = ["vci", "vsi", "fri", "wmi", "psi"].index(i["index"])
    estimates, errors = interval.multivariate_true_score([i["x"]], i["mean"], i["sd"], i["r"], i["R"])
    estimate, see = estimates[0, index], errors[index]
    lower, upper = interval.around(estimate, interval.half_width(see, interval.z_multiplier(i["level"])))
    return {"estimate": estimate, "see": see, "lower": lower, "upper": upper}


def pattern_estimate(function: Callable[..., Any]) -> Adapter:
    def adapter(i: Inputs) -> Any:
        responses = [[np.nan if answer == "N" else float(answer) for answer in i["pattern"]]]
        theta, se = function(responses, i["fixture"]["a"], i["fixture"]["b"])
        return {"theta": theta[0], "se": se[0]}

    return adapter


def map_estimate(i: Inputs) -> Any:
    difficulty, responses = zip(*i["items"], strict=True)
    return trait.map_estimate([responses], i["alpha"], difficulty, i["prior_mean"], i["prior_var"])[0][0]


def lord_wingersky(i: Inputs) -> Any:
    items = [graded.graded_probability([i["theta"]], 1.0, [b]) for b in i["b"]]
    return graded.lord_wingersky(items)[0]


def graded_eap(i: Inputs) -> Any:
    """The fixture's answers count from 1, the library's from 0."""
    low, high, step = i["grid"]
    items = i["fixture"]
    grid = np.linspace(low, high, round((high - low) / step) + 1)
    slopes, thresholds = [item["a"] for item in items], [item["b"] for item in items]
    table = graded.graded_sum_score_table(slopes, thresholds, grid, *i["prior"])
    row = i["raw"] - len(items)
    return {
        "eap": table.eap[row],
        "eap_se": table.sd[row],
        "t": metric.score_from_z(table.eap[row], 50, 10),
        "expected_raw": table.expected_sum[row] + len(items),
    }


def both_modes(half_even: str, half_up: str) -> Adapter:
    def adapter(i: Inputs) -> Any:
        x = float(i["x"])
        return {half_even: rounding.round_half_even(x), half_up: rounding.round_half_up(x)}

    return adapter


def percent_half(i: Inputs) -> Any:
    percent = metric.pomp(i["x"], 0, 1)
    return {"python_round": rounding.round_half_even(percent), "half_up": rounding.round_half_up(percent)}


def binary_hazard(i: Inputs) -> Any:
    x, places = (part for part in i["expression"].removesuffix(" places").split(" to "))
    half_up = rounding.round_half_up(float(x), int(places))
    half_even = rounding.round_half_even(float(x), int(places))
    return {"float_round": half_even, "decimal_half_up": f"{half_up:.{places}f}"}


def double_rounding(i: Inputs) -> Any:
    def standard(z: Any) -> Any:
        return rounding.round_half_up(metric.score_from_z(z, i["mean"], i["sd"]))

    twice = standard(rounding.round_half_up(i["z_raw"], i["round_z_to"]))
    return {"rounded_twice": twice, "rounded_once": standard(i["z_raw"])}


def one_child(answered: Any, n_items: int | None = None) -> Any:
    """One row of points; items beyond those answered, and answers that are null, are missing."""
    points = np.full((1, len(answered) if n_items is None else n_items), np.nan)
    points[0, : len(answered)] = [np.nan if value is None else value for value in answered]
    return points


def reverse_score(i: Inputs) -> Any:
    lowest, highest = float(i["min"]), float(i["max"])
    ends = np.array([lowest, highest])
    coding = recode.Coding(np.arange(len(i["values"])), ends, ends[::-1], True, recode.NO_CODES, recode.NO_CODES, False)
    return recode.keyed(one_child(i["values"]), (coding,))[0]


def in_item_order(i: Inputs) -> Any:
    """One row of points of the items 1, 2, ... up to the last one named; those not named were not given."""
    responses = {int(item): points for item, points in i["responses"].items()}
    return np.array([[responses.get(item, np.nan) for item in range(1, max(responses) + 1)]], dtype=float)


def ceiling_item(i: Inputs, fails: int, within: int) -> int:
    points = in_item_order(i)
    return int(runs.run_result(points, np.ones(points.shape[1]), runs.RunRule(0, fails, within)).ceiling[0, 0]) + 1


def ceiling_lowest_run(i: Inputs) -> Any:
    last = ceiling_item(i, i["run"], i["run"])
    return [last - i["run"] + 1, last]


def raw_with_basal_ceiling(i: Inputs) -> Any:
    points, most = in_item_order(i), np.full(max(map(int, i["responses"])), float(i["max_item_score"]))
    highest, lowest = i["when_double_basal"] == "highest", i["when_double_ceiling"] == "lowest"
    rule = runs.RunRule(i["basal_run"], i["ceiling_run"], i["ceiling_run"], highest, lowest)
    found = runs.run_result(points, most, rule)
    return {"basal": found.basal[0, 0] + 1, "ceiling": found.ceiling[0, 0] + 1, "raw": found.credited.sum()}


def credit_below_basal(i: Inputs) -> Any:
    most = np.full(i["basal_item"], float(i["max_item_score"]))
    points = np.where(np.arange(most.size) == most.size - 1, most, np.nan)
    return runs.run_result(points[None], most, runs.RunRule(1, 1, 1)).credited[0, :-1].sum()


def prorate_sum(i: Inputs) -> Any:
    points = one_child(i["answered"], i["n_items"])
    n, answered = i["n_items"], raw.n_answered(points)
    prorated = raw.prorated(raw.total(points), answered, n, half_up=i.get("round") == "half_up")
    enough = raw.missing_allowed(answered, n, (n - i["min_answered"]) / n) if i.get("min_answered") else answered > 0
    return np.where(enough, prorated, np.nan)[0]


def prorate_allowed(i: Inputs) -> Any:
    answered = np.array([i["n_items"] - i["n_missing"]])
    return raw.missing_allowed(answered, i["n_items"], i["max_missing_proportion"])[0]


def imputed_sum(i: Inputs) -> Any:
    return raw.imputed_total(one_child(i["answered"], i["n_items"]), half_up=i["round_imputed"] == "half_up")[0]


def missing_limit(i: Inputs) -> Any:
    """The limit as a share, of as many items as there are missing ones and allowed ones: the verdict is the same."""
    missing, n = i["n_dk_or_missing"], i["n_dk_or_missing"] + i["max_allowed"] + 1
    allowed = raw.missing_allowed(np.array([n - missing]), n, i["max_allowed"] / n)
    return "scorable" if allowed[0] else "unscorable"


def best_of_trials(i: Inputs) -> Any:
    best = raw.highest if i["direction"] == "higher_is_better" else raw.lowest
    return best(one_child(i["trials"]))[0]


def place_in_bands(x: float, bands: Any, edge: str) -> int:
    """Number of the band by its declared closed side; bands closed above are the mirror image of those closed below."""
    ends = [(-np.inf if low is None else low, np.inf if high is None else high) for low, high in bands]
    mirrored = {"[lo,hi)": False, "(lo,hi]": True}[edge]
    if mirrored:
        ends, x = [(-high, -low) for low, high in ends], -x
    order = np.argsort([low for low, _ in ends])
    starts, stops = np.array(ends, dtype=float)[order].T
    place = derive.range_place(np.array([float(x)]), np.array([0]), [starts], [stops])[0]
    return int(order[place]) if place >= 0 else -1


def timed_points(i: Inputs) -> Any:
    place = place_in_bands(i["seconds"], [cut[:2] for cut in i["cuts"]], i.get("interval", "[lo,hi)"))
    return i["cuts"][place][2] if place >= 0 else None


def band_lookup(i: Inputs) -> Any:
    bands = [(band["lo"], band["hi"]) for band in i["bands"]]
    if i.get("edge", "[lo,hi)") != "[lo,hi)":
        place = place_in_bands(i["age_months"], bands, i["edge"])
        return place if place >= 0 else None
    low, high = np.array(bands, dtype=float).T
    row, _ = stratum.Bands(low, high, np.arange(low.size)).find(np.array([float(i["age_months"])]))
    return row[0] if row[0] >= 0 else None


DUTCH = AgePrior(
    upto=np.array([np.inf]), constant=np.array([44.35]), linear=np.array([-1.8]), log=np.array([28.47]),
    shift=np.array([0.25]), age_from=-np.inf, sd=5.0,
)  # fmt: skip
"""The prior of all vectors: mean 44.35 - 1.8 t + 28.47 ln(t + 0.25), SD 5."""


class Ability(dict[str, float]):
    """EAP and its error; vectors that ask for one number mean the EAP."""

    def __float__(self) -> float:
        return self["eap"]


def eap_age_prior(i: Inputs) -> Any:
    items = [(item["tau"], item["score"]) if isinstance(item, dict) else tuple(item) for item in i["items"]]
    low, high, step = i["quadrature"]
    grid = low + step * np.arange(round((high - low) / step) + 1)
    model = irt.RaschModel.build(np.array([tau for tau, _ in items], dtype=float), i["logistic_scale"], grid)
    passes, mean = one_child([score for _, score in items]), DUTCH.mean(np.array([i["age_years"]]))
    found = irt.rasch_eap(irt.Given.of(passes), model, mean, np.array([i.get("prior_sd", DUTCH.sd)]), posterior=False)
    if not raw.n_answered(passes)[0]:
        return None  # no item, no score: the engine gives a status
    return Ability(eap=float(found.eap[0]), sem=float(found.sem[0]))


def beta_binomial_norm_z(i: Inputs) -> Any:
    shapes = beta_binomial.beta_binomial_shapes(i["mean"], i["variance"], i["n"])
    z = beta_binomial.beta_binomial_z(np.array([float(i["raw"])]), np.array([float(i["n"])]), *map(np.atleast_1d, shapes))
    return np.clip(z, -i["clip"], i["clip"])[0]


GESTATION = ("gestation_weeks", "gestation_days")
LMS = ("L", "M", "S")
BCT = ("mu", "sigma", "nu", "tau")

AGE: dict[str, Adapter] = {
    "decimal_age_365_25": call(age.decimal_years, "birth", "test"),
    "corrected_decimal_age": call(age.corrected_decimal_years, "birth", "test", *GESTATION, "term_days"),
    "estimated_date_of_delivery": call(age.estimated_delivery_date, "birth", *GESTATION),
    "age_ymd_30day_borrow": call(age.ymd_30day, "birth", "test"),
    "age_ymd_calendar": call(age.ymd_calendar, "birth", "test"),
    "age_years_months_truncated": call(age.years_months_truncated, "birth", "test"),
    "age_months_truncated": call(age.completed_months, "birth", "test"),
    "add_months_clamped": call(age.add_months_clamped, "start", "months"),
    "months_rounded_15_day_rule": call(age.months_rounded, "years", "months", "days"),
    "months_to_days_who": call(age.months_to_days_who, "months"),
}
NORMS: dict[str, Adapter] = {
    "beta_binomial_moments": call(beta_binomial.beta_binomial_shapes, "mean", "variance", "n"),
    "beta_binomial_norm_z": beta_binomial_norm_z,
    "lms_z": call(curves.lms_z, "y", *LMS),
    "lms_z_rounded2": lambda i: rounding.round_half_up(curves.lms_z(i["y"], i["L"], i["M"], i["S"]), 2),
    "lms_z_L0": call(curves.lms_z, "y", *LMS),
    "lms_z_continuity_L_to_0": call(curves.lms_z, "y", *LMS),
    "lms_z_who_restricted": call(curves.lms_z_who_restricted, "y", *LMS),
    "lms_z_interpolated": interpolated_lms_z,
    "lms_value": call(curves.lms_value, "z", *LMS),
    "lms_value_undefined": call(curves.lms_value, "z", *LMS),
    "regression_norm_z_time_score": call(
        curves.regression_z, "raw", "age", "mean_poly", "sd_poly", "direction"
    ),
    "bct_z": call(bct.bct_z, "y", *BCT),
    "bct_quantile": call(bct.bct_quantile, "p", *BCT),
    "bccg_truncated_quantile": call(bccg.bccg_quantile, "p", "mu", "sigma", "nu"),
    "bcpe_cdf": call(bcpe.bcpe_cdf, "y", *BCT),
    "shash_cdf_cnorm": call(shash.shash_cdf, "y", "mu", "sigma", "epsilon", "delta"),
    "rescale_metric": call(metric.rescale, "x", "mean_from", "sd_from", "mean_to", "sd_to"),
    "t_score": of_z(lambda z: metric.score_from_z(z, 50, 10)),
    "stanine_by_round": of_z(metric.stanine_by_round),
    "nce": of_z(metric.nce_from_z),
    "percentile_rank": of_z(metric.percentile_from_z),
    "stanine_from_z": call(metric.stanine_from_z, "z", "cuts"),
    "sten_from_z": call(metric.sten_from_z, "z"),
    "nce_from_percentile": lambda i: metric.nce_from_percentile(100 * i["p"]),
    "percentile_rank_printed": of_z(
        lambda z: metric.percentile_text(metric.percentile_from_z(z)), "standard_score"
    ),
    "percentile_rank_mid": from_frequencies(metric.percentile_rank_mid),
    "percentile_rank_below": from_frequencies(metric.percentile_rank_below),
    "percentile_rank_at_or_below": from_frequencies(metric.percentile_rank_at_or_below),
    "percentile_from_rank": call(metric.percentile_from_rank, "rank_from_top", "n"),
    "band_lookup": band_lookup,
}
PRECISION: dict[str, Adapter] = {
    "estimated_true_score": call(interval.estimated_true_score, "x", "mean", "r"),
    "sem": call(interval.sem, "sd", "r"),
    "se_estimation": call(interval.see, "sd", "r"),
    "se_prediction": call(interval.sep, "sd", "r"),
    "glutting_se": call(interval.glutting_se, "sd", "r"),
    "ci_true_score": interval_at_level(interval.true_score_interval, "x", "mean", "sd", "r"),
    "ci_observed": interval_at_level(interval.observed_interval, "x", "sd", "r"),
    "ci_half_width": call(interval.half_width, "sem", "z"),
    "multivariate_true_score": multivariate,
    "z_multiplier": call(interval.z_multiplier, "level"),
    "coverage_of_k_sem": call(interval.coverage_of_k_sem, "k"),
    "fisher_ci": call(interval.fisher_interval, "r", "n", "level"),
    "p_true_below": call(interval.p_true_below, "threshold", "x", "mean", "sd", "r"),
}
IRT: dict[str, Adapter] = {
    "rasch_p_scaled": call(trait.rasch_probability, "theta", "tau", "scale"),
    "eap_sum_score": graded_eap,
    "mle_2pl": pattern_estimate(trait.mle),
    "wle_2pl": pattern_estimate(trait.wle),
    "map_2pl_age_prior": map_estimate,
    "person_outfit_infit": lambda i: np.ravel(trait.person_fit([i["responses"]], i["theta"], 1.0, i["b"])),
    "lord_wingersky": lord_wingersky,
    "eap_age_prior": eap_age_prior,
    "prior_mean_dutch": lambda i: DUTCH.mean(np.array([i["age_years"]]))[0],
}
ROUNDING: dict[str, Adapter] = {
    "round_half_up": call(rounding.round_half_up, "x"),
    "round_half_up_decimal": lambda i: rounding.round_half_up(float(i["x"])),
    "round_half_even_python": call(rounding.round_half_even, "x"),
    "round_modes": both_modes("half_even", "half_up_away"),
    "percent_half": percent_half,
    "binary_hazard": binary_hazard,
    "double_rounding": double_rounding,
}
ITEMS: dict[str, Adapter] = {
    "pomp": call(metric.pomp, "sum_or_mean", "min", "max"),
    "reverse_score": reverse_score,
    "ceiling_lowest_run": ceiling_lowest_run,
    "ceiling_k_of_n": lambda i: ceiling_item(i, i["k"], i["n"]),
    "raw_with_basal_ceiling": raw_with_basal_ceiling,
    "credit_below_basal": credit_below_basal,
    "prorate_sum": prorate_sum,
    "prorate_allowed": prorate_allowed,
    "person_mean": lambda i: raw.mean(one_child(i["answered"]))[0],
    "item_mean_imputed_rounded_sum": imputed_sum,
    "missing_limit": missing_limit,
    "best_of_trials": best_of_trials,
    "timed_points": timed_points,
}

TABLES: dict[str, Adapter] = {"validate_norm_table": findings_of_norm_table}


def pair_of_sums(function: Callable[..., Any]) -> Adapter:
    """A function of the correlations and of two weighted sums, the columns of W."""
    return lambda i: function(i["R"], *np.array(i["W"], dtype=float).T)


def composite_covariance(i: Inputs) -> Any:
    sums = np.array(i["W"], dtype=float).T
    return composite.covariance_of_sums(i["R"], sums[:, None, :], sums[None, :, :])


def part_whole(i: Inputs) -> Any:
    """The matrix is told in words: five members, any two of which correlate .6."""
    assert i["R"] == "5x5 equicorrelated .6"
    members = np.eye(5)
    return composite.correlation_of_sums(np.full((5, 5), 0.6) + 0.4 * members, members[i["part"]], members[i["whole"]].sum(axis=0))


def composite_true_variance(i: Inputs) -> Any:
    ones = np.ones(len(i["R"]))
    return composite.covariance_of_sums(composite.true_covariances(i["R"], i["sd"], i["reliability"]), ones, ones)


def spearman_brown_items(i: Inputs) -> Any:
    assert i["ceil"]
    return np.ceil(composite.spearman_brown_length(i["r_target"], i["r"]) * i["n_items"])


def spread_of_two(function: Callable[..., Any]) -> Adapter:
    """A function of the SD of the difference of two scores with one SD."""
    return lambda i: function(contrast.difference_sd(i["sd"], i["sd"], i["r"]))


def pairwise_p(i: Inputs) -> Any:
    errors = (interval.sem(i["sd"], i[name]) for name in ("r_xx", "r_yy"))
    return {2: contrast.difference_p, 1: contrast.difference_p_one_sided}[i["tails"]](i["x"] - i["y"], contrast.difference_se(*errors))


def difference_rate(i: Inputs) -> Any:
    rate = {2: base_rates.difference_rate, 1: base_rates.difference_rate_one_way}[i["tails"]]
    return rate(i["a"] - i["b"], contrast.difference_sd(i["sd"], i["sd"], i["r"]))


def own_mean_critical(i: Inputs) -> Any:
    assert i["adjust"] == "bonferroni"
    return contrast.critical_difference(contrast.own_mean_se(i["sem"]), contrast.bonferroni_alpha(i["alpha"], i["m"]))


def own_mean_se(i: Inputs) -> Any:
    return {True: contrast.own_mean_se, False: contrast.other_mean_se}[i["index_included_in_mean"]](i["sem"])


def case_p(i: Inputs) -> Any:
    return single_case.p_below(single_case.case_t(*(i[name] for name in CASE)), i["n"])


def case_limits(function: Callable[..., Any]) -> Adapter:
    return lambda i: function(*(i[name] for name in CASE), 0.95)


def of_two_cases(function: Callable[..., Any], *names: str) -> Adapter:
    """Standardise the case's two scores, then apply a function of both."""

    def adapter(i: Inputs) -> Any:
        z = (metric.z_from_score(i[f"case_{test}"], i[f"mean_{test}"], i[f"sd_{test}"]) for test in "ab")
        return function(*z, *(i[name] for name in names))

    return adapter


def rsdt_p(share: float) -> Adapter:
    t = of_two_cases(single_case.standardised_difference_t, "r_ab", "n")
    return lambda i: share * single_case.p_two_sided(t(i), i["n"])


def low_scores(j: Callable[[Inputs], int]) -> Adapter:
    """Share of children with at least j low scores, simulated with 400,000 draws."""
    return lambda i: base_rates.low_score_rates(i["R"], metric.z_from_percentile(100 * i["proportion_low"]), 400_000, 20240229).at_least[j(i)]


def jt_cutoff(function: Callable[..., Any], group: str) -> Adapter:
    better = {"lower_is_better": -1, "higher_is_better": 1}
    return lambda i: function(i[f"m_{group}"], i[f"sd_{group}"], better[i["direction"]])


def mdc(level: float) -> Adapter:
    return lambda i: change.mdc(i["sem"], level)


def practice_iverson(i: Inputs) -> Any:
    errors = (interval.sem(i[sd], i["reliability"]) for sd in ("sd_pre", "sd_post"))
    return change.change_z(i["pre"], i["post"], *errors, i["practice"])


def relative_proficiency(i: Inputs) -> Any:
    assert not i["reverse"]
    return change.relative_proficiency(i["x"], i["mu"], i["criterion"])


def gas_t(i: Inputs) -> Any:
    return goals.gas_t(i["scores"], i.get("weights", 1.0))


def age_equivalent_or_open(i: Inputs) -> Any:
    assert i["plateau"] == "youngest"
    age_found, off_scale = age_equivalent.age_equivalent(i["raw"], i["ages_months"], i["medians"])
    return f"{'<' if off_scale < 0 else '>'}{age_found:g}" if off_scale else age_found


def age_equivalent_gain(i: Inputs) -> Any:
    """Ages are written years;months."""
    points = [raw_score for raw_score, _ in i["points"]]
    months = [12 * int(years) + int(rest) for years, rest in (text.split(";") for _, text in i["points"])]
    young, old = (age_equivalent.months_of_points(*pair, months, points) for pair in (points[:2], points[2:]))
    return {"young_months_per_5_raw": young, "old_months_per_5_raw": old}


COMPOSITES: dict[str, Adapter] = {
    "composite_from_correlations": lambda i: composite.composite_score(i["x"], i["mean"], i["sd"], i["R"], 1.0, i["mean_to"], i["sd_to"]),
    "part_whole_correlation": part_whole,
    "composite_covariance": composite_covariance,
    "composite_correlation": pair_of_sums(composite.correlation_of_sums),
    "composite_true_variance": composite_true_variance,
    "composite_reliability": call(composite.composite_reliability, "R", "sd", "reliability", "weights"),
    "weighted_sum_mean": call(composite.weighted_sum, "means", "weights"),
    "tellegen_briggs": call(composite.composite_of_total, "sum_scaled", "k", "sum_pairwise_r", "mean", "sd"),
    "composite_sem": call(interval.sem, "sd", "reliability"),
    "spearman_brown_length_items": spearman_brown_items,
    "spearman_brown": call(composite.spearman_brown, "length", "r"),
}
CASE = ("case", "mean", "sd", "n")
PROFILE: dict[str, Adapter] = {
    "sd_difference": spread_of_two(lambda sd: sd),
    "sd_sum": call(contrast.sum_sd, "sd", "sd", "r"),
    "difference_z": lambda i: metric.z_from_score(i["a"] - i["b"], 0, contrast.difference_sd(i["sd"], i["sd"], i["r"])),
    "difference_base_rate": difference_rate,
    "mean_absolute_difference": spread_of_two(base_rates.mean_absolute_difference),
    "pairwise_difference_p": pairwise_p,
    "difference_reliability": call(contrast.difference_reliability, "r_xx", "r_yy", "r_xy"),
    "pairwise_critical_difference": lambda i: contrast.critical_difference(contrast.difference_se(i["sem1"], i["sem2"]), i["alpha"]),
    "difference_from_mean_se": own_mean_se,
    "difference_from_mean_critical": own_mean_critical,
    "difference_from_mean_sd_population": call(contrast.own_mean_sd, "R", "sd"),
    "holm": call(contrast.holm, "p"),
    "crawford_howell_t": call(single_case.case_t, *CASE),
    "crawford_howell_p_one_tailed": case_p,
    "case_z_cc": call(metric.z_from_score, "case", "mean", "sd"),
    "case_z_cc_ci95": case_limits(single_case.case_z_interval),
    "case_percentile_ci95": case_limits(single_case.case_percentile_interval),
    "rsdt_t": of_two_cases(single_case.standardised_difference_t, "r_ab", "n"),
    "rsdt_p_two_tailed": rsdt_p(1.0),
    "rsdt_percent_more_extreme": rsdt_p(50.0),
    "z_dcc": of_two_cases(single_case.difference_z, "r_ab"),
    "p_at_least_one_low": low_scores(lambda i: 1),
    "p_at_least_j_low": low_scores(lambda i: i["j"]),
}
CHANGE: dict[str, Adapter] = {
    "jt_cutoff_a": jt_cutoff(change.cutoff_away_from_clinical, "clin"),
    "jt_cutoff_b": jt_cutoff(change.cutoff_within_functional, "func"),
    "jt_cutoff_c": call(change.cutoff_between, "m_clin", "sd_clin", "m_func", "sd_func"),
    "mdc95": mdc(0.95),
    "mdc90": mdc(0.90),
    "s_diff": call(change.change_se, "sd", "r"),
    "rci_jt": call(change.rci, "pre", "post", "sd_pre", "reliability"),
    "rci_gln": call(change.rci_gulliksen_lord_novick, "pre", "post", "m_pre", "m_pre", "sd_pre", "reliability"),
    "rci_hll": call(change.rci_gulliksen_lord_novick, "pre", "post", "m_pre", "m_post", "sd_pre", "reliability"),
    "rci_en": call(change.rci_edwards_nunnally, "pre", "post", "m_pre", "sd_pre", "reliability"),
    "rci_nk": call(change.rci_nunnally_kotsch, "pre", "post", "m_pre", "sd_pre", "reliability", "reliability_post"),
    "rci_practice_chelune": call(change.rci_practice, "pre", "post", "sd_pre", "reliability", "practice"),
    "rci_practice_iverson": practice_iverson,
    "srb_z": call(change.regression_change_z, "pre", "post", "m1", "sd1", "m2", "sd2", "r12"),
    "srb_t_crawford_howell": call(change.regression_change_t, "pre", "post", "m1", "sd1", "m2", "sd2", "r12", "n"),
    "relative_proficiency_index": relative_proficiency,
    "gas_t": gas_t,
}
AGE_EQUIVALENTS: dict[str, Adapter] = {
    "age_equivalent": age_equivalent_or_open,
    "age_equivalent_gain": age_equivalent_gain,
}


def weights_of_cells(i: Inputs) -> Any:
    """Children of a crossed table, raked to the shares of its rows and columns; the weight of each cell."""
    counts = np.array(i["counts"])
    row, column = (np.repeat(places.ravel(), counts.ravel()) for places in np.indices(counts.shape))
    margins = {"row": dict(enumerate(i["row_share"])), "column": dict(enumerate(i["col_share"]))}
    weight = rake({"row": row, "column": column}, margins).weight
    first = np.cumsum(counts.ravel()) - counts.ravel()
    return weight[first].reshape(counts.shape).tolist()


def regressed_interval(i: Inputs) -> Any:
    score = metric.score_from_z(i["z"], i["mean"], i["sd"])
    return list(interval.true_score_interval(score, i["mean"], i["sd"], i["reliability"], interval.z_multiplier(i["ci"])))


NORMING: dict[str, Adapter] = {
    "plotting_position": call(rank.plotting_position, "rank", "n", "method"),
    "normalised_T_blom": lambda i: rank.normal_score(rank.plotting_position(i["rank"], i["n"], "blom"), 50, 10),
    "weighted_mid_rank": call(rank.mid_rank, "x", "weights"),
    "raking_weights_min1": weights_of_cells,
    "norm_ci_regressed": regressed_interval,
}

VECTOR_FUNCTIONS: dict[str, Adapter] = (
    AGE | ITEMS | NORMS | PRECISION | IRT | ROUNDING | TABLES | COMPOSITES | PROFILE | CHANGE | AGE_EQUIVALENTS | NORMING
)

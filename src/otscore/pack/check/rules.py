"""The rules that a pack is checked by, in the order they run."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from otscore.pack.check import (
    ages,
    alike,
    cases,
    columns,
    comparisons,
    curves,
    derived,
    entered,
    files,
    identity,
    irt,
    keys,
    monotone,
    names,
    precision,
    printed,
    raws,
    runs,
    scores,
    shifts,
    slips,
    sources,
    swaps,
    template,
    thresholds,
)
from otscore.pack.check.subject import Finding, Rule, Subject, Tier


def _rule(check: Callable[[Subject], Iterable[Finding]], tier: Tier = Tier.MEANING) -> Rule:
    """A rule is called as its function, and says what the function's docstring says."""
    return Rule(check.__name__, (check.__doc__ or "").partition("\n")[0], check, tier)


_BASIC = (
    files.table_missing, files.table_empty, names.item_unknown, names.scale_unknown, names.scale_missing,
    columns.column_missing, columns.column_unknown, columns.cell_empty, columns.cell_number, columns.stratum_value,
    derived.derived_source,
)  # fmt: skip
_MEANING = (
    identity.edition_directory, identity.instrument_id, identity.superseded_by, identity.licence_missing, identity.licence_empty,
    identity.kind_metric,
    files.table_unused, files.file_unknown,
    names.item_repeated, names.scale_order, names.band_unknown,
    keys.item_reverse, keys.item_domain, keys.scale_empty, keys.warn_scale_empty, keys.missing_rule, runs.runs_possible, keys.weights_length,
    keys.branch_answer, keys.item_alias, keys.item_ages, keys.filter_points, keys.step_use,
    alike.scores_summed, alike.scores_compared,
    ages.age_order, ages.age_gap, ages.age_overlap, ages.stratum_missing, ages.age_strata, ages.warn_age_strata, ages.warn_age_range, ages.row_twice,
    raws.raw_whole, raws.raw_fraction, raws.range_order, raws.raw_overlap, raws.raw_gap, raws.band_empty, raws.warn_raw_beyond,
    monotone.monotone_raw, monotone.base_rate_rises, monotone.warn_monotone_age, monotone.warn_median_falls,
    scores.score_limits, scores.score_metric, scores.score_decimals, scores.percentile_agrees, scores.interval_contains,
    scores.percentile_columns, printed.percentile_rises, printed.band_order,
    curves.curve_parameters, curves.spread_once, curves.count_of_items, curves.powers_whole, curves.warn_spread, curves.ages_rise, curves.warn_curve_slip,
    thresholds.cut_reachable, thresholds.thresholds_rise, thresholds.threshold_missing, thresholds.threshold_reachable,
    irt.irt_missing, irt.measure_kind, irt.irt_points, irt.graded_steps, irt.item_parameters, irt.item_uncalibrated, irt.joint_prior,
    irt.grid_step, irt.grid_range, irt.prior_segments, irt.prior_shift,
    precision.statistic_known, precision.precision_value, precision.precision_missing, precision.interval_method,
    derived.derived_stratum, derived.derived_points, derived.derived_reach,
    entered.entered_item, entered.verdict_band, entered.scale_ages, entered.adjusted_table,
    comparisons.comparison_scale, comparisons.comparison_pair, comparisons.comparison_level,
    comparisons.comparison_sem, comparisons.prediction_r, comparisons.difference_rate,
    sources.source_missing, sources.source_file, sources.source_unknown, sources.source_date,
    cases.cases_missing, cases.case_scale, cases.case_twice, cases.case_inputs, cases.case_age, cases.case_item,
    cases.case_stratum, cases.case_status, cases.case_band, cases.case_coverage,
    cases.warn_group_untested,
    template.warn_template, template.warn_to_fill,
)  # fmt: skip
_DOUBT = (
    swaps.warn_columns_swapped, swaps.warn_magnitude, printed.warn_interval,
    shifts.warn_rows_shifted, slips.warn_cell_off, slips.warn_cell_lost, slips.warn_decimals, shifts.warn_step, shifts.warn_age_lost,
)  # fmt: skip

RULES: tuple[Rule, ...] = (*(_rule(check, Tier.BASIC) for check in _BASIC), *map(_rule, _MEANING), *(_rule(check, Tier.DOUBT) for check in _DOUBT))
"""Every rule: its code, one line that says what it asks for, and its function."""

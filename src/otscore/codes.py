"""The words that kernel, engine and reports share: why a score is absent, what qualifies it, where it belongs.

Statuses and flags are small integers in arrays (plain ones: an enum member costs more to look up than a batch of one
has time for); :data:`STATUS_NAMES`, :data:`STATUS_REASONS` and :func:`flag_names` turn them into words.
"""

from __future__ import annotations

from enum import StrEnum


class Status:
    """Why a result cell holds a score, or why it does not. Only ``OK`` carries a score."""

    OK = 0
    NO_ITEMS = 1
    TOO_FEW_ITEMS = 2
    ILLEGAL_ANSWER = 3
    AGE_MISSING = 4
    AGE_INVALID = 5
    BELOW_AGE = 6
    ABOVE_AGE = 7
    STRATUM_MISSING = 8
    RAW_OUT_OF_TABLE = 9
    OUTSIDE_CURVE = 10
    NOT_NORMED = 11
    MEMBER_MISSING = 12
    DISCONTINUED = 13
    NOT_AT_AGE = 14
    RAW_DISAGREES = 15
    INVALID_PROTOCOL = 16
    OUTSIDE_POPULATION = 17


STATUS_NAMES: tuple[str, ...] = tuple(name.lower() for name in vars(Status) if name.isupper())

STATUS_REASONS: dict[str, str] = {
    "ok": "scored",
    "no_items": "no item of the scale was answered",
    "too_few_items": "fewer items answered than the scale's missing rule asks for",
    "illegal_answer": "an answer outside the legal set of its item",
    "age_missing": "age is missing",
    "age_invalid": "age is impossible (test before birth, or outside human childhood)",
    "below_age": "younger than the norms",
    "above_age": "older than the norms",
    "stratum_missing": "a value that selects the norm group (sex or informant, for example) is missing, unknown, or another than that of the norms",
    "raw_out_of_table": "the norm table has no score for this raw score",
    "outside_curve": "the measurement lies where the norm curve is not defined",
    "not_normed": "the pack holds no norms for this scale",
    "member_missing": "a member the composite needs has no result",
    "discontinued": "testing ended before a ceiling was reached",
    "not_at_age": "the scale is not given at this age",
    "raw_disagrees": "the raw score that was entered is another than that of the items",
    "invalid_protocol": "a validity index says that the answers cannot be scored",
    "outside_population": "the norms are for children of another population",
}

UNORDERED = "the items stand in no order of difficulty, so none of them is the next"
"""Why a scale has no next items."""


class Flag:
    """What a reader must know about a score that is present."""

    NONE = 0
    PRORATED = 1
    ITEMS_MISSING = 2
    AT_FLOOR = 4
    AT_CEILING = 8
    AGE_CONVENTION_SENSITIVE = 16
    RESEARCH_USE = 32
    MISSING_COUNTED_AS_FAIL = 64
    PRIOR_WITHOUT_AGE = 128
    RESPONSE_PATTERN_UNUSUAL = 256
    ANSWERS_SET_ASIDE = 512
    PERCENTILE_ASSUMES_NORMAL = 1024
    NO_BASAL = 2048
    NO_CEILING = 4096
    FALSE_BASAL = 8192
    FALSE_CEILING = 16384
    START_ITEM_OTHER = 32768
    ESTIMATED = 65536
    APPROXIMATE = 131072
    OUT_OF_AGE = 262144
    RAW_ENTERED = 524288
    SCORE_OR_LESS = 1048576
    SCORE_OR_MORE = 2097152
    DOUBTFUL = 4194304
    SUBSTITUTED = 8388608


FLAG_BITS: dict[str, int] = {name.lower(): bit for name, bit in vars(Flag).items() if name.isupper() and bit}


def flag_names(flags: int) -> str:
    """The names of the flags that are set, joined by ``;`` in a fixed order.

    >>> flag_names(Flag.PRORATED | Flag.AT_FLOOR)
    'prorated;at_floor'
    """
    return ";".join(name for name, bit in FLAG_BITS.items() if bit & flags)


class Domain(StrEnum):
    """The six domains of a profile, and the further ones that a pack may report."""

    FINE_MOTOR = "fine_motor"
    GROSS_MOTOR = "gross_motor"
    SENSORY = "sensory"
    SELF_CARE = "self_care"
    SOCIAL = "social"
    COGNITIVE = "cognitive"
    COMMUNICATION = "communication"
    MOTOR = "motor"
    ATTENTION = "attention"
    SELF_REGULATION = "self_regulation"
    EMOTIONAL = "emotional"
    HEALTH = "health"
    PLAY = "play"
    GENERAL = "general"
    VALIDITY = "validity"


PROFILE_DOMAINS: tuple[Domain, ...] = (
    Domain.FINE_MOTOR,
    Domain.GROSS_MOTOR,
    Domain.SENSORY,
    Domain.SELF_CARE,
    Domain.SOCIAL,
    Domain.COGNITIVE,
)


class Kind(StrEnum):
    """What a result is: a norm-referenced score, a published class, or a criterion met or not."""

    NORMED = "normed"
    BANDED = "banded"
    CRITERION = "criterion"


class Metric(StrEnum):
    """The scale a derived score is printed on; mean and SD stand in :data:`METRIC_MEAN_SD`."""

    Z = "z"
    T = "t"
    STANDARD = "standard"
    SCALED = "scaled"
    V_SCALE = "v_scale"
    STEN = "sten"
    STANINE = "stanine"
    NCE = "nce"
    SCALE_15_5 = "scale_15_5"
    STANDARD_10 = "standard_10"
    CUSTOM = "custom"
    GROWTH = "growth"
    AGE_EQUIVALENT = "age_equivalent"
    CRITERION = "criterion"
    PERCENT = "percent"
    PERCENTILE = "percentile"
    BASE_RATE = "base_rate"
    RAW = "raw"
    NONE = "none"


METRIC_MEAN_SD: dict[Metric, tuple[float, float]] = {
    Metric.Z: (0.0, 1.0),
    Metric.T: (50.0, 10.0),
    Metric.STANDARD: (100.0, 15.0),
    Metric.SCALED: (10.0, 3.0),
    Metric.V_SCALE: (15.0, 3.0),
    Metric.STEN: (5.5, 2.0),
    Metric.STANINE: (5.0, 2.0),
    Metric.NCE: (50.0, 21.06),
    Metric.SCALE_15_5: (15.0, 5.0),
    Metric.STANDARD_10: (100.0, 10.0),
}

NO_STANDING: frozenset[Metric] = frozenset((Metric.GROWTH, Metric.AGE_EQUIVALENT, Metric.CRITERION, Metric.PERCENT, Metric.RAW, Metric.NONE))
"""Metrics that place a child in no norm group: a score on them has no z."""

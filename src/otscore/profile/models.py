"""The profile of one child: frozen, validated, the same bytes for the same input. Unknown numbers are null, never NaN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from otscore.codes import Domain, Kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from otscore.profile.plan_models import Plan
    from otscore.profile.progress_models import Progress

Evidence = Literal["normed", "banded", "criterion", "not_scored", "not_assessed"]


HeadlinePolicy = Literal["most_precise", "composite", "least_favourable"]
HigherIs = Literal["more_able", "less_able", "neither"]
AgeBasis = Literal["chronological", "corrected"]


class Frozen(BaseModel):
    """Immutable, closed, and silent about the values it was given."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", hide_input_in_errors=True)


class ScaleResult(Frozen):
    """One scale of one pack: what was measured and where it stands in the norms.

    ``age_basis``: the age at which the norms were read; ``strata``: what chose norms or errors beside age, for example ``form=blue``;
    ``higher_is``: what much of the ``measure`` says of the child. The three are empty in profiles written before they were told.

    ``score`` is in ``metric``; ``z`` always rises with ability; ``percentile`` reads like the score. ``status`` says why a
    score is absent, ``reason`` the same in words, ``flags`` what must be known of a score that is present. ``z_low``,
    ``z_high``: the ends of the interval in SDs, higher more able; ``z_se``: standard error of z. ``measure``: what change is read
    from (ability, growth, raw, or standard_score where nothing else has a published error), ``measure_se`` its standard error.
    ``method``: by which the score comes from the norms. ``spans``: the domains of the scales it is made of, where they are several.
    ``retest_days``: the shortest interval for which stability was published.
    """

    pack: str
    scale: str
    domain: Domain
    kind: Kind
    informant: str
    n_items: int
    n_answered: int
    raw: float | None
    ability: float | None
    sem: float | None
    score: float | None
    metric: str | None
    z: float | None
    percentile: float | None
    ci_low: float | None
    ci_high: float | None
    ci_level: float | None
    z_low: float | None = None
    z_high: float | None = None
    z_se: float | None = None
    measure: str | None = None
    measure_se: float | None = None
    method: str | None = None
    spans: tuple[Domain, ...] = ()
    retest_days: float | None = None
    band: str | None
    status: str
    reason: str
    flags: tuple[str, ...]
    higher_is: HigherIs | None = None
    age_basis: AgeBasis | None = None
    strata: tuple[str, ...] = ()


class ContrastResult(Frozen):
    """A difference between two scores of the child, as the pack compares them.

    ``kind``: pairwise, own_mean (``other`` is null) or predicted. ``critical``: from where on a difference is significant at
    ``level``; ``base_rate``: percent of the norm group with one at least as large. Null where not published.
    """

    pack: str
    comparison: str
    kind: str
    scale: str
    other: str | None
    difference: float
    level: float
    critical: float | None
    significant: bool | None
    base_rate: float | None


class DomainResult(Frozen):
    """Everything known of one domain: the kind of evidence, the headline by the stated policy, and every scale behind it.

    normed, banded and criterion evidence are never converted into one another. ``not_scored``: there were answers, and
    none gave a result; ``not_assessed``: there were none.
    """

    domain: Domain
    evidence: Evidence
    headline: ScaleResult | None
    scales: tuple[ScaleResult, ...]


class PackStamp(Frozen):
    """The norms used: name, version and content digest of the pack, its kind and status, every choice that a score depends on,
    and the caveats that every reader must see.
    """

    pack: str
    pack_version: str
    digest: str
    kind: Kind
    status: str
    norm_group: str
    age_basis: str
    rounding: str
    ci_level: float | None
    estimator: str | None
    relevance: tuple[float, float] | None
    historic_scale: bool
    logit: bool
    prior_without_age: tuple[float, float] | None
    notices: tuple[str, ...]


class Profile(Frozen):
    """A child's domain profile. ``id`` is opaque; ages are in days; no name, no date.

    Headline policy ``most_precise``: per domain the normed score with the narrowest interval in SD units (one without
    interval comes after those with), else the least favourable banded result, else the least favourable criterion result.
    ``composite``: the instrument's own score of several scales, where there is one; ``least_favourable``: the lowest z, else the
    worst band. Scores are never averaged.
    """

    schema_version: Literal[1] = 1
    library_version: str
    id: str | int | None
    age_days: float | None
    corrected_age_days: float | None
    age_basis: AgeBasis
    headline_policy: HeadlinePolicy = "most_precise"
    domains: tuple[DomainResult, ...] = Field(min_length=6)
    contrasts: tuple[ContrastResult, ...] = ()
    packs: tuple[PackStamp, ...]

    def domain(self, name: str) -> DomainResult:
        """The result of one domain, for example ``profile.domain("fine_motor")``.

        Raises KeyError for a domain the profile does not hold.
        """
        for result in self.domains:
            if result.domain == name:
                return result
        raise KeyError(name)

    def plan(self, **choices: Any) -> Plan:
        """Inputs from which a therapist designs a plan: needs and strengths, priorities, goals, what to measure again, facts.

        ``choices`` are those of :func:`otscore.profile.plan.plan`. Raises UsageError where one of them cannot be.
        """
        from otscore.profile.plan import plan

        return plan(self, **choices)

    def to_json(self) -> str:
        """The profile as JSON with a fixed order of keys."""
        return self.model_dump_json(indent=2)

    def plot(self, ax: Axes | None = None) -> Axes:
        """The profile as a picture, see :func:`otscore.report.pictures.profile_picture`."""
        from otscore.report.pictures import profile_picture

        return profile_picture(self, ax)

    def to_html(
        self, plan: Plan | None = None, progress: Progress | None = None, *, language: str = "en", labels: Mapping[str, str] | None = None
    ) -> str:
        """A report to read and print: one HTML file without scripts, with a picture, all results, and the norms with their caveats.

        ``plan`` and ``progress`` of the same child are added where given. ``labels``: own words for the codes of packs (scales,
        classes, items): ``{"pegs": "Putting pegs"}``, or for one pack alone ``{"hobbin@1": {"pegs": ...}}``. Raises UsageError for a
        language that is not there, labels that are no text, a plan of another child, or where jinja2 is missing.
        """
        from otscore.report.html import profile_html

        return profile_html(self, plan, progress, language, labels)

    def to_markdown(
        self, plan: Plan | None = None, progress: Progress | None = None, *, language: str = "en", labels: Mapping[str, str] | None = None
    ) -> str:
        """The same report as Markdown with tables, as :meth:`to_html`."""
        from otscore.report.markdown import profile_markdown

        return profile_markdown(self, plan, progress, language, labels)

    def __str__(self) -> str:
        from otscore.profile.text import profile_text

        return profile_text(self)

    def _repr_html_(self) -> str:
        from otscore.profile.text import profile_html

        return profile_html(self)

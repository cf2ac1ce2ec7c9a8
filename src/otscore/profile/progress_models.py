"""What several profiles of one child say of change. Each step has its own error; what cannot be compared has a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from otscore.codes import Domain
from otscore.profile.models import Frozen, HigherIs, PackStamp
from otscore.profile.plan_models import GoalScores

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Direction = Literal["up", "down", "no_reliable_change"]
Skill = Literal["gained", "lost", "no_reliable_change"]
Method = Literal["jacobson_truax", "chelune", "iverson", "temkin", "regression"]


class RetestFigures(Frozen):
    """How a stable sample of ``n`` children did on a scale twice: means and SDs of both occasions, and their correlation ``r``.

    r : stability, never an internal consistency. measure : what the figures are of; they serve no other measure.
    """

    pack: str
    scale: str
    measure: Literal["ability", "growth", "raw", "standard_score"]
    n: int = Field(ge=3)
    mean_1: float = Field(allow_inf_nan=False)
    sd_1: float = Field(gt=0.0, allow_inf_nan=False)
    mean_2: float = Field(allow_inf_nan=False)
    sd_2: float = Field(gt=0.0, allow_inf_nan=False)
    r: float = Field(gt=-1.0, lt=1.0)


class Occasion(Frozen):
    """One profile on the way: its age, and what the trajectory of the scale has there.

    value, se : of the measure. status : as in the profile; ``not_given`` where the scale was not. score, metric : the score as printed,
    never subtracted unless it is the measure.
    """

    age_days: float | None
    corrected_age_days: float | None
    age_basis: str
    value: float | None
    se: float | None
    score: float | None
    metric: str | None
    z: float | None
    z_low: float | None
    z_high: float | None
    ci_level: float | None
    status: str
    flags: tuple[str, ...]


class Step(Frozen):
    """From one occasion to another (places in the list of occasions).

    method : the formula (see :func:`otscore.progress`). change : of the measure, as observed. expected : the change expected without
    any of the child's own (practice, regression to the mean). se : of the change. index : (change - expected) / se, with two-sided
    ``p``. mdc90 : how far from the expected a change must lie to be beyond error at 90 %. direction : of the measure as it reads,
    beyond error at ``level``. skill : the same in words of ability; null for scores of standing, and where a high score says neither.

    z_change, z_se, z_direction : the same of the standing among children of the same age. gained_but_fell_behind : skills gained and
    a lower standing, both beyond error; in words: the child gained skills, and children of the same age gained more.
    reason, z_reason : why no change of the measure, or of the standing, is told.
    """

    before: int
    after: int
    method: Method
    level: float
    change: float | None
    expected: float | None
    se: float | None
    index: float | None
    p: float | None
    mdc90: float | None
    direction: Direction | None
    skill: Skill | None
    z_change: float | None
    z_se: float | None
    z_direction: Direction | None
    gained_but_fell_behind: bool | None
    flags: tuple[str, ...]
    reason: str | None
    z_reason: str | None


class Trajectory(Frozen):
    """One scale of one pack with one informant over the occasions, one for each profile.

    steps : from each occasion that has the scale to the next, over a gap without a result too, and from the first to the last.
    reason : why there is no step at all.
    """

    pack: str
    scale: str
    domain: Domain
    informant: str
    measure: str | None
    higher_is: HigherIs | None
    occasions: tuple[Occasion, ...]
    steps: tuple[Step, ...]
    reason: str | None


class ProblemChange(Frozen):
    """Change of the family's mean ratings from one review to another, over the same problems (COPM; Law et al. 1990).

    reason : why there is none of performance, or of satisfaction. Ratings have no error of measurement here.
    """

    before: int
    after: int
    n_problems: int
    performance: float | None
    satisfaction: float | None
    reason: str | None


class Progress(Frozen):
    """A child's way through several profiles, youngest first. ``goals``: one set for each review at which goals were rated.

    level : of the reliable change, and of the error bars in pictures. packs : the norms of all the profiles. refused : what was
    asked for and is not told, with the reason.
    """

    schema_version: Literal[1] = 1
    library_version: str
    id: str | int | None
    level: float
    ages_days: tuple[float | None, ...]
    trajectories: tuple[Trajectory, ...]
    goals: tuple[GoalScores, ...]
    problems: tuple[ProblemChange, ...]
    packs: tuple[PackStamp, ...]
    refused: tuple[str, ...]

    def trajectory(self, pack: str, scale: str, informant: str | None = None) -> Trajectory:
        """One of the trajectories, for example ``progress.trajectory("gsed@2406", "d")``; the first one where no informant is named.

        Raises KeyError where there is none.
        """
        for one in self.trajectories:
            if (one.pack, one.scale) == (pack, scale) and informant in (None, one.informant):
                return one
        raise KeyError((pack, scale, informant))

    def to_json(self) -> str:
        """The progress as JSON with a fixed order of keys."""
        return self.model_dump_json(indent=2)

    def to_frame(self) -> pd.DataFrame:
        """A row per trajectory and occasion: what was measured when."""
        from otscore.profile.progress_rows import occasion_frame

        return occasion_frame(self)

    def step_frame(self) -> pd.DataFrame:
        """A row per trajectory and step: what changed."""
        from otscore.profile.progress_rows import step_frame

        return step_frame(self)

    def __str__(self) -> str:
        from otscore.profile.progress_text import progress_text

        return progress_text(self)

    def _repr_html_(self) -> str:
        from otscore.profile.progress_text import progress_html

        return progress_html(self)

    def plot(self, trajectory: int = 0, ax: Axes | None = None) -> Axes:
        """The measure of one trajectory over age, see :func:`otscore.report.pictures.progress_picture`."""
        from otscore.report.pictures import progress_picture

        return progress_picture(self, trajectory, ax)

    def plot_z(self, trajectory: int = 0, ax: Axes | None = None) -> Axes:
        """The standing of one trajectory among children of the same age, see :func:`otscore.report.pictures.progress_z_picture`."""
        from otscore.report.pictures import progress_z_picture

        return progress_z_picture(self, trajectory, ax)

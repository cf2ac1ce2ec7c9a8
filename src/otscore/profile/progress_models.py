"""What several profiles of one child say of change. Each step has its own error; what cannot be compared has a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from otscore.codes import Domain
from otscore.profile.models import Frozen, PackStamp
from otscore.profile.plan_models import GoalScores

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Direction = Literal["up", "down", "no_reliable_change"]


class Occasion(Frozen):
    """One profile on the way: its age, and what the trajectory of the scale has there. ``status`` as in the profile."""

    age_days: float | None
    corrected_age_days: float | None
    age_basis: str
    value: float | None
    se: float | None
    z: float | None
    z_low: float | None
    z_high: float | None
    ci_level: float | None
    status: str


class Step(Frozen):
    """From one occasion to another (places in the list of occasions).

    change, se, index, p, mdc90 : of the measure, by formula ``method`` (jacobson_truax, Jacobson & Truax 1991). direction : of the
    measure beyond error at ``level``. z_change, z_direction : the same of the standing among peers. gained_but_fell_behind : more of
    the measure, and a lower standing, both beyond error; in words: the child gained skills, and children of the same age gained
    more. reason : why no change is told.
    """

    before: int
    after: int
    method: str | None
    level: float
    change: float | None
    se: float | None
    index: float | None
    mdc90: float | None
    direction: Direction | None
    z_change: float | None
    z_direction: Direction | None
    gained_but_fell_behind: bool | None
    flags: tuple[str, ...]
    reason: str | None


class Trajectory(Frozen):
    """One scale of one pack with one informant over the occasions. steps : from each to the next, and from the first to the last."""

    pack: str
    scale: str
    domain: Domain
    informant: str
    measure: str | None
    occasions: tuple[Occasion, ...]
    steps: tuple[Step, ...]


class Progress(Frozen):
    """A child's way through several profiles, oldest first. ``goals``: one set for each review at which goals were rated.

    level : of the reliable change, and of the error bars in pictures. packs : the norms of all the profiles.
    """

    schema_version: Literal[1] = 1
    library_version: str
    id: str | int | None
    level: float
    ages_days: tuple[float | None, ...]
    trajectories: tuple[Trajectory, ...]
    goals: tuple[GoalScores, ...]
    packs: tuple[PackStamp, ...]
    refused: tuple[str, ...]

    def to_json(self) -> str:
        """The progress as JSON with a fixed order of keys."""
        return self.model_dump_json(indent=2)

    def plot(self, trajectory: int = 0, ax: Axes | None = None) -> Axes:
        """The measure of one trajectory over age, see :func:`otscore.report.pictures.progress_picture`."""
        from otscore.report.pictures import progress_picture

        return progress_picture(self, trajectory, ax)

    def plot_z(self, trajectory: int = 0, ax: Axes | None = None) -> Axes:
        """The standing of one trajectory among children of the same age, see :func:`otscore.report.pictures.progress_z_picture`."""
        from otscore.report.pictures import progress_z_picture

        return progress_z_picture(self, trajectory, ax)

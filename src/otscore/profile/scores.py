"""The scores of many children, and the tables made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from otscore.batch import ScaleArrays, Stamp
from otscore.errors import Issue
from otscore.profile.build import Part, build_profile
from otscore.profile.models import HeadlinePolicy, Profile

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


MOST_NOTICES = 15
"""Notices that are printed with the scores; the packs that ship have up to 14 each."""


@dataclass(frozen=True)
class Scores:
    """The scores of many children: one part per pack, and every problem that was met."""

    parts: tuple[Part, ...]
    issues: tuple[Issue, ...]

    def __len__(self) -> int:
        return len(self.parts[0].children)

    def to_frame(self) -> pd.DataFrame:
        """The long table: a row per child and scale, in input order, nobody dropped."""
        from otscore.profile.frame import joined, long_frame

        return self._stamped(joined([long_frame(p.form, p.arrays, p.children, p.stamp) for p in self.parts], len(self)))

    def to_wide(self) -> pd.DataFrame:
        """A row per child; columns of further packs carry the pack's name."""
        from otscore.profile.frame import wide_frame, widened

        frames = [wide_frame(p.form, p.arrays, p.children, p.stamp) for p in self.parts]
        return self._stamped(widened(frames, [p.stamp.pack for p in self.parts]))

    def contrast_frame(self) -> pd.DataFrame:
        """Differences between the scores of each child, as the packs compare them: a row per child and comparison.

        Columns id, pack, comparison, kind, scale, other, difference, level, critical, significant, base_rate (percent of the
        norm group). Empty where no pack compares anything.
        """
        from otscore.profile.frame import contrast_frame

        return contrast_frame(self.parts)

    def between_informants(self, other: Scores) -> pd.DataFrame:
        """The same children as somebody else sees them: this score less the other, scale by scale, where the pack compares
        informants. Columns as in :meth:`contrast_frame`.

        Rows belong together by position. Raises UsageError for other children, packs or norm groups, or where no pack compares
        informants.
        """
        from otscore.profile.informants import between_informants

        return between_informants(self.parts, other.parts)

    def change_since(self, earlier: Scores) -> pd.DataFrame:
        """Change from an earlier occasion: a row per child and scale, is it more than error of measurement?

        Columns id, pack, scale, measure (what was subtracted: ``ability``, ``growth`` or ``raw``, which show progress; only
        where none has a published error ``standard_score``, which shows a change of standing), before, after, change, se (of
        the change: root of the summed squares of both standard errors), index (change / se; Jacobson & Truax 1991,
        doi:10.1037/0022-006X.59.1.12), mdc90 (least change beyond error at 90 %), reliable (1 up, -1 down, 0 neither, at 90 %;
        as the score reads), flags (of either occasion), reason (why a row tells no change). Practice is not taken off.

        Rows belong together by position. Errors are those of psychometrics.csv at the age and group of each occasion, of the
        ability, or those that came with the scores. Raises UsageError where packs, versions, norm groups, options or children
        differ; another informant, form or age basis of a child, or a scale without a published error, is a reason in its row.
        """
        from otscore.profile.change import change_since

        return change_since(self.parts, earlier.parts)

    def group_frame(self, by: Any = None, *, cut: float = -1.0, level: float = 0.95) -> pd.DataFrame:
        """Groups of children: a row per scale and group, see :func:`otscore.report.group.group_frame`."""
        from otscore.report.group import group_frame

        return self._stamped(group_frame(self, by, cut=cut, level=level))

    def plot_sample(self, scale: str, ax: Axes | None = None, by_age: Sequence[float] | None = None) -> Axes:
        """The z of all children against the norm group, see :func:`otscore.report.pictures.sample_picture`."""
        from otscore.report.pictures import sample_picture

        return sample_picture(self, scale, ax, by_age)

    def stamp_frame(self) -> pd.DataFrame:
        """What scored the children as a table, a row per pack."""
        from otscore.profile.frame import stamp_frame

        return stamp_frame(self.stamps)

    def _stamped(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The table with its stamps in ``attrs["otscore"]``, which pandas keeps and writes to Parquet."""
        frame.attrs["otscore"] = [stamp.to_dict() for stamp in self.stamps]
        return frame

    def issue_frame(self) -> pd.DataFrame:
        """The issues as a table."""
        from otscore.profile.frame import issue_frame

        return issue_frame(self.issues)

    def profile(self, row: int, *, headline: HeadlinePolicy = "most_precise") -> Profile:
        """The profile of the child in one row of the input (from 0); ``headline`` as in :class:`otscore.profile.models.Profile`."""
        return build_profile(self.parts, range(len(self))[row], headline)

    @property
    def stamp(self) -> Stamp:
        """What scored the children; with several packs that of the first, all in ``stamps``."""
        return self.parts[0].stamp

    @property
    def stamps(self) -> tuple[Stamp, ...]:
        """What scored the children, pack by pack."""
        return tuple(part.stamp for part in self.parts)

    @property
    def arrays(self) -> ScaleArrays:
        """The bare arrays of the first pack."""
        return self.parts[0].arrays

    @property
    def notices(self) -> dict[str, tuple[str, ...]]:
        """What every reader of the scores must know, pack by pack."""
        return {part.stamp.pack: part.form.pack.manifest.notices for part in self.parts}

    def __repr__(self) -> str:
        packs = ", ".join(stamp.pack for stamp in self.stamps)
        told = [f"  {line}" for line in self._told()]
        return "\n".join([f"Scores({len(self)} children, {packs}, {len(self.issues)} issues)", *told])

    def _told(self) -> list[str]:
        """The notices; where they are many, of each pack how many there are and where to read them."""
        if sum(map(len, self.notices.values())) <= MOST_NOTICES:
            return [f"{pack}: {notice}" for pack, notices in self.notices.items() for notice in notices]
        return [f'{pack}: {len(notices)} notices, in `notices["{pack}"]` of these scores' for pack, notices in self.notices.items()]

    def _repr_html_(self) -> str:
        told = "".join(f"<li>{escape(line)}</li>" for line in self._told())
        return self.to_frame().head(10).to_html(index=False, na_rep="") + f"<ul>{told}</ul>"

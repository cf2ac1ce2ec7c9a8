"""Children that come again: their profiles wait in a file without a name until the last row has been read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from otscore.profile.models import Profile
from otscore.profile.plan_models import Plan


@dataclass(frozen=True, slots=True)
class Visit:
    """A child at one age. place : in the index of the reports."""

    place: int
    profile: Profile
    plan: Plan


class Visits:
    """A context manager; memory holds only where the profiles of a child lie in the file."""

    def __init__(self, folder: Path) -> None:
        self.file = tempfile.TemporaryFile(dir=folder)
        self.of: dict[tuple[type, object], list[tuple[float, int, int]]] = {}

    def __enter__(self) -> Visits:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.file.close()

    def add(self, place: int, profile: Profile, plan: Plan) -> None:
        """Remember a visit. Without an identifier or an age nobody knows whose it is, or when it was."""
        if profile.id is None or profile.age_days is None:
            return
        self.of.setdefault((type(profile.id), profile.id), []).append((profile.age_days, place, self.file.tell()))
        for one in (profile, plan):
            self.file.write(one.model_dump_json().encode() + b"\n")

    def repeated(self) -> Iterator[list[Visit]]:
        """The visits of each child that was seen at more ages than one, the youngest first; of one age in the order of the rows."""
        for visits in self.of.values():
            if len({age for age, *_ in visits}) > 1:
                yield [self._read(place, start) for _, place, start in sorted(visits)]

    def _read(self, place: int, start: int) -> Visit:
        self.file.seek(start)
        return Visit(place, Profile.model_validate_json(self.file.readline()), Plan.model_validate_json(self.file.readline()))


def earlier_of(visits: Sequence[Visit]) -> Profile | None:
    """The last profile at an earlier age than that of the last visit, answered by the same people; None without one."""
    last = visits[-1].profile
    younger = [visit.profile for visit in visits if visit.profile.age_days != last.age_days]
    return next((one for one in reversed(younger) if _informants(one) == _informants(last)), None)


def _informants(profile: Profile) -> set[str]:
    return {result.informant for domain in profile.domains for result in domain.scales}

"""The reports of a file: for each child its profile and plan, of several visits the progress."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from otscore.api import next_items_of
from otscore.commands.catalogue import Catalogue
from otscore.commands.visits import Visit, Visits, earlier_of
from otscore.errors import UsageError
from otscore.profile.models import HeadlinePolicy, Profile
from otscore.profile.plan_models import Plan
from otscore.profile.progress import progress
from otscore.profile.progress_models import Progress
from otscore.profile.rules import Rule
from otscore.profile.scores import Scores
from otscore.report.folder import ReportFolder


@dataclass(frozen=True)
class Plans:
    """How the plans of a file are made."""

    headline: HeadlinePolicy
    need_below: float
    strength_above: float
    rules: tuple[Rule, ...]
    catalogue: Catalogue

    def first(self, scores: Scores, row: int) -> tuple[Profile, Plan]:
        """Profile and plan of one child, with the items nearest to what it does."""
        profile = scores.profile(row, headline=self.headline)
        items, refused = next_items_of((part.form, part.answers(row)) for part in scores.parts)
        return profile, profile.plan(
            need_below=self.need_below, strength_above=self.strength_above, rules=self.rules, next_items=items, refused=refused,
            catalogue=self.catalogue.at(profile.age_days),
        )  # fmt: skip

    def later(self, visit: Visit, earlier: Profile | None) -> Plan:
        """The plan of a visit once more, with what changed since an earlier one."""
        if earlier is None:
            return visit.plan
        return visit.profile.plan(
            need_below=self.need_below, strength_above=self.strength_above, rules=self.rules, next_items=visit.plan.next_items,
            refused=visit.plan.refused, catalogue=self.catalogue.at(visit.profile.age_days), earlier=earlier,
        )  # fmt: skip


class Reports:
    """Takes scores piece by piece."""

    def __init__(self, folder: ReportFolder, plans: Plans, visits: Visits | None) -> None:
        self.folder, self.plans, self.visits = folder, plans, visits

    def add(self, scores: Scores) -> Iterator[int]:
        """Write the reports of the children of one piece, row by row."""
        self.folder.gather(scores)
        for row in range(len(scores)):
            profile, plan = self.plans.first(scores, row)
            place = self.folder.write(profile, plan)
            if self.visits is not None:
                self.visits.add(place, profile, plan)
            yield row

    def finish(self) -> None:
        """Write the latest visit of each child that came again once more, with its progress."""
        for visits in self.visits.repeated() if self.visits is not None else ():
            last = visits[-1]
            try:
                plan = self.plans.later(last, earlier_of(visits))
                told: Progress | None = progress([visit.profile for visit in visits])
            except UsageError:
                continue  # what cannot be compared leaves the report as it is
            self.folder.again(last.place, last.profile, plan, told)


@contextmanager
def reports(folder: ReportFolder, plans: Plans, with_progress: bool) -> Iterator[Reports]:
    """Reports into a folder, which fills when all went well."""
    with folder, Visits(folder.work) if with_progress else nullcontext() as visits:
        made = Reports(folder, plans, visits)
        yield made
        made.finish()

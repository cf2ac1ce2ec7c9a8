"""A report of a child put together from its profile, plan and progress; HTML and Markdown write it down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from otscore.errors import Issue, UsageError
from otscore.profile.models import Profile
from otscore.profile.plan_models import Plan
from otscore.profile.progress_models import Progress
from otscore.report.basis import banners, methods_section, norms_section, packs_behind, reading_section
from otscore.report.document import Document, Section
from otscore.report.foreign import foreign
from otscore.report.planned import plan_sections
from otscore.report.progressed import progress_section
from otscore.report.results import glance_section, results_section
from otscore.report.says import age_in_words
from otscore.report.words import Words, words_of


def compose(
    profile: Profile, plan: Plan | None = None, progress: Progress | None = None, language: str = "en", labels: Mapping[str, str] | None = None
) -> Document:
    """The report in one language; ``labels`` are the user's own words for the codes of packs.

    Raises UsageError for a language that is not there, labels that are no text, or a plan or progress of another child.
    """
    _check_same_child(profile, plan, progress)
    words = words_of(language, labels)
    stamps = banners(packs_behind(profile, plan, progress), words)
    return Document(
        language, title(profile, words), stamps, tuple(_lead(profile, words)),
        tuple(_sections(profile, plan, progress, stamps[0].title if stamps else "", words)),
        words("footer.made", version=foreign(profile.library_version)), words("title.page"),
    )  # fmt: skip


def _check_same_child(profile: Profile, plan: Plan | None, progress: Progress | None) -> None:
    for name, other in (("plan", plan), ("progress", progress)):
        if other is not None and other.id != profile.id:
            hint = "Make both from the profiles of one child"
            raise UsageError(Issue("other_child", f"the {name} has another identifier than the profile", hint, field=name))


def title(profile: Profile, words: Words) -> str:
    """Whose report it is."""
    return words("title.plain") if profile.id is None else words("title.of", id=foreign(profile.id))


def _lead(profile: Profile, words: Words) -> Iterator[str]:
    age = age_in_words(profile.age_days, words)
    told = [words("intro.age", age=age) if age else words("intro.age_unknown")]
    if profile.corrected_age_days is not None:
        told += [words("intro.corrected", age=age_in_words(profile.corrected_age_days, words)), words(f"intro.basis_{profile.age_basis}")]
    yield " ".join(told)
    yield words("intro.what")


def _sections(profile: Profile, plan: Plan | None, progress: Progress | None, stamp: str, words: Words) -> Iterator[Section]:
    yield glance_section(profile, words, stamp)
    yield from reading_section(profile, words)
    if plan is not None:
        yield from plan_sections(plan, words)
    if progress is not None:
        yield progress_section(progress, words)
    yield results_section(profile, words)
    yield methods_section(profile, plan, words)
    yield norms_section(profile, packs_behind(profile, plan, progress), words)

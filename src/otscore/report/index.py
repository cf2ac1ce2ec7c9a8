"""The page that leads to the reports of many children."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from otscore.profile.models import Profile
from otscore.report.document import Banner
from otscore.report.foreign import foreign
from otscore.report.html import template
from otscore.report.says import age_in_words
from otscore.report.words import Words


@dataclass(frozen=True, slots=True)
class Entry:
    """One child: who, how old, in how many domains there is a result, and its files."""

    child: str
    age: str
    results: str
    files: tuple[str, ...]
    banners: tuple[Banner, ...]

    @classmethod
    def of(cls, profile: Profile, files: tuple[str, ...], banners: tuple[Banner, ...], words: Words) -> Entry:
        """The line of a profile."""
        told = sum(domain.headline is not None for domain in profile.domains)
        child = words("index.no_id") if profile.id is None else foreign(profile.id)
        age = age_in_words(profile.age_days, words) or words("status.age_missing")
        return cls(child, age, words("index.count", told=str(told), all=str(len(profile.domains))), files, banners)


def index_html(entries: Sequence[Entry], words: Words, group: Sequence[str] = ()) -> str:
    """The index as HTML. Its links lead to files beside it; ``group`` are those of the group summary."""
    banners = tuple(dict.fromkeys(banner for entry in entries for banner in entry.banners))
    return template("index.html").render(entries=entries, banners=banners, words=words, group=group)

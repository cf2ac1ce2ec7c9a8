"""What was measured: the main result of each domain, every result behind it, and the differences the instruments compare."""

from __future__ import annotations

from collections.abc import Iterator

from otscore.profile.models import ContrastResult, DomainResult, Profile, ScaleResult
from otscore.report.document import Block, Group, Picture, Section, Sub, Table, Text, table
from otscore.report.says import interval_in_words, percentile_in_words, plain_words, result_in_words, to_know
from otscore.report.svg import picture_alt, profile_svg
from otscore.report.words import Words


def glance_section(profile: Profile, words: Words, stamp: str) -> Section:
    """The picture, and a line in plain words for each domain."""
    head = tuple(words(f"column.{name}") for name in ("domain", "main", "plain"))
    rows = [_main(domain, words) for domain in profile.domains]
    picture = Picture(profile_svg(profile, words, stamp), picture_alt(profile, words))
    blocks = [picture, *table(words("caption.glance"), head, rows, quiet=True)]
    research = [words.domain(domain.domain) for domain in profile.domains if domain.headline and "research_use" in domain.headline.flags]
    if research:
        blocks.append(Text(words("research.note", domains=", ".join(research)), "note"))
    return Section("glance", words("heading.glance"), tuple(blocks))


def _main(domain: DomainResult, words: Words) -> tuple[str, ...]:
    result = domain.headline
    if result is None:
        return words.domain(domain.domain), words(f"result.{domain.evidence}"), plain_words(domain, words)
    told = f"{words.read(result.scale, result.pack)}: {result_in_words(result, words)}"
    return words.domain(domain.domain), told, plain_words(domain, words)


COLUMNS = ("domain", "scale", "result", "interval", "percentile", "z", "kind", "answered", "to_know")
NUMERIC = frozenset((4, 5))


def results_section(profile: Profile, words: Words) -> Section:
    """Every result, domain by domain; a domain without any says so."""
    head = tuple(words(f"column.{name}") for name in COLUMNS)
    groups = tuple(_group(domain, words) for domain in profile.domains)
    blocks: list[Block] = [Table(words("caption.results"), head, groups, NUMERIC, grouped=True, quiet=True)]
    contrasts = _contrasts(profile, words)
    if contrasts:
        blocks += [Sub(words("heading.contrasts")), *contrasts]
    return Section("results", words("heading.results"), tuple(blocks))


def _group(domain: DomainResult, words: Words) -> Group:
    name = words.domain(domain.domain)
    if not domain.scales:
        return Group(name, ((words("result.not_assessed"), *[""] * (len(COLUMNS) - 2)),))
    return Group(name, tuple(_row(result, words) for result in domain.scales))


def _row(result: ScaleResult, words: Words) -> tuple[str, ...]:
    told = result_in_words(result, words)
    if result.score is not None and result.raw is not None:
        told += f" ({words('result.and_raw', raw=words.number(result.raw))})"
    return (
        f"{words.name(result.scale, result.pack)} ({words.name(result.pack)})", told, interval_in_words(result, words),
        percentile_in_words(result.percentile, words), words.number(result.z, 2), words(f"kind.{result.kind.value}"),
        ", ".join(filter(None, (words.informant(result.informant), f"{result.n_answered}/{result.n_items}"))), to_know(result, words),
    )  # fmt: skip


def _contrasts(profile: Profile, words: Words) -> tuple[Block, ...]:
    head = tuple(words(f"column.{name}") for name in ("comparison", "difference", "critical", "significant", "base_rate"))
    return table(words("caption.contrasts"), head, [tuple(_contrast(one, words)) for one in profile.contrasts], frozenset((1, 2)))


def _contrast(one: ContrastResult, words: Words) -> Iterator[str]:
    other = words.name(one.other, one.pack) if one.other else ""
    against = words(f"contrast.{one.kind}", scale=other) if one.kind in ("own_mean", "predicted") else other
    yield words("contrast.less", scale=words.name(one.scale, one.pack), other=against)
    yield words.number(one.difference, sign=True)
    yield words.number(one.critical)
    yield "" if one.significant is None else words("rule.yes" if one.significant else "rule.no")
    yield "" if one.base_rate is None else words("contrast.of_children", rate=words.number(one.base_rate, 1))

"""On what the report rests: how its figures were computed, and the norms with every caveat of theirs."""

from __future__ import annotations

from collections.abc import Iterator

from otscore.codes import Kind, Metric
from otscore.profile.models import PackStamp, Profile, ScaleResult
from otscore.profile.plan_models import Plan
from otscore.profile.progress_models import Progress
from otscore.report.document import Banner, Block, Bullets, Section, Sub, Text
from otscore.report.foreign import LONG, foreign
from otscore.report.words import Words

NOT_FOR_USE = ("synthetic", "template")


def packs_behind(profile: Profile, plan: Plan | None, progress: Progress | None) -> tuple[PackStamp, ...]:
    """The norms of all that the report holds, each once; those with results in the profile first."""
    used = {result.pack for domain in profile.domains for result in domain.scales}
    packs = sorted(profile.packs, key=lambda pack: pack.pack not in used)
    more = [pack for part in (plan, progress) for pack in getattr(part, "packs", ())]
    return tuple(dict.fromkeys([*packs, *more]))


def banners(packs: tuple[PackStamp, ...], words: Words) -> tuple[Banner, ...]:
    """What stamps a report that is of no use for a child."""
    there = {pack.status for pack in packs}
    return tuple(Banner(words(f"banner.{status}"), words(f"banner.{status}_text")) for status in NOT_FOR_USE if status in there)


def reading_section(profile: Profile, words: Words) -> Iterator[Section]:
    """The words and figures of this report that need explaining, each once; nothing where there is none."""
    results = [result for domain in profile.domains for result in domain.scales if result.status == "ok"]
    told = [words("method.z"), words("method.picture")] if any(result.z is not None for result in results) else []
    if any(result.percentile is not None for result in results):
        told.append(words("method.percentile"))
    if levels := sorted({result.ci_level for result in results if result.ci_level is not None}):
        told.append(words("method.interval", level=" / ".join(words.number(100 * level) for level in levels)))
    if any(result.band and result.kind is Kind.BANDED for result in results):
        told.append(words("method.band"))
    told += [words(f"metric_help.{metric}") for metric in _metrics(results)]
    if told:
        yield Section("reading", words("heading.reading"), (Bullets(tuple(told)),))


def methods_section(profile: Profile, plan: Plan | None, words: Words) -> Section:
    """Headline, kinds of evidence, thresholds."""
    results = [result for domain in profile.domains for result in domain.scales]
    told = [words(f"method.{profile.headline_policy}"), words("method.domains")]
    if all(result.ci_level is None for result in results):
        told.append(words("method.interval_none"))
    if plan is not None:
        told.append(words("method.plan", need=words.number(plan.need_below), strength=words.number(plan.strength_above, sign=True)))
    return Section("methods", words("heading.methods"), (Bullets(tuple(told)),))


def _metrics(results: list[ScaleResult]) -> list[str]:
    there = {result.metric for result in results if result.score is not None}
    there |= {Metric.RAW.value for result in results if result.raw is not None}
    return [metric.value for metric in Metric if metric.value in there and metric not in (Metric.Z, Metric.PERCENTILE)]


def norms_section(profile: Profile, packs: tuple[PackStamp, ...], words: Words) -> Section:
    """The packs, each with its notices; of those that no result of the profile rests on, their names alone."""
    used = {result.pack for domain in profile.domains for result in domain.scales}
    idle = {pack.pack for pack in profile.packs} - used
    blocks = [block for pack in packs if pack.pack not in idle for block in pack_blocks(pack, words)]
    if untold := [f"{words.name(pack.pack)} {foreign(pack.pack_version)}" for pack in packs if pack.pack in idle]:
        blocks.append(Text(words("pack.unused", packs=", ".join(untold)), "small"))
    return Section("norms", words("heading.norms"), tuple(blocks) or (Text(words("pack.none")),))


def pack_blocks(pack: PackStamp, words: Words) -> Iterator[Block]:
    """One pack with its notices."""
    line = words(
        "pack.line", pack=words.name(pack.pack), version=foreign(pack.pack_version), kind=words(f"pack.{pack.kind.value}"),
        status=words(f"pack_status.{pack.status}"), group=foreign(pack.norm_group),
    )  # fmt: skip
    yield Sub(words.name(pack.pack))
    yield Text("; ".join([line, *choices(pack, words)]) + ".")
    if pack.notices:
        yield Bullets(tuple(foreign(notice, LONG) for notice in pack.notices))
    yield Text(f"{words('pack.digest', digest=foreign(pack.digest))}. {words('pack.cite', pack=foreign(pack.pack))}", "small")


def choices(pack: PackStamp, words: Words) -> Iterator[str]:
    """The choices made beside the pack's own."""
    if pack.age_basis != "pack":
        yield words(f"pack.{pack.age_basis}")
    if pack.rounding == "none":
        yield words("pack.unrounded")
    if pack.estimator:
        yield words("pack.estimator", value=foreign(pack.estimator))
    if pack.relevance:
        low, high = map(words.number, pack.relevance)
        yield words("pack.relevance", low=low, high=high)
    if pack.prior_without_age:
        mean, sd = map(words.number, pack.prior_without_age)
        yield words("pack.prior_without_age", mean=mean, sd=sd)
    yield from (words(f"pack.{name}") for name in ("historic_scale", "logit") if getattr(pack, name))

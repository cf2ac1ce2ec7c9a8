"""What pack.toml says of itself: names, successor, and whether its kind allows the scores it gives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from otscore.codes import NO_STANDING, Kind, Metric
from otscore.pack.check.subject import Finding, Subject, listed
from otscore.schema.norm import PARAMETRIC

NOT_NORMED = NO_STANDING | {Metric.BASE_RATE}
PACK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*@[A-Za-z0-9][A-Za-z0-9_.+-]*")


def edition_directory(subject: Subject) -> Iterator[Finding]:
    """The edition is the name of its directory."""
    said, directory = subject.pack.manifest.edition, subject.pack.home.name
    if directory and said != directory:
        message = f"the edition is {said}, its directory is called {directory}"
        yield Finding("pack.toml", message, "Give both the same name", "edition")


def instrument_id(subject: Subject) -> Iterator[Finding]:
    """The instrument of pack.toml is the id of instrument.toml."""
    said, described = subject.pack.manifest.instrument, subject.pack.instrument.id
    if said != described:
        message = f"the instrument is {said}, instrument.toml describes {described}"
        yield Finding("pack.toml", message, "Write the same id in both", "instrument")


def superseded_by(subject: Subject) -> Iterator[Finding]:
    """The successor is written as instrument@edition, and is another pack."""
    successor = subject.pack.manifest.superseded_by
    if successor and not PACK_NAME.fullmatch(successor):
        hint = "Write instrument@edition, or leave it empty"
        yield Finding("pack.toml", "the successor is not written as a pack is named", hint, "superseded_by")
    elif successor == subject.pack.name:
        yield Finding("pack.toml", "the pack supersedes itself", "Name the newer pack, or leave it empty", "superseded_by")


def licence_missing(subject: Subject) -> Iterator[Finding]:
    """A private pack names the text of its licence, which whoever uses it is shown."""
    licence = subject.pack.manifest.licence
    if licence.private and licence.text is None:
        hint = 'Put the terms beside pack.toml, and write text = "LICENCE.txt" in [licence]'
        yield Finding("pack.toml", "a private pack without the text of its licence", hint, "licence.text")


def licence_empty(subject: Subject) -> Iterator[Finding]:
    """The text of the licence says something."""
    name = subject.pack.manifest.licence.text
    if name is not None and not subject.pack.licence_text:
        yield Finding(name, "the text of the licence is empty", "Write who may use the figures and how, or take `text` out of [licence]")


def kind_metric(subject: Subject) -> Iterator[Finding]:
    """Criterion and banded packs give no z, T, percentile or other normed score; a normed pack gives one."""
    manifest = subject.pack.manifest
    if manifest.kind != Kind.NORMED:
        for place, norm in enumerate(manifest.norms):
            normed = norm.method in PARAMETRIC or norm.percentiles_interpolated
            if normed or norm.metric not in NOT_NORMED:
                message = f"a {manifest.kind.value} pack gives a normed score ({norm.method}, metric {norm.metric.value})"
                allowed = "none, raw, base_rate, percent, criterion, growth, age_equivalent"
                hint = f'Allowed metrics: {allowed}. Write kind = "normed" only where a norm sample stands behind the scores'
                yield Finding("pack.toml", message, hint, f"norms.{place}.metric")
    elif all(norm.method != "percentile_cells" and norm.metric in NOT_NORMED for norm in manifest.norms):
        message = "a normed pack has no norm with a metric"
        allowed = listed(metric.value for metric in Metric if metric not in NOT_NORMED)
        hint = f'Name the metric of a norm ({allowed}), or write kind = "banded" or "criterion"'
        yield Finding("pack.toml", message, hint, "kind")

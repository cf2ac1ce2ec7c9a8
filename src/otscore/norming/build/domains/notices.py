"""What a reader of one score must know of how the norms hold, in sentences made of the fit itself."""

from __future__ import annotations

from collections.abc import Sequence

from otscore.norming.build.domains.made import Made


def notices(made: Sequence[Made]) -> list[str]:
    """How far the norms hold in cohorts left out, and how far two tests agree; cell by cell in recipe/held_out.csv and two_tests.csv."""
    every = [checked for one in made for checked in one.checked]
    n = {verdict: sum(checked.verdict == verdict for checked in every) for verdict in ("ok", "cohort", "open")}
    out = _span([checked.cell.mean_z for checked in every])
    fit = _span([cell.mean_z for one in made for cell in one.fitted])
    agreed = _span([found.correlation for one in made for found in one.agreements.values()])
    return [
        f"Of {len(every)} cells of domain, age and cohort left out of the fit {n['ok']} are within the limits; {n['cohort']} are explained "
        f"as differences of the cohorts, {n['open']} stay open. Mean z runs from {out} there, and from {fit} in the cohorts of the fit: "
        "so far may a z be off for a child who lives elsewhere.",
        f"Two tests of one domain agree poorly within an age (correlation {agreed}): a z is no statement on the whole domain. "
        "Compare two days only by the same test.",
    ]


def _span(values: Sequence[float]) -> str:
    return f"{min(values):.2f} to {max(values):.2f}"

"""Norm curves, means and SDs: parameters in range, ages rising."""

from __future__ import annotations

from collections.abc import Iterator

from otscore.packs.check.subject import Finding, Subject

ABOVE_ZERO = {"lms": ("m", "s"), "bct": ("mu", "sigma", "tau"), "mean_sd": ("sd",)}


def curve_parameters(subject: Subject) -> Iterator[Finding]:
    """m, s, mu, sigma, tau and SD are above 0."""
    for found in subject.norm_tables(*ABOVE_ZERO):
        for column in ABOVE_ZERO[found.norm.method]:
            for place, value in enumerate(found.numbers(column)):
                if value <= 0:
                    yield Finding(found.source, f"{column} is {value:g}", "It must be above 0", column, found.line(place))


def ages_rise(subject: Subject) -> Iterator[Finding]:
    """A curve has at least two rows, with rising ages, for every stratum."""
    for found in subject.norm_tables("lms", "bct"):
        age, strata = found.numbers("age"), found.strata()
        for combination in dict.fromkeys(strata):
            places = [place for place, other in enumerate(strata) if other == combination]
            for before, place in zip(places, places[1:], strict=False):
                if age[place] <= age[before]:
                    message = f"age {age[place]:g} stands after age {age[before]:g}"
                    yield Finding(found.source, message, "Sort the rows by age, each age once", "age", found.line(place))
            if len(places) < 2:
                message = "a curve of one row cannot be read between ages"
                yield Finding(found.source, message, 'Add rows, or use method = "mean_sd"', "age", found.line(places[0]))

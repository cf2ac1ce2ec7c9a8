"""What the packs cover, and the holes in words: on rows written by hand, and on shipped packs whose ages are known."""

from __future__ import annotations

import pytest

from otscore.codes import Domain, Kind
from otscore.coverage import AGE_BANDS, Coverage, coverage, coverage_tables, holes, holes_list, not_open
from otscore.pack import registry
from otscore.pack.items import member_items


def row(pack: str = "snorf@1", domain: Domain = Domain.COGNITIVE, evidence: str = "z", ages: tuple[float, float] = (0, 216), **more) -> Coverage:
    given = {"title": "Snorf", "scale": "toves", "informants": ("parent",), "kind": Kind.NORMED, "research": False} | more
    return Coverage(pack=pack, domain=domain, evidence=evidence, months_from=ages[0], months_below=ages[1], **given)


def cells(rows: list[Coverage], domain: Domain) -> dict[str, list[str]]:
    """Age band -> cells, with the names of the columns under "ages"."""
    return {line[0]: line[1:] for line in coverage_tables(rows)[domain]}


def test_an_age_at_the_upper_edge_is_not_covered() -> None:
    one = row(ages=(36, 48))
    assert [one.fits(age, None) for age in (35.9, 36, 47.9, 48)] == [False, True, True, False]
    assert [one.at(start, stop) for _, start, stop in AGE_BANDS] == [False, False, True, False, False, False, False]


def test_motor_as_a_whole_belongs_to_fine_and_gross_motor() -> None:
    whole = row(domain=Domain.MOTOR)
    assert [whole.belongs_to(domain) for domain in ("fine_motor", "gross_motor", "motor", "sensory")] == [True, True, True, False]
    tables = coverage_tables([whole])
    assert Domain.MOTOR not in tables
    for domain in (Domain.FINE_MOTOR, Domain.GROSS_MOTOR):
        assert tables[domain][1] == ["0-11 mo", "z of motor skills as a whole: snorf@1"]


def test_a_cell_tells_norms_first_editions_together_and_parts_of_a_band() -> None:
    rows = [
        row("plim@1", evidence="flag", ages=(72, 90)),
        row("snorf@1", ages=(72, 108)), row("snorf@2", ages=(72, 108)), row("snorf@3", ages=(84, 108)),
        row("vorp@1", evidence="z", research=True),
        row("quan@1", informants=("child", "teacher")),
    ]  # fmt: skip
    found = cells(rows, Domain.COGNITIVE)
    assert found["ages"] == ["child (test)", "parent or caregiver", "teacher"]
    parent = "z: snorf@1 | 2, snorf@3 (from 7 y); flag: plim@1 (below 7.5 y); z (research): vorp@1"
    assert found["6-8 y"] == ["z: quan@1", parent, "z: quan@1"]
    assert found["13-17 y"] == ["z: quan@1", "z (research): vorp@1", "z: quan@1"]


def test_further_domains_follow_those_of_a_profile() -> None:
    found = list(coverage_tables([row(domain=Domain.ATTENTION)]))
    assert found[:6] == [Domain.FINE_MOTOR, Domain.GROSS_MOTOR, Domain.SENSORY, Domain.SELF_CARE, Domain.SOCIAL, Domain.COGNITIVE]
    assert found[6:] == [Domain.ATTENTION]


def filled_by(domain: Domain, months: float, measure: str | None = None) -> list[str]:
    """The instruments of not_open.toml that fit, looked up by another way than the library's."""
    instruments, _ = not_open()
    fits = [one for one in instruments if domain in one.domains and one.months_from <= months < one.months_below]
    return [one.name for one in fits if measure is None or measure in one.measures]


def test_a_domain_without_anything_is_a_hole_and_names_private_packs() -> None:
    names = filled_by(Domain.SOCIAL, 60)
    assert names
    assert holes([], Domain.SOCIAL, 60, 60 + 1e-9) == [f"nothing open; a private pack would fill it, for example of {', '.join(names)}"]


def test_what_is_no_norm_leaves_the_hole_and_is_named() -> None:
    rows = [row(domain=Domain.SOCIAL, **more) for more in ({"evidence": "flag"}, {"evidence": "base rate", "ages": (0, 12)}, {"research": True})]
    assert holes(rows, Domain.SOCIAL, 60, 61)[0].startswith("no open norms, only: flag, z (research); a private pack")


@pytest.mark.parametrize("evidence", ["z", "percentile"])
def test_a_norm_closes_the_hole(evidence: str) -> None:
    assert holes([row(domain=Domain.SOCIAL, evidence=evidence)], Domain.SOCIAL, 60, 61) == []


def test_a_gap_within_a_domain_that_has_norms_is_told() -> None:
    measure = "visual-motor integration and handwriting"
    names = filled_by(Domain.FINE_MOTOR, 84, measure)
    assert names
    said = holes([row(domain=Domain.FINE_MOTOR)], Domain.FINE_MOTOR, 84, 84 + 1e-9)
    assert f"no open norms of {measure}; a private pack would fill it, for example of {', '.join(names)}" in said


def test_the_list_of_holes_goes_by_domain_and_band() -> None:
    said = holes_list([row(domain=Domain.SOCIAL, ages=(0, 36))])
    assert not [line for line in said if line.startswith(("social, 0-11 mo", "social, 12-35 mo"))]
    assert [line for line in said if line.startswith("social, 36-47 mo: nothing open")]


@pytest.mark.parametrize(("pack", "ages"), [("ecdi@2030", (24, 60)), ("cfm@5-17", (60, 216)), ("hrtl@2022", (36, 72))])
def test_shipped_packs_by_the_ages_of_their_publications(pack: str, ages: tuple[float, float]) -> None:
    """ECDI2030: 24 to 59 months; CFM: 5 to 17 years; HRTL: 3 to 5 years."""
    found = coverage([registry().load(pack)])
    assert found
    assert {(round(one.months_from, 6), round(one.months_below, 6)) for one in found} == {ages}


def test_a_scale_without_items_in_its_edition_covers_nothing() -> None:
    some_are_empty = False
    for ref in registry():
        pack = ref.read()
        told = {one.scale for one in coverage([pack])}
        empty = {scale.id for scale in pack.instrument.scales if not scale.scales and not member_items(pack, scale)}
        assert not told & empty, ref.name
        some_are_empty |= bool(empty)
    assert some_are_empty

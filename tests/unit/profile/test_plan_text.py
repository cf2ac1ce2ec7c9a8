"""A plan to read: every part that says something, nothing of the user's that could run."""

from __future__ import annotations

from unit.profile.made_profiles import profile, scale, stamp

from otscore.profile.plan_models import NextItem


def planned() -> object:
    made = profile(scale("a", "fine_motor", -1.5, 0.3, measure="raw", measure_se=1.0), scale("b", "self_care", 1.4, 0.4), id="<i>x</i>")
    return made.plan(
        goals=[{"goal": "<script>1</script>", "level": 1}], family=[{"problem": "<b>p</b>\n- forged", "importance": 9, "performance": 3}], weights={"severity": 1},
        next_items=[NextItem(pack="p@1", scale="s", domain="social", item="i1", label="<u>", points=0.0, chance=0.45, basis="model")], refused=["because"],
    )  # fmt: skip


def test_every_part_has_a_heading() -> None:
    text = str(planned())
    for words in (
        "Needs (below -1 SD)", "own mean", "Priorities, by weight", "Next items", "Goals", "The family's view", "What to measure again", "When to look again",
        "Arithmetic that rules", "Domains without a result", "Not told, and why", "by interval need", "change +20.0", "chance 45%", "because",
        "a change of more than 2.33 ",
    ):  # fmt: skip
        assert words in text, words
    assert max(map(len, text.splitlines())) <= 110
    assert "\n- forged" not in text


def test_parts_that_say_nothing_are_left_out() -> None:
    text = str(profile().plan(rules=()))
    assert "Goals" not in text
    assert "Arithmetic" not in text
    assert "self-care: nothing was asked" in text


def test_html_is_escaped() -> None:
    html = planned()._repr_html_()  # type: ignore[attr-defined]
    for tag in ("<script", "<b>", "<u>", "<i>"):
        assert tag not in html
    assert "&lt;script&gt;" in html
    assert html.count("<ul>") == html.count("</ul>") > 5


def test_caveats_of_the_norms_stand_in_the_plan() -> None:
    made = profile(scale("a", "fine_motor", -1.5))
    assert "SYNTHETIC NORMS, NOT FOR CLINICAL USE" in str(made.plan())
    assert "SYNTHETIC NORMS, NOT FOR CLINICAL USE" in made.plan()._repr_html_()
    real = profile(scale("a", "fine_motor", -1.5), packs=(stamp(status="verified", notices=("Made for <populations>.",)), stamp("unused@1", notices=("never",)))).plan()
    assert "SYNTHETIC" not in str(real)
    assert "Made for <populations>." in str(real)
    assert "Made for &lt;populations&gt;." in real._repr_html_()
    assert [pack.pack for pack in real.packs] == ["made@1"]
    assert "never" not in str(real)

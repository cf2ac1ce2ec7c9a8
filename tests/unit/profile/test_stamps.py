"""What scored a child stands beside every result: every choice a score depends on, in frames, files, profiles and as text."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import otscore
from otscore.batch import Stamp
from otscore.profile.models import PackStamp

ANSWERS = {"gs1moc060": 1, "gs1lgc062": 0}
NO_CHOICE_OF_A_SCORE = {"scales", "posterior"}
"""Which scales are there, and whether the posterior is kept beside them."""

CHOSEN: list[tuple[str, dict[str, Any]]] = [
    ("gsed@2406", {"norm_group": "dutch"}), ("gsed@2406", {"age_basis": "chronological"}), ("gsed@2406", {"ci_level": 0.95}),
    ("gsed@2406", {"rounding": "none"}), ("gsed@2406", {"relevance": (-10.0, 10.0)}), ("gsed@2406", {"historic_scale": True}),
    ("gsed@2406", {"logit": True}), ("gsed@2406", {"prior_without_age": (50.0, 5.0)}), ("nsch-hrtl@2022", {"estimator": "wle"}),
]  # fmt: skip


def test_every_option_is_a_choice_that_is_stamped() -> None:
    options = {field.name for field in dataclasses.fields(otscore.Options)} - NO_CHOICE_OF_A_SCORE
    assert options == {name for _, choice in CHOSEN for name in choice}
    assert options <= {field.name for field in dataclasses.fields(Stamp)}
    assert options <= set(PackStamp.model_fields)


@pytest.mark.parametrize(("pack", "choice"), CHOSEN, ids=[next(iter(choice)) for _, choice in CHOSEN])
def test_a_choice_stands_in_stamp_frame_file_profile_and_text(pack: str, choice: dict[str, Any], tmp_path: Path) -> None:
    (name, value), plain = next(iter(choice.items())), otscore.Scorer.load(pack)
    scorer = otscore.Scorer.load(pack, **choice)
    answers = ANSWERS if pack == "gsed@2406" else {"sex": "female"} | dict.fromkeys(scorer.form.items, 1)
    frame = pd.DataFrame([{"id": "a", "age_days": 1500} | answers])
    scores, before = scorer.score_frame(frame), plain.score_frame(frame)
    assert getattr(scores.stamp, name) == value != getattr(before.stamp, name)
    assert scorer.stamps == scores.stamps
    told = list(value) if isinstance(value, tuple) else value
    assert scores.to_frame().attrs["otscore"][0][name] == told
    scores.to_wide().to_parquet(tmp_path / "wide.parquet")
    assert pd.read_parquet(tmp_path / "wide.parquet").attrs["otscore"][0][name] == told
    assert getattr(scores.profile(0).packs[0], name) == value
    if name != "ci_level":  # which stands beside each interval
        assert str(scores.profile(0)) != str(before.profile(0))
        line = next(line for line in str(scores.profile(0)).splitlines() if line.startswith(pack) and "(normed" in line)
        assert line != next(line for line in str(before.profile(0)).splitlines() if line.startswith(pack) and "(normed" in line)


def test_a_stamp_holds_digest_and_caveats() -> None:
    scorer = otscore.Scorer.load("gsed@2406")
    (stamp,) = scorer.stamps
    assert (stamp.digest, stamp.kind, stamp.status, stamp.norm_group) == (scorer.pack.digest, "normed", "verified", "preliminary_standards")
    assert stamp.notices == scorer.pack.manifest.notices
    table = scorer.score_frame(pd.DataFrame([{"age_days": 400} | ANSWERS])).stamp_frame()
    assert table["notices"].tolist() == ["\n".join(stamp.notices)]
    assert otscore.Scorer.load("ecdi@2030").stamps[0].ci_level is None


@pytest.mark.parametrize(
    ("packs", "option", "words"),
    [
        (["gsed@2406"], {"estimator": "map"}, "no pack named can use estimator. Leave it out: it is for packs with items calibrated by the graded"),
        (["cfm@5-17"], {"logit": True}, "no pack named can use logit. Leave it out: it is for packs with items calibrated by the Rasch model"),
        (["credi@1", "hrtl@2022"], {"historic_scale": True}, "no pack named can use historic_scale"),
        (["nsch-hrtl@2022"], {"relevance": (-10, 10)}, "no pack named can use relevance"),
        (["nhanes-grip@2014"], {"prior_without_age": (50, 5)}, "no pack named can use prior_without_age"),
    ],
)
def test_an_option_that_no_pack_can_use_is_refused(packs: list[str], option: dict[str, Any], words: str) -> None:
    with pytest.raises(otscore.UsageError, match=words):
        otscore.Battery.load(packs, **option)
    if len(packs) == 1:
        with pytest.raises(otscore.UsageError, match=words):
            otscore.Scorer.load(packs[0], **option)


def test_an_option_is_for_the_packs_that_can_use_it() -> None:
    """In logits there is no standing by the D-score; the norms of another model stay."""
    battery = otscore.Battery.load(["gsed@2406", "credi@1"], logit=True)
    norms = {scale.scale.id: scale.norm is not None for form in battery.forms for scale in form.results}
    assert not norms["d"] and norms["motor"]


def test_pairs_may_be_lists() -> None:
    scorer = otscore.Scorer.load("gsed@2406", relevance=[-10, 10], prior_without_age=[50, 5])
    assert (scorer.stamps[0].relevance, scorer.stamps[0].prior_without_age) == ((-10.0, 10.0), (50.0, 5.0))
    assert scorer.score({"age_days": 400, "responses": ANSWERS}).packs[0].relevance == (-10.0, 10.0)


def test_few_notices_are_printed_with_the_scores_and_of_many_where_they_stand() -> None:
    frame = pd.DataFrame([{"age_days": 400} | ANSWERS])
    few = otscore.Scorer.load("gsed@2406").score_frame(frame)
    assert repr(few).splitlines()[1:] == [f"  gsed@2406: {notice}" for notice in few.notices["gsed@2406"]]
    assert few._repr_html_().count("<li>") == len(few.notices["gsed@2406"])
    many = otscore.Battery.load(["gsed@2406", "gsed@2212"]).score_frame(frame)
    told = [f'{pack}: {len(notices)} notices, in `notices["{pack}"]` of these scores' for pack, notices in many.notices.items()]
    assert repr(many).splitlines()[1:] == [f"  {line}" for line in told]
    assert many._repr_html_().count("<li>") == 2

"""Answers in words to codes, against a plain Python version of the rule."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_twin import recode as slow

from otscore.intake.answers import AnswerReader
from otscore.schema import OptionSet
from otscore.schema.mapping import ColumnMap

WORDS = ["no", "Not at all", "some", "a lot", "cannot do", "Ja"]
CASES = [str, str.upper, str.lower, str.title, "  {} ".format]


@st.composite
def option_sets(draw: st.DrawFn) -> dict[str, Any]:
    legal = draw(st.lists(st.integers(0, 6).map(float), min_size=2, max_size=5, unique=True))
    words = draw(st.lists(st.sampled_from(WORDS), max_size=6, unique=True))
    labels = {word: draw(st.sampled_from(legal)) for word in words}
    missing = draw(st.lists(st.sampled_from([8.0, 9.0, -1.0]), max_size=2, unique=True))
    only = bool(labels) and draw(st.booleans())
    return {"legal": legal, "labels": labels, "labels_only": only, "missing": {f"{code:g}": "missing" for code in missing}}


@settings(max_examples=200)
@given(st.data())
def test_answers_in_words(data: st.DataObject) -> None:
    """What the twin refuses comes out infinite: no legal answer is."""
    said = data.draw(option_sets(), "option set")
    reader = AnswerReader("i", OptionSet.model_validate(said), ColumnMap())
    word = st.tuples(st.sampled_from(WORDS), st.sampled_from(CASES)).map(lambda pair: pair[1](pair[0]))
    answers = data.draw(st.lists(word | st.sampled_from([*said["legal"], 7.0, 8.0, 9.0, -1.0]), min_size=1, max_size=8), "answers")
    expected = []
    for answer in answers:
        try:
            codes = [float(code) for code in said["missing"]]
            expected.append(slow.labelled(answer, said["labels"], labels_only=said["labels_only"], missing_codes=codes))
        except ValueError:
            expected.append(math.inf)
    assert [reader.code(answer) for answer in answers] == expected
    assert reader.codes(answers).tolist() == expected
    as_text = [answer if isinstance(answer, str) else repr(answer) for answer in answers]
    assert reader.codes(np.array(as_text, dtype=object)).tolist() == expected, "numbers written as text"

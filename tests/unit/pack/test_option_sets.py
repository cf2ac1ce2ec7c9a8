"""Words that stand for a value of a measurement."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from otscore.schema import OptionSet


@pytest.mark.parametrize("value", [0, 59.5, 60])
def test_a_word_stands_for_a_value_within_the_range(value: float) -> None:
    assert OptionSet(range=(0, 60), labels={"not_finished": value}).labels == {"not_finished": value}


@pytest.mark.parametrize(("value", "whole"), [(61, False), (-1, False), (2.5, True)])
def test_a_word_for_a_value_that_cannot_be_is_refused(value: float, whole: bool) -> None:
    with pytest.raises(ValidationError, match="must be one of `legal`, lie within `range`, or be a code"):
        OptionSet(range=(0, 60), whole=whole, labels={"not_finished": value})

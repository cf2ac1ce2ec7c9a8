"""Who answered: echoed beside the scores, and no score where the norms are of the answers of others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from otscore.batch import is_absent
from otscore.compile import Form
from otscore.intake.spelling import spelling
from otscore.schema.mapping import ColumnMap

_WORDS = {
    "parent": ("parent", "caregiver", "mother", "father", "guardian", "carer"),
    "teacher": ("teacher", "educator"),
    "self": ("self", "self_report", "self-report"),
}
_WHO = {word: who for who, words in _WORDS.items() for word in words}
"""Spelling -> who reports; parent and caregiver are one."""

MESSAGE = "answered by somebody else than the children of the norms"


class Informants:
    """The informants of a pack, and what is made of the one that is given."""

    def __init__(self, form: Form, mapping: ColumnMap) -> None:
        self.known = form.pack.informants
        self.respelt = {spelling(given): spelling(word) for given, word in mapping.values.get("informant", {}).items()}
        self._accepted = {_WHO.get(word, word) for word in self.known}
        # a test is taken by the child whoever fills in the questionnaires beside it
        self.matter = set(self.known) <= _WHO.keys() and "informant" not in form.strata

    def echoed(self, said: Any) -> Any:
        """What stands beside the scores: the pack's only informant where none is given, or where a child was tested."""
        single = self.known[0] if len(self.known) == 1 else ""
        tested = single and single not in _WHO
        return single if tested or is_absent(said) or said == "" else said

    def fits(self, said: Any) -> bool:
        """Whether the norms are for answers of this informant; they are where none is given."""
        if not self.matter or is_absent(said) or said == "":
            return True
        word = self.respelt.get(spelling(said), spelling(said))
        return _WHO.get(word, word) in self._accepted

    @property
    def hint(self) -> str:
        """What to do about one that does not fit."""
        return f"The norms are for answers of {' or '.join(self.known)}; respell in the mapping file under [values.informant]"


def informant_words() -> Iterable[str]:
    """Every word for an informant that a mapping may name."""
    return _WHO

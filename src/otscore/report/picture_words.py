"""The words in pictures. Another language is a mapping with the same keys; a word it lacks shows as its key, in brackets."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Said = Callable[[str], str]

WORDS: dict[str, str] = {
    "fine_motor": "Fine motor", "gross_motor": "Gross motor", "sensory": "Sensory", "self_care": "Self-care", "social": "Social",
    "cognitive": "Cognitive", "communication": "Communication", "motor": "Motor", "attention": "Attention",
    "self_regulation": "Self-regulation", "emotional": "Emotional", "health": "Health", "play": "Play", "general": "General",
    "validity": "Validity",
    "profile": "Profile", "age": "age", "days": "days", "months": "months", "years": "years", "age_unknown": "age unknown",
    "corrected": "corrected", "chronological": "chronological", "read_at": "norms read at",
    "normed": "normed score", "banded": "class", "criterion": "criterion", "research": "hollow: research use",
    "not_assessed": "not assessed", "not_scored": "not scored", "no_z": "no z", "nothing": "nothing was assessed",
    "or_less": "or less", "or_more": "or more", "to": "to", "interval": "interval", "bars": "bars", "bars_own": "bars: interval, level at the line",
    "no_bar": "no bar: no interval is published", "open": "arrow: the norms end here, z may lie further out",
    "edge": "triangle at the edge: beyond the picture, see the value", "flagged": "* see the flags of the score",
    "axis": "z: standard deviations from the mean of the norm group, higher is more able; shades: within 1, from 1 to 2, beyond 2", "percentile": "percentile",
    "further": "further results, in the table",
    "reliable": "change beyond error", "unclear": "no change beyond error", "not_told": "no line: change is not told",
    "norm_age": "age the norms were read at", "no_score": "no score", "error_bars": "bars", "no_error": "no bar: no error is published",
    "gained_but_fell_behind": "gained skills; children of the same age gained more",
    "without_age": "without age, not shown", "no_values": "no value to show",
    "ability": "ability", "growth": "growth score", "raw": "raw score", "standard_score": "standard score", "measure": "measure",
    "norm": "norm group", "children": "these children", "mean_sd": "mean and 1 SD", "all": "all", "nobody": "nobody has a z here",
    "beyond": "beyond the picture", "density": "z; width shows how many children",
    "sample_unit": "in the unit of the sample", "few": "shaded: ages with few children", "shown": "children drawn", "descending": "a lower raw score is the better one",
    "limit_only": "hollow: the norms end here, z may lie further out", "observed": "observed", "expected": "expected by the model",
    "observed_z": "z by rank among children of like age", "model_z": "z by the model", "equal": "as observed",
    "across": "across", "upwards": "upwards", "broken": "broken lines", "line": "line", "diamond": "diamonds lie outside",
    "worm": "how much higher the z by the model is", "normal_z": "z of a normal sample at this rank", "cubic": "cubic",
    "expected_band": "of normal samples lie within", "worm_limits": "children off the scale are not drawn", "difference": "difference in T",
    "from_first": "more T than by", "comparison": "models compared",
    "ends": "lines of difference end where one of both models tells nothing or only a limit",
    "refits": "bootstrap bands", "confidence": "of the samples lie within",
}  # fmt: skip


def said(words: Mapping[str, str] | None) -> Said:
    """What a key is in the language of ``words``, in English without."""
    if words is None:
        return WORDS.__getitem__
    return lambda key: str(words.get(key, f"[{key}]"))

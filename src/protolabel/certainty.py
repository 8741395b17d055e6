"""The percentages that people read beside a class, and which are sure. None is computed here."""

from __future__ import annotations

LIKELIER_THAN_NOT = 0.5  # the least chance of an answer that is likelier right than wrong
IF_A_CLASS = "if it is one of the classes"  # what a probability takes for granted


def percent(share: float | None) -> str:
    """Return a share in per cent, such as ``27%``; empty where there is none."""
    return "" if share is None else f"{share:.0%}"


def is_none_likelier(certainty: float | None, none_probability: float | None) -> bool:
    """Return whether *none of these* is likelier than the class; False where a number lacks."""
    return certainty is not None and none_probability is not None and none_probability > certainty


def percentages(certainty: float | None, none_probability: float | None) -> str:
    """Return the certainty of a class in per cent, such as ``27%``; empty where there is none.

    *None of these* stands beside it where that is likelier: ``27%, none of these 32%``. Without
    ``none_probability`` it is a probability, which counts no stranger in, and is marked as one.
    """
    if certainty is None:
        return ""
    if none_probability is None:
        return f"{certainty:.0%} {IF_A_CLASS}"
    if not is_none_likelier(certainty, none_probability):
        return f"{certainty:.0%}"
    return f"{certainty:.0%}, none of these {none_probability:.0%}"

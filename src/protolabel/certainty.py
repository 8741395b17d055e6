"""The percentages that people read beside a class. None is computed here."""

from __future__ import annotations


def is_none_likelier(certainty: float | None, none_probability: float | None) -> bool:
    """Return whether *none of these* is likelier than the class; False where a number lacks."""
    return certainty is not None and none_probability is not None and none_probability > certainty


def percentages(certainty: float | None, none_probability: float | None = None) -> str:
    """Return the certainty of a class in per cent, such as ``27%``; empty where there is none.

    *None of these* stands beside it where that is likelier: ``27%, none of these 32%``.
    """
    if certainty is None:
        return ""
    if not is_none_likelier(certainty, none_probability):
        return f"{certainty:.0%}"
    return f"{certainty:.0%}, none of these {none_probability:.0%}"

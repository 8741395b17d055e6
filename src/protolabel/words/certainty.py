"""Shares as people read them, in per cent, and which classes are sure. None is computed here."""

from __future__ import annotations

import math
from decimal import Decimal

LIKELIER_THAN_NOT = 0.5  # the least chance of an answer that is likelier right than wrong
HARDLY = 0.005  # a share below it would be rounded to none
IF_A_CLASS = "if it is one of the classes"  # what a probability takes for granted


def percent(share: float | None, digits: int = 0) -> str:
    """Return a share in whole per cent, such as ``27%``; empty where there is none.

    It is never 0 or 100 for what is neither, and a half is rounded up, as on the page.

    Args:
        share: from 0 to 1.
        digits: how many decimals are shown.
    """
    return "" if share is None else f"{per_cents(share, digits)}%"


def per_cents(share: float, digits: int = 0) -> str:
    """Return what stands before the sign of :func:`percent`: ``27``, ``< 1``; nan is ``-``."""
    if math.isnan(share):
        return "-"
    units = 10**digits  # of one per cent
    if 0.0 < share < HARDLY / units:
        return f"< {1 / units:.{digits}f}"
    if 1.0 - HARDLY / units <= share < 1.0:
        return f"> {100 - 1 / units:.{digits}f}"
    return f"{math.floor(100.0 * share * units + 0.5) / units:.{digits}f}"


def points(difference: float, digits: int = 1, sign: str = "") -> str:
    """Return a difference of two shares in points, such as ``3.4``; what rounds to zero is 0.

    Args:
        difference: from -1 to 1.
        digits: how many decimals are shown.
        sign: ``+`` writes the sign of a gain, too.
    """
    return f"{round(100.0 * difference, digits) or 0.0:{sign}.{digits}f}"


def compared(share: float, limit: float) -> tuple[str, str]:
    """Return a share and the limit that it is held against, in per cent, so that they differ.

    Decimals are added where whole per cents do not tell them apart, and to a limit that these do
    not say, such as 99.9%.
    """
    words, least = percent(share), percent(limit)
    if words != least and least[0] not in "<>":
        return words, least
    for digits in range(1, 9):
        texts = f"{100.0 * share:.{digits}f}", f"{100.0 * limit:.{digits}f}"
        are_true = all(
            float(text) not in (0.0, 100.0) or value in (0.0, 1.0)
            for text, value in zip(texts, (share, limit), strict=True)
        )
        if texts[0] != texts[1] and are_true:
            return f"{texts[0]}%", f"{texts[1]}%"
    return words, least


def percent_within(share: float, low: float, high: float) -> str:
    """Return a share in whole per cent with its interval, such as ``27% (20% to 35%)``."""
    return f"{percent(share)} ({percent(low)} to {percent(high)})"


def exact_percent(share: float) -> str:
    """Return a share that a person set: in per cent with as few digits as say it exactly."""
    value = 100.0 * share
    for digits in range(6, 18):
        text = format(Decimal(f"{value:.{digits}g}"), "f")
        if float(text) / 100.0 == share:
            break
    return f"{text}%"


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
        return f"{percent(certainty)} {IF_A_CLASS}"
    if not is_none_likelier(certainty, none_probability):
        return percent(certainty)
    return f"{percent(certainty)}, none of these {percent(none_probability)}"

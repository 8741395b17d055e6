"""Targets and shares of strangers as people write them, and as they are stored. No I/O.

What a target means stands in ``arithmetic.target``; all other settings in ``settings``.
"""

from __future__ import annotations

import re

from protolabel.arithmetic.target import Kind, Target
from protolabel.errors import InputError
from protolabel.words.certainty import exact_percent

STRANGERS = 0.2  # share of strangers that is assumed until somebody says otherwise
LEAST_STRANGERS = 0.01  # that is advised: of 0 strangers, none is ever counted on
MOST_STRANGERS = 0.99
LEAST_SHARE = 0.0000001 / 100.0  # of a target: with less, the documents that it needs are countless


def words_of_strangers(share: float) -> str:
    """Return a share of strangers as the command line takes it: whole per cents, 1% to 99%."""
    return exact_percent(min(max(round(share, 2), LEAST_STRANGERS), MOST_STRANGERS))


TARGETS = (
    "none, or a share of errors, strangers or turned away, such as 'errors 5%' (of answers), "
    "'strangers 90%' (declined) or 'turned away 2%' (of what belongs), or `errors 5% sure 90%`"
)
_KINDS: dict[str, Kind] = {
    "errors": "errors",
    "strangers": "strangers",
    "turned away": "turned away",
}
_PERCENT = r"(\d+(?:\.\d*)?)\s?%"
_TARGET = re.compile(rf"(errors|strangers|turned away) {_PERCENT}(?: sure {_PERCENT})?")
_SHARE = re.compile(r"(\d+(?:\.\d*)?(?:e-\d+)?)\s?(%?)")


def target_of(text: object) -> Target | None:
    """Return a target as a person writes it; None for no target. Raises InputError."""
    if text in ("none", "off"):
        return None
    match = _TARGET.fullmatch(" ".join(text.split())) if isinstance(text, str) else None
    if match is None:
        raise InputError(f"target {repr(text)[:60]}", expected=TARGETS)
    share, sure = float(match[2]) / 100.0, float(match[3] or 95) / 100.0
    if not (LEAST_SHARE <= share < 1.0 and 0.5 <= sure < 1.0):
        raise InputError(
            f"target {text}",
            expected="a share of 0.0000001 % or more and below 100 %, sure of 50 % or more",
        )
    return Target(_KINDS[match[1]], share, sure)


def parsed_share(text: object) -> float:
    """Return a share of strangers, written as 0.3 or 30%. Raises InputError."""
    match = _SHARE.fullmatch(text) if isinstance(text, str) else None
    share = float(match[1]) / (100.0 if match[2] else 1.0) if match else 1.0
    if share > MOST_STRANGERS:
        is_bare = match is not None and not match[2] and 1.0 < share <= 100.0 * MOST_STRANGERS
        percent = f"{share:g}%" if is_bare else ""
        raise InputError(
            f"strangers {repr(text)[:60]}",
            expected="a share of the stream from 0 to 0.99, or from 0% to 99%",
            remedy=f"write {percent}, if per cent are meant" if percent else "",
        )
    return share

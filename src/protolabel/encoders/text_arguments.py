"""Checks the texts that an encoder is given: a list, and strings in it. It encodes nothing."""

from __future__ import annotations

from protolabel.errors import InputError


def require_text_list(texts: object) -> None:
    """Refuse a single string, whose letters would pass for texts. Raises InputError."""
    if isinstance(texts, str):
        raise InputError("a single string", expected="a list of texts", remedy="use [text]")


def require_text(text: object, place: int) -> str:
    """Return a text of a list as it is.

    Raises:
        InputError: it is no string; the error names its place in the list.
    """
    if not isinstance(text, str):
        raise InputError(
            f"text {place} is a {type(text).__name__}", expected="a string",
            remedy="turn it into text first; missing texts can be ''",
        )  # fmt: skip
    return text

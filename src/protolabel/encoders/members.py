"""Checks the members of an encoder that a caller made. It encodes nothing."""

from __future__ import annotations

from protolabel.encoders.protocol import AnyEncoder
from protolabel.errors import EncoderError
from protolabel.words.text import brief_repr


def check_members(encoder: AnyEncoder) -> None:
    """Raise EncoderError where a member of an encoder cannot be one.

    ``dim`` is an int, 1 or more; ``fingerprint`` a string on one line, not blank;
    ``encode`` and ``encode_images``, where they are there, are functions.
    """
    dim: object = encoder.dim
    if not isinstance(dim, int) or isinstance(dim, bool) or dim < 1:
        _refuse("dim", dim, "an int, 1 or more: how long its vectors are")
    name: object = encoder.fingerprint
    if not isinstance(name, str) or name.splitlines() != [name] or not name.strip():
        _refuse("fingerprint", name, "a string on one line that identifies its vectors")
    for member in ("encode", "encode_images"):
        function = getattr(encoder, member, None)
        if function is not None and not callable(function):
            _refuse(member, function, "a function")


def _refuse(member: str, value: object, expected: str) -> None:
    raise EncoderError(
        f"an encoder whose `{member}` is {brief_repr(value)}",
        expected=expected,
        remedy=f"give the encoder such a `{member}`, or give its function of texts alone",
    )

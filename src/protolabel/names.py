"""Class names: which are allowed, and how a name reads as words. No state."""

from __future__ import annotations

import json
import re
import unicodedata

from protolabel.errors import InputError

LONGEST = 200
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_JOINTS = re.compile(r"[_\-./\\:\s]+")
_NOT_IN_NAME = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]")


def clean_name(name: object, source: str = "") -> str:
    """The class name without surrounding white space, in Unicode normal form C.

    So that two names that look the same are the same. Raises InputError, naming ``source``,
    unless it is a string of 1 to 200 characters without control characters.
    """
    where = f"{source}: " if source else ""
    expected = f"a string of 1 to {LONGEST} characters"
    if not isinstance(name, str):
        quoted = "quote it: " + json.dumps(str(name))
        raise InputError(
            f"{where}the label is {repr(name)[:60]}, not a string",
            expected=expected,
            remedy=quoted if isinstance(name, int | float) else "give the label as a string",
        )
    clean = unicodedata.normalize("NFC", name.strip())
    if not clean or len(clean) > LONGEST:
        got = f"a label of {len(clean)} characters" if clean else "the label is empty"
        raise InputError(
            f"{where}{got}",
            expected=expected,
            remedy="keep the name short; describe it elsewhere" if clean else "name the class",
        )
    control = _NOT_IN_NAME.search(clean)
    if control:
        raise InputError(
            f"{where}the label {clean[:60]!r} holds the character U+{ord(control[0]):04X}",
            expected="a label on one line, without control characters",
            remedy="remove that character",
        )
    return clean


def words_of(name: str) -> str:
    """A name as words for the encoder: ``"cardArrival_fee"`` -> ``"card Arrival fee"``."""
    return _JOINTS.sub(" ", _CAMEL.sub(" ", name)).strip() or name

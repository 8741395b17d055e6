"""Class names: which are allowed, how a name reads as words, which names look alike. No state."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable

from protolabel.errors import ClassError, InputError
from protolabel.text import has_visible_text

LONGEST = 200
DECLINE = "none of these"  # what an answer without a class is called

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_JOINTS = re.compile(r"[_\-./\\:\s]+")
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]")
# Characters that draw nothing: soft hyphen, marks of direction, word joiner and the like, tags.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_BLANKS = re.compile("[\\s\u200b\u2800]+")
_JOINER = re.compile("[\u200c\u200d]")
_PLAIN = ("LATIN", "GREEK", "CYRILLIC", "DIGIT")  # scripts in which a joiner draws nothing

# Letters of other scripts that look like Latin ones (Unicode Technical Standard 39, the common
# part), and pairs that look alike in many fonts.
_LOOK = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0458\u0455\u043a\u043c\u043d\u0442\u0432"
    "\u0501\u051b\u0261\u0131\u03b1\u03bf\u03c1\u03bd\u03b9\u03ba\u03c4\u03c5\u03c7"
    "01|\u2019\u2018\u2010\u2011\u2013\u2014",
    "aeopcxyijskmhtbdqgiaopviktuxoll''----",
)
_SHORTEST_TYPO = 4  # letters of a word in which one wrong letter is taken for a typo


def clean_name(name: object, source: str = "") -> str:
    """Return the name in the one form that all doors use: two that look the same are the same.

    The form: Unicode normal form C; no blank at the ends and one between words; no character that
    draws nothing (soft hyphen, marks of direction, joiners where they join nothing).

    Args:
        name: what was given as a label.
        source: where it was given, such as ``file:line``; the error begins with it.

    Raises:
        InputError: unless it is a string of 1 to 200 characters, at least one of them visible, on
            one line and without control characters.
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
    stripped = str(name).strip()
    control = _CONTROL.search(stripped)
    if control:
        raise InputError(
            f"{where}the label {stripped[:60]!r} holds the character U+{ord(control[0]):04X}",
            expected="a label on one line, without control characters",
            remedy="remove that character",
        )
    clean = _joined(_INVISIBLE.sub("", unicodedata.normalize("NFC", stripped)))
    clean = _BLANKS.sub(" ", clean).strip()
    if not has_visible_text(clean):
        raise InputError(
            f"{where}the label {'is empty' if not stripped else 'has no visible character'}",
            expected=expected,
            remedy="name the class",
        )
    if len(clean) > LONGEST:
        raise InputError(
            f"{where}a label of {len(clean)} characters",
            expected=expected,
            remedy="keep the name short; describe it elsewhere",
        )
    return clean


def _joined(name: str) -> str:
    """Return the name without joiners that join nothing: they matter in Persian, not in Latin."""

    def kept(match: re.Match[str]) -> str:
        before = name[match.start() - 1] if match.start() else " "
        plain = before.isspace() or unicodedata.name(before, "LATIN").startswith(_PLAIN)
        return "" if plain else match[0]

    return _JOINER.sub(kept, name)


def reference(name: object) -> str:
    """Return a name as it refers to a class that is there: one of an older file may be less clean.

    Raises:
        InputError: unless it is a string that is not empty.
    """
    if not isinstance(name, str) or not name.strip():
        return clean_name(name)
    return unicodedata.normalize("NFC", str(name).strip())


def words_of(name: str) -> str:
    """Return a name as words for the encoder: ``"cardArrival_fee"`` -> ``"card Arrival fee"``."""
    return _JOINTS.sub(" ", _CAMEL.sub(" ", name)).strip() or name


def refuse_reserved(name: str) -> None:
    """Raise ClassError for a name that reads like an answer without a class.

    An answer of that class could not be told from *none of these*.
    """
    if words_of(name).casefold() == DECLINE:
        raise ClassError(
            f"a class named {name!r}",
            expected=f"a name that an answer without a class does not have ({DECLINE!r})",
            remedy="take another name; to leave documents unanswered, no class is needed",
        )


def near_names(new: Iterable[str], existing: Iterable[str]) -> dict[str, list[str]]:
    """Return those of the new names that are near an existing one, or near another new one.

    Near: the same but for case, blanks and joints, look-alike letters, or one wrong, missing, extra
    or swapped letter in a word of four or more. Digits must agree. It costs O(length) a name.

    Returns:
        The near names of each such name, existing ones first.
    """
    order = list(dict.fromkeys([*existing, *new]))
    by_key: dict[str, list[str]] = {}
    for name in order:
        for key in _keys(name):
            by_key.setdefault(key, []).append(name)
    near: dict[str, list[str]] = {}
    for name in dict.fromkeys(new):
        others = {n for key in _keys(name) for n in by_key[key] if n != name}
        twins = [n for n in order if n in others and _is_near(name, n)] if others else []
        if twins:
            near[name] = twins
    return near


def _look(name: str) -> str:
    """Return how a name looks: words in lower case, look-alike letters as one."""
    plain = unicodedata.normalize("NFKD", words_of(name)).casefold()
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(bare.translate(_LOOK).split())


def _keys(name: str) -> set[str]:
    """Return keys of which two near names share one: all their letters, or all but one."""
    letters = _look(name).replace(" ", "")
    return {letters} | {letters[:i] + letters[i + 1 :] for i in range(len(letters))}


def _is_near(one: str, other: str) -> bool:
    first, second = _look(one), _look(other)
    if first.replace(" ", "") == second.replace(" ", ""):
        return _digits(one) == _digits(other)
    words = list(zip(first.split(), second.split(), strict=False))
    differing = [(a, b) for a, b in words if a != b]
    if len(first.split()) != len(second.split()) or len(differing) != 1:
        return False
    return _digits(one) == _digits(other) and _is_typo(*differing[0])


def _digits(name: str) -> str:
    """Return the digits of a name that stand in a number of their own."""
    return "".join(word for word in words_of(name).split() if word.isdigit())


def _is_typo(one: str, other: str) -> bool:
    """Return whether two words differ by one letter, or by two neighbours that are swapped."""
    short, long = sorted((one, other), key=len)
    if len(short) < _SHORTEST_TYPO or len(long) - len(short) > 1:
        return False
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    tail, other_tail = short[start:], long[start:]
    swapped = len(tail) > 1 and tail[0] == other_tail[1] and tail[1] == other_tail[0]
    return tail[1:] == other_tail[1:] or (swapped and tail[2:] == other_tail[2:])

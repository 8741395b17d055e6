"""Class names: which are allowed, how a name reads as words, which names look alike. No state."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from protolabel.errors import ClassError, InputError
from protolabel.invisible import is_ignorable
from protolabel.text import has_visible_text

LONGEST = 200
DECLINE = "none of these"  # what an answer without a class is called

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_JOINTS = re.compile(r"[_\-./\\:\s]+")
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]")
_BLANKS = re.compile(
    "[\\s\u200b\u2800\u3164\uffa0]+"
)  # with the fillers that are as wide as a letter
_SURROGATE = re.compile("[\ud800-\udfff]")
_JOINERS = re.compile("[\u200c\u200d]+")
_ZWJ = "\u200d"
_JOINERS_KEPT = ("\u200c", _ZWJ)  # until it is clear what stands beside them
_JOINING_SCRIPTS = ("ARABIC", "SYRIAC", "MONGOLIAN", "NKO", "ADLAM", "MANDAIC", "HANIFI ROHINGYA")
_VIRAMA = 9  # the combining class of marks that take the vowel off a consonant of Indic scripts

# Letters of other scripts that look like Latin ones (Unicode Technical Standard 39, the common
# part), and pairs that look alike in many fonts.
_LOOK = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0458\u0455\u043a\u043c\u043d\u0442\u0432"
    "\u0501\u051b\u0261\u0131\u03b1\u03bf\u03c1\u03bd\u03b9\u03ba\u03c4\u03c5\u03c7"
    "01|\u2019\u2018\u2010\u2011\u2013\u2014",
    "aeopcxyijskmhtbdqgiaopviktuxoll''----",
)
_BASE, _PRIME = 1_114_111, 2**61 - 1  # a base above all characters, for keys of names
_SHORTEST_TYPO = 4  # letters of a word in which one wrong letter is taken for a typo


def clean_name(name: object, source: str = "") -> str:
    """Return the name in the one form that all doors use: two that look the same are the same.

    The form: Unicode normal form C; no blank at the ends and one between words; no character that
    draws nothing (soft hyphen, marks of direction, variation selectors, joiners that join nothing).

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
    spaced = _BLANKS.sub(" ", unicodedata.normalize("NFC", stripped))
    drawn = "".join(c for c in spaced if c in _JOINERS_KEPT or not is_ignorable(c))
    clean = _BLANKS.sub(" ", unicodedata.normalize("NFC", _joined(drawn))).strip()
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
    """Return the name without joiners that join nothing: they matter in Persian, not in Latin.

    Source: Unicode Standard Annex 31, section 2.3: after a virama; between letters of scripts whose
    letters join; and, of a zero width joiner, between emoji.
    """

    def kept(match: re.Match[str]) -> str:
        before = name[match.start() - 1 : match.start()]
        after = name[match.end() : match.end() + 1]
        return match[0][0] if _joins(before, match[0][0], after) else ""

    return _JOINERS.sub(kept, name)


def _joins(before: str, joiner: str, after: str) -> bool:
    if not before or not after:
        return False
    if unicodedata.combining(before) == _VIRAMA:
        return unicodedata.category(after)[0] in "LM"
    if all(unicodedata.category(c)[0] in "LM" for c in (before, after)):
        return unicodedata.name(before, "").startswith(_JOINING_SCRIPTS) and unicodedata.name(
            after, ""
        ).startswith(_JOINING_SCRIPTS)
    emoji = all(unicodedata.category(c) in ("So", "Sk") for c in (before, after))
    return joiner == _ZWJ and emoji


def reference(name: object) -> str:
    """Return a name as it refers to a class that is there: one of an older file may be less clean.

    Raises:
        InputError: unless it is a string that is not empty.
    """
    if not isinstance(name, str) or not name.strip() or _SURROGATE.search(name):
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
    fresh = dict.fromkeys(new)
    if not fresh:
        return {}
    order = list(dict.fromkeys([*existing, *fresh]))
    place = {name: i for i, name in enumerate(order)}
    by_key: dict[int, list[str]] = {}
    for name in order:
        for key in _keys(name):
            by_key.setdefault(key, []).append(name)
    near: dict[str, list[str]] = {}
    for name in fresh:
        others = {n for key in _keys(name) for n in by_key[key] if n != name}
        twins = sorted((n for n in others if _is_near(name, n)), key=place.__getitem__)
        if twins:
            near[name] = twins
    return near


@lru_cache(maxsize=8192)
def _look(name: str) -> str:
    """Return how a name looks: words in lower case, look-alike letters as one."""
    plain = unicodedata.normalize("NFKD", words_of(name)).casefold()
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(bare.translate(_LOOK).split())


@lru_cache(maxsize=8192)
def _keys(name: str) -> tuple[int, ...]:
    """Return keys of which two near names share one: of all their letters, and of all but one.

    Each is a polynomial over the letters modulo a prime, so that all of them cost O(length).
    """
    letters = [ord(c) for c in _look(name) if c != " "]
    ends = [0]  # of the letters from each place on
    power = 1
    for letter in reversed(letters):
        ends.append((letter * power + ends[-1]) % _PRIME)
        power = power * _BASE % _PRIME
    keys = {ends[-1]}
    start, powers = 0, _powers(len(letters))
    for i, letter in enumerate(letters):  # without this one
        keys.add((start * powers[len(letters) - 1 - i] + ends[len(letters) - 1 - i]) % _PRIME)
        start = (start * _BASE + letter) % _PRIME
    return tuple(keys)


def _powers(n: int) -> list[int]:
    powers = [1]
    for _ in range(n):
        powers.append(powers[-1] * _BASE % _PRIME)
    return powers


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

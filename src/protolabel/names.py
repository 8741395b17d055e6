"""Class names: which are allowed, and how a name reads as words. No state."""

from __future__ import annotations

import json
import re
import unicodedata

from protolabel.errors import ClassError, InputError
from protolabel.words.invisible import is_ignorable
from protolabel.words.text import HALF_CHARACTER, has_visible_text, is_missing

LONGEST = 200
DECLINE = "none of these"  # what an answer without a class is called

_SWAPPED = "if it is the text of a document, swap the two: Example(label, text), add(text, label)"
_SWAPPED_COLUMNS = (
    "if it is the text of a document, give the class in its place; for a table, say which field is "
    "the label and which the text"
)
# Where a word begins: "cardArrival", "HTTPError"; but not in the plural of capitals, "CVs".
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z](?!s(?![a-z]))[a-z])")
_JOINTS = re.compile(r"[_\-./\\:\s]+")
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]")
_BLANKS = re.compile("[\\s\u2800\u3164\uffa0]+")  # fillers as wide as a letter among them
_JOINERS = re.compile("[\u200c\u200d]+")
_ZWJ = "\u200d"
_JOINERS_KEPT = ("\u200c", _ZWJ)  # until it is clear what stands beside them
_JOINING_SCRIPTS = ("ARABIC", "SYRIAC", "MONGOLIAN", "NKO", "ADLAM", "MANDAIC", "HANIFI ROHINGYA")
_VIRAMA = 9  # the combining class of marks that take the vowel off a consonant of Indic scripts


def clean_name(name: object, source: str = "") -> str:
    """Return the name in the one form that all doors use: two that look the same are the same.

    The form: Unicode normal form C; no blank at the ends and one between words; no character that
    draws nothing (soft hyphen, zero-width space, marks of direction, variation selectors, joiners
    that join nothing). The zero-width space parts no words in a name: web pages put it into long
    words, where a line may break.

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
        raise InputError(
            f"{where}the label is {repr(name)[:60]}, not a string",
            expected=expected,
            remedy=_remedy_for_no_string(name),
        )
    stripped = str(name).strip()
    control = _CONTROL.search(stripped)
    if control:
        raise InputError(
            f"{where}the label {stripped[:60]!r} holds the character U+{ord(control[0]):04X}",
            expected="a label on one line, without control characters",
            remedy=f"remove that character, or, {_SWAPPED}",
            command=f"remove that character, or, {_SWAPPED_COLUMNS}",
        )
    spaced = _BLANKS.sub(" ", unicodedata.normalize("NFC", stripped))
    drawn = "".join(c for c in spaced if c in _JOINERS_KEPT or not is_ignorable(c))
    clean = _BLANKS.sub(" ", unicodedata.normalize("NFC", _without_joiners(drawn))).strip()
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
            remedy=f"keep the name short and describe it elsewhere, or, {_SWAPPED}",
            command=f"keep the name short and describe it elsewhere, or, {_SWAPPED_COLUMNS}",
        )
    return clean


def loses_invisible(name: str) -> bool:
    """Return whether :func:`clean_name` takes characters out of a name that draw nothing."""
    clean = clean_name(name)
    return any(is_ignorable(c) and name.count(c) > clean.count(c) for c in set(name))


def _remedy_for_no_string(name: object) -> str:
    """Return what to do about a label that is no string."""
    if is_missing(name):
        return 'give each a label, or drop rows without: table.dropna(subset=["label"])'
    if isinstance(name, int | float):
        return "quote it: " + json.dumps(str(name))
    return "give the label as a string"


def _without_joiners(name: str) -> str:
    """Return the name without joiners that join nothing: they matter in Persian, not in Latin.

    Source: Unicode Standard Annex 31, section 2.3: after a virama; between letters of scripts whose
    letters join; and, of a zero width joiner, between emoji.
    """

    def needed_joiner(match: re.Match[str]) -> str:
        before = name[match.start() - 1 : match.start()]
        after = name[match.end() : match.end() + 1]
        return match[0][0] if _joins(before, match[0][0], after) else ""

    return _JOINERS.sub(needed_joiner, name)


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


def class_name(name: object) -> str:
    """Return the clean name of one class, given by itself, not in a row of a table.

    Raises:
        InputError: as :func:`clean_name`; it says nothing of rows.
    """
    _require_string(name)
    return clean_name(name)


def _require_string(name: object) -> None:
    """Raise InputError for what is no name of a class at all."""
    if not isinstance(name, str):
        raise InputError(
            f"the class {repr(name)[:60]}, of type {type(name).__name__}",
            expected="the name of a class, as a string",
            remedy="name the class" if is_missing(name) else _remedy_for_no_string(name),
        )


def reference(name: object) -> str:
    """Return a name as it refers to a class that is there: one of an older file may be less clean.

    Raises:
        InputError: unless it is a string that is not empty.
    """
    _require_string(name)
    if not isinstance(name, str) or not name.strip() or HALF_CHARACTER.search(name):
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
            f"no class can be named {name!r}",
            expected=f"a name that an answer without a class does not have ({DECLINE!r})",
            remedy="take another name; to leave documents unanswered, no class is needed",
        )

"""What the columns of a label space file may hold, by table: types, lengths, times, known words.

A value that a rule allows may still be another one than was written. Reads no file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from protolabel.store.records import CHANGE_KINDS


@dataclass(frozen=True, slots=True)
class Rule:
    """Which values a column may hold, and what these are in words.

    ``of_type``: it is about what SQLite's ``typeof`` says of the value, which need not be read.
    """

    words: str
    holds: Callable[[Any], bool]
    of_type: bool = False


def optional(rule: Rule) -> Rule:
    """Return a rule that allows NULL, too."""
    null = "null" if rule.of_type else None
    return replace(
        rule,
        words=f"{rule.words}, or NULL",
        holds=lambda value: value == null or rule.holds(value),
    )


def _is_text(value: object) -> bool:
    return type(value) is str


def _is_whole(value: object) -> bool:
    return type(value) is int


def _blob_of(size: int) -> Rule:
    return Rule(f"{size} bytes", lambda value: type(value) is bytes and len(value) == size)


def _one_of(words: Collection[object]) -> Rule:
    return Rule(f"one of {', '.join(map(repr, words))}", lambda value: value in words)


def _is_time(value: object) -> bool:
    if type(value) is not str or value[10:11] != "T":
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def json_of(value: object) -> object:
    """Return what a text holds as JSON, or ``...`` where it holds none."""
    if type(value) is not str:
        return ...
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return ...


def _is_judgement(value: object) -> bool:
    """Return whether a value of a note is the judgement of a document: see ``judgements``."""
    if not isinstance(value, list) or len(value) != 6:
        return False
    label, probability, version, at, head, person = value
    return (
        (label is None or _is_whole(label))
        and (probability is None or type(probability) in (int, float))
        and _is_whole(version)
        and _is_text(at)
        and _is_text(head)
        and person in (0, 1)
    )


def _is_hexadecimal(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(bytes.fromhex(value))
    except ValueError:
        return False


def _is_decision(value: object) -> bool:
    if not isinstance(value, list) or len(value) not in (4, 5) or not isinstance(value[3], list):
        return False  # of 4 in notes of older programs
    document, before, after, refused, *classes = value
    return (
        _is_hexadecimal(document)
        and (before is None or _is_judgement(before))
        and (after is None or _is_judgement(after))
        and all(map(_is_whole, refused))
        and (classes in ([], [None]) or _are_noted_classes(classes[0]))
    )


def _are_noted_classes(value: object) -> bool:
    if not isinstance(value, list) or len(value) != 4:
        return False
    before, after, content, whole = value
    return (
        isinstance(before, list)
        and isinstance(after, list)
        and all(map(_is_whole, before + after))
        and (content is None or _is_hexadecimal(content))
        and whole in (0, 1)
    )


def _is_note_of_answers(value: object) -> bool:
    if value == "":
        return True  # one that was dropped
    decisions = json_of(value)
    return isinstance(decisions, list) and all(map(_is_decision, decisions))


def _is_note_of_proposal(value: object) -> bool:
    if value == "":
        return True
    note = json_of(value)
    return (
        isinstance(note, list)
        and len(note) in (3, 5)  # older programs noted no state from before
        and _is_whole(note[0])
        and all(map(_is_text, note[1:]))
    )


def _is_start(value: object) -> bool:
    start = json_of(value)
    return (
        isinstance(start, dict)
        and start.keys() == {"number", "chosen", "span"}
        and _is_whole(start["number"])
        and _is_whole(start["chosen"])
        and (start["span"] is None or _is_whole(start["span"]))
    )


def _is_list_of_paths(value: object) -> bool:
    paths = json_of(value)
    return isinstance(paths, list) and all(isinstance(one, str) for one in paths)


def _is_commit(value: object) -> bool:
    words = value.split(" ") if isinstance(value, str) else []
    return len(words) == 3 and _is_number(words[0])


def _is_number(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit()


TEXT = Rule("a text in UTF-8", _is_text)
NAME = Rule("a text in UTF-8, not empty", lambda value: _is_text(value) and bool(value))
WHOLE = Rule("a whole number", _is_whole)
COUNT = Rule("a whole number from 0", lambda value: _is_whole(value) and value >= 0)
NUMBER = Rule("a number", lambda value: type(value) in (int, float))
FLAG = _one_of((0, 1))
BLOB = Rule("bytes", lambda word: word == "blob", of_type=True)
KEY, DIGEST = _blob_of(16), _blob_of(32)
TIME = Rule("a time of ISO 8601 with its zone", _is_time)
JSON_OBJECT = Rule("a JSON object", lambda value: isinstance(json_of(value), dict))
WORDS_READ = _one_of(("", "text", "images", "text images"))
DIM = Rule("a whole number from 1", lambda value: _is_whole(value) and value > 0)

_BORN = {"born": WHOLE, "died": optional(WHOLE)}
_EXAMPLE = {
    "id": TEXT, "item": WHOLE, "class": WHOLE, "source": TEXT, "turn": optional(DIM), **_BORN
}  # fmt: skip

RULES: Mapping[str, Mapping[str, Rule]] = {
    "meta": {"key": TEXT, "value": TEXT},
    "changes": {
        "version": WHOLE,
        "at": TIME,
        "who": TEXT,
        "kind": _one_of(CHANGE_KINDS),
        "summary": TEXT,
        "detail": JSON_OBJECT,
        "reverts": optional(WHOLE),
        "moves": FLAG,
    },
    "encodings": {"encoding": WHOLE, "fingerprint": NAME, "encoder": TEXT, "dim": DIM,
                  "reads": WORDS_READ},
    "items": {"item": WHOLE, "digest": DIGEST, "text": optional(TEXT), "image": optional(BLOB)},
    "vectors": {"item": WHOLE, "encoding": WHOLE, "embedding": BLOB, "digest": DIGEST},
    "classes": {
        "class": WHOLE,
        "name": NAME,
        "description": optional(WHOLE),
        "described_by": _one_of(("given", "name", "none")),
        "retired": FLAG,
        "sharpened": optional(WHOLE),
        "parent": optional(WHOLE),
    } | _BORN,
    "examples": {"example": WHOLE} | _EXAMPLE,
    "negatives": {"negative": WHOLE} | _EXAMPLE,
    "settings": {"key": NAME, "value": TEXT} | _BORN,
    "refusals": {"document": KEY, "class": COUNT},
    "decisions": {"document": KEY, "class": DIM, "content": optional(KEY), "whole": FLAG},
}  # fmt: skip
"""The tables of what people made, and of what is noted of it. Only a backup brings them back."""

DERIVED_RULES: Mapping[str, Mapping[str, Rule]] = {
    "answers": {
        "turn": WHOLE,
        "document": KEY,
        "place": optional(KEY),
        "content": KEY,
        "id": TEXT,
        "source": TEXT,
        "at": TIME,
        "version": WHOLE,
        "class": optional(WHOLE),
        "probability": optional(NUMBER),
        "head": TEXT,
        "person": FLAG,
        "encoding": WHOLE,
        "embedding": BLOB,
        "shares": _blob_of(8),
        "passages": optional(BLOB),
        "spans": optional(BLOB),
        "text": optional(TEXT),
        "bytes": WHOLE,
        "number": WHOLE,
        "first_at": TEXT,
        "template": optional(KEY),
        "digest": DIGEST,
    },
    "proposals": {
        "proposal": WHOLE,
        "state": _one_of(("open", "gone", "refused", "accepted")),
        "at": TIME,
        "encoding": WHOLE,
        "n": COUNT,
        "total": BLOB,
        "squares": NUMBER,
        "members": BLOB,
        "record": JSON_OBJECT,
        "digest": DIGEST,
    },
}
"""The tables whose damaged rows a repair removes; the first column is the key."""

META_RULES: Mapping[str, Rule] = {
    "created_at": TIME,
    "identity": Rule("hexadecimal digits", _is_hexadecimal),
    "commit": Rule("a number and two marks", _is_commit),
    "beginning": Rule("JSON with number, chosen and span", _is_start),
    "sorted_into": Rule("a JSON list of paths", _is_list_of_paths),
} | dict.fromkeys(
    ("forgotten", "answer_writes", "answered", "proposed", "noted"),
    Rule("a whole number", _is_number),
)
"""Of the values of ``meta``, by key."""

NOTE_RULES: Mapping[str, Rule] = {
    "decided:": Rule("JSON: decisions on documents", _is_note_of_answers),
    "own:": Rule("JSON: the answer of a document", lambda text: _is_judgement(json_of(text))),
    "proposal:": Rule("JSON: a decision on a proposal", _is_note_of_proposal),
}
"""Of the values of ``meta``, by the beginning of the key."""


def meta_rule(key: str) -> Rule | None:
    """Return the rule of a value of ``meta``; None for a key without one."""
    kind, colon, _ = key.partition(":")
    return NOTE_RULES.get(kind + colon) if colon else META_RULES.get(key)

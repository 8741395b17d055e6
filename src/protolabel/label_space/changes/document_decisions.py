"""The remembered documents that a correction decides on without an example of them.

Such a document is the text of a mail that is too short to be an example: its attachments are. The
attachments are named, too: no equal part of another mail is meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from protolabel.errors import InputError
from protolabel.identity.document_key import KEY_BYTES
from protolabel.names import clean_name

MOST_NAMED = 1000  # documents: by these names, answers know what was refused for a mail
LabelsByKey = Mapping[str, Sequence[str]]  # classes by the key of a document, in hexadecimal digits


def clean_decisions(decisions: object) -> dict[str, tuple[str, ...]]:
    """Return the classes of remembered documents with clean names. Raises InputError."""
    if not isinstance(decisions, Mapping):
        raise _no_decisions(decisions)
    return {_clean_key(key): _clean_labels(labels) for key, labels in decisions.items()}


def by_document(decisions: LabelsByKey) -> dict[bytes, Sequence[str]]:
    """Return the classes by what the answer log calls the documents."""
    return {bytes.fromhex(key): labels for key, labels in decisions.items()}


def clean_contents(contents: object) -> dict[str, str]:
    """Return what documents hold by their keys, both in hexadecimal digits. Raises InputError."""
    if not isinstance(contents, Mapping):
        raise _no_decisions(contents)
    return {_clean_key(key): _clean_key(content) for key, content in contents.items()}


def detail_of(decisions: LabelsByKey, name: str = "decisions") -> dict[str, object]:
    """Return what the log says of such documents; nothing where there is none."""
    listed = {key: list(decisions[key]) for key in list(decisions)[:MOST_NAMED]}
    return {name: listed} if listed else {}


def fields_of(decisions: LabelsByKey, name: str = "decisions") -> dict[str, object]:
    """Return them as a change has them in JSON; nothing where there is none."""
    return {name: {key: list(labels) for key, labels in decisions.items()}} if decisions else {}


def _clean_key(key: object) -> str:
    try:
        digits = key if isinstance(key, str) else ""
        is_key = len(bytes.fromhex(digits)) == KEY_BYTES
    except ValueError:
        is_key = False
    if not is_key:
        raise _no_decisions(key)
    return digits.lower()


def _clean_labels(labels: object) -> tuple[str, ...]:
    if not isinstance(labels, list | tuple) or not labels:
        raise _no_decisions(labels)
    return tuple(dict.fromkeys(clean_name(label) for label in labels))


def _no_decisions(value: object) -> InputError:
    return InputError(
        f"decisions on documents: {str(value)[:60]!r}",
        expected="{key: [class, ...]}, with the whole keys that `protolabel review SPACE --all "
        "--json` lists",
    )

"""The sentences of the library in a record of JSON: where they stand, so that a door can reword them.

Such a sentence may advise a command. The command line puts the name of its label space into it
(``cli/terminal.py``), the service a request in its place (``service/advice.py``). Nothing is reworded
here, and no text of a user.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SENTENCES = frozenset({"faults", "notes", "reason", "refusal"})  # keys, of one or of several
_OF_USERS = frozenset({"detail"})  # keys under which the keys are names that users gave


def reworded(record: Any, words: Callable[[str], str]) -> Any:
    """Return a record whose sentences are what ``words`` makes of them; it stays as it was."""
    if isinstance(record, dict):
        return {
            key: value if key in _OF_USERS
            else _sentences(value, words) if key in SENTENCES
            else reworded(value, words)
            for key, value in record.items()
        }  # fmt: skip
    if isinstance(record, list | tuple):
        return [reworded(one, words) for one in record]
    return record


def _sentences(value: Any, words: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return words(value)
    if isinstance(value, list | tuple):
        return [_sentences(one, words) for one in value]
    return reworded(value, words)

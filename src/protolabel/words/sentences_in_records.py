"""Where sentences of the library stand in a record of JSON, so that a door can reword them.

Such a sentence may advise a command. The command line puts the name of its label space into it
(``cli/terminal.py``), the service a request in its place (``service/advice.py``). No text of a user
is such a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Keys of one sentence, or of several.
SENTENCES = frozenset({"faults", "hints", "notes", "reason", "refusal", "undeclined", "unpromised"})
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

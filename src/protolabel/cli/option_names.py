"""Errors about training in the words of the command line: options, not parameters of Python.

The library's errors name parameters. Here each is replaced by the option that a person typed.
Nothing else of an error is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from protolabel.errors import InputError

OPTIONS = {
    "n_way": "--way",
    "n_shot": "--shot",
    "n_query": "--query",
    "n_strangers": "--strangers",
    "described_only": "--described-only",
    "learning_rate": "--learning-rate",
    "episodes_per_step": "--episodes-per-step",
    "augmentation": "--augment",
}
_AT_THE_START = {  # words of the language too, so only where a message begins with them
    name: f"--{name}" for name in ("described", "parts", "seed", "minutes", "episodes", "views")
}


@contextmanager
def option_names() -> Iterator[None]:
    """Raise an InputError of the block again, with options in place of parameters."""
    try:
        yield
    except InputError as error:
        if type(error) is not InputError:
            raise
        raise InputError(
            _renamed(error.got), expected=_renamed(error.expected), remedy=_renamed(error.remedy)
        ) from error


def _renamed(text: str) -> str:
    names = "|".join(OPTIONS)
    text = re.sub(rf"(?<![\w-])({names})(?![\w-])", lambda match: OPTIONS[match[1]], text)
    word = re.match(r"(leave )?(\w+)\b(?= (is|for|out|'|\d))", text)
    if word and word[2] in _AT_THE_START:
        text = text[: word.start(2)] + _AT_THE_START[word[2]] + text[word.end(2) :]
    return text

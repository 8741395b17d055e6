"""Messages of the library in the words of the command line: options, not parameters of Python.

The library names a parameter as ``name=``; a person typed an option. Only this file replaces the
one by the other. It changes nothing else of a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar, cast

from protolabel.errors import InputError, ProtolabelError
from protolabel.readers.reports import without_source

Result = TypeVar("Result")

OPTIONS = {
    "n_way": "--way",
    "n_shot": "--shot",
    "n_query": "--query",
    "n_strangers": "--strangers",
    "described_only": "--described-only",
    "learning_rate": "--learning-rate",
    "episodes_per_step": "--episodes-per-step",
    "augmentation": "--augment",
    "max_tokens": "--max-tokens",
    "false_alarm_in": "--false-alarm-in",
    "past.without_small": "--skip-small",
}
_AT_THE_START = {  # words of the language too, so only where a message begins with them
    name: f"--{name}"
    for name in (
        "described", "draws", "encoder", "episodes", "kappa", "minutes", "more", "parts", "query",
        "novel", "seed", "shots", "valid", "views", "ways",
    )
}  # fmt: skip
PARAMETERS = {  # as messages write them, with the option of each
    "text_field=": "--text-field",
    "label_field=": "--label-field",
    "id_field=": "--id-field",
    "label_separator=": "--label-separator",
    "encoding=": "--encoding",
    "fmt=": "--format",
    "out=": "--out",
    "overwrite=True": "--overwrite",
    "only_if_better=False": "--in-any-case",
    "learning_rate=": "--learning-rate",
    "log=": "--log",
    "max_tokens=": "--max-tokens",
    "valid=": "--valid",
    "novel=": "--novel",
    "names_mean=False": "--names-are-codes",
    "ways=": "--ways",
    "shots=": "--shots",
    "query=": "--query",
    "with_names=True": "--with-names",
    "descriptions=": "--descriptions",
    "skip_small=True": "--skip-small",
    "keep_copies=True": "--keep-copies",
    "encoder=": "--encoder",
    "new=True": "--new",
    "report=": "--report",
    "skip_known=True": "--skip-known",
}
_PARAMETER = re.compile(
    rf"(?<![\w.=-])({'|'.join(map(re.escape, PARAMETERS))})(?=$|[\s),;:])", re.MULTILINE
)


def door_message(error: ProtolabelError, about: str = "") -> str:
    """Return an error as somebody at the command line reads it.

    ``about``: the document that the error is about, which the message then does not repeat.
    """
    return without_source(with_options(error.at_command_line()), about)


def with_options(message: str) -> str:
    """Return a message with options in place of parameters: ``out=`` becomes ``--out``."""
    return _PARAMETER.sub(lambda match: PARAMETERS[match[1]], message)


def result_with_options(result: Result) -> Result:
    """Return a result whose ``notes`` and ``reason`` name options, for a page, JSON or people."""
    record: Any = result
    words: dict[str, Any] = {"notes": tuple(map(with_options, record.notes))}
    if hasattr(record, "reason"):
        words["reason"] = with_options(record.reason)
    return cast(Result, replace(record, **words))


@contextmanager
def option_names() -> Iterator[None]:
    """Raise an InputError of the block again, with options in place of parameters."""
    try:
        yield
    except InputError as error:
        if type(error) is not InputError:
            raise
        raise InputError(
            _words_of_options(error.got),
            expected=_words_of_options(error.expected),
            remedy=_words_of_options(error.remedy),
            command=_words_of_options(error.command),
        ) from error


def _words_of_options(text: str) -> str:
    names = "|".join(OPTIONS)
    text = re.sub(rf"(?<![\w-])({names})(?![\w=-])", lambda match: OPTIONS[match[1]], text)
    word = re.match(r"(leave )?(\w+)\b(?= (is|for|out|at|'|-?\d|-?(nan|inf)\b))", text)
    if word and word[2] in _AT_THE_START:
        text = text[: word.start(2)] + _AT_THE_START[word[2]] + text[word.end(2) :]
    return text

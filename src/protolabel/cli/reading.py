"""How commands read documents and examples: the options, and one way through all inputs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import chain
from typing import Any, get_args

import click

from protolabel.batch.skipped import Skipped
from protolabel.cli.input_faults import is_package_missing, typed_document
from protolabel.cli.option_names import door_message, with_options
from protolabel.cli.option_records import F, with_record
from protolabel.cli.outputs import own_files, refuse_label_spaces, refuse_own_inputs
from protolabel.cli.shares_read import with_shares
from protolabel.cli.terminal import note
from protolabel.columns.label_lists import IsClass
from protolabel.errors import InputError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.listed_names import is_class_of
from protolabel.label_space.pictures import pictures_are_text
from protolabel.progress import Meter, Progress, stepped
from protolabel.readers import (
    Format,
    Notice,
    Unreadable,
    read_documents,
    read_examples,
    source_size,
)
from protolabel.readers.fields import NoFieldError
from protolabel.readers.reports import in_place, with_source
from protolabel.types import Document, Example

SOME_SKIPPED = 6  # exit code: done, but documents that cannot be used were left out

PAST_IT = "add --skip-bad to go on past it"

SKIP_BAD = click.option(
    "--skip-bad",
    is_flag=True,
    help="Skip what cannot be used, report each with its reason, and end with exit code 6.",
)


SKIP_KNOWN = click.option(
    "--skip-known",
    is_flag=True,
    help="Leave out examples whose text or image the label space has already.",
)


@dataclass(frozen=True, slots=True)
class ReadingFlags:
    """How a command reads its inputs: the arguments of the readers that are not the usual ones.

    The first six are options of the command line, None where they were not used. A command sets
    the others: by the label space (:meth:`for_space`), or since it adds examples.
    """

    fmt: Format | None = None
    text_field: str | None = None
    label_field: str | None = None
    id_field: str | None = None
    encoding: str | None = None
    label_separator: str | None = None
    ocr: bool = False
    nested: bool = False
    several_labels: bool = False
    negatives: bool = False
    is_class: IsClass | None = None

    def for_space(self, space: LabelSpace) -> ReadingFlags:
        """Return the same for a label space: its texts, its labels a document, its classes."""
        view = space.view()
        return replace(
            self,
            ocr=pictures_are_text(view),
            several_labels=view.settings.several,
            is_class=is_class_of(view),
        )

    def typed(self) -> dict[str, str]:
        """Return the options that a person used, by the names of the readers' arguments."""
        return {name: value for name, value in self.options().items() if isinstance(value, str)}

    def options(self) -> dict[str, Any]:
        """Return all arguments for a reader: what was used, and what holds for the label space."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in values.items() if value not in (None, False)}


def reading_flags(*, labels: bool) -> Callable[[F], F]:
    """Add the options about tables and formats, as one argument ``reading``."""

    def decorate(function: F) -> F:
        options = [
            click.option(
                "--format", "--fmt", "fmt",
                type=click.Choice(get_args(Format)),
                help="The format of the inputs, if their names do not say it; sometimes needed "
                "for -.",
            ),
            click.option(
                "--text-field", metavar="NAME",
                help="The column or field of the text; dots reach into nested objects.",
            ),
            click.option("--id-field", metavar="NAME", help="The column or field of the id."),
            click.option(
                "--encoding", metavar="NAME",
                help="The encoding of texts that are not in UTF-8, such as windows-1250.",
            ),
        ]  # fmt: skip
        if labels:
            options.append(
                click.option(
                    "--label-field", metavar="NAME", help="The column or field of the class."
                )
            )
            options.append(
                click.option(
                    "--label-separator", metavar="TEXT",
                    help="What separates the labels of a row, such as ';', if documents may have "
                    "several.",
                )
            )  # fmt: skip
        return with_record(function, "reading", ReadingFlags, options)

    return decorate


@dataclass(frozen=True, slots=True)
class Continuation:
    """How reading goes on.

    Attributes:
        skip_bad: past what cannot be used, which stands among the documents, in its place.
            Otherwise only files of folders do that need a package which is not installed.
        past_it: the advice how to go on past one.
        follow: after the end of a file of rows: what is appended to it is waited for.
    """

    skip_bad: bool = False
    past_it: str = PAST_IT
    follow: bool = False


REFUSING = Continuation()


def documents(
    inputs: tuple[str, ...],
    texts: tuple[str, ...],
    reading: ReadingFlags,
    progress: Progress,
    continuation: Continuation = REFUSING,
    *,
    out: str | None = None,
) -> Iterator[Document | Skipped]:
    """Yield the documents of all inputs, texts of the command line first.

    Files that protolabel wrote are no documents, ``out`` among them.

    Raises:
        InputError: an input is the output, or a label space.
    """
    skip_bad, past_it = continuation.skip_bad, continuation.past_it
    _refuse_closed_input(inputs)
    refuse_own_inputs(inputs, out)
    typed = (typed_document(f"text:{n}", text) for n, text in enumerate(texts, start=1))
    inputs, absent = _present(inputs, refuse=not skip_bad and len(inputs) == 1)
    if absent and not skip_bad:
        refuse_bad(absent[0], past_it)
    alone = len(inputs) == 1 and not texts and not os.path.isdir(inputs[0])
    sizes = [source_size(source) for source in inputs]
    sized = [size for size in sizes if size is not None]
    read_bytes = Meter("bytes read", sum(sized) if len(sized) == len(sizes) else None)
    options = reading.options() | {"leave_out": own_files(out), "follow": continuation.follow}

    def _refuse_or(report: Callable[[Unreadable], None], fault: Unreadable) -> None:
        """Refuse what cannot be read; a file among others that lacks a package is left out."""
        if is_package_missing(fault) and fault.source not in inputs:
            report(fault)
        else:
            refuse_bad(fault, past_it, alone=alone)

    def read(report: Callable[[Unreadable], None]) -> Iterator[Document]:
        return read_documents(
            inputs,
            progress=read_bytes,
            on_unreadable=report if skip_bad else partial(_refuse_or, report),
            on_notice=print_notice,
            **options,
        )

    items = chain(typed, absent, in_place(read))
    stream = (skipped_of(i) if isinstance(i, Unreadable) else i for i in items)
    return with_shares(stream, read_bytes, progress)


def skipped_of(fault: Unreadable) -> Skipped:
    """Return the report of a document that could not be read, in the words of commands."""
    return Skipped(fault.source, door_message(fault.error, about=fault.source))


def naming_skip_bad(
    error: InputError, past_it: str = PAST_IT, *, alone: bool = False
) -> InputError:
    """Return the error of a document with the advice how to go on past it at its end, once.

    ``alone``: its file is all that is read. Where no row of it has a field, there is nothing to go
    on to.
    """
    if alone and isinstance(error, NoFieldError) and error.whole:
        return error
    remedy = error.command or error.remedy
    if past_it not in remedy:
        remedy = f"{remedy}; or {past_it}" if remedy else past_it
    return InputError(error.got, expected=error.expected, remedy=remedy)


def refuse_bad(fault: Unreadable, past_it: str = PAST_IT, *, alone: bool = False) -> None:
    """Raise the error of a document that cannot be used, with the advice how to go on past it.

    Raises:
        InputError: the same, with that advice in its remedy.
        MissingPackageError: where it is a package that is missing.
    """
    if is_package_missing(fault) and fault.error.__cause__ is not None:
        raise fault.error.__cause__
    raise naming_skip_bad(fault.error, past_it, alone=alone) from fault.error


def skipped_words(skipped: Skipped) -> str:
    """Return the sentence about a document that is left out; it names the source once."""
    return f"skipped {with_source(skipped.reason, skipped.source)}"


def _present(
    inputs: Iterable[str], *, refuse: bool = False
) -> tuple[tuple[str, ...], list[Unreadable]]:
    """Return the inputs that are there, and the others; ``refuse``: raise the error of one."""
    present: list[str] = []
    absent: list[Unreadable] = []
    for source in inputs:
        try:
            source_size(source)
        except InputError as error:
            if refuse:
                raise
            absent.append(Unreadable(source, error))
        else:
            present.append(source)
    return tuple(present), absent


def print_notice(notice: Notice) -> None:
    """Say on stderr what a reader chose, such as a field with a usual name."""
    note(f"{notice.source}: {with_options(notice.message)}")


def examples_of(
    inputs: tuple[str, ...],
    label: str | None,
    reading: ReadingFlags,
    progress: Progress,
    on_unreadable: Callable[[Unreadable], None] | None = None,
) -> list[Example]:
    """Return the examples of all inputs; all of one class where ``label`` names it.

    ``on_unreadable``: takes note of what cannot be used, or raises its error; None where the
    command has no --skip-bad.
    """
    _refuse_closed_input(inputs)
    refuse_label_spaces(inputs)
    options = reading.options() | {"leave_out": own_files()}
    if on_unreadable is not None:
        options["on_unreadable"] = on_unreadable
        inputs, absent = _present(inputs, refuse=len(inputs) == 1)
        for fault in absent:
            on_unreadable(fault)
    read = read_examples(inputs, label=label, on_notice=print_notice, **options)
    return list(stepped(read, "examples read", None, progress))


def _refuse_closed_input(inputs: tuple[str, ...]) -> None:
    if "-" in inputs and sys.stdin is None:
        raise InputError(
            "-, and the standard input is closed",
            expected="something to read from",
            remedy="name files or folders, or pipe documents into the command",
        )

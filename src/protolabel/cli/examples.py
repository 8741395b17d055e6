"""Commands that change examples: add, import, move, remove."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import click

from protolabel.batch.answering import Skipped
from protolabel.batch.usable import usable
from protolabel.cli.change import carry_out
from protolabel.cli.common import (
    ENCODER,
    SPACE,
    as_json,
    class_argument,
    class_option,
    opened,
    plural,
    with_progress,
)
from protolabel.cli.new_classes import NEW, ask_about_new
from protolabel.cli.progress import progress_display
from protolabel.cli.reading import (
    SKIP_BAD,
    SOME_SKIPPED,
    ReadingFlags,
    examples_of,
    reading_flags,
    skipped_words,
)
from protolabel.cli.terminal import line, note
from protolabel.errors import InputError
from protolabel.label_space.export import FORMAT
from protolabel.label_space.label_space import LabelSpace
from protolabel.types import Change, Example

SKIP_KNOWN = click.option(
    "--skip-known", is_flag=True, help="Leave out examples whose text or image is here already."
)


@click.command()
@SPACE
@class_argument("label")
@click.argument("inputs", nargs=-1)
@click.option("--text", "texts", multiple=True, help="An example given here; repeatable.")
@reading_flags(labels=True)
@SKIP_KNOWN
@SKIP_BAD
@NEW
@with_progress
@ENCODER
@as_json
def add(
    space: str,
    label: str,
    inputs: tuple[str, ...],
    texts: tuple[str, ...],
    reading: ReadingFlags,
    skip_known: bool,
    skip_bad: bool,
    new: bool,
    encoder: str | None,
    json_: bool,
) -> None:
    """Add examples of one class, which is made if it is new.

    INPUTS are text, .png or .jpg files (one example each; .jsonl and .csv: one a line), folders,
    or - for the standard input.
    """
    if not inputs and not texts:
        raise InputError(
            "no examples", expected="at least one input or --text",
            remedy=shlex.join(["protolabel", "add", space, label, "--text", "some text"]),
        )  # fmt: skip
    batch = ExampleBatch(skip_bad=skip_bad, skip_known=skip_known, new=new)
    with opened(space, encoder, cache=True) as label_space:
        ask_about_new(label_space, [label], new)
        typed = [Example(label, text) for text in texts]
        batch.add(label_space, inputs, label, reading, json_, typed)


@click.command("import")
@SPACE
@click.argument("inputs", nargs=-1, required=True)
@reading_flags(labels=True)
@SKIP_KNOWN
@SKIP_BAD
@NEW
@with_progress
@ENCODER
@as_json
def import_(
    space: str,
    inputs: tuple[str, ...],
    reading: ReadingFlags,
    skip_known: bool,
    skip_bad: bool,
    new: bool,
    encoder: str | None,
    json_: bool,
) -> None:
    """Add labelled examples from files: all of them, or none if one cannot be used.

    INPUTS are .jsonl of {"text", "label", "id"?} (or "image", a path beside the table), .csv with
    these columns, folders with a sub-folder of texts or images for each class, or - for the
    standard input. What `protolabel export` wrote comes back whole: classes in their order with
    their descriptions, ids, and in a new label space the settings.
    """
    batch = ExampleBatch(skip_bad=skip_bad, skip_known=skip_known, new=new)
    with opened(space, encoder, cache=True) as label_space:
        if any(_is_export(source) for source in inputs):
            if len(inputs) > 1:
                raise InputError(
                    "an export among other inputs", expected="an export alone",
                    remedy="import one after the other",
                )  # fmt: skip
            if skip_bad:
                raise InputError(
                    "--skip-bad with an export", expected="an export, which comes in whole or not",
                    remedy="leave --skip-bad out; a line that cannot be used is named",
                )  # fmt: skip
            records = list(_records(inputs[0]))
            where = "stdin" if inputs[0] == "-" else inputs[0]
            carry_out(label_space, json_, _import_records, records, where, skip_known)
            return
        batch.add(label_space, inputs, None, reading, json_)


class ExampleBatch:
    """Examples that come in as one change."""

    def __init__(self, *, skip_bad: bool, skip_known: bool, new: bool) -> None:
        self.skip_bad, self.skip_known, self.new = skip_bad, skip_known, new
        self.skipped: list[Skipped] = []

    def add(
        self,
        space: LabelSpace,
        inputs: tuple[str, ...],
        label: str | None,
        reading: ReadingFlags,
        json_: bool,
        typed: Iterable[Example] = (),
    ) -> None:
        """Read, leave out what cannot be used where that was asked for, and add the rest."""
        with progress_display() as progress:
            examples = list(typed)
            on_bad = self._skip if self.skip_bad else None
            examples += examples_of(inputs, label, reading, progress, on_bad)
            if label is None:
                ask_about_new(space, dict.fromkeys(e.label for e in examples), self.new)
            if self.skip_bad:
                examples = usable(space.view(), examples, self._skip, progress)
            if not examples:
                raise InputError(
                    "no example that can be used", expected="at least one",
                    remedy="see the reasons above; nothing was changed",
                )  # fmt: skip

        change = carry_out(space, json_, _add_examples, examples, self.skip_known)
        if change.detail.get("known") and not self.skip_known:
            note("--skip-known leaves out examples that are here already; `undo` takes this back")
        if self.skipped:
            note(f"{plural(len(self.skipped), 'document')} skipped", always=True)
            if json_:
                for skipped in self.skipped:
                    line({"skipped": skipped.source, "reason": skipped.reason})
            raise click.exceptions.Exit(SOME_SKIPPED)

    def _skip(self, skipped: Skipped) -> None:
        self.skipped.append(skipped)
        note(skipped_words(skipped))


def _add_examples(space: LabelSpace, examples: list[Example], skip_known: bool) -> Change:
    with progress_display() as progress:
        return space.add(examples, skip_known=skip_known, progress=progress)


def _import_records(
    space: LabelSpace, records: list[dict[str, object]], where: str, skip_known: bool
) -> Change:
    with progress_display() as progress:
        return space.import_records(records, where, skip_known=skip_known, progress=progress)


def _is_export(source: str) -> bool:
    """Return whether an input begins as an export does; the standard input is not consumed."""
    mark = f'{{"{FORMAT}"'.encode()
    if source == "-":
        stdin = sys.stdin.buffer if sys.stdin is not None else None
        peek = getattr(stdin, "peek", None)
        return peek is not None and bool(peek(len(mark))[: len(mark)] == mark)
    try:
        with open(source, "rb") as file:
            return file.read(len(mark)) == mark
    except OSError:
        return False


def _records(source: str) -> Iterator[dict[str, object]]:
    """Yield the records of an export. Raises InputError for a line that is none."""
    if source == "-":
        yield from _lines(sys.stdin.buffer, "stdin")
        return
    with open(source, "rb") as file:
        yield from _lines(file, source)


def _lines(stream: BinaryIO, name: str) -> Iterator[dict[str, object]]:
    for number, raw in enumerate(stream, start=1):
        try:
            record = json.loads(raw)
        except ValueError as error:
            raise InputError(
                f"{name}:{number}: no JSON ({error})", expected="a whole export",
                remedy="export again",
            ) from error  # fmt: skip
        if not isinstance(record, dict):
            raise InputError(
                f"{name}:{number}: not an object", expected="a whole export",
                remedy="export again",
            )  # fmt: skip
        yield record


@click.command()
@SPACE
@click.argument("ids", nargs=-1, required=True)
@class_option("--to", required=True, help="The class they belong to; made if it is new.")
@NEW
@ENCODER
@as_json
def move(
    space: str, ids: tuple[str, ...], to: str, new: bool, encoder: str | None, json_: bool
) -> None:
    """Move examples to another class. IDS are their ids, or the sources they came from."""
    label_space = opened(space, encoder, cache=True)
    ask_about_new(label_space, [to], new)
    carry_out(label_space, json_, LabelSpace.move, ids, to)


@click.command()
@SPACE
@click.argument("ids", nargs=-1, required=True)
@as_json
def remove(space: str, ids: tuple[str, ...], json_: bool) -> None:
    """Remove examples. IDS are their ids, or the sources they came from."""
    carry_out(opened(space), json_, LabelSpace.remove, ids)


EXAMPLES: tuple[click.Command, ...] = (add, import_, move, remove)

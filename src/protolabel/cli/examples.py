"""Commands that change examples: add, import, move, remove."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import click

from protolabel.batch.skipped import Skipped
from protolabel.cli.annotated import annotations_among, refuse_unlabelled_folders
from protolabel.cli.change import carry_out
from protolabel.cli.common import (
    ENCODER,
    SPACE,
    as_json,
    class_argument,
    class_option,
    opened,
    with_progress,
)
from protolabel.cli.exports import export_records, is_export
from protolabel.cli.new_classes import ALSO, NEW, ask_about_all, ask_about_new
from protolabel.cli.preview import with_preview
from protolabel.cli.progress import progress_display
from protolabel.cli.reading import (
    SKIP_BAD,
    SKIP_KNOWN,
    SOME_SKIPPED,
    ReadingFlags,
    examples_of,
    naming_skip_bad,
    reading_flags,
    refuse_bad,
    refuse_texts_as_paths,
    skipped_of,
    skipped_words,
)
from protolabel.cli.terminal import line, note
from protolabel.errors import InputError
from protolabel.label_space.change_methods import ChangeMethods
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.usable_examples import usable_examples
from protolabel.quantity import quantity
from protolabel.readers import Unreadable, folder_parents, parents_above
from protolabel.types import Change, Example


@click.command()
@SPACE
@class_argument("label")
@click.argument("inputs", nargs=-1)
@click.option("--text", "texts", multiple=True, help="An example given here; repeatable.")
@ALSO
@reading_flags(labels=True)
@SKIP_KNOWN
@SKIP_BAD
@NEW
@with_progress
@with_preview
@ENCODER
@as_json
def add(
    space: str,
    label: str,
    inputs: tuple[str, ...],
    texts: tuple[str, ...],
    also: tuple[str, ...],
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
    if not inputs and not texts and os.path.exists(label):
        raise InputError(
            f"the file {label} in the place of a class", expected="a class, then its examples",
            remedy=shlex.join(["protolabel", "add", space, "CLASS", label]),
        )  # fmt: skip
    refuse_texts_as_paths(inputs, "add", space, label)
    if not inputs and not texts:
        raise InputError(
            "no examples", expected="at least one input or --text",
            remedy=shlex.join(["protolabel", "add", space, label, "--text", "some text"]),
        )  # fmt: skip
    batch = ExampleBatch(skip_bad=skip_bad, skip_known=skip_known, new=new)
    with opened(space, encoder, cache=True) as label_space:
        batch.also = ask_about_all(label_space, label, also, new)
        typed = [Example(label, text) for text in texts]
        batch.add(label_space, inputs, label, reading, json_, typed)


@click.command("import")
@SPACE
@click.argument("inputs", nargs=-1, required=True)
@reading_flags(labels=True)
@click.option(
    "--label-from",
    type=click.Choice(["folder"]),
    help="Say that the class is the first folder within each input. That is so anyway for folders.",
)
@click.option(
    "--nested",
    is_flag=True,
    help="Take folders in folders: the class of a file is the folder that it lies in, and stands "
    "under the class of the folder above.",
)
@SKIP_KNOWN
@SKIP_BAD
@NEW
@with_progress
@with_preview
@ENCODER
@as_json
def import_(
    space: str,
    inputs: tuple[str, ...],
    reading: ReadingFlags,
    label_from: str | None,
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
    their descriptions, ids, and in a new label space the settings. An export of Label Studio,
    Argilla, doccano or Prodigy is recognised by its content, on the standard input too.
    """
    folders = [source for source in inputs if reading.nested and os.path.isdir(source)]
    batch = ExampleBatch(
        skip_bad=skip_bad, skip_known=skip_known, new=new, parents=folder_parents(folders)
    )
    refuse_unlabelled_folders(space, inputs, label_from)
    with opened(space, encoder, cache=True) as label_space:
        if any(is_export(source) for source in inputs):
            if len(inputs) > 1:
                raise InputError(
                    "an export among other inputs", expected="an export alone",
                    remedy="import one after the other",
                )  # fmt: skip
            batch.add_export(label_space, inputs[0], json_)
            return
        rest, annotated = annotations_among(inputs, reading.for_space(label_space))
        batch.add(label_space, rest, None, reading, json_, annotated)


class ExampleBatch:
    """Examples that come in as one change."""

    def __init__(
        self,
        *,
        skip_bad: bool,
        skip_known: bool,
        new: bool,
        parents: Mapping[str, str | None] | None = None,
    ) -> None:
        self.skip_bad, self.skip_known, self.new = skip_bad, skip_known, new
        self.parents = parents or {}
        self.skipped: list[Skipped] = []
        self._space = ""
        self.also: tuple[str, ...] = ()  # further classes of all of them

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
        self._space = str(space.path)
        with progress_display() as progress:
            examples = list(typed)
            flags = reading.for_space(space)
            alone = len(inputs) == 1 and not examples and not os.path.isdir(inputs[0])
            take_note = partial(self._on_unreadable, alone=alone)
            examples += examples_of(inputs, label, flags, progress, take_note)
            examples += [replace(e, label=other, id="") for other in self.also for e in examples]
            if label is None:
                ask_about_new(space, dict.fromkeys(e.label for e in examples), self.new)
            if self.skip_bad:
                examples, unusable = usable_examples(space.view(), examples, progress)
                for fault in unusable:
                    self._skip(fault)
            if not examples:
                raise InputError(
                    "no example that can be used", expected="at least one",
                    remedy="see the reasons above; nothing was changed",
                )  # fmt: skip

        self._finish(carry_out(space, json_, lambda methods: self._add(methods, examples)), json_)

    def add_export(self, space: LabelSpace, source: str, json_: bool) -> None:
        """Take in an export: all of it, or what can be used of it where that was asked for."""
        self._space = str(space.path)
        self._finish(carry_out(space, json_, lambda methods: self._import(methods, source)), json_)

    def _add(self, space: ChangeMethods[Any], examples: list[Example]) -> Any:
        with progress_display() as progress:
            try:
                return space.add(
                    examples,
                    skip_known=self.skip_known,
                    parents=parents_above((e.label for e in examples), self.parents),
                    progress=progress,
                )
            except InputError as error:
                if self.skip_bad or len(examples) == 1:
                    raise
                raise naming_skip_bad(error) from error

    def _import(self, space: ChangeMethods[Any], source: str) -> Any:
        name = "stdin" if source == "-" else source
        with progress_display() as progress:
            try:
                return space.import_records(
                    export_records(source), name, skip_known=self.skip_known,
                    on_unusable=self._skip_record if self.skip_bad else None, progress=progress,
                )  # fmt: skip
            except InputError as error:
                if self.skip_bad or error.got.startswith(f"{name}:1: "):  # no line to skip
                    raise
                raise naming_skip_bad(error) from error

    def _finish(self, change: Change | None, json_: bool) -> None:
        """Say what was there already and what was skipped; end with the exit code of that."""
        if change and change.detail.get("known") and not self.skip_known:
            n = int(str(change.detail["known"]))
            undo = shlex.join(["protolabel", "undo", self._space])
            was, is_ = ("was", "is") if n == 1 else ("were", "are")
            note(
                f"{quantity(n, 'example')} {was} here already, and {is_} here twice now; to leave "
                f"out what is here already: `{undo}`, then the same command with --skip-known",
                always=True,
            )
        if self.skipped:
            note(f"{quantity(len(self.skipped), 'document')} skipped", always=True)
            if json_:
                for skipped in self.skipped:
                    line({"skipped": skipped.source, "reason": skipped.reason})
            raise click.exceptions.Exit(SOME_SKIPPED)

    def _on_unreadable(self, fault: Unreadable, *, alone: bool) -> None:
        """Take note of a document that cannot be read, or refuse it."""
        if not self.skip_bad:
            refuse_bad(fault, alone=alone)
        self._skip(fault)

    def _skip_record(self, place: str, error: InputError) -> None:
        self._skip(Unreadable(place, error))

    def _skip(self, fault: Unreadable) -> None:
        skipped = skipped_of(fault)
        self.skipped.append(skipped)
        note(skipped_words(skipped))


@click.command()
@SPACE
@click.argument("ids", nargs=-1, required=True)
@class_option("--to", required=True, help="The class they belong to; made if it is new.")
@NEW
@with_preview
@ENCODER
@as_json
def move(
    space: str, ids: tuple[str, ...], to: str, new: bool, encoder: str | None, json_: bool
) -> None:
    """Move examples to another class. IDS are their ids, or the sources they came from."""
    label_space = opened(space, encoder, cache=True)
    ask_about_new(label_space, [to], new)
    carry_out(label_space, json_, lambda methods: methods.move(ids, to))


@click.command()
@SPACE
@click.argument("ids", nargs=-1, required=True)
@with_preview
@as_json
def remove(space: str, ids: tuple[str, ...], json_: bool) -> None:
    """Remove examples. IDS are their ids, or the sources they came from."""
    carry_out(opened(space), json_, lambda methods: methods.remove(ids))

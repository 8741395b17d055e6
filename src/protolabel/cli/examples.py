"""Commands that change examples: add, import, move, remove."""

from __future__ import annotations

import os
import shlex
from typing import NoReturn

import click

from protolabel.cli.annotated import (
    annotations_among,
    refuse_descriptions,
    refuse_unlabelled_folders,
)
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
from protolabel.cli.example_batch import ExampleBatch, ExampleFlags, example_flags
from protolabel.cli.exports import is_export
from protolabel.cli.idle_options import OF_READING, refuse_idle
from protolabel.cli.input_faults import refuse_texts_as_paths
from protolabel.cli.new_classes import ALSO, NEW, ask_about_all, ask_about_new
from protolabel.cli.outputs import refuse_label_spaces
from protolabel.cli.preview import with_preview
from protolabel.cli.reading import (
    ReadingFlags,
    reading_flags,
)
from protolabel.errors import InputError
from protolabel.label_space import changes
from protolabel.readers import folder_parents
from protolabel.readers.nested_folders import folders_between
from protolabel.readers.paths import walk
from protolabel.types import Example


@click.command()
@SPACE
@class_argument("label")
@click.argument("inputs", nargs=-1)
@click.option("--text", "texts", multiple=True, help="The text of an example; repeatable.")
@ALSO
@click.option(
    "--not",
    "negative",
    is_flag=True,
    help="The documents do not belong to CLASS. Their own class need not be known.",
)
@reading_flags(labels=True)
@example_flags
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
    negative: bool,
    reading: ReadingFlags,
    taking: ExampleFlags,
    encoder: str | None,
    json_: bool,
) -> None:
    """Add examples of one class, which is made if it is new.

    INPUTS are folders, files, or - for the standard input. A text, PDF, office file, web page, mail
    or image is one example; a .jsonl, .csv or .xlsx file has one per row. With --not, they are
    documents that do not belong to the class.
    """
    if not inputs and not texts and os.path.exists(label):
        _refuse_input_as_class(space, label)
    refuse_texts_as_paths(inputs, "add", space, label)
    if not inputs and not texts:
        raise InputError(
            "no examples", expected="at least one input or --text",
            remedy=shlex.join(["protolabel", "add", space, label, "--text", "some text"]),
        )  # fmt: skip
    if not inputs:
        refuse_idle(OF_READING, "for texts of the command line")
    with opened(space, encoder, cache=True) as label_space:
        also = also if negative else ask_about_all(label_space, label, also, taking.new)
        batch = ExampleBatch(taking, also=also, negative=negative)
        typed = [Example(label, text) for text in texts]
        batch.add(label_space, inputs, label, reading, json_, typed)


def _refuse_input_as_class(space: str, path: str) -> NoReturn:
    """Raise the InputError for a path in the place of a class: folders in it may be classes."""
    is_folder = os.path.isdir(path)
    command = shlex.join(["protolabel", "add", space, "CLASS", path])
    if is_folder and any(folders_between(path, file) for file in walk(path)):
        command = shlex.join(["protolabel", "import", space, path])
    raise InputError(
        f"the {'folder' if is_folder else 'file'} {path} in the place of a class",
        expected="a class, then its examples",
        remedy=command,
    )


@click.command("import")
@SPACE
@click.argument("inputs", nargs=-1, required=True)
@reading_flags(labels=True)
@click.option(
    "--label-from",
    type=click.Choice(["folder"]),
    help="Take the class from the first folder within each input. Folders are read so anyway.",
)
@click.option(
    "--nested",
    is_flag=True,
    help="Read folders in folders: the class of a file is the folder that it lies in, and stands "
    "under the class of the folder above.",
)
@example_flags
@with_progress
@with_preview
@ENCODER
@as_json
def import_(
    space: str,
    inputs: tuple[str, ...],
    reading: ReadingFlags,
    label_from: str | None,
    taking: ExampleFlags,
    encoder: str | None,
    json_: bool,
) -> None:
    """Add labelled examples from files: all of them, or none if one cannot be used.

    INPUTS are tables, folders with a sub-folder of files for each class, or - for the standard
    input. Links to folders in a folder are not followed. A row of a .jsonl file has the fields
    "text" and "label", and may have an "id"; instead of a text it may have an "image", a path
    beside the table. A .csv file has these as columns. A field "not_label" names a class that the
    row does not belong to.

    An export of `protolabel export` is imported whole: the classes in their order, with their
    descriptions and ids, and into a new label space also the settings. An export of Label Studio,
    Argilla, doccano or Prodigy is recognised by its content.
    """
    _refuse_label_spaces(space, inputs)
    refuse_descriptions(space, inputs)
    folders = [source for source in inputs if os.path.isdir(source)]
    batch = ExampleBatch(taking, parents=folder_parents(folders if reading.nested else []))
    refuse_unlabelled_folders(space, inputs, label_from)
    with opened(space, encoder, cache=True) as label_space:
        if any(is_export(source) for source in inputs):
            if len(inputs) > 1:
                raise InputError(
                    "an export among other inputs", expected="an export alone",
                    remedy="import one after the other",
                )  # fmt: skip
            idle = {*OF_READING, "label_from", "nested"}
            refuse_idle(idle - {"fmt"} if reading.fmt == "jsonl" else idle, "for an export")
            batch.add_export(label_space, inputs[0], json_)
            return
        if not folders:
            refuse_idle(("nested",), "without a folder")
        plain_inputs, annotated = annotations_among(inputs, reading.for_space(label_space))
        if not plain_inputs:
            no_fields = ("id_field", "encoding", "label_separator")
            refuse_idle(no_fields, "for an export of an annotation tool")
        batch.add(label_space, plain_inputs, None, reading, json_, annotated)


def _refuse_label_spaces(space: str, inputs: tuple[str, ...]) -> None:
    """Raise InputError for a label space, which comes in as its export."""
    for source in inputs:
        export, taking = ["protolabel", "export", source], ["protolabel", "import", space, "-"]
        command = f"{shlex.join(export)} | {shlex.join(taking)}"
        is_same = os.path.realpath(source) == os.path.realpath(space)
        refuse_label_spaces([source], remedy="leave it out" if is_same else command)


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
    """Move examples to another class. IDS are their ids, or the sources they came from.

    A document that comes stands there once. If the class has an equal example, the other one ends.
    """
    with opened(space, encoder, cache=True) as label_space:
        ask_about_new(label_space, [to], new)
        carry_out(changes.Move(ids, to), label_space, json_)


@click.command()
@SPACE
@click.argument("ids", nargs=-1, required=True)
@with_preview
@as_json
def remove(space: str, ids: tuple[str, ...], json_: bool) -> None:
    """Remove examples. IDS are their ids, or the sources they came from."""
    with opened(space) as label_space:
        carry_out(changes.Remove(ids), label_space, json_)

"""Inputs of `import` that are exports of annotation tools; refuses folders that it cannot take."""

from __future__ import annotations

import os
import shlex

from protolabel.cli.reading import ReadingFlags
from protolabel.cli.terminal import note
from protolabel.columns.usual_fields import USUAL_NAMES
from protolabel.connectors.annotations import read_annotations, tool_of
from protolabel.errors import InputError
from protolabel.identity.sorted_paths import is_sorted_folder
from protolabel.readers.descriptions import read_descriptions
from protolabel.readers.paths import source_name
from protolabel.types import Example


def annotations_among(
    inputs: tuple[str, ...], reading: ReadingFlags
) -> tuple[tuple[str, ...], list[Example]]:
    """Return the inputs that no annotation tool wrote, and the examples of the others.

    Where the format is given, the inputs are taken as that.
    """
    if reading.fmt is not None:
        return inputs, []
    sources_unread: list[str] = []
    examples: list[Example] = []
    for source in inputs:
        is_none = source != "-" and not os.path.isfile(source)
        several = reading.several_labels
        tool = None if is_none else tool_of(source, several_labels=several)
        if tool is None:
            sources_unread.append(source)
            continue
        annotations = read_annotations(
            source,
            text_field=reading.text_field,
            label_field=reading.label_field,
            several_labels=reading.several_labels,
        )
        note(f"{source_name(source)}: {annotations.words()}")
        examples += annotations.examples
    return tuple(sources_unread), examples


def refuse_descriptions(space: str, inputs: tuple[str, ...]) -> None:
    """Raise InputError for a file of descriptions, which `describe` takes.

    It is one JSON object of texts, and no name in it is that of a document's text.
    """
    for source in inputs:
        if source == "-" or not source.lower().endswith(".json") or not os.path.isfile(source):
            continue
        try:
            pairs = read_descriptions(source)
        except InputError:
            continue
        if not {name.casefold() for name in pairs} & {*USUAL_NAMES["text"], *USUAL_NAMES["label"]}:
            raise InputError(
                f"{source}: descriptions of classes in the place of examples",
                expected="documents, each with its class",
                remedy=shlex.join(["protolabel", "describe", space, source]),
            )


def refuse_unlabelled_folders(space: str, inputs: tuple[str, ...], label_from: str | None) -> None:
    """Raise InputError for a sorted folder, and for files where the class is to be a folder.

    Files in a sorted folder were put there by the label space, not by a person, so they are no
    examples.
    """
    for source in inputs:
        if source != "-" and is_sorted_folder(source):
            raise InputError(
                f"{source}: a folder that `protolabel label --sort-into` made",
                expected="examples that a person has labelled",
                remedy="to take what people moved there: "
                + shlex.join(["protolabel", "learn", space, source]),
            )
        if label_from == "folder" and not os.path.isdir(source):
            raise InputError(
                f"--label-from folder with {source}, which is no folder",
                expected="folders, each with a sub-folder for each class",
                remedy="leave --label-from out",
            )

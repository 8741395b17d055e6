"""The command that corrects one document by its name."""

from __future__ import annotations

import os
import shlex
from typing import cast

import click

from protolabel.cli.change import carry_out
from protolabel.cli.common import ENCODER, SPACE, as_json, class_option, opened
from protolabel.cli.new_classes import NEW, ask_about_new
from protolabel.cli.outputs import refuse_label_spaces
from protolabel.cli.preview import with_preview
from protolabel.cli.reading import ReadingFlags, print_notice, reading_flags
from protolabel.errors import InputError
from protolabel.label_space.changes import ChangeRequest
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.remembered_documents.document_names import (
    DocumentNames,
    documents_within,
)
from protolabel.readers.options import NoticedOptions
from protolabel.readers.paths import LeftOut, walk
from protolabel.words.quantity import quantity


@click.command()
@SPACE
@click.argument("name")
@class_option(
    "--to",
    multiple=True,
    help="The class of the document; made if it is new. Repeatable if documents may have several.",
)
@class_option(
    "--not",
    "negative",
    multiple=True,
    help="A class that the document does not belong to. Its own class need not be known. "
    "Repeatable.",
)
@click.option(
    "--in",
    "folder",
    type=click.Path(exists=True, file_okay=False),
    help="The folder that was labelled: look for the file NAME in it, or for a row of that id.",
)
@NEW
@reading_flags(labels=False)
@with_preview
@ENCODER
@as_json
def correct(
    space: str,
    name: str,
    to: tuple[str, ...],
    negative: tuple[str, ...],
    folder: str | None,
    new: bool,
    reading: ReadingFlags,
    encoder: str | None,
    json_: bool,
) -> None:
    """Correct the class of a document: it becomes an example of that class alone.

    With --not, say which class it does not belong to. Then the document and its near copies never
    get that label again, and documents near it get it less easily.

    NAME is the id or source of an example, or its file name if no other document has that. It may
    also be the path of a file, which is read again as the options about fields, formats and
    encodings say; or the key, id or file name of a document that was labelled, whose file is read
    so. Give the options that `label` was given.

    \b
      protolabel correct mail.space scan1.pdf --to invoice --in inbox/
      protolabel correct mail.space scan2.pdf --not invoice
    """
    if bool(to) == bool(negative):
        raise InputError(
            "--to and --not together" if to else "neither --to nor --not",
            expected="the class that the document has, or classes that it is not of",
            remedy=shlex.join(["protolabel", "correct", space, name, "--not" if to else "--to"])
            + " CLASS",
        )
    files = [name] if folder is None else _files_in(folder, name)
    refuse_label_spaces(files, expected="a document", remedy="name the document")
    with opened(space, encoder, cache=True) as label_space:
        path = name if folder is None else _one_in(folder, name, files, label_space)
        options = cast(NoticedOptions, reading.for_space(label_space).options())
        options["on_notice"] = print_notice
        request: ChangeRequest
        if negative:
            request = label_space.refutation(path, negative, reading=options)
        else:
            ask_about_new(label_space, to, new)
            labels = to[0] if len({*to}) == 1 else to
            request = label_space.correction(path, labels, reading=options)
        carry_out(request, label_space, json_)


def _files_in(folder: str, name: str) -> list[str]:
    """Return the paths of the files in a folder that have a name, or a relative path."""
    direct = os.path.join(folder, name)
    if os.path.lexists(direct):
        return [direct]
    return [path for path in walk(folder, LeftOut()) if path.endswith(f"/{name}")]


def _one_in(folder: str, name: str, files: list[str], label_space: LabelSpace) -> str:
    """Return the path of the one file, or else the key of the one remembered row of that id.

    Where several messages were remembered by one number, it is that which stands there now.
    """
    from protolabel.readers.one_document import is_there

    if len(files) == 1:
        return files[0]
    if not files:
        remembered = label_space.answer_log.documents(texts=False)
        within = documents_within(map(DocumentNames.of, remembered), folder)
        keys = [names.key for names in within if name == names.id or names.end_with(name)]
        if len(keys) == 1:
            return keys[0]
        if is_there(path := os.path.join(folder, name)):
            return path
    listed = ", ".join(files[:3])
    raise InputError(
        f"{quantity(len(files), 'file')} {name!r} in {folder}" + (f": {listed}" if files else ""),
        expected="the name of one file in that folder",
        remedy="give its path within that folder"
        if files
        else f"look for it: `ls -R {shlex.quote(folder)}`",
    )

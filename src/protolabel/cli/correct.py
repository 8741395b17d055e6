"""The command that corrects one document by its name."""

from __future__ import annotations

import os
import shlex

import click

from protolabel.cli.change import carry_out
from protolabel.cli.common import ENCODER, SPACE, as_json, class_option, opened
from protolabel.cli.new_classes import NEW, ask_about_new
from protolabel.cli.option_names import with_options
from protolabel.cli.preview import with_preview
from protolabel.cli.reading import ReadingFlags, reading_flags
from protolabel.errors import InputError
from protolabel.readers.one_document import is_there, read_document
from protolabel.readers.paths import LeftOut, walk
from protolabel.types import Document


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
    help="The folder that was labelled: look for the file NAME in it.",
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
    encodings say; or the id or file name of a document that was labelled.

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
    path = name if folder is None else _file_in(folder, name)
    with opened(space, encoder, cache=True) as label_space:
        document = _document(path, reading.for_space(label_space)) if reading.typed() else path
        if negative:
            carry_out(label_space.refutation(document, negative), label_space, json_)
            return
        ask_about_new(label_space, to, new)
        labels = to[0] if len(to) == 1 else to
        carry_out(label_space.correction(document, labels), label_space, json_)


def _document(path: str, reading: ReadingFlags) -> Document:
    """Return the document of a file that is read as options say. Raises InputError without one."""
    if not is_there(path):
        name = with_options(f"{next(iter(reading.typed()))}=")
        raise InputError(
            f"{name}, and no file {path!r}",
            expected="the path of the file that is read so",
            remedy=f"leave {name} out, or give the path of the file",
        )
    return read_document(path, **reading.options())


def _file_in(folder: str, name: str) -> str:
    """Return the path of the one file in a folder that has a name, or a relative path."""
    direct = os.path.join(folder, name)
    if os.path.lexists(direct):
        return direct
    matches = [path for path in walk(folder, LeftOut()) if path.endswith(f"/{name}")]
    if len(matches) == 1:
        return matches[0]
    listed = ", ".join(matches[:3])
    raise InputError(
        f"{len(matches)} files {name!r} in {folder}" + (f": {listed}" if matches else ""),
        expected="the name of one file in that folder",
        remedy="give its path within that folder"
        if matches
        else f"look for it: `ls -R {shlex.quote(folder)}`",
    )

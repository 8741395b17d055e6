"""Image files and image fields of tables -> bytes, bounded and of a known kind. Decodes nothing.

An image is a .png, .jpg or .jpeg file, or what a JSON row says under ``image``: a path relative to
the table's folder, or a ``data:`` address. That it can be decoded is found when it is encoded.
"""

from __future__ import annotations

import os
import stat

from protolabel.errors import ImageError, InputError
from protolabel.images import MOST_BYTES, from_data_address, kind
from protolabel.progress import Meter
from protolabel.readers.paths import STDIN, opened, printable, refuse_unreadable, status
from protolabel.readers.rows import Origin
from protolabel.words.text import brief_repr, without_content

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")
SUFFIXES = (".png", ".jpg", ".jpeg")


def is_image(path: str) -> bool:
    """Return whether a file's name says that it is an image."""
    return path.lower().endswith(SUFFIXES)


def is_picture(path: str) -> bool:
    """Return whether a file begins as a PNG, JPEG or TIFF file does."""
    with opened(path) as stream:
        return stream.read(8).startswith(_PICTURES)


def read_image(path: str, name: str, limit: int, meter: Meter) -> bytes:
    """Return the bytes of an image file of at most ``limit`` bytes, named ``name`` in errors.

    Raises InputError for what is unreadable, too large, or neither PNG nor JPEG.
    """
    limit = min(limit, MOST_BYTES)
    try:
        with opened(path) as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        refuse_unreadable(path, error)
    meter.advance(len(data))
    if len(data) > limit:
        raise InputError(
            f"{name}: an image of more than {limit:,} bytes",
            expected=f"at most {limit:,} bytes an image",
            remedy="save it smaller: encoders look at far fewer pixels",
        )
    try:
        kind(data)
    except ImageError as error:
        raise error.about(name) from error
    return data


def image_of_field(value: object, table: Origin, source: str, limit: int) -> bytes:
    """Return the image that a row of a table names or holds.

    Raises InputError for a path that is absolute or leads out of the table's folder, for one in a
    table without a folder, such as stdin or one in an archive, and for what is no image.
    """
    expected = "the path of a PNG or JPEG file beside the table, or data:image/png;base64,..."
    if not isinstance(value, str) or not value:
        raise InputError(f"{source}: 'image' is {without_content(value)}", expected=expected)
    if value[:5].lower() == "data:":
        try:
            return from_data_address(value)
        except ImageError as error:
            raise error.about(source) from error
    if table.folder is None:
        is_stdin = table.path == STDIN
        raise InputError(
            f"{source}: 'image' is a path ({brief_repr(value)})",
            expected="a data: address, since stdin is in no folder"
            if is_stdin
            else "a data: address: a table that is sent or packed lies in no folder with images",
            remedy="give the table by its path, or put the images into the lines in base64"
            if is_stdin
            else "put each image into its row: data:image/png;base64,...",
        )
    folder = os.path.realpath(table.folder)
    try:
        path = os.path.realpath(os.path.join(folder, value))
    except ValueError as error:  # a NUL character in the name
        raise InputError(f"{source}: 'image' is {brief_repr(value)}", expected=expected) from error
    if os.path.isabs(value) or os.path.commonpath([folder, path]) != folder:
        raise InputError(
            f"{source}: the image {brief_repr(value)} is not in the folder of its table",
            expected=f"a relative path that stays inside {printable(folder)}",
            remedy="move the image there, or the table to the images",
        )
    name = f"{source}: {printable(path)}"
    try:
        mode = status(path).st_mode
    except InputError as error:
        raise InputError(
            f"{source}: {error.got}",
            expected=error.expected,
            remedy=error.remedy,
            command=error.command,
        ) from error
    if not stat.S_ISREG(mode):
        raise InputError(f"{name}: not a file", expected=expected)
    return read_image(path, name, limit, Meter("bytes read"))

"""Zip and tar files opened so that what they say of themselves cannot fill the memory.

``zipfile`` reads the list of all members at once, ``tarfile`` a whole extended header. Both are as
long as the file says. No member is unpacked here.
"""

from __future__ import annotations

import math
import os
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from protolabel.errors import InputError
from protolabel.words.quantity import quantity

_MOST_LIST_BYTES = 24 * 2**20  # of a zip file's list of members
_MOST_HEADER_BYTES = 2**20  # of what a tar file says of one member
_MOST_SHARED = 100  # headers of a tar file that hold for all its members


class _ListTooLongError(Exception):
    """What an archive says of its members is longer than any program writes."""


class _BoundedFile:
    """A file that allows only so many bytes to be read until the bound is lifted or set again."""

    def __init__(self, stream: BinaryIO, most_bytes: float) -> None:
        self._stream, self.left = stream, most_bytes
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable
        self.name = stream.name

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes. Raises _ListTooLongError where these are too many."""
        if size < 0:
            position = self.tell()
            size = self.seek(0, os.SEEK_END) - position
            self.seek(position)
        self.left -= size
        if self.left < 0:
            raise _ListTooLongError
        return self._stream.read(size)


@contextmanager
def bounded_zip(path: str) -> Iterator[zipfile.ZipFile]:
    """Open a zip file.

    Raises:
        zipfile.BadZipFile: it is damaged, or its list of members is too long.
    """
    with open(path, "rb") as stream:
        bounded = _BoundedFile(stream, _MOST_LIST_BYTES)
        try:
            archive = zipfile.ZipFile(bounded)
        except _ListTooLongError as error:
            raise zipfile.BadZipFile("its list of files is too long") from error
        bounded.left = math.inf
        with archive:
            yield archive


def tar_members(path: str, name: str) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """Yield the members of a tar file that is not compressed, each with the open file.

    Raises:
        tarfile.ReadError: it is damaged, or what it says of a member is too long.
        InputError: it has no end.
    """
    n = 0
    with open(path, "rb") as stream:
        bounded = _BoundedFile(stream, _MOST_HEADER_BYTES)
        try:
            with tarfile.open(fileobj=bounded, mode="r:") as archive:  # type: ignore[call-overload]
                while info := archive.next():
                    archive.members = []
                    bounded.left = math.inf
                    yield archive, info
                    bounded.left, n = _MOST_HEADER_BYTES, n + 1
                    if len(archive.pax_headers) > _MOST_SHARED:
                        raise tarfile.ReadError("too many headers that hold for all its files")
                bounded.left = math.inf
                _check_end(archive, name, n)
        except _ListTooLongError as error:
            raise tarfile.ReadError(
                f"more than {_MOST_HEADER_BYTES:,} bytes about one file"
            ) from error


def _check_end(archive: tarfile.TarFile, name: str, n_members: int) -> None:
    """Refuse a tar file that does not end with a block of zeros, as every whole one does.

    ``tarfile`` takes a damaged or missing header for the end.
    """
    assert archive.fileobj is not None
    archive.fileobj.seek(archive.offset)
    if archive.fileobj.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise InputError(
            f"{name}: damaged or cut after {quantity(n_members, 'file')}",
            expected="a whole tar file",
            remedy="make or fetch it again; with what is there, unpack it and give the folder",
        )

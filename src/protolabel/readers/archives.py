"""Zip and tar archives, compressed files and mailboxes -> the files inside, one at a time, bounded.

Names of members are only names: each is unpacked under a name of ours into a folder of ours.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, NamedTuple

from protolabel.errors import InputError
from protolabel.readers.bounded_archives import bounded_zip, tar_members
from protolabel.readers.damage import damaged_archive
from protolabel.readers.mailboxes import messages
from protolabel.readers.paths import (
    HIDDEN,
    LeftOut,
    is_left_out,
    printable,
    refuse_unreadable,
    safe_suffix,
)
from protolabel.readers.temporary import NewFile

NO_FILES = "links and devices"
MOST_DEPTH = 5
MOST_MEMBERS = 100_000
MOST_MEMBER_BYTES = 2**28
_MOST_BYTES = 4 * 2**30
_CHUNK = 2**18
_FAULTS = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, NotImplementedError,
    RuntimeError, ValueError, IndexError, KeyError, OverflowError,
)  # fmt: skip
_OPENERS = {"gzip": gzip.GzipFile, "bzip2": bz2.BZ2File, "xz": lzma.LZMAFile}


class Member(NamedTuple):
    """A file inside another: its name there, and its copy or why there is none.

    ``message``: of a message, what names it wherever it stands in its mailbox.
    """

    name: str
    path: str = ""
    error: InputError | None = None
    message: str = ""


class Names:
    """The names in one archive, in which two files may have the same name."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def distinct(self, name: str) -> str:
        """Return the name, with a number behind it where it was there before."""
        n, new = self._counts.get(name, 0), name
        while n and new in self._counts:
            n += 1
            new = f"{name} ({n})"
        self._counts[name] = self._counts[new] = max(n, 1)
        return new


@dataclass(slots=True)
class Budget:
    """How many bytes the files inside one file may still unpack to."""

    left: int = _MOST_BYTES


@dataclass(frozen=True, slots=True)
class Nesting:
    """How deep a file lies in others, and how much all of them may still unpack to."""

    depth: int = 0
    budget: Budget = field(default_factory=Budget)

    def within(self, name: str) -> Nesting:
        """Return that of the files inside. Raises InputError where too many hold each other."""
        if self.depth >= MOST_DEPTH:
            raise InputError(
                f"{name}: lies in {self.depth} archives, messages or compressed files",
                expected=f"at most {MOST_DEPTH} inside each other",
                remedy="unpack it by hand, or leave it out",
            )
        return Nesting(self.depth + 1, self.budget)


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive or mailbox that is read.

    Attributes:
        path: of the file.
        name: what messages call it.
        folder: where its files are unpacked.
        budget: what they may still unpack to.
        left_out: counts what is inside and not read: hidden files, litter and links.
        hidden: the hidden files and folders that were counted.
    """

    path: str
    name: str
    folder: str
    budget: Budget
    left_out: LeftOut = field(default_factory=LeftOut)
    hidden: set[str] = field(default_factory=set)


def members(kind: str, archive: Archive) -> Iterator[Member]:
    """Yield the files of an archive or mailbox; each copy lasts until the next one is asked for.

    Hidden files, litter, links and folders are none. Raises InputError for a damaged archive, and
    for one that unpacks to too much.
    """
    readers = {"zip": _zip_members, "tar": _tar_members, "mbox": _messages}
    path, name = archive.path, archive.name
    n, names = 0, Names()
    try:
        for member in readers[kind](archive):
            n += 1
            if n > MOST_MEMBERS:
                raise InputError(
                    f"{name}: more than {MOST_MEMBERS:,} files in it",
                    expected=f"at most {MOST_MEMBERS:,} in one archive or mailbox",
                    remedy="unpack it and give the folder",
                )
            yield member._replace(name=names.distinct(member.name))
            if member.path:
                os.unlink(member.path)
    except OSError as error:
        refuse_unreadable(path, error)
    except _FAULTS as error:
        raise damaged_archive(name, error) from error


def unpacked(kind: str, path: str, name: str, folder: str, budget: Budget) -> str:
    """Return the path of an unpacked copy of a compressed file, with the suffix it is to have."""
    target = os.path.join(folder, f"unpacked{safe_suffix(name)}")
    try:
        with _OPENERS[kind](path, "rb") as stream:
            _copy(stream, target, name, budget, _MOST_BYTES)
    except (*_FAULTS, OSError) as error:  # OSError is also what a damaged file raises
        raise damaged_archive(name, error) from error
    return target


def _zip_members(archive: Archive) -> Iterator[Member]:
    with bounded_zip(archive.path) as files:
        for number, info in enumerate(files.infolist(), start=1):
            member = _name(info.filename)
            if info.is_dir() or _is_left_out(member, archive):
                continue
            source = f"{archive.name}/{member}"
            if info.flag_bits & 1:
                yield Member(member, error=_encryption_error(source))
                continue
            target = os.path.join(archive.folder, f"{number}{safe_suffix(member)}")
            try:
                with files.open(info) as stream:
                    copy = _unpacked_member(stream, member, target, archive)
            except _FAULTS as error:
                copy = Member(member, error=damaged_archive(source, error))
            except OSError as error:
                if error.errno is not None:  # of the disk; damaged bzip2 data have no number
                    raise
                copy = Member(member, error=damaged_archive(source, error))
            yield copy


def _tar_members(archive: Archive) -> Iterator[Member]:
    for number, (files, info) in enumerate(tar_members(archive.path, archive.name), start=1):
        member = _name(info.name)
        if info.isdir() or _is_left_out(member, archive):
            continue
        stream = files.extractfile(info) if info.isreg() else None
        if stream is None:
            archive.left_out.add(NO_FILES, member)
            continue
        target = os.path.join(archive.folder, f"{number}{safe_suffix(member)}")
        yield _unpacked_member(stream, member, target, archive)


def _unpacked_member(stream: IO[bytes], member: str, target: str, archive: Archive) -> Member:
    """Return a file of an archive as unpacked, or why it is not.

    Raises:
        InputError: all files together are too long.
    """
    try:
        _copy(stream, target, f"{archive.name}/{member}", archive.budget)
    except InputError as error:
        if archive.budget.left < 0:
            raise
        return Member(member, error=error)
    return Member(member, target)


def _messages(archive: Archive) -> Iterator[Member]:
    for message in messages(archive.path, archive.name, archive.folder):
        yield Member(str(message.number), message.path, message=message.name)


def _copy(
    stream: IO[bytes], target: str, name: str, budget: Budget, limit: int | None = None
) -> None:
    """Copy a stream to a file. Raises InputError where it is too long, or all are together."""
    size, limit, left = 0, limit or MOST_MEMBER_BYTES, budget.left
    with NewFile(target) as out:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            budget.left -= len(chunk)
            if size > limit or budget.left < 0:
                os.unlink(target)
                bound = f"{limit:,} bytes"
                if size <= limit:
                    bound = f"the {max(0, left):,} bytes that the files before it have left"
                raise InputError(
                    f"{name}: unpacks to more than {bound}",
                    expected=f"at most {limit:,} bytes a file and {_MOST_BYTES:,} bytes in all",
                    remedy="unpack it by hand and give the folder, or leave it out",
                )
            out.write(chunk)


def _name(name: str) -> str:
    """Return the name of a member as a name that can be printed, without leading slashes."""
    clean = "".join(c if c.isprintable() or "\udc80" <= c <= "\udcff" else "\ufffd" for c in name)
    return printable(clean.replace("\\", "/")).lstrip("/")[:1000] or "unnamed"


def _is_left_out(name: str, archive: Archive) -> bool:
    """Return whether a member or a folder above it is hidden or litter, which is counted once."""
    parts = name.split("/")
    for depth, part in enumerate(parts, start=1):
        if part not in (".", "..") and is_left_out(part):
            top = "/".join(parts[:depth])
            if top not in archive.hidden:
                archive.hidden.add(top)
                archive.left_out.add(HIDDEN, top)
            return True
    return False


def _encryption_error(name: str) -> InputError:
    return InputError(
        f"{name}: encrypted", expected="a file without a password", remedy="unpack it by hand"
    )

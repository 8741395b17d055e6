"""One file copied, linked or moved to a name that is free: whole or not at all, and never lost.

No file is ever replaced. Whenever this stops, the file stands at its source, at its target, or, for
a move, at both: :func:`recovered` then ends what was begun. A name is removed by one rule,
:func:`_remove_copy`: by the time it is to go, another program may have put another file there.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from protolabel.batch.open_writers import is_being_written
from protolabel.batch.sorting.entries import Entry, How
from protolabel.store.files import give_name
from protolabel.system.private_files import PRIVATE

_CHUNK = 2**20


class SourceChangedError(Exception):
    """A file was written to after it was read; the next run reads it again."""


def is_link(root: Path, entry: Entry) -> bool:
    """Return whether what stands in the sorted folder is a link to what its source holds now."""
    try:
        return os.path.samefile(root / entry.place, entry.source)
    except OSError:
        return False


def digest_of(path: str | Path) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal. Raises OSError.

    A pipe or a device has no content of its own, and is refused.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError(errno.EINVAL, "neither a file nor a folder (a pipe, socket or device)")
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def place(source: str, target: Path, how: How, digest: str) -> None:
    """Put a file at ``target``, whose folder is there.

    Args:
        source: the file.
        target: its new path.
        how: whether it is copied, linked (hard, or symbolic where that cannot be) or moved.
        digest: that of the content that was read.

    Raises:
        FileExistsError: the name is taken; nothing was changed.
        SourceChangedError: the content is another one by now; nothing was changed.
        OSError: the file cannot be placed there; nothing was changed.
    """
    if how == "copy":
        _copy(source, target, digest)
    elif how == "link":
        _link(source, target)
    else:
        _move(source, target, digest)


def _copy(source: str, target: Path, digest: str) -> None:
    partial = partial_of(target)
    with suppress(FileNotFoundError):
        partial.unlink()
    try:
        private = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        with open(source, "rb") as original, os.fdopen(private, "wb") as copy:
            content = hashlib.sha256()
            while chunk := original.read(_CHUNK):
                content.update(chunk)
                copy.write(chunk)
        if content.hexdigest() != digest:
            raise SourceChangedError(source)
        with suppress(OSError):
            shutil.copystat(source, partial)
        give_name(partial, target)
    finally:
        with suppress(OSError):
            partial.unlink()


def _link(source: str, target: Path) -> None:
    try:
        os.link(os.path.realpath(source), target)
    except FileExistsError:
        raise
    except OSError:  # on another device, or a file system without hard links
        os.symlink(os.path.abspath(source), target)


def _move(source: str, target: Path, digest: str) -> None:
    is_linked = not os.path.islink(source) and _is_linked(source, target)
    if not is_linked:
        _copy(source, target, digest)  # of a link, what it leads to stays where it is
    try:
        if is_being_written(source) or digest_of(target if is_linked else source) != digest:
            raise SourceChangedError(source)
    except (OSError, SourceChangedError):
        target.unlink()
        raise
    _end_move(source, target, digest)


def _is_linked(source: str, target: Path) -> bool:
    """Give a file a second name; return whether there can be one here.

    Raises:
        FileExistsError: the name is taken.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True


def moved_after_copying(source: str, target: Path, digest: str, look: bool = False) -> bool:
    """Remove a source whose copy or hard link stands at ``target``; return whether it is gone.

    It stays where either holds another content by now, or where only a symbolic link stands there.
    ``look``: it stays in any case; return whether it would be gone.

    Raises:
        OSError: a file cannot be read or removed.
    """
    if os.path.islink(target) or not target.is_file() or is_being_written(source):
        return False
    if digest_of(target) != digest or digest_of(source) != digest:
        return False
    return look or _remove_copy(source, target, digest)


def moved_within(old: Path, new: Path, digest: str) -> None:
    """Give a file of the sorted folder another name, which must be free; links stay links.

    Raises:
        FileExistsError: the name is taken; nothing was changed.
        SourceChangedError: it had to be copied, and the content is another one by now; nothing was
            changed.
        OSError: the file cannot have that name; nothing was changed.
    """
    try:
        os.link(old, new, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:  # no hard links here
        if os.path.islink(old):
            os.symlink(os.readlink(old), new)
        else:
            _copy(str(old), new, digest)
    _end_move(str(old), new, digest)


def _end_move(source: str, target: Path, digest: str) -> None:
    """Remove the source of a move, unless another file stands there by now."""
    try:
        _remove_copy(source, target, digest)
    except FileNotFoundError:
        return
    except OSError:
        target.unlink()
        raise


def _remove_copy(name: str | Path, target: Path, digest: str) -> bool:
    """Remove a name whose file ``target`` holds as well; return whether it is gone.

    The two are hard links of one file, symbolic links to one path, or files that both hold the
    content of ``digest``. One file that two paths lead to has only one name, which stays.

    Raises:
        OSError: one of them is not there, or cannot be read or removed.
    """
    of_name, of_target = os.lstat(name), os.lstat(target)
    if os.path.samestat(of_name, of_target):
        is_copy = of_name.st_nlink > 1
    elif stat.S_ISLNK(of_name.st_mode) and stat.S_ISLNK(of_target.st_mode):
        is_copy = os.readlink(name) == os.readlink(target)
    else:
        is_copy = (
            stat.S_ISREG(of_target.st_mode)
            and os.path.isfile(name)
            and not _same_file(name, target)
            and not is_being_written(str(name))
            and digest_of(target) == digest == digest_of(name)
        )
    if is_copy:
        os.unlink(name)
    return is_copy


def partial_of(target: Path) -> Path:
    """Return the path at which a copy grows before it gets its name."""
    name = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]
    return target.with_name(f".protolabel-{name}.partial")


def recovered(source: str, target: Path, how: How, digest: str) -> bool:
    """End what a killed run had begun; return whether the file stands at ``target``.

    Raises:
        OSError: a file cannot be read or removed.
    """
    with suppress(FileNotFoundError, NotADirectoryError):
        partial_of(target).unlink()
    if not os.path.lexists(target):
        return False
    if how == "link":
        return os.path.lexists(source) and _same_file(source, target)
    if os.path.islink(target) or not target.is_file():
        return False
    if how == "move" and os.path.lexists(source) and _remove_copy(source, target, digest):
        return True
    if digest_of(target) != digest:
        if not target.stat().st_size:  # a name that was claimed where there are no hard links
            target.unlink()
        return how == "move" and not os.path.lexists(source) and target.exists()
    return True


def recovered_within(old: Path, new: Path, digest: str) -> bool:
    """End what :func:`moved_within` had begun; return whether the file stands at ``new``.

    Raises:
        OSError: a file cannot be read or removed.
    """
    with suppress(FileNotFoundError, NotADirectoryError):
        partial_of(new).unlink()
    if not os.path.lexists(new):
        return False
    if not os.path.lexists(old) or _remove_copy(old, new, digest):
        return True
    return digest_of(new) == digest  # then another file has the name that was left


def _same_file(source: str | Path, target: Path) -> bool:
    try:
        return os.path.samefile(source, target)
    except OSError:
        return False

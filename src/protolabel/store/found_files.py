"""What is found at a path before it is opened: its kind, label spaces of near names, its media.

It looks at names, at the first bytes of files and at mounts. It opens no label space.
"""

from __future__ import annotations

import os
import shlex
import stat
from contextlib import suppress
from pathlib import Path

from protolabel.store.open_files import reading
from protolabel.store.schema import APPLICATION_ID
from protolabel.words.suggestions import close_names

SQLITE = b"SQLite format 3\0"  # how each SQLite file begins
_LOCAL = {"iso9660", "udf", "squashfs", "erofs", "romfs", "cramfs", "tmpfs"}
_LOCAL |= {"ext2", "ext3", "ext4", "xfs", "btrfs", "vfat", "exfat"}  # no network, no overlay


def is_label_space(path: str) -> bool:
    """Return whether a regular file begins as a label space does."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        with reading(path) as file:
            head = file.read(72)
    except (OSError, ValueError):
        return False
    return head[:16] == SQLITE and head[68:] == APPLICATION_ID.to_bytes(4, "big")


def is_text(path: str) -> bool:
    """Return whether a regular file begins as a text does."""
    head = b""
    with suppress(OSError, ValueError):
        if stat.S_ISREG(os.stat(path).st_mode):
            with reading(path) as file:
                head = file.read(16)
    text = all(byte >= 32 or byte in b"\t\r\n" for byte in head)
    return bool(head) and text


def near_spaces(file: Path) -> list[str]:
    """Return the label spaces beside a path whose names are near to its own, as they are typed."""
    try:
        names = close_names(file.name, sorted(os.listdir(file.parent)))
    except OSError:
        return []
    near = (str(file.with_name(name)) for name in names)
    return [shlex.quote(path) for path in near if is_label_space(path)]


def media_are_read_only(file: Path) -> bool:
    """Return whether nobody can write to the file system that a file is on.

    That is a local disk whose file system as a whole is mounted for reading. A folder that this
    process alone sees for reading, as a container does, is not enough. False where the system
    does not say.
    """
    with suppress(OSError, ValueError, AttributeError):  # AttributeError: Windows
        device = file.stat().st_dev
        number = f"{os.major(device)}:{os.minor(device)}"
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
        for mount in (line.split() for line in mounts):
            if mount[2] == number:
                kind, _, options = mount[mount.index("-") + 1 :][:3]
                return kind in _LOCAL and "ro" in options.split(",")
    return False

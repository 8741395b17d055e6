"""The names of compressed files: what the file inside is called. No file is opened here.

Programs that fetch a file may undo its compression and keep its name, so a file of such a name may
be packed or not.
"""

from __future__ import annotations

import os

PACKING = (".gz", ".bz2", ".xz", ".zst", ".lz4", ".lzma", ".z", ".br")
"""Suffixes behind the suffix of the file inside. Not all of these formats can be unpacked here."""
_TAR = (".tgz", ".tbz", ".tbz2", ".txz", ".tzst")
_UNPACKERS = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz"}


def unpacked_name(name: str) -> str:
    """Return the name of the file inside a compressed one: ``t.csv`` of ``t.csv.gz``."""
    stem, suffix = os.path.splitext(name)
    while suffix.lower() in PACKING:
        name, (stem, suffix) = stem, os.path.splitext(stem)
    return f"{stem}.tar" if suffix.lower() in _TAR else name


def unpacker_of(name: str) -> str:
    """Return the command that writes a compressed file unpacked, and a file that is not as it is.

    Empty where its name does not say that it is packed, or as what protolabel does not unpack.
    """
    unpacker = _UNPACKERS.get(os.path.splitext(name)[1].lower())
    return f"{unpacker} -cdf" if unpacker else ""

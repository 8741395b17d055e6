"""Writes Outlook's .msg files: a compound file whose streams are the properties of a message."""

from __future__ import annotations

import struct
from typing import Any

_SECTOR, _SMALL, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

Tree = dict[str, Any]  # name -> bytes of a stream, or the tree of a storage


def msg(
    subject: str,
    body: str = "",
    html: bytes = b"",
    *,
    embedded: Tree | None = None,
    **attachments: bytes,
) -> bytes:
    """Return a message as Outlook saves it; ``a_pdf=...`` is an attachment ``a.pdf``."""
    return compound(message(subject, body, html, embedded=embedded, **attachments))


def message(
    subject: str,
    body: str = "",
    html: bytes = b"",
    *,
    header: int = 32,
    embedded: Tree | None = None,
    **attachments: bytes,
) -> Tree:
    """Return the storages and streams of a message."""
    values = {0x001A: "IPM.Note", 0x0037: subject, 0x1000: body, 0x1013: html}
    tree = _properties(values, header)
    files = [(name.replace("_", "."), content) for name, content in attachments.items()]
    for number, (name, content) in enumerate(files):
        tree[f"__attach_version1.0_#{number:08X}"] = _properties(
            {0x3707: name, 0x3701: content, 0x3705: 1}, 8
        )
    if embedded is not None:
        place = _properties({0x3705: 5}, 8)
        place["__substg1.0_3701000D"] = embedded
        tree[f"__attach_version1.0_#{len(files):08X}"] = place
    return tree


def _properties(values: dict[int, str | bytes | int], header: int) -> Tree:
    tree: Tree = {}
    entries = bytes(header)
    for key, value in values.items():
        if isinstance(value, int):
            entries += struct.pack("<HHIII", 0x0003, key, 6, value, 0)
        elif value:
            kind, content = (
                (0x001F, value.encode("utf-16-le")) if isinstance(value, str) else (0x0102, value)
            )
            tree[f"__substg1.0_{key:04X}{kind:04X}"] = content
            entries += struct.pack("<HHIII", kind, key, 6, len(content), 0)
    tree["__properties_version1.0"] = entries
    return tree


def compound(tree: Tree) -> bytes:
    """Return a compound file (OLE2) with these storages and streams."""
    entries: list[list[Any]] = [["Root Entry", 5, _FREE, _FREE, _FREE, b""]]
    _add(entries, 0, tree)
    small, sectors, table, small_table = b"", [], [], []  # type: ignore[var-annotated]

    def store(content: bytes) -> int:
        begin, n = len(sectors), max(1, -(-len(content) // _SECTOR))
        padded = content.ljust(n * _SECTOR, b"\0")
        sectors.extend(padded[i * _SECTOR : (i + 1) * _SECTOR] for i in range(n))
        table.extend([*range(begin + 1, begin + n), _END])
        return begin

    starts: list[tuple[int, int]] = []
    for _, kind, *_, content in entries:
        if kind != 2 or not content:
            starts.append((_END, 0))
        elif len(content) >= _CUTOFF:
            starts.append((store(content), len(content)))
        else:
            begin, n = len(small) // _SMALL, -(-len(content) // _SMALL)
            small += content.ljust(n * _SMALL, b"\0")
            small_table.extend([*range(begin + 1, begin + n), _END])
            starts.append((begin, len(content)))
    if small:
        starts[0] = (store(small), len(small))
    small_start = store(struct.pack(f"<{len(small_table)}I", *small_table)) if small else _END
    directory = b"".join(
        _entry(entry, start, size) for entry, (start, size) in zip(entries, starts, strict=True)
    )
    directory_start = store(directory)
    n_fat = 1
    while n_fat * _SECTOR // 4 < len(table) + n_fat:
        n_fat += 1
    fat_start = len(sectors)
    table.extend([_FAT] * n_fat)
    table.extend([_FREE] * (n_fat * _SECTOR // 4 - len(table)))
    sectors.append(struct.pack(f"<{len(table)}I", *table))
    n_small = -(-4 * len(small_table) // _SECTOR)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, n_fat, directory_start, 0, _CUTOFF, small_start,
                          n_small, _END, 0)  # fmt: skip
    difat = [*range(fat_start, fat_start + n_fat)]
    header += struct.pack("<109I", *difat, *[_FREE] * (109 - n_fat))
    return header + b"".join(sectors)


def _add(entries: list[list[Any]], parent: int, tree: Tree) -> None:
    """Add the entries of a storage; siblings are a chain to the right."""
    before = None
    for name, content in tree.items():
        number = len(entries)
        is_storage = isinstance(content, dict)
        entries.append([name, 1 if is_storage else 2, _FREE, _FREE, _FREE, content])
        if before is None:
            entries[parent][4] = number
        else:
            entries[before][3] = number
        before = number
        if is_storage:
            _add(entries, number, content)


def _entry(entry: list[Any], start: int, size: int) -> bytes:
    name, kind, left, right, child, _ = entry
    encoded = name.encode("utf-16-le") + b"\0\0"
    return (
        encoded.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(encoded), kind, 1, left, right, child)
        + bytes(36)
        + struct.pack("<II4x", start, size)
    )

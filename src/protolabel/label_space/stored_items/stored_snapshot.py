"""Prototypes of a very large label space in a file beside it, so that opening does not sum them up.

The file, such as ``mail.space-prototypes``, is derived and may be deleted at any time. It is bound
to what it was made from: the label space, its log up to a version, the encoder, kappa and the code.
What changed since that version is read from the rows. Where it does not match, it is made again.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from protolabel.arithmetic.block import BLOCK, Block
from protolabel.arithmetic.codes import Codes
from protolabel.arithmetic.packed_names import PackedNames, packed
from protolabel.arithmetic.snapshot import SCANNED, Snapshot
from protolabel.label_space.stored_items.file_beside import history_key, path_beside
from protolabel.store import Rows
from protolabel.store.array_file import (
    Array,
    Column,
    columns_of,
    map_arrays,
    read_key,
    write_arrays,
)

CODE = 1  # raise it when the same rows give other arrays: files of older code are made again
SUFFIX = "-prototypes"
FEWEST = SCANNED  # classes from which on there is a file: fewer are read in half a second
MOST_TOUCHED = 20_000  # classes that may have changed since, before the rows are summed up again
MANY_TOUCHED = 5_000  # classes from which on what changed is written to the file

_ARRAYS = ("keys", "counts", "squares", "name_ends", "weights", "biases", "coarse_steps",
           "coarse_rests", "fine_steps", "fine_rests", "described", "nibbles", "octets", "names",
)  # fmt: skip
_OF_CODES = ("nibbles", "coarse_steps", "coarse_rests", "octets", "fine_steps", "fine_rests")


def read_snapshot(rows: Rows, empty: Snapshot) -> Snapshot | None:
    """Return the newest prototypes that the file beside a label space leads to, or None.

    Args:
        rows: of the label space, in one state.
        empty: of the newest version, without classes.
    """
    path = path_beside(rows, SUFFIX)
    stored = None if path is None else read_key(path)
    version = None if stored is None else stored.get("version")
    if path is None or not isinstance(version, int) or not 0 < version <= empty.version:
        return None
    key = history_key(rows, version) | _key(empty)
    if stored != key:
        return None
    touched = rows.touched_since(version) if version < empty.version else []
    if len(touched) > MOST_TOUCHED:
        return None
    arrays = map_arrays(path, key)
    snapshot = None if arrays is None else _snapshot(arrays, empty)
    if snapshot is None or not touched:
        return snapshot
    vectors = dict.fromkeys(touched) | {c.key: c for c in rows.vectors(touched)}
    snapshot = snapshot.changed(vectors, empty.version, empty.basis)
    return keep_snapshot(rows, snapshot) if len(touched) > MANY_TOUCHED else snapshot


def keep_snapshot(rows: Rows, snapshot: Snapshot) -> Snapshot:
    """Write the prototypes of the newest version to the file; return them as they are in it.

    Those of a small label space, or where nothing can be written, are returned as they are.
    """
    path = path_beside(rows, SUFFIX)
    if path is None or not rows.writable or snapshot.n_classes < FEWEST:
        return snapshot
    key = history_key(rows, snapshot.version) | _key(snapshot)
    text, ends = packed(snapshot.labels)
    columns = _columns(snapshot, snapshot.n_classes, len(text))
    if not write_arrays(path, key, columns, _parts(snapshot, text, ends)):
        return snapshot
    arrays = map_arrays(path, key)
    return (None if arrays is None else _snapshot(arrays, snapshot)) or snapshot


def _key(snapshot: Snapshot) -> dict[str, object]:
    """Return what prototypes are made from, besides the rows of a version."""
    return {
        "code": CODE,
        "encoder": snapshot.fingerprint,
        "dim": snapshot.dim,
        "metric": snapshot.metric,
        "kappa": snapshot.kappa,
    }


def _columns(snapshot: Snapshot, n: int, letters: int) -> dict[str, Column]:
    """Return the arrays of ``n`` classes, in whose names there are so many bytes."""
    d = snapshot.dim
    wide = "<f8" if snapshot.metric == "euclidean" else "<f4"
    columns = {name: Column("<f4", (n,)) for name in _ARRAYS}
    columns |= {name: Column("<i8", (n,)) for name in ("keys", "counts", "name_ends")}
    columns |= {
        "squares": Column("<f8", (n,)),
        "weights": Column(wide, (n, d)),
        "biases": Column(wide, (n,)),
        "described": Column("|u1", (n,)),
        "nibbles": Column("|u1", (n, (d + 1) // 2)),
        "octets": Column("|i1", (n, d)),
        "names": Column("|u1", (letters,)),
    }
    return columns


def _parts(snapshot: Snapshot, text: Array, ends: Array) -> Iterator[Array]:
    """Yield the arrays in the order of ``_ARRAYS``, block by block."""
    for name in _ARRAYS:
        if name in ("names", "name_ends"):
            yield text if name == "names" else ends
            continue
        for block in snapshot.blocks:
            yield _little(getattr(block.coded() if name in _OF_CODES else block, name))


def _little(array: Array) -> Array:
    kind = np.dtype(np.uint8) if array.dtype == np.bool_ else array.dtype
    return array.astype(kind.newbyteorder("<"), copy=False)


def _snapshot(arrays: dict[str, Array], empty: Snapshot) -> Snapshot | None:
    """Return the prototypes in mapped arrays, or None where these are not what they should be."""
    if tuple(arrays) != _ARRAYS:
        return None
    a, n = arrays, arrays["keys"].size
    if columns_of(arrays) != _columns(empty, n, arrays["names"].size):
        return None
    names = PackedNames(a["names"], a["name_ends"])
    codes = Codes.of_arrays([a[name] for name in (*_OF_CODES, "biases")])
    described = a["described"].view(np.bool_)
    blocks = []
    for at in range(0, n, BLOCK):
        part = slice(at, min(at + BLOCK, n))
        blocks.append(Block(
            a["keys"][part], names.part(part.start, part.stop), a["counts"][part], described[part],
            a["weights"][part], a["biases"][part], a["squares"][part],
            codes=codes.run(part.start, part.stop),
        ))  # fmt: skip
    return empty.of_blocks(blocks)

"""What a store hands out: classes, examples and fits as stored. Frozen records, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from protolabel.arrays import FixedSums, Floats

CHANGE_KINDS = (
    "create", "describe", "add", "import", "rename", "merge", "split", "nest", "retire", "restore",
    "move", "correct", "relabel", "refute", "remove", "sharpen", "place", "configure", "undo",
    "redo", "return", "tune", "reencode", "remember", "repair",
)  # fmt: skip
LASTING_SETTINGS = ("remember", "remember_most")  # no return to a version changes them
Kind = Literal["text", "images", "embeddings"]  # what an item holds


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class as stored. ``key`` stays the same through renames; ``row`` is its present row;
    ``born`` is the version that first had it; ``sharpened`` is the item of a vector that stands
    for its description in the encoding that it was made in, or None;
    ``parent`` is the key of the class above it.
    """

    row: int
    key: int
    name: str
    description: str | None
    described_by: str
    retired: bool
    born: int
    sharpened: int | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """An example as stored, without its embedding and without its image (:meth:`Rows.image`)."""

    row: int
    key: int
    id: str
    item: int
    class_key: int
    source: str
    text: str | None
    born: int
    has_image: bool = False


class StatementMoment(NamedTuple):
    """When a person said something of a document. Of two moments the later one is greater.

    ``turn`` orders what an import brought in at one version; it is 0 where the order is unknown.
    """

    version: int = 0
    turn: int = 0


class ClassArrays(NamedTuple):
    """K classes side by side: counts (K,), sums (K, d), descriptions (K, d), described (K,)."""

    counts: npt.NDArray[np.int64]
    sums: FixedSums
    descriptions: Floats
    described: npt.NDArray[np.bool_]


class Holding(NamedTuple):
    """How many examples and descriptions hold something, and which is the first of them.

    ``example`` is empty where that is the description of the class ``label``.
    """

    n: int
    example: str
    label: str


@dataclass(frozen=True, slots=True)
class Fit:
    """What was fitted from the prototypes of one version, as stored.

    ``basis`` is the newest version that moved a prototype when the fit was made.
    ``header`` holds JSON values; ``body`` arrays as bytes.
    """

    kind: str
    basis: int
    header: Mapping[str, object]
    body: bytes = b""

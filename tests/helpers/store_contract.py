"""Makes the stores of the contract suite, and changes them through the protocol alone.

A factory makes stores at version 1, in a vector space of two dimensions. ``reopen`` says how a
second connection to the same rows is made, or is None where there can be none. Another store is
one more factory here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from protolabel.store import MEMORY, Store, create_store, open_store
from protolabel.types import VectorSpace

SPACE = VectorSpace(1, "toy:2", "toy", 2, "text")
SETTINGS = {"kappa": "1.0", "threshold": "auto"}


@dataclass(frozen=True)
class Factory:
    """A kind of store: how one is made in a folder of its own, and how it is opened again."""

    create: Callable[[Path], Store]
    reopen: Callable[[Path], Store] | None


FACTORIES = {
    "sqlite in memory": Factory(
        lambda folder: create_store(MEMORY, {"metric": "cosine"}, SPACE, SETTINGS, "me"), None
    ),
    "sqlite file": Factory(
        lambda folder: create_store(
            str(folder / "a.space"), {"metric": "cosine"}, SPACE, SETTINGS, "me"
        ),
        lambda folder: open_store(str(folder / "a.space")),
    ),
}


def vector(*components: float) -> np.ndarray:
    """Return a vector (d,) float32."""
    return np.array(components, np.float32)


def add(store: Store, name: str, *vectors: np.ndarray) -> list[str]:
    """Add examples to a class in one change, and return their ids; a new class is made."""
    with store.writing("add", "me") as writing:
        row = writing.rows.class_named(name, writing.version)
        key = row.key if row else writing.new_class(name, None, "none")
        ids = []
        for one in vectors:
            item = writing.item(f"{name} {one.tolist()}", one)
            ids.append(writing.add_example(key, "", item, "here"))
        writing.summary = f"added {len(vectors)}"
        writing.detail = {"n": len(vectors)}
    return ids


def sums(store: Store) -> dict[str, tuple[int, list[int]]]:
    """Return count and sum of each class that answers now, by name."""
    return {c.name: (c.count, c.sums.tolist()) for c in store.rows.vectors()}


def sums_at(store: Store, version: int) -> dict[str, tuple[int, list[int]]]:
    """Return what :func:`sums` returned at a version."""
    return {c.name: (c.count, c.sums.tolist()) for c in store.rows.vectors_at(version)}


def public(thing: object) -> set[str]:
    """Return the names of a thing that do not begin with an underscore."""
    return {name for name in dir(thing) if not name.startswith("_")}

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

from protolabel.store import MEMORY, AnswerRow, ProposalRow, Store, create_store, open_store
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


def answer_row(n: int, class_key: int | None = 1, place: bytes | None = None) -> AnswerRow:
    """Return document ``n``, below 256, with its answer."""
    return AnswerRow(
        document=bytes([n] * 16), place=place, content=bytes([n] * 16), id=f"d{n}", source="",
        at="2026-01-01", version=1, class_key=class_key, probability=0.5, head="prototypes",
        person=False, encoding=1, embedding=np.array([n, 1], np.float32),
        shares=np.zeros(2, np.float32), text=None,
    )  # fmt: skip


def keep_answers(store: Store, *rows: AnswerRow, most: int = 100) -> bool:
    """Remember answers, and return whether they were stored."""
    answers = store.answers
    return answers.keep(rows, most=most, forgettings=answers.forgettings(), patience=1.0)


def proposal_row(number: int, *documents: int) -> ProposalRow:
    """Return an open proposal of documents, each below 256."""
    return ProposalRow(
        number, "open", "2026-01-01", 1, len(documents), np.array([number, 0.1]), 1.5,
        frozenset(bytes([d]) * 16 for d in documents), '{"terms": ["pay"]}',
    )  # fmt: skip

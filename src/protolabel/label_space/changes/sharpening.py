"""The change that sharpens descriptions by the documents that a label space has answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from protolabel.arguments import require_flag
from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.kappa import SHARPENED
from protolabel.arithmetic.sharpening import sharpened
from protolabel.arrays import Keys
from protolabel.errors import InputError
from protolabel.label_space.changes.request import (
    ChangeRequest,
    Material,
    NothingToChangeError,
    SharpenedDescription,
    Situation,
)
from protolabel.label_space.changes.rows import LISTED, listed
from protolabel.label_space.changes.sharpening_documents import sharpening_documents
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.store import Writing
from protolabel.words.quantity import quantity

FEWEST = 0.5  # documents that a class must have for its description to be moved


@dataclass(frozen=True)
class Sharpen(ChangeRequest):
    """Let the remembered documents move the descriptions, or undo that: ``off``.

    What people wrote stays as it is, and so do the examples. A description that is written later
    begins anew.
    """

    kind: ClassVar[str] = "sharpen"
    off: bool = False

    def __post_init__(self) -> None:
        require_flag(self.off, "off")

    @property
    def reads_answers(self) -> bool:
        """Whether it reads the documents that were answered: yes."""
        return True

    def embed(self, situation: Situation) -> Material:
        """Return the sharpened descriptions by class key, and how many documents there were."""
        view, rows = situation.view, situation.store.rows
        if self.off:
            return Material()
        if view.embedder.metric != "cosine":
            raise InputError(
                "sharpening in a label space that compares by Euclidean distance",
                expected="one that compares by the cosine; a label space keeps its metric",
            )
        with rows.reading():
            descriptions = rows.descriptions()
            keys = np.array(sorted(view.prototypes.keys.tolist()), np.int64)
            documents = sharpening_documents(view, situation.store)
            if not documents.rows:
                raise _no_documents(view.settings.remember)
            if not descriptions:
                raise InputError(
                    "no class with a description", expected="at least one",
                    remedy="describe a class: protolabel describe SPACE CLASS WORDS",
                )  # fmt: skip
            totals = _totals(situation, keys, descriptions)
            losses = documents.losses(view, totals, SHARPENED)
        place = {key: i for i, key in enumerate(keys.tolist())}
        labels = [place[row.class_key or 0] if row.person else -1 for row in documents.rows]
        result = sharpened(
            totals, SHARPENED, documents.embeddings, np.array(labels, np.int64), losses
        )
        directions = {
            key: SharpenedDescription(descriptions[key], result.vectors[i])
            for i, key in enumerate(keys.tolist())
            if result.documents[i] >= FEWEST
        }
        return Material(view.embedder, sharpened=directions, documents_used=len(documents.rows))

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Put the vectors in force, of classes whose description is still what was sharpened."""
        labels: list[str] = []
        dulled: list[str] = []
        present = writing.rows.descriptions()
        for row in writing.rows.classes(writing.version):
            description = material.sharpened.get(row.key)
            if description is not None and description.description != present.get(row.key):
                continue  # it was described anew meanwhile
            item = None if description is None else writing.item(None, description.vector)
            if item == row.sharpened or (row.retired and not self.off):
                continue
            writing.sharpen_class(row, item)
            (dulled if item is None else labels).append(row.name)
        n = material.documents_used
        detail: dict[str, object] = {"classes": labels[:LISTED], "n": len(labels), "documents": n}
        detail["taken_away"] = dulled[:LISTED]
        if not labels and not dulled:
            raise NothingToChangeError(
                "no description was sharpened" if self.off else "no description would move",
                detail,
            )
        parts = []
        if labels:
            noun = "description" if len(labels) == 1 else "descriptions"
            parts.append(
                f"sharpened the {noun} of {quantity(len(labels), 'class')} by "
                f"{quantity(n, 'remembered document')}"
            )
        if dulled:
            parts.append(f"sharpening of {listed(dulled)} taken away")
        writing.summary = "; ".join(parts)
        writing.detail = detail


def _totals(situation: Situation, keys: Keys, descriptions: dict[int, int]) -> ClassTotals:
    """Return the totals of classes with the vectors of what people wrote, not sharpened ones."""
    rows, view = situation.store.rows, situation.view
    arrays = rows.class_arrays(keys, view.version)
    encoding = rows.encoding(view.version)
    vectors = rows.vectors_of(list(set(descriptions.values())), encoding)
    unsharpened = np.zeros_like(arrays.descriptions)
    described = np.zeros(len(keys), np.bool_)
    for i, key in enumerate(keys.tolist()):
        vector = vectors.get(descriptions.get(key, -1))
        if vector is not None:
            unsharpened[i], described[i] = vector, True
    return ClassTotals.of_fixed(arrays.counts, arrays.sums, unsharpened, described)


def _no_documents(remember: str) -> InputError:
    off = remember == "off"
    return InputError(
        "the label space remembers no document that could sharpen a description",
        expected="documents that were labelled while answers were remembered",
        remedy="remember answers, then label some" if off else "label some first",
        command="let it remember some: protolabel set SPACE remember answers, "
        "then protolabel label SPACE FOLDER"
        if off
        else "label some first: protolabel label SPACE FOLDER",
    )

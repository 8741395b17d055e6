"""The change that sharpens descriptions by the documents that a label space has answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from protolabel.arguments import require_flag
from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.kappa import SHARPENED
from protolabel.arithmetic.sharpening import sharpened
from protolabel.arrays import Keys
from protolabel.encoders.readability import unreadable
from protolabel.errors import InputError
from protolabel.label_space.answer_batch import contents_of_examples
from protolabel.label_space.changes.request import (
    ChangeRequest,
    Material,
    NothingToChangeError,
    SharpenedDescription,
    Situation,
)
from protolabel.label_space.changes.rows import LISTED, listed
from protolabel.label_space.classes_now import ClassesNow
from protolabel.label_space.indexes import Indexes
from protolabel.label_space.view_answers import answered_rows
from protolabel.near_copies import document_groups
from protolabel.quantity import quantity
from protolabel.store import AnswerRow, Writing

MOST_DOCUMENTS = 20_000  # the newest ones
MOST_CELLS = 200_000_000  # documents x classes: about 10 s on two cores
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
            documents = _documents(situation, len(keys))
            if not documents:
                raise _no_documents(view.settings.remember)
            if not descriptions:
                raise InputError(
                    "no class with a description", expected="at least one",
                    remedy="describe a class: protolabel describe SPACE CLASS WORDS",
                )  # fmt: skip
            totals = _totals(situation, keys, descriptions)
        place = {key: i for i, key in enumerate(keys.tolist())}
        labels = [place.get(row.class_key or 0, -1) if row.person else -1 for row in documents]
        embeddings = np.stack([row.embedding for row in documents])
        result = sharpened(totals, SHARPENED, embeddings, np.array(labels, np.int64))
        directions = {
            key: SharpenedDescription(descriptions[key], result.vectors[i])
            for i, key in enumerate(keys.tolist())
            if result.documents[i] >= FEWEST
        }
        return Material(view.embedder, sharpened=directions, documents_used=len(documents))

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


def _documents(situation: Situation, n_classes: int) -> list[AnswerRow]:
    """Return the remembered documents that may move a description, each once, by their content.

    What a person has said of one holds for its copies. Near copies count once: where no texts are
    remembered, those that differ in numbers alone. Left out are examples, what a person
    took out of every class, and what the encoder cannot read.
    """
    view, store = situation.view, situation.store
    examples = contents_of_examples(store.rows, view.version)
    different: dict[bytes, AnswerRow] = {}
    classes = ClassesNow(store.rows, view.version)
    for row in map(classes.row, store.answers.rows()):
        if row.encoding == view.embedder.encoding and row.content not in examples:
            earlier = different.pop(row.content, row)
            different[row.content] = earlier if earlier.person and not row.person else row
    different = {key: r for key, r in different.items() if not (r.person and r.class_key is None)}
    most = min(MOST_DOCUMENTS, max(1, MOST_CELLS // max(1, n_classes)))
    newest = list(different.values())[-most:]
    legible = ~unreadable(answered_rows(newest, view.embedder.dim))
    usable = sorted(
        (row for row, good in zip(newest, legible, strict=True) if good),
        key=lambda row: row.content,
    )
    return without_near_copies(usable, store.answers.texts_of([row.document for row in usable]))


def without_near_copies(rows: Sequence[AnswerRow], texts: Mapping[bytes, str]) -> list[AnswerRow]:
    """Return one document of each set of near copies, in the order of the rows.

    Of copies that people gave several classes, one of each class counts; the others of that set
    count for nothing beside them. A document whose text is not there has copies by its template.
    """
    labels = [row.class_key or 0 if row.person else 0 for row in rows]
    groups = document_groups(
        [()] * len(rows),
        [texts.get(row.document) for row in rows],
        np.array(labels, np.int64),
        [row.template for row in rows],
    ).tolist()
    judged = {group for group, row in zip(groups, rows, strict=True) if row.person}
    distinct: dict[tuple[int, int], AnswerRow] = {}
    for group, label, row in zip(groups, labels, rows, strict=True):
        if row.person or group not in judged:
            distinct.setdefault((group, label), row)
    return list(distinct.values())


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

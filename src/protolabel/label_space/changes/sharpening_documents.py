"""The remembered documents that may move descriptions, each once, and what is refused for them.

What a person has said of a document holds for its copies and near copies, as in answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.negatives import Losses, with_refusals
from protolabel.arrays import Floats, Keys
from protolabel.copies.boilerplate import NO_CLASS
from protolabel.copies.near_copies import document_groups
from protolabel.encoders.readability import unreadable
from protolabel.label_space.answer_path.view_answers import answered_rows
from protolabel.label_space.fits.negatives_of_version import columns_of, negatives_beside_totals
from protolabel.label_space.stored_items.classes_now import ClassesNow
from protolabel.label_space.stored_items.document_contents import contents_of_examples
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.view import View
from protolabel.store import AnswerRow, Store

MOST_DOCUMENTS = 20_000  # the newest ones
MOST_CELLS = 200_000_000  # documents x classes: about 10 s on two cores
NONE_REFUSED: AbstractSet[int] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class SharpeningDocuments:
    """Documents that may move descriptions.

    rows: n of them. refused: n times the keys of the classes that people have refused.
    """

    rows: Sequence[AnswerRow]
    refused: Sequence[AbstractSet[int]]

    @property
    def embeddings(self) -> Floats:
        """Their vectors. *Shape:* ``(n, d)``."""
        return np.stack([row.embedding for row in self.rows])

    def judged_among(self, keys: Keys) -> SharpeningDocuments:
        """Return them without those that a person gave another class than these, or none.

        A class that cannot answer now, such as a retired one, has nothing to be moved; and the
        document is of no other.
        """
        places = [
            i
            for i, row in enumerate(self.rows)
            if not row.person or (row.class_key is not None and row.class_key in keys)
        ]
        return SharpeningDocuments(
            [self.rows[i] for i in places], [self.refused[i] for i in places]
        )

    def losses(self, view: View, totals: ClassTotals, kappa: float) -> Losses | None:
        """Return what their cosines with prototypes lose by what people have refused.

        It follows from the descriptions of ``totals``, so that earlier sharpening has no part in
        it. None where nothing is refused.

        Args:
            view: the newest one.
            totals: of its classes.
            kappa: the weight of the descriptions.
        """
        negatives = negatives_beside_totals(view.rows, view.prototypes, totals, kappa)
        if negatives is None and not any(self.refused):
            return None
        none = Losses(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))
        by_vectors = none if negatives is None else negatives.losses(self.embeddings)
        parents, keys = view.rows.class_parents(view.version), view.prototypes.keys
        columns = {
            every: columns_of(np.array(sorted(every), np.int64), keys, parents)[0].tolist()
            for every in set(map(frozenset, self.refused))
        }
        return with_refusals(by_vectors, [columns[frozenset(every)] for every in self.refused])


def sharpening_documents(view: View, store: Store) -> SharpeningDocuments:
    """Return the remembered documents that may move a description, each once, by their content.

    What a person has said of one holds for its copies. Near copies count once: where no texts are
    remembered, those that differ in numbers alone. Left out are examples, what a person took out of
    every class or gave one that cannot answer now, and what the encoder cannot read.
    """
    examples = contents_of_examples(store.rows, view.version)
    different: dict[bytes, AnswerRow] = {}
    classes = ClassesNow(store.rows, view.version)
    contents: dict[bytes, bytes] = {}
    for row in map(classes.row, store.answers.rows()):
        contents[row.document] = row.content
        if row.encoding == view.embedder.encoding and row.content not in examples:
            earlier = different.pop(row.content, row)
            different[row.content] = earlier if earlier.person and not row.person else row
    keys = view.prototypes.keys
    most = min(MOST_DOCUMENTS, max(1, MOST_CELLS // max(1, len(keys))))
    newest = list(different.values())[-most:]
    legible = ~unreadable(answered_rows(newest, view.embedder.dim))
    usable = sorted(
        (row for row, good in zip(newest, legible, strict=True) if good),
        key=lambda row: row.content,
    )
    refused: dict[bytes, set[int]] = {}
    for document, key in store.answers.refusals():
        if document in contents and key in classes.present:
            refused.setdefault(contents[document], set()).add(key)
    texts = DocumentTexts.remembered(store.answers, usable)
    for row, classes_refused in zip(usable, view.negative_texts.classes_of(texts), strict=True):
        if classes_refused:
            refused.setdefault(row.content, set()).update(classes_refused)
    words = store.answers.texts_of([row.document for row in usable])
    return without_near_copies(usable, words, refused).judged_among(keys)


def without_near_copies(
    rows: Sequence[AnswerRow],
    texts: Mapping[bytes, str],
    refused: Mapping[bytes, AbstractSet[int]],
) -> SharpeningDocuments:
    """Return one document of each set of near copies, in the order of the rows.

    Of copies that people gave several classes, one of each class counts; the others of that set
    count for nothing beside them. A document whose text is not there has copies by its template.

    Args:
        rows: the documents.
        texts: of those whose texts are there, by document.
        refused: the keys of the classes that people have refused, by content. They are refused for
            the whole set.
    """
    labels = [row.class_key or 0 if row.person else 0 for row in rows]
    groups = document_groups(
        [()] * len(rows),
        [texts.get(row.document) for row in rows],
        np.where([row.person for row in rows], np.array(labels, np.int64), NO_CLASS),
        [row.template for row in rows],
    ).tolist()
    judged = {group for group, row in zip(groups, rows, strict=True) if row.person}
    distinct: dict[tuple[int, int], AnswerRow] = {}
    refused_by_group: dict[int, set[int]] = {}
    for group, label, row in zip(groups, labels, rows, strict=True):
        if row.person or group not in judged:
            distinct.setdefault((group, label), row)
        if row.content in refused:
            refused_by_group.setdefault(group, set()).update(refused[row.content])
    return SharpeningDocuments(
        list(distinct.values()),
        [refused_by_group.get(group, NONE_REFUSED) for group, _ in distinct],
    )

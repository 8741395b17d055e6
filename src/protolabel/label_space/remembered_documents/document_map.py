"""A map: remembered documents, stored examples and prototypes as places in a plane.

``arithmetic/projection`` chooses the plane; the page draws the map.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from protolabel.arithmetic.projection import principal_plane
from protolabel.arithmetic.scores import centres_of
from protolabel.arrays import Doubles, Positions
from protolabel.label_space.answer_path.view_answers import encoded_rows, view_answers
from protolabel.label_space.remembered_documents.remembered import NamesInLog, remembered_document
from protolabel.label_space.session import Session
from protolabel.label_space.stored_items.classes_now import ClassesNow
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.view import View
from protolabel.store import AnswerRow

MOST_DOCUMENTS = 50_000
MOST_DRAWN = 20_000
NONE = -1  # in the place of a class


class Kind(IntEnum):
    """What a point stands for."""

    DOCUMENT = 0
    EXAMPLE = 1
    PROTOTYPE = 2


@dataclass(frozen=True, slots=True, eq=False)
class DocumentMap:
    """n points, each of a kind, with a class.

    Attributes:
        version: of the label space.
        classes: the names of its classes: first those with a prototype, then the classes above
            others that have none and answer all the same.
        places: (n, 2).
        labels: (n,) position in ``classes``: of a document the class that it is answered now, or
            that a person decided; of an example its own; -1 for *none of these*.
        kinds: (n,) of :class:`Kind`.
        people: (n,) whether a person said it.
        keys: of each document its key, of an example its id, of a prototype its class.
        titles: what each is called.
        decided: what people have decided on a document, by its key: the ``labels`` that they gave
            it, else the classes that they ``refused``. One that nobody has decided on is not there.
        share: the part of the spread that lies in the plane.
    """

    version: int
    classes: tuple[str, ...]
    places: Doubles
    labels: Sequence[int]
    kinds: Sequence[int]
    people: Sequence[bool]
    keys: Sequence[str]
    titles: Sequence[str]
    decided: Mapping[str, Mapping[str, Sequence[str]]]
    share: float


def document_map(session: Session, view: View, most: int = MOST_DOCUMENTS) -> DocumentMap:
    """Return the map of a view, with the newest ``most`` documents."""
    session.answer_queue.write()
    rows = [r for r in session.store.answers.rows() if r.encoding == view.embedder.encoding]
    classes = ClassesNow(view.rows, view.version)
    rows = [classes.row(row) for row in rows[-most:]]
    encoded = encoded_rows(session.store.answers, rows, view.embedder.dim)
    texts = DocumentTexts.remembered(session.store.answers, rows)
    answers = view_answers(view, encoded, texts, view.why_none_answers(), alternatives=1)
    names, store, version = view.head.labels, view.rows, view.version
    above = {} if view.levels is None else view.levels.names_by_key
    bare = [key for key in above if key not in set(view.head.keys.tolist())]
    position = {key: i for i, key in enumerate([*view.head.keys.tolist(), *bare])}
    with store.reading():
        class_keys, items, vectors = store.training_set(version, MOST_DRAWN)
        examples = store.examples_of_items(set(items.tolist()), version)
        name_of = {row.key: row.name for row in store.classes(version)}
    documents = encoded.embeddings
    plane = principal_plane(np.concatenate([documents, vectors]))
    columns = np.array([position.get(int(key), NONE) for key in class_keys.tolist()], np.int64)
    of_documents, of_examples = plane.places(documents), plane.places(vectors)
    prototypes = centres_of(view.prototypes.weights, view.prototypes.metric)
    centres = plane.places(np.asarray(prototypes, np.float32))
    centres = _middles(of_examples, columns, centres)
    decided = [position.get(row.class_key, NONE) if row.class_key else NONE for row in rows]
    columns_of_answers = [NONE if key is None else position.get(key, NONE) for key in answers.keys]
    ids = _ids(items.tolist(), [name_of[key] for key in class_keys.tolist()], examples)
    n, m, k = len(rows), len(items), len(names)
    return DocumentMap(
        version=version,
        classes=(*names, *(above[key] for key in bare)),
        places=np.concatenate([of_documents, of_examples, centres]),
        labels=[
            *(decided[i] if row.person else columns_of_answers[i] for i, row in enumerate(rows)),
            *columns.tolist(),
            *range(k),
        ],
        kinds=[Kind.DOCUMENT] * n + [Kind.EXAMPLE] * m + [Kind.PROTOTYPE] * k,
        people=[row.person for row in rows] + [True] * m + [False] * k,
        keys=[row.document.hex() for row in rows] + ids + list(names),
        titles=[row.id for row in rows] + ids + list(names),
        decided=_decided(session, rows),
        share=plane.share,
    )


def _decided(session: Session, rows: Sequence[AnswerRow]) -> dict[str, dict[str, Sequence[str]]]:
    """Return what people have decided on these documents, by their keys."""
    names = NamesInLog(session.store)
    decided: dict[str, dict[str, Sequence[str]]] = {}
    for row in rows:
        if row.person:
            about = remembered_document(row, names)
            one = () if about.label is None else (about.label,)
            decided[about.key] = {"labels": one if about.labels is None else about.labels}
        elif refused := names.refused(row):
            decided[row.document.hex()] = {"refused": refused}
    return decided


def _ids(
    items: Sequence[int],
    labels: Sequence[str],
    examples: Mapping[int, Sequence[tuple[str, str]]],
) -> list[str]:
    """Return the id of the example that each point is; of examples of one item each has its own.

    Args:
        items: what the points hold.
        labels: the names of their classes.
        examples: id and class name of the examples of each item, oldest first.
    """
    ids: dict[tuple[int, str], list[str]] = {}
    for item, of_item in examples.items():
        for id_, label in reversed(of_item):
            ids.setdefault((item, label), []).append(id_)
    return [ids[pair].pop() for pair in zip(items, labels, strict=True)]


def _middles(places: Doubles, columns: Positions, otherwise: Doubles) -> Doubles:
    """Return the middle of the examples of each class; where it has none, where its words lie."""
    inside = columns >= 0
    counts = np.bincount(columns[inside], minlength=len(otherwise))
    middles = otherwise.copy()
    for axis in range(2):
        sums = np.bincount(columns[inside], places[inside, axis], minlength=len(otherwise))
        middles[counts > 0, axis] = sums[counts > 0] / counts[counts > 0]
    return middles

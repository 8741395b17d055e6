"""A label space of vectors with remembered answers of chosen times, as a stream of weeks leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from protolabel import Example, LabelSpace
from protolabel.encoders import PrecomputedEncoder
from protolabel.label_space.session import session_of
from protolabel.store import AnswerRow

START = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
WEEK = timedelta(weeks=1)
LABELS = ("bill", "cv", "order")
DIM = 8


def vector(axis: int, rng: np.random.Generator, noise: float = 0.3) -> np.ndarray:
    """Return a unit vector near an axis; the classes have the first three."""
    values = np.eye(DIM)[axis] + noise * rng.normal(size=DIM)
    return (values / np.linalg.norm(values)).astype(np.float32)


def remembered_ids(space: LabelSpace) -> list[str]:
    """Return the ids of the remembered documents, oldest first."""
    return [document.id for document in space.answer_log.documents()]


def remembered_sources(space: LabelSpace) -> set[tuple[str, str]]:
    """Return the source of each remembered document, with who decided; no two may be equal."""
    documents = list(space.answer_log.documents())
    sources = {(document.source, document.by) for document in documents}
    assert len(sources) == len(documents)
    return sources


def vector_space(path: Path) -> LabelSpace:
    """Make a label space of three classes that declines what lies near none of them."""
    rng = np.random.default_rng(9)
    space = LabelSpace.create(path, encoder=PrecomputedEncoder(DIM), background=False)
    space.add(
        Example(label, embedding=vector(axis, rng, 0.1))
        for axis, label in enumerate(LABELS)
        for _ in range(4)
    )
    space.configure(threshold=0.5)
    return space


def remember(
    space: LabelSpace,
    vectors: Sequence[np.ndarray],
    *,
    minutes: float = 20,
    start: datetime = START,
    numbers: Sequence[int] | None = None,
    templates: Sequence[bytes | None] | None = None,
) -> None:
    """Put documents into the answer log, one after the other at even distances of time.

    Args:
        space: of vectors.
        vectors: of the documents.
        minutes: from one document to the next.
        start: when the first is answered.
        numbers: that name the documents; those of earlier calls are answered again. None: from 0.
        templates: of the documents, by which texts are alike that differ in numbers; None: none.
    """
    session = session_of(space)
    encoding = session.view().embedder.encoding
    rows = []
    numbers = range(len(vectors)) if numbers is None else numbers
    for place, (i, one) in enumerate(zip(numbers, vectors, strict=True)):
        at = start + timedelta(minutes=minutes * place)
        content = hashlib.sha256(one.tobytes()).digest()[:16]
        rows.append(
            AnswerRow(
                document=hashlib.sha256(f"{i}".encode()).digest()[:16], place=None,
                content=content, id=f"d{i}", source="",
                at=at.isoformat(timespec="milliseconds"), version=1, class_key=None,
                probability=None, head="prototypes", person=False, encoding=encoding,
                embedding=one, shares=np.zeros(2, np.float32), text=None,
                template=None if templates is None else templates[place],
            )
        )  # fmt: skip
    answers = session.store.answers
    most = space.settings.remember_most
    assert answers.keep(rows, most=most, forgettings=answers.forgettings(), patience=1.0)

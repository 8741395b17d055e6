"""The remembered documents in the order of time, as the label space answers them now.

Only order, answers and scores: what has changed among them is ``drift``. Neither classes nor
answers change; answers that wait are written first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

import numpy as np

from protolabel.arrays import Doubles
from protolabel.encoders.readability import unreadable
from protolabel.label_space.answer_batch import contents_of_examples
from protolabel.label_space.labelling import encoded_rows, labelled
from protolabel.label_space.session import Session
from protolabel.label_space.trial import present
from protolabel.label_space.view import View
from protolabel.store import AnswerRow
from protolabel.store.answer_rows import MOST_BYTES
from protolabel.time_stamps import now

Moment = Literal["document", "hour", "day", "week"]
PARTS = 4  # of what may be remembered: the oldest part that is not whole is left out
FULL = 0.9  # share of the bytes that may be remembered, from which documents may have left


@dataclass(frozen=True, slots=True, eq=False)
class WatchedDocuments:
    """Documents in the order in which they are compared.

    Attributes:
        view: that answered.
        rows: n remembered documents.
        keys: key of the class of each; None for *none of these*.
        scores: ``(n,)``, of the nearest class; higher is nearer.
        examples: whether the label space holds each as an example, so that its score says nothing.
        horizon: how many documents can be remembered.
        span: how many are answered before the oldest of these are left out.
        unfinished: documents of the present moment, which are left out until it has passed.
        other_encoder: documents that are left out, since another encoder has made their vectors.
        repeats: documents that are left out, since an equal one stands in the same moment.
    """

    view: View
    rows: Sequence[AnswerRow]
    keys: Sequence[int | None]
    scores: Doubles
    examples: Sequence[bool]
    horizon: int
    span: int
    unfinished: int
    other_encoder: int
    repeats: int

    def __len__(self) -> int:
        return len(self.rows)


def watched_documents(session: Session, moment: Moment) -> WatchedDocuments:
    """Return the remembered documents by time, equal ones of one moment once.

    Within a moment the order is that of their digests, which nothing in a folder decides: files
    are read by name, and so by sender or month.
    """
    session.answer_log.write()
    view, why_none = present(session, refined=None)
    answers, horizon = session.store.answers, view.settings.remember_most
    rows, turns = answers.rows(), answers.turns()
    encoding = view.embedder.encoding
    same = [row for row in rows if row.encoding == encoding]
    unread = unreadable(encoded_rows(same, view.embedder.dim))
    usable = [row for row, illegible in zip(same, unread, strict=True) if not illegible]
    by_answer = [turns[row.document] for row in rows if not row.person]  # a person's stay longer
    first, span = beginning(by_answer, horizon, answers.count())
    usable = [row for row in usable if turns[row.document] >= first]
    moment_of = _moment_of(moment, turns)
    present_moment = None if moment == "document" else moment_of_time(now(), moment)
    past = [row for row in usable if moment_of(row) != present_moment]
    ordered = _in_order(past, moment_of, moment)
    encoded = encoded_rows(ordered, view.embedder.dim)
    labels = labelled(view, encoded, why_none)
    contents = contents_of_examples(session.store.rows, view.version)
    has_classes = bool(len(view.head.labels))
    return WatchedDocuments(
        view=view,
        rows=ordered,
        keys=labels.keys,
        scores=np.array(
            [labels.sureness(i)[1] if has_classes else 0.0 for i in range(len(ordered))]
        ),
        examples=[row.content in contents for row in ordered],
        horizon=horizon,
        span=span,
        unfinished=len(usable) - len(past),
        other_encoder=len(rows) - len(same),
        repeats=len(past) - len(ordered),
    )


def moment_of_time(at: str, moment: Moment) -> str:
    """Return the hour, day or week of a time in ISO 8601, as a text that sorts like the time."""
    if moment == "week":
        year, week, _ = datetime.fromisoformat(at).isocalendar()
        return f"{year}-W{week:02d}"
    return at[:10] if moment == "day" else at[:13]


def _moment_of(moment: Moment, turns: dict[bytes, int]) -> Callable[[AnswerRow], str]:
    if moment == "document":
        return lambda row: f"{turns[row.document]:020d}"
    return lambda row: moment_of_time(row.at, moment)


def beginning(turns: Sequence[int], horizon: int, count: tuple[int, int]) -> tuple[int, int]:
    """Return the number of the first document to compare, and how many documents it serves.

    It moves on by whole parts, so that it stays for a while: evidence that is gathered from one
    beginning keeps its false-alarm rate. A part is a quarter of what may be remembered; where the
    bytes are full before, it is halved until it is at most a quarter of the documents there.

    Args:
        turns: numbers of the documents that can leave.
        horizon: how many documents can be remembered.
        count: how many documents are there, and their bytes.
    """
    documents, size = count
    if not turns or (documents < horizon and size < FULL * MOST_BYTES):
        return 0, horizon
    part = max(1, horizon // PARTS)
    while part > max(1, documents // PARTS):
        part //= 2
    first = -(-min(turns) // part) * part
    return (first if first < max(turns) else min(turns)), part


def _in_order(
    rows: Sequence[AnswerRow], moment_of: Callable[[AnswerRow], str], moment: Moment
) -> list[AnswerRow]:
    """Return rows by moment, then by digest; of equal ones within it, or within an hour, one."""
    rows = sorted(rows, key=lambda row: (moment_of(row), row.content, row.document))
    span: Moment = "hour" if moment == "document" else moment
    different: list[AnswerRow] = []
    for _, some in groupby(rows, key=lambda row: moment_of_time(row.at, span)):
        contents: set[bytes] = set()
        for row in some:
            if row.content not in contents:
                different.append(row)
            contents.add(row.content)
    return different

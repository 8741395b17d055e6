"""The remembered documents in the order of time, as the label space answers them now.

Only order, answers and scores: what has changed among them is ``drift``. Neither classes nor
answers change; answers that wait are written first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from protolabel.arrays import Doubles, Mask
from protolabel.encoders.readability import unreadable
from protolabel.label_space.answer_path.view_answers import (
    answered_rows,
    encoded_rows,
    view_answers,
)
from protolabel.label_space.rehearsal import present_view
from protolabel.label_space.remembered_documents.first_copies import first_of_near_copies
from protolabel.label_space.session import Session
from protolabel.label_space.stored_items.document_contents import contents_of_examples
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.view import View
from protolabel.open_world.mailings import mailings_once
from protolabel.open_world.watched_moments import Moment, moment_of_time, span_of
from protolabel.store import AnswerRow
from protolabel.store.leaving_answers import MOST_ANSWER_BYTES
from protolabel.store.watch_start import WatchStart
from protolabel.time_stamps import now

ORDER, TIES = b"order", b"ties"  # of numbers by chance: those of one tell nothing of the other


@dataclass(frozen=True, slots=True, eq=False)
class WatchedDocuments:
    """Documents in the order in which they are compared.

    Attributes:
        view: that answered.
        rows: n remembered documents; ``at`` is when each was answered first.
        moments: the moment of each, in ascending order. Within one, the order of rows is no order
            of time.
        keys: key of the class of each; None for *none of these*.
        scores: ``(n,)``, of the nearest class; higher is nearer.
        ties: ``(n,)``, a number between 0 and 1 of each, uniform and independent of what it holds,
            of the order, and of each other.
        examples: whether the label space holds each as an example, so that its score says nothing.
        counts_once: ``(n,)``, false for a copy or near copy of another one of the same span (see
            ``span_of``), and for all of a mailing but one.
        horizon: how many documents can be remembered.
        span: how many documents come before these begin anew; see ``WatchStart``.
        unfinished: documents of the present moment, which are left out until it has passed.
        other_encoder: documents that are left out, since another encoder has made their vectors.
    """

    view: View
    rows: Sequence[AnswerRow]
    moments: Sequence[str]
    keys: Sequence[int | None]
    scores: Doubles
    ties: Doubles
    examples: Sequence[bool]
    counts_once: Mask
    horizon: int
    span: int
    unfinished: int
    other_encoder: int

    def __len__(self) -> int:
        return len(self.rows)

    def without_repeats(self) -> WatchedDocuments:
        """Return those that count once; itself where all do."""
        if self.counts_once.all():
            return self
        places = np.flatnonzero(self.counts_once).tolist()
        return replace(
            self,
            rows=[self.rows[i] for i in places],
            moments=[self.moments[i] for i in places],
            keys=[self.keys[i] for i in places],
            scores=self.scores[places],
            ties=self.ties[places],
            examples=[self.examples[i] for i in places],
            counts_once=self.counts_once[places],
        )

    def times(self, place: int) -> tuple[str, str]:
        """Return the first and the last time of the moment in which a document lies."""
        moment = self.moments[place]
        times = [row.at for row, its in zip(self.rows, self.moments, strict=True) if its == moment]
        return min(times), max(times)


def watched_documents(session: Session, moment: Moment) -> WatchedDocuments:
    """Return the remembered documents by time, and which of copies, near copies and mailings count.

    Within a moment the order is by chance, which nothing in a folder decides: files are read by
    name, and so by sender or month. Nor does what a document holds decide, since equal ones recur.
    """
    session.answer_queue.write()
    view, why_none = present_view(session, refined=None)
    answers, horizon = session.store.answers, view.settings.remember_most
    first_answers, start = answers.first_answers(), answers.watch_start()
    rows = [
        replace(row, at=first_answers[row.document].at)
        for row in answers.rows()
        if row.document in first_answers  # else it came this moment
    ]
    encoding = view.embedder.encoding
    comparable = [row for row in rows if row.encoding == encoding]
    unread = unreadable(answered_rows(comparable, view.embedder.dim))
    usable = [row for row, illegible in zip(comparable, unread, strict=True) if not illegible]
    numbers = {row.document: first_answers[row.document].number for row in usable}
    usable = [row for row in usable if numbers[row.document] >= start.number]
    moment_of = _moment_of(moment, numbers)
    present_moment = None if moment == "document" else moment_of_time(now(), moment)
    past = [row for row in usable if moment_of(row) != present_moment]
    chances = {row.document: _chance(ORDER, row, numbers[row.document]) for row in past}
    past.sort(key=lambda row: (moment_of(row), chances[row.document]))
    encoded = encoded_rows(answers, past, view.embedder.dim)
    labels = view_answers(view, encoded, DocumentTexts.remembered(answers, past), why_none)
    texts = answers.texts_of([row.document for row in past])
    came = np.argsort([numbers[row.document] for row in past])  # of copies, the first one counts
    firsts = _firsts([past[i] for i in came.tolist()], moment, texts)
    order = came[firsts]
    counts_once = np.zeros(len(past), np.bool_)
    counts_once[order] = mailings_once(
        encoded.embeddings[order],
        [labels.keys[i] for i in order.tolist()],
        [moment_of_time(past[i].at, "hour") for i in order.tolist()],
    )
    contents = contents_of_examples(session.store.rows, view.version)
    has_classes = bool(len(view.head.labels))
    return WatchedDocuments(
        view=view,
        rows=past,
        moments=[moment_of(row) for row in past],
        keys=list(labels.keys),
        scores=np.array(
            [labels.sureness(i)[1] if has_classes else 0.0 for i in range(len(past))], np.float64
        ),
        ties=np.array([_chance(TIES, row, numbers[row.document]) for row in past], np.float64),
        examples=[row.content in contents for row in past],
        counts_once=counts_once,
        horizon=horizon,
        span=_span(start, horizon, answers.count()),
        unfinished=len(usable) - len(past),
        other_encoder=len(rows) - len(comparable),
    )


def _chance(purpose: bytes, row: AnswerRow, number: int) -> float:
    """Return a number from 0 up to 1 for one document that no other one of the log shares.

    It is as good as drawn by chance, and the same whenever one looks. ``number`` makes it another
    one for an equal document: a digest of the content alone would give each copy the same.
    """
    digest = hashlib.blake2b(row.document, digest_size=6, salt=purpose)
    digest.update(number.to_bytes(8, "big"))
    return int.from_bytes(digest.digest(), "big") / 2**48


def _moment_of(moment: Moment, numbers: Mapping[bytes, int]) -> Callable[[AnswerRow], str]:
    if moment == "document":
        return lambda row: f"{numbers[row.document]:020d}"
    return lambda row: moment_of_time(row.at, moment)


def _span(start: WatchStart, horizon: int, count: tuple[int, int]) -> int:
    """Return how many documents a start counts as serving.

    Before any document has left, that is until as many are there as can be remembered: so many as
    the setting says, or, of large ones, as many as find room.

    Args:
        start: that holds.
        horizon: how many documents can be remembered, by the setting.
        count: how many documents are there, and their bytes.
    """
    if start.span is not None:
        return start.span
    documents, size = count
    return min(horizon, max(1, MOST_ANSWER_BYTES * documents // size)) if size else horizon


def _firsts(rows: Sequence[AnswerRow], moment: Moment, texts: Mapping[bytes, str]) -> list[int]:
    """Return the places of rows that have no near copy before them in the same span.

    Args:
        rows: in the order in which they came.
        moment: which says the span; see ``span_of``.
        texts: of the documents whose text is remembered.
    """
    span = span_of(moment)
    spans: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        spans.setdefault(moment_of_time(row.at, span), []).append(place)
    return sorted(
        places[first]
        for places in spans.values()
        for first in first_of_near_copies([rows[i] for i in places], texts)
    )

"""The remembered documents in the order of time, as the label space answers them now.

Only order, answers and scores: what has changed among them is ``drift``. Neither classes nor
answers change; answers that wait are written first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from protolabel.arrays import Doubles
from protolabel.encoders.readability import unreadable
from protolabel.label_space.answer_batch import contents_of_examples
from protolabel.label_space.document_texts import DocumentTexts
from protolabel.label_space.rehearsal import present_view
from protolabel.label_space.session import Session
from protolabel.label_space.view import View
from protolabel.label_space.view_answers import answered_rows, encoded_rows, view_answers
from protolabel.open_world.mailings import mailings_once
from protolabel.open_world.repeats import first_of_near_copies
from protolabel.open_world.watched_moments import Moment, moment_of_time, span_of
from protolabel.store import AnswerRow
from protolabel.store.leaving_answers import MOST_ANSWER_BYTES
from protolabel.store.watch_start import WatchStart
from protolabel.time_stamps import now


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
        examples: whether the label space holds each as an example, so that its score says nothing.
        horizon: how many documents can be remembered.
        span: how many documents come before these begin anew; see ``WatchStart``.
        unfinished: documents of the present moment, which are left out until it has passed.
        other_encoder: documents that are left out, since another encoder has made their vectors.
        repeats: documents that are left out: a copy or near copy of another one of the same span
            (see ``span_of``), or of the same mailing.
    """

    view: View
    rows: Sequence[AnswerRow]
    moments: Sequence[str]
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

    def times(self, place: int) -> tuple[str, str]:
        """Return the first and the last time of the moment in which a document lies."""
        moment = self.moments[place]
        times = [row.at for row, its in zip(self.rows, self.moments, strict=True) if its == moment]
        return min(times), max(times)


def watched_documents(session: Session, moment: Moment) -> WatchedDocuments:
    """Return the remembered documents by time; of copies, near copies and mailings, one.

    Within a moment the order is that of their digests, which nothing in a folder decides: files
    are read by name, and so by sender or month.
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
    ordered = _in_order(past, moment_of, moment, answers.texts_of([r.document for r in past]))
    encoded = encoded_rows(answers, ordered, view.embedder.dim)
    labels = view_answers(view, encoded, DocumentTexts.remembered(answers, ordered), why_none)
    hours = [moment_of_time(row.at, "hour") for row in ordered]
    places = np.flatnonzero(mailings_once(encoded.embeddings, labels.keys, hours)).tolist()
    ordered = [ordered[i] for i in places]
    contents = contents_of_examples(session.store.rows, view.version)
    has_classes = bool(len(view.head.labels))
    return WatchedDocuments(
        view=view,
        rows=ordered,
        moments=[moment_of(row) for row in ordered],
        keys=[labels.keys[i] for i in places],
        scores=np.array([labels.sureness(i)[1] if has_classes else 0.0 for i in places]),
        examples=[row.content in contents for row in ordered],
        horizon=horizon,
        span=_span(start, horizon, answers.count()),
        unfinished=len(usable) - len(past),
        other_encoder=len(rows) - len(comparable),
        repeats=len(past) - len(ordered),
    )


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


def _in_order(
    rows: Sequence[AnswerRow],
    moment_of: Callable[[AnswerRow], str],
    moment: Moment,
    texts: Mapping[bytes, str],
) -> list[AnswerRow]:
    """Return rows by moment, then by digest; of near copies within the span, one.

    ``texts``: of the documents whose text is remembered.
    """
    rows = sorted(rows, key=lambda row: (moment_of(row), row.content, row.document))
    span = span_of(moment)
    different: list[AnswerRow] = []
    for _, batch in groupby(rows, key=lambda row: moment_of_time(row.at, span)):
        different += first_of_near_copies(list(batch), texts)
    return different

"""Which passage of a long document decided its answer, on which page, and by which words.

Leave-one-passage-out says which passage; the words are those of its pieces that by themselves speak
most for the class. Only the pieces of that one passage are encoded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.answers import MarkedWords, Passage
from protolabel.arithmetic.passage_influence import influences, lead
from protolabel.arithmetic.scores import LinearModel
from protolabel.arrays import Floats
from protolabel.types import Encoded
from protolabel.words.text import EXCERPT, PAGE_END, excerpt

PIECE = 8  # words that are marked together
MOST_PIECES = 40  # of a passage that are looked at
MOST_MARKS = 3
LEAST_SHARE = 0.75  # of the lead of the best piece, for another piece to be marked as well

Span = tuple[int, int]  # the first character of a part of a text, and the one after its last
Embed = Callable[[Sequence[str]], list[Floats | None]]
"""Texts to vectors ``(d,)``; None for a text that the encoder cannot read."""


@dataclass(frozen=True, slots=True, eq=False)
class DecidingPassage:
    """A long document's passage that decided.

    ``start``, ``end``: its characters. ``score``: of the
    passage by itself. ``influence``: what it gives to the lead of the class; None where the encoder
    does not say how it weighs passages. ``best`` and ``second`` are the two classes.
    """

    start: int
    end: int
    score: float
    influence: float | None
    best: LinearModel
    second: LinearModel | None


def deciding_passage(
    encoded: Encoded, document: int, best: LinearModel, second: LinearModel | None
) -> DecidingPassage:
    """Return the passage that decided, of a document that was split into passages.

    It is the one without which the lead of the best class over the second falls most. Where the
    encoder does not say how it weighs passages, it is the one that scores highest by itself.
    """
    rows = np.flatnonzero(encoded.passage_owner == document)
    passages = encoded.passage_embeddings[rows]
    scores = best.scores(passages)[:, 0]
    influence = None
    if encoded.passage_weights is None:
        place = int(np.argmax(scores))
    else:
        weights = encoded.passage_weights[rows]
        passage_influences = influences(
            encoded.embeddings[document], passages, weights, best, second
        )
        place = int(np.argmax(passage_influences))
        influence = float(passage_influences[place])
    start, end = encoded.passage_spans[rows[place]].tolist()
    return DecidingPassage(start, end, float(scores[place]), influence, best, second)


def shown_passages(
    decisions: dict[int, DecidingPassage], texts: Sequence[str | None], embed: Embed | None
) -> dict[int, Passage]:
    """Return the passages as evidence shows them, by document.

    Args:
        decisions: the passage that decided, by document.
        texts: of all documents.
        embed: encodes the pieces of the passages; None marks no words.
    """
    pieces: list[tuple[int, Span]] = []
    if embed is not None:
        for i, decision in decisions.items():
            pieces.extend(
                (i, span) for span in _pieces(texts[i] or "", decision.start, decision.end)
            )
    words = [(texts[i] or "")[start:end] for i, (start, end) in pieces]
    vectors = embed(words) if embed is not None and words else []
    by_document: dict[int, list[tuple[Span, Floats]]] = {}
    for (i, span), vector in zip(pieces, vectors, strict=True):
        if vector is not None:
            by_document.setdefault(i, []).append((span, vector))
    return {
        i: _passage(decision, texts[i] or "", _marks(decision, by_document.get(i, [])))
        for i, decision in decisions.items()
    }


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the pieces of a passage, of ``PIECE`` words or up to the end of a line."""
    words: list[Span] = []
    n_pieces = 0
    for word in re.finditer(r"\S+", text[start:end]):
        new_line = bool(words) and "\n" in text[words[-1][1] : start + word.start()]
        if len(words) == PIECE or (new_line and len(words) >= PIECE // 2):
            yield words[0][0], words[-1][1]
            n_pieces += 1
            words = []
            if n_pieces == MOST_PIECES:
                return
        words.append((start + word.start(), start + word.end()))
    if words:
        yield words[0][0], words[-1][1]


def _marks(decision: DecidingPassage, pieces: Sequence[tuple[Span, Floats]]) -> tuple[Span, ...]:
    """Return the pieces that speak most for the class, the best first; none if none does."""
    if not pieces:
        return ()
    leads = lead(np.stack([vector for _, vector in pieces]), decision.best, decision.second)
    order = np.argsort(-leads, kind="stable")[:MOST_MARKS]
    least = LEAST_SHARE * leads[order[0]]
    return tuple(pieces[at][0] for at in order.tolist() if leads[at] > 0 and leads[at] >= least)


def _passage(decision: DecidingPassage, text: str, marks: tuple[Span, ...]) -> Passage:
    first = marks[0][0] if marks else decision.start
    page = 1 + text.count(PAGE_END, 0, first) if PAGE_END in text else None
    # The excerpt begins at the passage, or so late that the marked words stand in it.
    late = bool(marks) and marks[0][1] - decision.start > EXCERPT
    begin = max(decision.start, first - EXCERPT // 3) if late else decision.start
    return Passage(
        start=decision.start,
        end=decision.end,
        text=excerpt(text[begin : decision.end]),
        score=decision.score,
        page=page,
        influence=decision.influence,
        words=tuple(MarkedWords(a, b, " ".join(text[a:b].split())) for a, b in marks),
    )

"""Documents on which people decided after an answer, and what that means for figures.

People decide on answers that are wrong. So such documents are harder than new ones, and the others
of the same set are those that were mostly answered right. No document is judged here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Self

import numpy as np

from protolabel.arrays import Mask
from protolabel.copies.boilerplate import NO_CLASS
from protolabel.copies.equality import short_digest
from protolabel.copies.near_copies import document_groups
from protolabel.label_space.changes import Correct, Redo, Refute, Relabel, ReturnTo, Undo
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import session_of
from protolabel.label_space.stored_items.item_digests import item_digests
from protolabel.label_space.view import View
from protolabel.store import Rows, Store
from protolabel.types import Change

AFTER_ANSWERS = frozenset({Correct.kind, Relabel.kind, Refute.kind})
GOING_BACK = frozenset({Undo.kind, Redo.kind, ReturnTo.kind})


class LeftOut(NamedTuple):
    """The documents that an evaluation leaves out, as they are compared with stored ones.

    Attributes:
        digests: of each, as ``equality.document_digests`` returns them.
        texts: of each; None for a document without.
        counts: for how many documents each one counts.
    """

    digests: Sequence[Sequence[str]]
    texts: Sequence[str | None]
    counts: Sequence[int]

    @classmethod
    def of(
        cls,
        digests: Sequence[Sequence[str]],
        texts: Sequence[str | None],
        counts: Sequence[int] | None,
        is_known: Mask,
    ) -> Self:
        """Return those of n documents that are known. ``counts``: None where each counts once."""
        places = np.flatnonzero(is_known).tolist()
        return cls(
            [digests[i] for i in places],
            [texts[i] for i in places],
            [1 if counts is None else counts[i] for i in places],
        )


def decided_among(space: LabelSpace, view: View, left_out: LeftOut) -> int:
    """Return on how many of the documents left out people decided after an answer.

    A near copy of such a document counts too: it was left out for the same reason.
    """
    if not left_out.digests:
        return 0
    session, version = session_of(space), view.version
    session.answer_queue.write()
    with view.rows.reading():
        examples = view.rows.example_items(version).tolist()
        negatives = [row.item for row in view.rows.negatives(version)]
        items = list(dict.fromkeys([*examples, *negatives]))
        statements = _first_statements(view.rows, items)
        decided = {item for item, change in statements.items() if _is_decision(change)}
        decided |= _answered_before(session.store, version, statements)
        digests = {d for several in item_digests(view.rows, version, [*decided]) for d in several}
        texts = view.rows.texts([*decided])
    is_decided = [not digests.isdisjoint(several) for several in left_out.digests]
    near = _near_copies(left_out.texts, texts)
    pairs = zip(left_out.counts, is_decided, near, strict=True)
    return sum(count for count, is_equal, is_near in pairs if is_equal or is_near)


def decided_examples(view: View) -> int:
    """Return how many different documents are examples by decisions on answers.

    Examples that were added count as any others, also where they had been answered before: whole
    folders are labelled and then added.
    """
    with view.rows.reading():
        items = view.rows.example_items(view.version).tolist()
        return sum(map(_is_decision, _first_statements(view.rows, items).values()))


def notes_on_rest(n: int) -> list[str]:
    """Return what it means for figures that people decided on n of the documents left out."""
    if not n:
        return []
    return [
        f"people decided on {n:,} of the documents left out, as they do on wrong answers. So the "
        "other documents are mostly those that were answered right, and no figure here holds for "
        "new documents. Measure on documents that nobody has decided on"
    ]


def notes_on_examples(n: int) -> list[str]:
    """Return what it means for figures that n documents are examples by decisions on answers."""
    if not n:
        return []
    return [
        f"people decided on {n:,} of the documents among its examples, as they do on wrong "
        "answers. Such documents are harder than new ones, which may be answered better than "
        "the figures say"
    ]


def _first_statements(rows: Rows, items: Sequence[int]) -> dict[int, Change]:
    """Return the change by which each item became an example, or a negative one.

    An example that was moved or corrected since is one by the change that added it. What an undo
    brings back is there by the change that it was there by before.
    """
    changes = {change.version: change for change in rows.changes()}
    returns = {number for number, change in changes.items() if change.kind in GOING_BACK}
    births = [*rows.examples_since(0), *rows.negatives_since(0)]
    first = _beginnings(births, rows.examples_ended_since(0), returns)
    return {item: changes[first[item]] for item in items if item in first}


def _beginnings(
    births: Iterable[tuple[int, int, int]],
    ends: Iterable[tuple[int, int, int]],
    returns: Collection[int],
) -> dict[int, int]:
    """Return the version at which the newest life of each item began.

    Args:
        births: version, class and item of each row.
        ends: the same of rows that are gone.
        returns: the versions that bring rows back: what they bring back lives on.
    """
    events = [(version, 0, item) for version, _, item in births]
    events += [(version, 1, item) for version, _, item in ends]
    alive: Counter[int] = Counter()
    first: dict[int, int] = {}
    for version, is_end, item in sorted(events):
        if is_end:
            alive[item] -= 1
            continue
        if not alive[item] and not (item in first and version in returns):
            first[item] = version
        alive[item] += 1
    return first


def _is_decision(change: Change) -> bool:
    """Return whether a change is a decision on answers: a correction, or a proposal that came true.

    Documents of a proposal were answered *none of these*.
    """
    return change.kind in AFTER_ANSWERS or "proposal" in change.detail


def _answered_before(store: Store, version: int, statements: Mapping[int, Change]) -> set[int]:
    """Return the items that were answered before they became examples, as far as is remembered."""
    if not store.answers.count()[0]:
        return set()
    digests = item_digests(store.rows, version, [*statements])
    contents = {
        item: short_digest(several[0])
        for item, several in zip(statements, digests, strict=True)
        if several
    }
    first = store.answers.first_answers()
    moments: dict[bytes, str] = {}
    for row in store.answers.rows(contents=set(contents.values())):
        moment = first[row.document].at
        moments[row.content] = min(moments.get(row.content, moment), moment)
    return {
        item
        for item, content in contents.items()
        if content in moments and moments[content] < statements[item].at
    }


def _near_copies(texts: Sequence[str | None], others: Sequence[str | None]) -> list[bool]:
    """Return which texts are near copies of one of the others."""
    if not any(text is not None for text in others):
        return [False] * len(texts)
    every = [*others, *texts]
    groups = document_groups([()] * len(every), every, np.full(len(every), NO_CLASS, np.int64))
    near: list[bool] = np.isin(groups[len(others) :], groups[: len(others)]).tolist()
    return near

"""What a person decided with a change counts in the answer log too, for as long as it is in force.

Of a correction, the label is the person's, and the old one refused. Of what a document is not, that
class is refused, and the label gone if it was that one. An undo takes that back, and a redo says it
again. What may no longer be remembered goes. The change itself does not depend on this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from protolabel.label_space.answer_batch import content_of
from protolabel.label_space.changes import Add, ChangeRequest, Correct, Import, Refute, Remember
from protolabel.label_space.settings import Settings
from protolabel.label_space.undo import versions_in_force
from protolabel.store import Store
from protolabel.time_stamps import now
from protolabel.types import Change, Example


def follow_change(store: Store, request: ChangeRequest, change: Change) -> None:
    """Make the answer log say what follows from a change, in the transaction of the change."""
    if isinstance(request, Correct):
        note_correction(store, request, change.version, change.version)
    elif change.reverts is not None:
        _follow_history(store, change)
    elif isinstance(request, Add | Import | Refute):
        _note_refuted(store, request.examples, change.version)
    elif isinstance(request, Remember):
        _keep_what_may_be(store, request, change.version)


def note_correction(store: Store, request: Correct, version: int, change: int | None) -> None:
    """Give the remembered documents that were corrected the labels that a person said.

    Args:
        store: of the label space.
        request: the correction.
        version: the present one.
        change: the version that the correction made; None where it found nothing to change.
    """
    labels = {
        content_of(e.text, e.image, e.embedding): store.rows.class_named(e.label, version)
        for e in request.examples
    }
    corrected = [
        (row, label)
        for row in store.answers.rows()
        if (label := labels.get(row.content)) is not None
    ]
    judged = [
        replace(row, label=label.key, version=version, at=now(), probability=None, person=True)
        for row, label in corrected
    ]
    old = [
        (row.document, row.label)
        for row, label in corrected
        if row.label is not None and row.label != label.key
    ]
    if judged:
        store.answers.judge(judged, old, change=change)


def decides(request: ChangeRequest) -> bool:
    """Return whether what a request says of documents counts in the answer log."""
    if isinstance(request, Add | Import):
        return any(example.negative for example in request.examples)
    return isinstance(request, Correct | Refute | Remember)


def _note_refuted(store: Store, examples: Sequence[Example], version: int) -> None:
    """Refuse classes for the remembered documents that are not of them, and end such labels.

    The answer log goes on: a later answer may take the place of a label that has ended.
    """
    refused: dict[bytes, set[int]] = {}
    for example in examples:
        row = store.rows.class_named(example.label, version) if example.negative else None
        if row is not None:
            content = content_of(example.text, example.image, example.embedding)
            refused.setdefault(content, set()).add(row.key)
    rows = [row for row in store.answers.rows() if row.content in refused]
    judged = [
        replace(row, label=None, version=version, at=now(), probability=None, person=False)
        if row.label in refused[row.content]
        else row
        for row in rows
    ]
    pairs = [(row.document, key) for row in rows for key in sorted(refused[row.content])]
    if judged:
        store.answers.judge(judged, pairs, change=version)


def _keep_what_may_be(store: Store, request: Remember, version: int) -> None:
    """Let documents go that are too many, and all words where none may be kept any more."""
    settings = Settings.from_rows(store.rows.settings(version))
    store.answers.shorten(settings.remember_most)
    if request.what is not None and settings.remember != "text":
        store.answers.drop_texts()
        store.proposals.drop_words()


def _follow_history(store: Store, change: Change) -> None:
    """Make the answer log say what it said at the version that an undo, redo or return led to."""
    if not store.answers.has_decisions():
        return
    before = versions_in_force(store.rows.changes(before=change.version))
    after = versions_in_force(store.rows.changes(before=change.version + 1))
    store.answers.follow(sorted(before - after, reverse=True), sorted(after - before))

"""Answers that are stored after a person has decided on their documents follow the decision.

A process stores its answers a moment after it gave them. Meanwhile this or another process may have
corrected or refused one, and found no answer of the document. So whoever stores an answer looks at
the changes since the version that gave it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import takewhile

from protolabel.equality import short_digest
from protolabel.label_space.corrected_answers import note_labels, note_refused_classes
from protolabel.label_space.item_digests import item_digests
from protolabel.label_space.undo import versions_in_force
from protolabel.store import AnswerRow, ExampleRow, Rows, Store

LABELLING = ("correct", "relabel", "move", "split")  # kinds of change that say a document's class
REFUSING = "refute"


def note_decisions_since(store: Store, rows: Sequence[AnswerRow]) -> None:
    """Give answers that were just stored what people decided since they were given.

    Args:
        store: of the label space, in the transaction that stored them.
        rows: the answers.
    """
    version = store.rows.version()
    late = [row for row in rows if row.version < version]
    if not late:
        return
    since = min(row.version for row in late)
    changes = list(takewhile(lambda change: change.version > since, store.rows.changes()))
    deciding = [one for one in changes if one.kind in LABELLING or one.kind == REFUSING]
    in_force = versions_in_force(store.rows.changes()) if deciding else set()
    for change in reversed(deciding):
        if change.version not in in_force:
            continue
        contents = {row.content for row in late if row.version < change.version}
        if change.kind == REFUSING:
            refused = _classes(store.rows, _negatives_of(store.rows, change.version), contents)
            note_refused_classes(store, {c: set(k) for c, k in refused.items()}, change.version)
            continue
        names = {row.key: row.name for row in store.rows.classes(version)}
        classes = _classes(store.rows, _examples_of(store.rows, change.version), contents)
        labels = {c: [names[key] for key in keys if key in names] for c, keys in classes.items()}
        note_labels(store, {c: some for c, some in labels.items() if some}, change.version)


def _examples_of(rows: Rows, change: int) -> Iterator[ExampleRow]:
    """Yield the examples that a change has put into a class."""
    for key in rows.touched_since(change - 1):
        before = {row.key for row in rows.examples(key, change - 1)}
        yield from (row for row in rows.examples(key, change) if row.key not in before)


def _negatives_of(rows: Rows, change: int) -> Iterator[ExampleRow]:
    """Yield the negative examples that a change has made."""
    before = {row.key for row in rows.negatives(change - 1)}
    yield from (row for row in rows.negatives(change) if row.key not in before)


def _classes(
    rows: Rows, examples: Iterator[ExampleRow], contents: Collection[bytes]
) -> dict[bytes, list[int]]:
    """Return the keys of the classes of those examples whose content is among some."""
    members = list(examples)
    stored = item_digests(rows, rows.version(), [member.item for member in members])
    classes: dict[bytes, list[int]] = defaultdict(list)
    for member, digests in zip(members, stored, strict=True):
        content = short_digest(digests[0]) if digests else b""
        if content in contents:
            classes[content].append(member.class_key)
    return classes

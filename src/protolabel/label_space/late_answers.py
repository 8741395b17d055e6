"""Answers that are stored after a person has decided on their documents follow the decision.

A process stores its answers a moment after it gave them. Meanwhile this or another process may have
corrected or refused one, and found no answer of the document. So whoever stores an answer looks at
the changes since the version that gave it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from protolabel.equality import short_digest
from protolabel.label_space.corrected_answers import note_labels, note_refused_classes
from protolabel.label_space.decided_labels import labels_of_examples
from protolabel.label_space.item_digests import item_digests
from protolabel.label_space.stored_settings import settings_of
from protolabel.label_space.undo import versions_in_force
from protolabel.store import AnswerRow, ExampleRow, Rows, Store
from protolabel.types import Change

LABELLING = ("correct", "relabel", "move", "split")  # kinds of change that say a document's class
REFUSING = "refute"


@dataclass(frozen=True, slots=True)
class LateAnswers:
    """Answers that are about to be stored after people have decided on documents.

    Attributes:
        rows: those that were given before such a change, of documents that have none yet.
        changes: these changes, if they are in force, oldest first.
        outdated: the documents about which more was decided than their answers know: those are not
            to be stored.
    """

    rows: tuple[AnswerRow, ...] = ()
    changes: tuple[Change, ...] = ()
    outdated: frozenset[bytes] = frozenset()

    @classmethod
    def of(cls, store: Store, rows: Sequence[AnswerRow]) -> LateAnswers:
        """Return those among answers that are about to be stored.

        A document that has an answer already was there when people decided.

        Args:
            store: of the label space, in the transaction that is to store them.
            rows: the answers.
        """
        version = store.rows.version()
        late = [row for row in rows if row.version < version]
        if not late:
            return cls()
        since = min(row.version for row in late)
        changes = takewhile(lambda change: change.version > since, store.rows.changes())
        deciding = [one for one in changes if one.kind in LABELLING or one.kind == REFUSING]
        if not deciding:
            return cls()
        in_force = versions_in_force(store.rows.changes())
        contents = {row.content for row in late}
        stored = {row.document: row.version for row in store.answers.rows(contents=contents)}
        return cls(
            tuple(row for row in late if row.document not in stored),
            tuple(one for one in reversed(deciding) if one.version in in_force),
            frozenset(row.document for row in late if stored.get(row.document, 0) > row.version),
        )

    def follow_decisions(self, store: Store) -> None:
        """Give the answers, which are stored by now, what people decided since they were given."""
        for change in self.changes:
            rows = [row for row in self.rows if row.version < change.version]
            if rows and change.kind == REFUSING:
                self._refuse(store, change.version, rows)
            elif rows:
                self._label(store, change.version, rows)
        if self.changes and self.rows:
            self._end(store)

    def _refuse(self, store: Store, change: int, rows: Sequence[AnswerRow]) -> None:
        contents, documents = _names(rows)
        refused = _classes(store.rows, _negatives_of(store.rows, change), contents)
        note_refused_classes(store, refused, change, documents)

    def _label(self, store: Store, change: int, rows: Sequence[AnswerRow]) -> None:
        contents, documents = _names(rows)
        version = store.rows.version()
        classes = _classes(store.rows, _examples_of(store.rows, change), contents)
        names = {row.key: row.name for row in store.rows.classes(version)}
        labels = {c: [names[key] for key in keys if key in names] for c, keys in classes.items()}
        if settings_of(store.rows, change).several:
            of_examples = labels_of_examples(store.rows, change)
            labels = {content: list(of_examples.get(content, ())) for content in classes}
        note_labels(store, {c: some for c, some in labels.items() if some}, change, (), documents)

    def _end(self, store: Store) -> None:
        """End the decisions whose examples were taken out of their classes since."""
        contents, documents = _names(self.rows)
        labels = {
            row.content: {row.label}
            for row in store.answers.rows(contents=contents)
            if row.document in documents and row.person and row.label is not None
        }
        version = store.rows.version()
        keys = {key for some in labels.values() for key in some}
        members = (one for key in keys for one in store.rows.examples(key, version))
        present = _classes(store.rows, members, contents)
        ended = {c: some for c, some in labels.items() if not some <= present.get(c, set())}
        note_refused_classes(store, ended, self.changes[-1].version, documents)


def _names(rows: Sequence[AnswerRow]) -> tuple[set[bytes], set[bytes]]:
    """Return the contents and the keys of the documents of some answers."""
    return {row.content for row in rows}, {row.document for row in rows}


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
    rows: Rows, examples: Iterable[ExampleRow], contents: Collection[bytes]
) -> dict[bytes, set[int]]:
    """Return the keys of the classes of those examples whose content is among some."""
    members = list(examples)
    stored = item_digests(rows, rows.version(), [member.item for member in members])
    classes: dict[bytes, set[int]] = defaultdict(set)
    for member, digests in zip(members, stored, strict=True):
        content = short_digest(digests[0]) if digests else b""
        if content in contents:
            classes[content].add(member.class_key)
    return classes

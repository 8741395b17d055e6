"""Answers that are stored after a person has decided on their documents follow the decision.

A process stores its answers a moment after it gave them. Meanwhile this or another process may have
corrected or refused one, and found no answer of the document. So whoever stores an answer looks at
the changes since the version that gave it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from protolabel.equality import short_digest
from protolabel.label_space.corrected_answers import note_labels, note_refused_classes
from protolabel.label_space.decided_labels import labels_of_examples
from protolabel.label_space.item_digests import item_digests
from protolabel.label_space.stored_settings import settings_of
from protolabel.label_space.undo import versions_in_force
from protolabel.store import AnswerRow, Rows, Store
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
        changes = list(takewhile(lambda change: change.version > since, store.rows.changes()))
        deciding = [one for one in changes if one.kind in LABELLING or one.kind == REFUSING]
        if not deciding:
            return cls()
        in_force = versions_in_force(changes)
        contents = {row.content for row in late}
        stored = {row.document: row.version for row in store.answers.rows(contents=contents)}
        return cls(
            tuple(row for row in late if row.document not in stored),
            tuple(one for one in reversed(deciding) if one.version in in_force),
            frozenset(row.document for row in late if stored.get(row.document, 0) > row.version),
        )

    def follow_decisions(self, store: Store) -> None:
        """Give the answers, which are stored by now, what people decided since they were given."""
        if not self.rows or not self.changes:
            return
        since = self.changes[0].version - 1
        examples = _ByChange.of(store.rows, store.rows.examples_since(since), self.rows)
        negatives = _ByChange.of(store.rows, store.rows.negatives_since(since), self.rows)
        for change in self.changes:
            documents = {row.document for row in self.rows if row.version < change.version}
            if change.kind == REFUSING:
                refused = negatives.classes.get(change.version, {})
                note_refused_classes(store, refused, change.version, documents)
            else:
                labels = _labels(store, examples.classes.get(change.version, {}), change.version)
                note_labels(store, labels, change.version, (), documents)
        self._end(store, examples)

    def _end(self, store: Store, examples: _ByChange) -> None:
        """End the decisions whose examples were taken out of their classes since."""
        version, documents = store.rows.version(), {row.document for row in self.rows}
        names = _class_names(store.rows)
        items = {item for some in examples.items.values() for item in some}
        members = store.rows.examples_of_items(items, version)
        ended: dict[bytes, set[int]] = {}
        for row in store.answers.rows(contents=examples.items):
            if row.document not in documents or not row.person or row.label is None:
                continue
            pairs = [pair for item in examples.items[row.content] for pair in members.get(item, ())]
            if names.get(row.label) not in {name for _, name in pairs}:
                ended[row.content] = {row.label}
        note_refused_classes(store, ended, self.changes[-1].version, documents)


@dataclass(frozen=True, slots=True)
class _ByChange:
    """The examples of some contents that changes have put into classes.

    ``classes``: the keys of the classes, by change and content. ``items``: by content.
    """

    classes: dict[int, dict[bytes, set[int]]]
    items: dict[bytes, set[int]]

    @classmethod
    def of(
        cls, rows: Rows, examples: Sequence[tuple[int, int, int]], answers: Sequence[AnswerRow]
    ) -> _ByChange:
        """Return those of the contents of some answers. ``examples``: change, class and item."""
        contents = {answer.content for answer in answers}
        stored = item_digests(rows, rows.version(), [item for _, _, item in examples])
        classes: dict[int, dict[bytes, set[int]]] = defaultdict(lambda: defaultdict(set))
        items: dict[bytes, set[int]] = defaultdict(set)
        for (change, key, item), digests in zip(examples, stored, strict=True):
            content = short_digest(digests[0]) if digests else b""
            if content in contents:
                classes[change][content].add(key)
                items[content].add(item)
        return cls(dict(classes), dict(items))


def _class_names(rows: Rows) -> dict[int, str]:
    return {row.key: row.name for row in rows.classes(rows.version())}


def _labels(store: Store, classes: Mapping[bytes, set[int]], change: int) -> dict[bytes, list[str]]:
    """Return the labels that a change gave to documents, by their content."""
    if classes and settings_of(store.rows, change).several:
        of_examples = labels_of_examples(store.rows, change)
        labels = {content: list(of_examples.get(content, ())) for content in classes}
    else:
        names = _class_names(store.rows) if classes else {}
        labels = {c: [names[key] for key in keys if key in names] for c, keys in classes.items()}
    return {content: some for content, some in labels.items() if some}

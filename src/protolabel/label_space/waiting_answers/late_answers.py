"""Answers that are stored after a person has decided on their documents follow the decision.

A process stores its answers a moment after it gave them. Meanwhile this or another process may have
corrected or refused one, and found no answer of the document. So whoever stores an answer looks at
the changes since the version that gave it, and replays them on this document, in order. Undone ones
are replayed as well, so that the result equals that of an answer stored at once.

One thing is lost: the log names only the first 1,000 parts of mails that a change refuses classes
for, which no equal part of a mail follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from protolabel.copies.equality import short_digest
from protolabel.label_space.configuration.stored_settings import settings_of
from protolabel.label_space.kinds_of_change import (
    deciding_kinds,
    kinds_that_end_examples,
    labelling_kinds,
    refusing_kinds,
    removing_kinds,
)
from protolabel.label_space.person_statements.corrected_answers import (
    class_keys,
    with_labels,
    with_refusals,
)
from protolabel.label_space.person_statements.decided_labels import labels_of_examples
from protolabel.label_space.person_statements.ended_decisions import ended_by_removal
from protolabel.label_space.person_statements.named_decisions import documents_named
from protolabel.label_space.person_statements.noted import Pair
from protolabel.label_space.person_statements.refusals_of_heirs import note_heirs
from protolabel.label_space.person_statements.refused_classes import RefusedClasses
from protolabel.label_space.stored_items.document_parts import DocumentParts
from protolabel.label_space.stored_items.item_digests import item_digests
from protolabel.label_space.undo import versions_turned
from protolabel.store import AnswerRow, Decision, ExampleRow, Rows, Store
from protolabel.types import Change


@dataclass(frozen=True, slots=True)
class LateAnswers:
    """Answers that are about to be stored after people have decided on documents.

    Attributes:
        rows: those that were given before such a change, of documents that have none yet.
        again: those of documents that have an older one.
        changes: all changes since the first of them was given, oldest first.
        outdated: documents of which a newer answer or decision is stored: these answers are not to
            be stored.
        decisions: those on documents without an answer, by these. The changes make them once more,
            but for what makes no version, so they are kept in the end as they are.
    """

    rows: tuple[AnswerRow, ...] = ()
    again: tuple[AnswerRow, ...] = ()
    changes: tuple[Change, ...] = ()
    outdated: frozenset[bytes] = frozenset()
    decisions: Mapping[bytes, Decision] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store, rows: Sequence[AnswerRow]) -> LateAnswers:
        """Return those among answers that are about to be stored.

        A document that has an answer already was there when people decided. A label that they gave
        it makes a new answer outdated; a class that they refused may be that of the new answer.

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
        if not any(one.kind in deciding_kinds() for one in changes):
            return cls()
        contents = {row.content for row in late}
        stored = {row.document: row for row in store.answers.rows(contents=contents)}
        outdated = _outdated(store, late, stored)
        current = [row for row in late if row.document not in outdated]
        return cls(
            tuple(row for row in current if row.document not in stored),
            tuple(row for row in current if row.document in stored),
            tuple(reversed(changes)),
            outdated,
            store.answers.decisions([r.document for r in current if r.document not in stored]),
        )

    def follow_decisions(self, store: Store) -> None:
        """Give the answers, which are stored by now, what people decided since they were given."""
        rows = self.rows + self.again
        if not rows or not self.changes:
            return
        decisions = _Effects.of(store.rows, self.changes, {row.content for row in rows})
        parts, has_decided = DocumentParts.remembered(store), False
        for change in self.changes:
            documents = {row.document for row in self.rows if row.version < change.version}
            if change.reverts is not None:
                if has_decided:
                    turned = versions_turned(
                        store.rows, change.kind, change.version, change.reverts
                    )
                    store.answers.follow(*turned, documents)
            elif decisions.concern(change):
                contents = {row.content for row in self.rows}
                stored = store.answers.rows(contents=contents)
                late = [row for row in stored if row.document in documents]
                has_decided |= decisions.decide(store, change, late, parts)
                decisions.refuse_again(store, change, self.again)
            if has_decided and change.reverts is None:
                note_heirs(store, change, documents)
        if self.decisions:
            store.answers.judge([], [], decisions=[*self.decisions.values()])


KeysByChange = dict[int, dict[bytes, list[int]]]  # of classes, by change and content


@dataclass(frozen=True, slots=True)
class _Effects:
    """What changes say of some contents: classes that gain, lose or refuse an equal example."""

    gains: KeysByChange
    losses: KeysByChange
    refusals: KeysByChange

    @classmethod
    def of(cls, rows: Rows, changes: Sequence[Change], contents: set[bytes]) -> _Effects:
        """Return those of changes that are the newest ones, oldest first."""
        since = changes[0].version - 1
        deciding = {one.version for one in changes if one.kind in kinds_that_end_examples()}
        refusing = {one.version for one in changes if one.kind in refusing_kinds()}
        return cls(
            _of_contents(rows, rows.examples_since(since), deciding, contents),
            _of_contents(rows, rows.examples_ended_since(since), deciding, contents),
            _of_contents(rows, rows.negatives_since(since), refusing, contents),
        )

    def concern(self, change: Change) -> bool:
        """Return whether a change says something of these contents, or of documents by keys."""
        effects = (self.gains, self.losses, self.refusals)
        by_keys = change.detail.get("decisions") or change.detail.get("taken_back")
        return bool(by_keys) or any(change.version in one for one in effects)

    def decide(
        self, store: Store, change: Change, late: Sequence[AnswerRow], parts: DocumentParts
    ) -> bool:
        """Write down what a change says of late answers, and return whether it says something.

        ``parts``: of the files that are remembered.
        """
        rows, version = store.rows, change.version
        labels = self._labels(rows, change)
        refusals = self.refusals.get(version, {})
        of_documents = class_keys(rows, documents_named(change.detail), version)
        of_keys = [
            (row, of_documents[row.document]) for row in late if row.document in of_documents
        ]
        whole = [row for row in late if not parts.file_of(row.source)]
        by_labels = [(row, labels[row.content]) for row in whole if row.content in labels]
        by_refusals = [(row, refusals[row.content]) for row in whole if row.content in refusals]
        if change.kind in refusing_kinds():
            by_refusals += of_keys
        else:
            by_labels += of_keys
        judged, pairs = with_labels(by_labels, version)
        judged_too, pairs_too = with_refusals(rows, by_refusals, version)
        endings, pairs_of_endings = self._ended(store, change, late, labels.keys())
        judged += judged_too + endings
        if judged:
            store.answers.judge(judged, pairs + pairs_too + pairs_of_endings, change=version)
        return bool(judged)

    def refuse_again(self, store: Store, change: Change, again: Sequence[AnswerRow]) -> None:
        """End answers whose class was refused while an older answer of the document was stored.

        The stored answers are taken: of a document that a person labelled, that is their label.
        """
        refused = self.refusals.get(change.version, {})
        late = {
            row.document for row in again if row.content in refused and row.version < change.version
        }
        if not late:
            return
        noted = store.answers.refusals()
        by_refusals = [
            (row, [key for key in refused[row.content] if (row.document, key) in noted])
            for row in store.answers.rows(contents=refused)
            if row.document in late
        ]
        judged, pairs = with_refusals(store.rows, by_refusals, change.version)
        if judged:
            store.answers.judge(judged, pairs, change=change.version)

    def _labels(self, rows: Rows, change: Change) -> dict[bytes, list[int]]:
        """Return the classes that a change gave to documents, by their content.

        Where it only took examples away, these are the classes that are left.
        """
        if change.kind not in labelling_kinds():
            return {}
        gains, losses = (one.get(change.version, {}) for one in (self.gains, self.losses))
        is_whole = settings_of(rows, change.version).several
        contents = gains.keys() | losses.keys() if is_whole else losses.keys() - gains.keys()
        of_examples = labels_of_examples(rows, change.version) if contents else {}
        named = {content: of_examples.get(content, ()) for content in contents}
        return gains | class_keys(rows, named, change.version)

    def _ended(
        self, store: Store, change: Change, late: Sequence[AnswerRow], labels: Collection[bytes]
    ) -> tuple[list[AnswerRow], list[Pair]]:
        """Return the answers whose decisions a removal ends, and what is refused for them."""
        if change.kind not in removing_kinds():
            return [], []
        rows, version, lost = store.rows, change.version, self.losses.get(change.version, {})
        names = [
            row.id
            for key in {key for keys in lost.values() for key in keys}
            for row in _lost_examples(rows, key, version)
        ]
        taken_back = documents_named(change.detail, "taken_back")
        removal = ended_by_removal(store, names, version, taken_back)
        documents = {row.document for row in late if taken_back or row.content not in labels}
        judged = [row for row in removal.judged if row.document in documents]
        return judged, [pair for pair in removal.refused if pair[0] in documents]


def _lost_examples(rows: Rows, key: int, version: int) -> list[ExampleRow]:
    """Return the examples that left a class with a version."""
    left = {row.id for row in rows.examples(key, version)}
    return [row for row in rows.examples(key, version - 1) if row.id not in left]


def _outdated(
    store: Store, late: Sequence[AnswerRow], stored: Mapping[bytes, AnswerRow]
) -> frozenset[bytes]:
    """Return the documents of which a newer answer or decision is stored.

    A label that has ended is neither: an answer may take its place, as it would have if stored at
    once, unless its class is refused too.
    """
    pairs = [(row, stored[row.document]) for row in late if row.document in stored]
    newer = [(row, other) for row, other in pairs if other.version > row.version]
    without = [row for row, other in newer if other.class_key is None and not other.person]
    decided = store.answers.decided() if without else set()
    refused = RefusedClasses(store) if without else None
    current = {
        row.document
        for row in without
        if row.document in decided
        and not (
            refused is not None
            and row.class_key is not None
            and refused.refuses_open(row.document, row.class_key)
        )
    }
    return frozenset(row.document for row, _ in newer) - current


def _of_contents(
    rows: Rows,
    examples: Sequence[tuple[int, int, int]],
    versions: set[int],
    contents: set[bytes],
) -> KeysByChange:
    """Return the classes of examples of some changes and contents.

    ``examples``: change, class and item of each.
    """
    of_changes = [one for one in examples if one[0] in versions]
    stored = item_digests(rows, rows.version(), [item for _, _, item in of_changes])
    keys: KeysByChange = defaultdict(lambda: defaultdict(list))
    for (change, key, _), digests in zip(of_changes, stored, strict=True):
        content = short_digest(digests[0]) if digests else b""
        if content in contents:
            keys[change][content].append(key)
    return {change: dict(of_change) for change, of_change in keys.items()}

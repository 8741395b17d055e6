"""Takes back what people decided on remembered documents, and the examples that say so: one change.

A return to a version before it, or its undo, decides the documents again. ``AnswerLog.reconsider``
takes back what was decided, too, but it removes no example and is in no version.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from protolabel.copies.equality import short_digest
from protolabel.label_space.changes import Remove
from protolabel.label_space.remembered_documents.suggestion_decisions import PersonDecision
from protolabel.label_space.session import Session
from protolabel.label_space.stored_items.item_digests import ITEMS_AT_ONCE, item_digests
from protolabel.label_space.terms import Terms
from protolabel.store import Rows, Store
from protolabel.store.versions_in_force import versions_in_force
from protolabel.types import Change


@dataclass(frozen=True)
class TakenBack(PersonDecision):
    """Documents have the label space's answers again. They are named by what the log calls them."""

    documents: Collection[bytes]

    def write(self, store: Store, change: int | None) -> None:
        """Open the documents again; with a change, so that it can be taken back with that."""
        in_force = versions_in_force(store.rows.changes())
        decided = set(self.documents) & store.answers.decided()
        documents = decided if change is None else self.documents
        store.answers.reconsider(documents, in_force, change)


def take_back(
    session: Session, keys: Sequence[str], examples: Sequence[str] | None, terms: Terms
) -> Change | None:
    """Take back what was decided on documents, and their copies, with the examples of it.

    Args:
        session: of the label space.
        keys: of the documents. One that is not remembered is left alone.
        examples: ids of the examples, negative ones too, that go with it; None: all that are equal
            to the documents.
        terms: of the change.

    Returns:
        the change; None where there was no example to remove.
    """
    store = session.store
    session.answer_queue.write()
    rows = [row for row in store.answers.rows() if row.document.hex() in set(keys)]
    contents = {row.content for row in rows}
    equal = _equal_examples(store.rows, contents)
    ids = sorted({id_ for _, id_ in equal}) if examples is None else list(examples)
    going = {content for content, id_ in equal if id_ in ids}
    decided = store.answers.decided()
    copies = {row.document for row in store.answers.rows(contents=going)} & decided
    others = {key for key, one in store.answers.decisions().items() if one.content in going}
    decision = TakenBack({row.document for row in rows} | copies | others)
    if ids:
        return session.commit(Remove(ids), terms=replace(terms, decision=decision))
    with store.exclusively():
        if terms.key is not None and terms.key.claim is not None:
            terms.key.claim.require()
        decision.write(store, None)
    return None


def _equal_examples(rows: Rows, contents: Collection[bytes]) -> list[tuple[bytes, str]]:
    """Return the content and the id of each example, or negative one, that has these contents."""
    version = rows.version()
    with rows.reading():
        ids = list(_ids_by_item(rows, version))
        pairs = []
        for start in range(0, len(ids), ITEMS_AT_ONCE):
            part = ids[start : start + ITEMS_AT_ONCE]
            digests_of_items = item_digests(rows, version, [item for item, _ in part])
            for (_, id_), digests in zip(part, digests_of_items, strict=True):
                if digests and short_digest(digests[0]) in contents:
                    pairs.append((short_digest(digests[0]), id_))
    return pairs


def _ids_by_item(rows: Rows, version: int) -> Iterator[tuple[int, str]]:
    for one in rows.classes(version):
        for row in [*rows.examples(one.key, version), *rows.negatives(version, one.key)]:
            yield row.item, row.id

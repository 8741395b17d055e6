"""Which other documents have what a mail holds, and what people said of these.

Mails are known by what was answered, and by the examples that were made of them. Whole documents
are known by what people decided on them. Nothing is changed here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

from protolabel.copies.equality import short_digest
from protolabel.label_space.stored_items.classes_now import ClassesNow
from protolabel.label_space.stored_items.document_parts import DocumentParts
from protolabel.label_space.stored_items.examples_of_mails import ExamplesOfMails
from protolabel.label_space.stored_items.item_digests import item_digests
from protolabel.store import Store
from protolabel.store.class_paths import way_up

NAMELESS = "another document"  # one that is not remembered


class OtherHolders:
    """Other documents with the contents of some mails.

    Args:
        store: of the label space.
        by_file: the contents of the parts of these mails, by mail and source.
        own: what the documents of these mails hold, by their keys.
    """

    def __init__(
        self, store: Store, by_file: Mapping[str, Mapping[str, bytes]], own: Mapping[bytes, bytes]
    ) -> None:
        self._store, self._by_file, self._own = store, by_file, own

    def mails(self, content: bytes, file: str, attachments: set[bytes]) -> dict[str, set[str]]:
        """Return the other mails that have a part, each with the classes that people gave it.

        Args:
            content: of the part.
            file: its mail. A copy of that is no other mail.
            attachments: the contents of the attachments of that mail.
        """
        others: dict[str, set[str]] = {}
        for other in sorted(
            {*self._parts.files_with(content), *self._stored.parts.files_with(content)}
        ):
            is_same = other == file and not _is_numbered(other)
            if not is_same and not self._is_copy(other, file, attachments):
                key = other, content
                others[other] = self._decided.get(key) or set(self._stored.labels.get(key, ()))
        return others

    def own_texts(self, other: str, content: bytes) -> list[str]:
        """Return the ids of examples that are the own text of a mail."""
        return self._stored.own_texts(other, content)

    def whole_documents(self, content: bytes) -> list[tuple[str, set[str]]]:
        """Return the whole documents on which people decided, each with its classes."""
        return self._wholes.get(content, [])

    def refusals(self, content: bytes) -> list[tuple[str, str]]:
        """Return the whole documents that are negative examples, each with its class."""
        return self._refused.get(content, [])

    def is_of(self, labels: Iterable[str], label: str) -> bool:
        """Return whether one of some classes is a class, or stands under it."""
        rows, version = self._store.rows, self._store.rows.version()
        above = rows.class_named(label, version)
        named = [row for one in labels if (row := rows.class_named(one, version)) is not None]
        return above is not None and any(
            above.key in way_up(self._parents, row.key) for row in named
        )

    def _is_copy(self, other: str, file: str, attachments: set[bytes]) -> bool:
        """Return whether another mail holds the same as a mail, as far as that is known."""
        contents = {*self._by_file[file].values(), *self._own.values()}
        stored = {*self._stored.parts.contents_of(other)}
        if other not in self._remembered:
            return attachments <= stored <= contents
        keys, own_texts, others = self._remembered[other]
        if not self._own.keys().isdisjoint(keys):
            return True
        own = contents - attachments
        is_like = not own or not own_texts or own == own_texts
        return is_like and attachments <= others | stored and others <= contents

    @cached_property
    def _remembered(self) -> dict[str, tuple[set[bytes], set[bytes], set[bytes]]]:
        """The keys of the remembered parts of each mail, its own texts and its attachments."""
        mails: dict[str, tuple[set[bytes], set[bytes], set[bytes]]] = {}
        for key, place in self._store.answers.places().items():
            file = self._parts.file_of(place.source)
            if file:
                keys, own_texts, others = mails.setdefault(file, (set(), set(), set()))
                is_own = place.source == file or self._parts.is_frame(place.source)
                keys.add(key)
                (own_texts if is_own else others).add(place.content)
        return mails

    @cached_property
    def _stored(self) -> ExamplesOfMails:
        return ExamplesOfMails(self._store.rows)

    @cached_property
    def _parts(self) -> DocumentParts:
        return DocumentParts.remembered(self._store)

    @cached_property
    def _parents(self) -> Mapping[int, int]:
        return self._store.rows.class_parents(self._store.rows.version())

    @cached_property
    def _classes_now(self) -> ClassesNow:
        return ClassesNow(self._store.rows, self._store.rows.version())

    def _labels(self, classes: Iterable[int]) -> set[str]:
        """Return the names of the classes that a person gave, as they stand now."""
        heirs = {self._classes_now.key(one) for one in classes}
        return {self._classes_now.present[one] for one in heirs if one is not None}

    @property
    def _contents(self) -> Collection[bytes]:
        return {one for parts in self._by_file.values() for one in parts.values()}

    @cached_property
    def _decided(self) -> dict[tuple[str, bytes], set[str]]:
        """The classes that people gave remembered parts of mails, by mail and content."""
        decided: dict[tuple[str, bytes], set[str]] = defaultdict(set)
        for row in self._store.answers.rows(contents=self._contents):
            file = self._parts.file_of(row.source)
            if file and row.person:
                decided[file, row.content] |= self._labels(row.decision.classes)
        return decided

    @cached_property
    def _wholes(self) -> dict[bytes, list[tuple[str, set[str]]]]:
        wholes: dict[bytes, list[tuple[str, set[str]]]] = defaultdict(list)
        for content, name, classes in self._decided_wholes():
            if labels := self._labels(classes):
                wholes[content].append((name, labels))
        return wholes

    def _decided_wholes(self) -> Iterator[tuple[bytes, str, Collection[int]]]:
        """Yield the content, the name and the classes of decided documents, remembered or not."""
        contents, places = self._contents, self._store.answers.places()
        for row in self._store.answers.rows(contents=contents):
            is_other = row.document not in self._own and not self._parts.file_of(row.source)
            if row.person and is_other:
                yield row.content, row.source or NAMELESS, row.decision.classes
        for key, one in self._store.answers.decisions().items():
            if one.whole and one.content in contents and key not in {*self._own, *places}:
                yield one.content or b"", NAMELESS, one.classes

    @cached_property
    def _refused(self) -> dict[bytes, list[tuple[str, str]]]:
        """The negative examples of whole documents, by content: source and class of each."""
        rows, version = self._store.rows, self._store.rows.version()
        present = self._classes_now.present
        negatives = [row for row in rows.negatives(version) if row.source]
        files = DocumentParts([], (row.source for row in negatives))
        wholes = [
            row
            for row in negatives
            if not files.file_of(row.source) and not self._parts.file_of(row.source)
        ]
        refused: dict[bytes, list[tuple[str, str]]] = defaultdict(list)
        digests_of_items = item_digests(rows, version, [row.item for row in wholes])
        for row, digests in zip(wholes, digests_of_items, strict=True):
            if digests and row.class_key in present:
                refused[short_digest(digests[0])].append((row.source, present[row.class_key]))
        return refused


def _is_numbered(file: str) -> bool:
    """Return whether a mail is known by its number in a mailbox, where another may stand later."""
    return file.rpartition("/")[2].isdigit()

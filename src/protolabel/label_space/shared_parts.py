"""Which parts of a mail are no examples, since other mails have them too.

The own text of a mail that other mails have with other attachments, such as a disclaimer, says
nothing about a class, however long it is. An attachment that another mail of another class has,
such as the terms of business, stays what it is. Where nothing of a mail would be left to learn
from, its attachments are documents like others. Other mails are known by what was answered, and by
the examples that were made of them. Nothing is changed here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from protolabel.label_space.answer_batch import content_of
from protolabel.label_space.classes_now import ClassesNow
from protolabel.label_space.document_parts import DocumentParts
from protolabel.label_space.examples_of_mails import ExamplesOfMails
from protolabel.quantity import quantity
from protolabel.readers.reports import Notice
from protolabel.store import Store
from protolabel.types import Example

MOST_NAMED = 2  # other mails that a sentence names


@dataclass(frozen=True, slots=True)
class SharedPart:
    """A part of a mail that is no example.

    Attributes:
        file: the mail.
        source: of the part.
        others: other mails that have it.
        label: the class of the first of these; empty for the own text of the mail.
        examples: ids of those that the own texts of the others have become: they are none, either.
        by_key: whether it is an attachment that is refused for this mail by its key.
    """

    file: str
    source: str
    others: tuple[str, ...]
    label: str = ""
    examples: tuple[str, ...] = ()
    by_key: bool = False

    @property
    def notice(self) -> Notice:
        """What a person is to know of it."""
        have = "has" if len(self.others) == 1 or self.label else "have"
        if self.label:
            name = self.source.removeprefix(f"{self.file}/")
            words = f"{name} is no example: {self.others[0]} {have} it, too, and is {self.label!r}"
            return Notice(self.file, words)
        named = ", ".join(self.others[:MOST_NAMED]) + ", ..." * (len(self.others) > MOST_NAMED)
        words = f"its own text is none: other mails have it, too ({named})"
        return Notice(self.file, f"its attachments are examples, and {words}")


def examples_of_shared(parts: Iterable[SharedPart]) -> tuple[str, ...]:
    """Return the ids of examples that are own texts which several mails have, each once."""
    return tuple(dict.fromkeys(id_ for part in parts for id_ in part.examples))


def notices_of(parts: Sequence[SharedPart]) -> list[Notice]:
    """Return what a person is to know of attachments that are refused by their keys, by mail."""
    by_file: dict[str, list[SharedPart]] = defaultdict(list)
    for part in parts:
        if part.by_key:
            by_file[part.file].append(part)
    notices = []
    for file, shared in by_file.items():
        names = [part.source.removeprefix(f"{file}/") for part in shared]
        listed = ", ".join(names[:MOST_NAMED]) + ", ..." * (len(names) > MOST_NAMED)
        them = "it" if len(names) == 1 else "them"
        words = f"for this mail alone (other mails have {them}, too: {shared[0].others[0]})"
        n = quantity(len(names), "attachment is refused", "attachments are refused")
        notices.append(Notice(file, f"{n} {words}: {listed}"))
    return notices


def without_shared_parts(
    store: Store,
    examples: Sequence[Example],
    files: Mapping[str, str] | None = None,
    *,
    by_key: bool = False,
) -> tuple[list[Example], list[SharedPart]]:
    """Return the examples without the parts of mails that are none, and these.

    Args:
        store: of the label space, which remembers what it has answered.
        examples: whole mails, each with the class that it has, or has not.
        files: the mails of some of them, by their sources; found by these where it is not given.
        by_key: whether classes are refused for each part by its key, too: then no attachment that
            other mails have need be a negative example.
    """
    search = _Search(store, examples, files, by_key=by_key)
    if not search.by_file:
        return list(examples), []
    shared = search.shared
    left_out = {one.source for one in shared}
    return [one for one in examples if one.source not in left_out], shared


class _Search:
    """The parts of the mails that examples come from, and other mails that have them."""

    def __init__(
        self,
        store: Store,
        examples: Sequence[Example],
        files: Mapping[str, str] | None,
        *,
        by_key: bool,
    ) -> None:
        self._store = store
        self._parts = DocumentParts([], (one.source for one in examples))
        self.by_file: dict[str, dict[str, bytes]] = defaultdict(dict)
        for one in examples:
            file = (files or {}).get(one.source) or self._parts.file_of(one.source)
            if file:
                content = content_of(one.text, one.image, one.embedding)
                self.by_file[file][one.source] = content
        self._labels: dict[str, set[str]] = defaultdict(set)
        for one in examples:
            self._labels[one.source].add(one.label)
        self._negative = any(one.negative for one in examples)
        self._by_key = by_key and self._negative

    @property
    def shared(self) -> list[SharedPart]:
        """The parts that are no examples."""
        shared: list[SharedPart] = []
        for file, parts in self.by_file.items():
            candidates = [self._shared_part(file, source) for source in parts]
            of_file = [one for one in candidates if one is not None]
            if len(of_file) == len(parts):
                of_file = [one for one in of_file if not one.label]
            if len(of_file) < len(parts):
                shared += of_file
        return shared

    def _is_frame(self, file: str, source: str) -> bool:
        return source == file or self._parts.is_frame(source)

    def _shared_part(self, file: str, source: str) -> SharedPart | None:
        content = self.by_file[file][source]
        others = self._files_with(content, file)
        if self._is_frame(file, source):
            ids = tuple(id_ for other in others for id_ in self._stored.own_texts(other, content))
            return SharedPart(file, source, tuple(others), examples=ids) if others else None
        for other, labels in others.items():
            contrary = labels & self._labels[source] if self._negative else labels
            if contrary and (self._negative or not labels & self._labels[source]):
                return SharedPart(file, source, (other,), min(contrary))
        is_shared = bool(others) and self._by_key
        return SharedPart(file, source, tuple(others), by_key=True) if is_shared else None

    def _files_with(self, content: bytes, file: str) -> dict[str, set[str]]:
        """Return the other mails that have a part, each with the classes that people gave it.

        A mail that has all attachments of this one is a copy of it.
        """
        attachments = {
            one for source, one in self.by_file[file].items() if not self._is_frame(file, source)
        }
        others: dict[str, set[str]] = {}
        remembered, stored = self._remembered, self._stored
        for other in sorted({*remembered.files_with(content), *stored.parts.files_with(content)}):
            contents = {*remembered.contents_of(other), *stored.parts.contents_of(other)}
            is_same = other == file and not _is_numbered(other)
            if not is_same and not attachments <= contents:
                decided = self._decided.get((other, content), set())
                others[other] = decided | stored.labels.get((other, content), set())
        for other, sources in self._files_here.get(content, {}).items():
            if other != file and not attachments <= set(self.by_file[other].values()):
                others[other] = {label for one in sources for label in self._labels[one]}
        return others

    @cached_property
    def _files_here(self) -> dict[bytes, dict[str, list[str]]]:
        """The sources of the parts of each content among the examples, by mail."""
        files: dict[bytes, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for file, parts in self.by_file.items():
            for source, content in parts.items():
                files[content][file].append(source)
        return files

    @cached_property
    def _stored(self) -> ExamplesOfMails:
        return ExamplesOfMails(self._store.rows)

    @cached_property
    def _remembered(self) -> DocumentParts:
        return DocumentParts.remembered(self._store)

    @cached_property
    def _decided(self) -> dict[tuple[str, bytes], set[str]]:
        """The classes that people gave remembered parts of mails, by mail and content."""
        classes_now = ClassesNow(self._store.rows, self._store.rows.version())
        decided: dict[tuple[str, bytes], set[str]] = defaultdict(set)
        for row in self._store.answers.rows(contents=self._contents):
            file = self._remembered.file_of(row.source)
            label = classes_now.label(row.class_key) if row.person else None
            if file and label is not None:
                decided[file, row.content].add(label)
        return decided

    @property
    def _contents(self) -> Collection[bytes]:
        return {one for parts in self.by_file.values() for one in parts.values()}


def _is_numbered(file: str) -> bool:
    """Return whether a mail is known by its number in a mailbox, where another may stand later."""
    return file.rpartition("/")[2].isdigit()

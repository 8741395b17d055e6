"""Which parts of a mail are no examples, since other mails have them too.

The own text of a mail that other mails have with other attachments, such as a disclaimer, says
nothing about a class, however long it is. A part that stands for another document of other classes,
such as the terms of business, stays what it is. ``other_holders`` knows these. Nothing is changed
here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from protolabel.label_space.person_statements.other_holders import OtherHolders
from protolabel.label_space.stored_items.document_contents import content_of
from protolabel.label_space.stored_items.document_parts import DocumentParts
from protolabel.readers.reports import Notice
from protolabel.store import Store
from protolabel.types import Example
from protolabel.words.quantity import quantity

MOST_NAMED = 2  # other mails that a sentence names
NO_KEYS: Mapping[bytes, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SharedPart:
    """A part of a mail that is no example.

    Attributes:
        file: the mail.
        source: of the part.
        others: other mails that have it.
        label: what the first of these is, where that is what the part must not become; else empty.
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
            words = f"{name} is no example: {self.others[0]} {have} it, too, and is {self.label}"
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
    own: Mapping[bytes, bytes] = NO_KEYS,
    by_key: bool = False,
) -> tuple[list[Example], list[SharedPart]]:
    """Return the examples without the parts of mails that are none, and these.

    Args:
        store: of the label space, which remembers what it has answered.
        examples: whole mails, each with the class that it has, or has not.
        files: the mails of some of them, by their sources; found by these where it is not given.
        own: what the documents hold of which something is said, by their keys.
        by_key: whether classes are refused for each part by its key, too: then no attachment that
            other mails have need be a negative example.
    """
    search = _Search(store, examples, files, own, by_key=by_key)
    if not search.by_file:
        return list(examples), []
    shared = search.shared
    left_out = {one.source for one in shared}
    return [one for one in examples if one.source not in left_out], shared


class _Search:
    """The parts of the mails that examples come from, and others that have them."""

    def __init__(
        self,
        store: Store,
        examples: Sequence[Example],
        files: Mapping[str, str] | None,
        own: Mapping[bytes, bytes],
        *,
        by_key: bool,
    ) -> None:
        self._parts = DocumentParts([], (one.source for one in examples))
        self.by_file: dict[str, dict[str, bytes]] = defaultdict(dict)
        self._labels: dict[str, set[str]] = defaultdict(set)
        for one in examples:
            self._labels[one.source].add(one.label)
            file = (files or {}).get(one.source) or self._parts.file_of(one.source)
            if file:
                content = content_of(one.text, one.image, one.embedding)
                self.by_file[file][one.source] = content
        self._holders = OtherHolders(store, self.by_file, own)
        self._negative = any(one.negative for one in examples)
        self._by_key = by_key and self._negative

    @property
    def shared(self) -> list[SharedPart]:
        """The parts that are no examples.

        Where nothing of a mail would be left to learn from, its attachments are documents like
        others, unless they stand for a document that is here already.
        """
        shared: list[SharedPart] = []
        for file, parts in self.by_file.items():
            candidates = [self._shared_part(file, source) for source in parts]
            of_file = [one for one in candidates if one is not None]
            is_taken = any(one.label and one.others[0] not in self.by_file for one in of_file)
            if len(of_file) == len(parts) and not is_taken:
                of_file = [one for one in of_file if not one.label]
            if len(of_file) < len(parts) or is_taken:
                shared += of_file
        return shared

    def _is_frame(self, file: str, source: str) -> bool:
        return source == file or self._parts.is_frame(source)

    def _shared_part(self, file: str, source: str) -> SharedPart | None:
        content = self.by_file[file][source]
        attachments = {
            one for name, one in self.by_file[file].items() if not self._is_frame(file, name)
        }
        others = self._holders.mails(content, file, attachments)
        for other, one in self._files_here.get(content, {}).items():
            if other != file and not attachments <= set(self.by_file[other].values()):
                others[other] = {label for name in one for label in self._labels[name]}
        if self._is_frame(file, source) and others:
            ids = [id_ for other in others for id_ in self._holders.own_texts(other, content)]
            return SharedPart(file, source, tuple(others), examples=tuple(ids))
        pairs = [*others.items(), *self._holders.whole_documents(content)]
        for other, labels in pairs:
            words = self._contrary(source, labels)
            if words:
                return SharedPart(file, source, (other,), words)
        for other, label in () if self._negative else self._holders.refusals(content):
            if self._holders.is_of(self._labels[source], label):
                return SharedPart(file, source, (other,), f"not {label!r}")
        is_shared = bool(others) and self._by_key
        return SharedPart(file, source, tuple(others), by_key=True) if is_shared else None

    def _contrary(self, source: str, labels: set[str]) -> str:
        """Return the labels of another document that a part must not alter; empty where it may."""
        own = self._labels[source]
        if self._negative:
            labels = {one for one in labels if any(self._holders.is_of([one], two) for two in own)}
        elif labels == own:
            return ""
        return ", ".join(map(repr, sorted(labels)))

    @cached_property
    def _files_here(self) -> dict[bytes, dict[str, list[str]]]:
        """The sources of the parts of each content among the examples, by mail."""
        files: dict[bytes, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for file, parts in self.by_file.items():
            for source, content in parts.items():
                files[content][file].append(source)
        return files

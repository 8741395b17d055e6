"""What a person said of documents, and which remembered documents are meant by it.

What is said of a document holds for equal ones where both are whole. A part of a mail is meant only
where its own mail is: a person who decides on a mail says nothing of others. Where examples are
moved or removed, the documents that these came from are meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from protolabel.identity.document_key import whole_path
from protolabel.identity.sorted_paths import original_path
from protolabel.label_space.stored_items.classes_now import ClassesNow
from protolabel.label_space.stored_items.document_contents import content_of
from protolabel.label_space.stored_items.document_parts import DocumentParts
from protolabel.store import AnswerRow, Decision, Store
from protolabel.types import Example


@dataclass(slots=True)
class Statements:
    """What a person said of documents, by what answers call their content.

    Attributes:
        labels: of each document.
        sources: of the documents that were named; empty for one that came from nowhere.
        former: keys of the classes that they were examples of until then.
        follows: parts of mails on which people decided go along with equal examples, as in a split,
            where the class itself becomes others.
        contents: of documents by their keys, what they hold.
    """

    labels: dict[bytes, list[str]] = field(default_factory=lambda: defaultdict(list))
    sources: dict[bytes, set[str]] = field(default_factory=lambda: defaultdict(set))
    former: dict[bytes, set[int]] = field(default_factory=lambda: defaultdict(set))
    contents: Mapping[bytes, bytes] = field(default_factory=dict)
    follows: bool = False

    @classmethod
    def of_negatives(cls, examples: Iterable[Example]) -> Statements:
        """Return which classes documents are not of, as the negative ones among examples say."""
        return cls.of(example for example in examples if example.negative)

    @classmethod
    def of(cls, examples: Iterable[Example]) -> Statements:
        """Return what is said by examples that people give."""
        statements = cls()
        for e in examples:
            content = content_of(e.text, e.image, e.embedding)
            statements.labels[content].append(e.label)
            statements.sources[content].add(e.source)
        return statements


def documents_meant(
    store: Store,
    statements: Statements,
    documents: Collection[bytes],
    contents: Collection[bytes] | None = None,
) -> list[AnswerRow]:
    """Return the remembered documents that a person means.

    Args:
        store: of the label space.
        statements: what a person said of documents; equal ones are meant as the head of this file
            says.
        documents: those that are meant by their keys.
        contents: of which something is said; None: all that there are statements of.
    """
    rows = store.answers.rows(contents=statements.labels if contents is None else contents)
    if rows:
        reach = _Reach(store, statements)
        rows = [row for row in rows if row.document not in documents and reach.includes(row)]
    if documents:
        rows += [row for row in store.answers.rows() if row.document in documents]
    return rows


def decisions_meant(
    store: Store,
    statements: Statements,
    documents: Collection[bytes],
    contents: Collection[bytes],
) -> list[Decision]:
    """Return what is decided by now on the documents that a person means and nobody remembers.

    A document that is named, and on which nobody has decided, has a decision without classes. One
    that is remembered by one of its keys is left out under the others. The arguments are those of
    :func:`documents_meant`.
    """
    stored = store.answers.decisions()
    if not (stored or documents):
        return []
    remembered, reach = store.answers.places(), _Reach(store, statements)
    left_out = {statements.contents.get(one) for one in documents if one in remembered}
    decisions = [
        _with_content(stored.get(one, Decision(one, ())), statements, reach)
        for one in documents
        if one not in remembered and statements.contents.get(one) not in left_out
    ]
    return decisions + [
        one
        for key, one in stored.items()
        if key not in remembered
        and key not in documents
        and one.content in contents
        and reach.includes_decision(one)
    ]


def _with_content(decision: Decision, statements: Statements, reach: _Reach) -> Decision:
    """Return a decision with what its document holds, where a person named that."""
    content = statements.contents.get(decision.document)
    if content is None:
        return decision
    return replace(decision, content=content, whole=decision.whole or reach.is_whole(content))


class _Reach:
    """Which remembered documents are meant by what a person said of equal ones."""

    def __init__(self, store: Store, statements: Statements) -> None:
        self._statements, self._remembered = statements, DocumentParts.remembered(store)
        self._classes_now = ClassesNow(store.rows, store.rows.version())
        sources = {source for names in statements.sources.values() for source in names}
        named = DocumentParts((source, b"") for source in sources)
        self._paths = {source: _paths_of(source) for source in sources if source}
        self._whole = {
            one for one in sources if not (named.file_of(one) or self._remembered.file_of(one))
        }

    def includes(self, row: AnswerRow) -> bool:
        """Return whether a document is meant that is equal to one of which something was said."""
        sources = self._statements.sources.get(row.content, set())
        named = {path for one in sources for path in self._paths.get(one, ())}
        if named and row.source and not named.isdisjoint(_paths_of(row.source)):
            return True
        if not self._remembered.file_of(row.source):
            return self.is_whole(row.content)
        return row.person and self._were_of(row.labels, row.content)

    def includes_decision(self, decision: Decision) -> bool:
        """Return whether a document is meant that is not remembered, as :meth:`includes` does."""
        content = decision.content or b""
        return (
            self.is_whole(content) if decision.whole else self._were_of(decision.classes, content)
        )

    def is_whole(self, content: bytes) -> bool:
        """Return whether something is said of a document that is no part of a mail."""
        return not self._whole.isdisjoint(self._statements.sources.get(content, ()))

    def _were_of(self, classes: Collection[int], content: bytes) -> bool:
        """Return whether one of some classes is one that an example of this content has left."""
        former = self._statements.former.get(content, ()) if self._statements.follows else ()
        return any(self._classes_now.among(one, former) is not None for one in classes)


def _paths_of(source: str) -> set[str]:
    """Return the whole paths of a source: of a sorted file also that which it came from."""
    path = whole_path(source)
    return {path, original_path(path)}

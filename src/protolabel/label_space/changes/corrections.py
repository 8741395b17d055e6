"""The change that says which class documents have, whether the label space holds them or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

from protolabel.copies.equality import document_digest
from protolabel.errors import InputError
from protolabel.label_space.changes.arrivals import add_examples
from protolabel.label_space.changes.contradictions import (
    note_withdrawn,
    refuse_other_labels,
    withdrawn_by,
)
from protolabel.label_space.changes.document_decisions import (
    LabelsByKey,
    by_document,
    clean_contents,
    clean_decisions,
    detail_of,
    fields_of,
)
from protolabel.label_space.changes.equal_examples import examples_with
from protolabel.label_space.changes.example_records import (
    ExamplesRequest,
    clean_examples,
    clean_shared,
    end_shared,
    note_shared,
)
from protolabel.label_space.changes.labels import Relabelling
from protolabel.label_space.changes.request import Material, Needs, NothingToChangeError
from protolabel.label_space.changes.rows import (
    LISTED,
    distinct_strings,
    ensure_class,
    listed,
    note_near,
    require_examples,
)
from protolabel.label_space.configuration.stored_settings import settings_of
from protolabel.label_space.person_statements.corrected_answers import note_labels, noted_labels
from protolabel.label_space.person_statements.statements import Statements
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.label_space.stored_items.known_documents import equal_items, twins_of
from protolabel.label_space.view import View
from protolabel.store import Store, Writing
from protolabel.types import Example


@dataclass(frozen=True)
class Correct(ExamplesRequest):
    """Documents with the classes that they have: examples of these from now on, and of no other.

    An equal document that is an example of another class is moved. One that is an example of the
    right class already stays as it is. The others are added. Where documents may have several
    labels, a document has all those that it comes with, and no others.

    Attributes:
        examples: the documents, each with its class.
        removed: ids of examples of other documents, which are of no class from now on.
        decisions: the classes of documents by their keys, whether they become examples or not, and
            whether they are remembered or not.
        shared: ids of examples that several mails have as their own text: they end, and what was
            decided about these mails stays.
        contents: what the documents of ``decisions`` hold: 16 bytes in hexadecimal by their keys.
        taken_back: as of ``Remove``, for the examples of ``removed``.
    """

    kind: ClassVar[str] = "correct"
    examples: Sequence[Example]
    removed: Sequence[str] = ()
    decisions: LabelsByKey = field(default_factory=dict)
    shared: Sequence[str] = ()
    contents: Mapping[str, str] = field(default_factory=dict)
    taken_back: LabelsByKey = field(default_factory=dict)

    def __post_init__(self) -> None:
        is_decision = bool(self.decisions) and not self.examples
        examples = () if is_decision else clean_examples(self.examples, "no documents")
        negative = [example for example in examples if example.negative]
        if negative:
            raise InputError(
                f"a document that is not {negative[0].label!r} in a correction",
                expected="the class that each document has; refute() says what it is not",
            )
        object.__setattr__(self, "examples", examples)
        ids = distinct_strings(self.removed, "example ids") if self.removed else ()
        object.__setattr__(self, "removed", tuple(ids))
        object.__setattr__(self, "decisions", clean_decisions(self.decisions))
        object.__setattr__(self, "shared", clean_shared(self.shared))
        object.__setattr__(self, "contents", clean_contents(self.contents))
        object.__setattr__(self, "taken_back", clean_decisions(self.taken_back))

    @property
    def reads_answers(self) -> bool:
        """Whether it concerns documents that were answered: each of them may be one."""
        return True

    def note_answers(self, store: Store, change: int | None) -> None:
        """Give remembered documents the labels that they have, or none where they were removed."""
        decisions, taken_back = by_document(self.decisions), by_document(self.taken_back)
        note_labels(store, self._statements, change, self.removed, decisions, taken_back)

    @property
    def _statements(self) -> Statements:
        pairs = self.contents.items()
        contents = {bytes.fromhex(key): bytes.fromhex(content) for key, content in pairs}
        return replace(Statements.of(self.examples), contents=contents)

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Move what is here under another class, add what is not here, and end what is removed."""
        shared = end_shared(writing, self.shared)
        others = require_examples(writing, self.removed) if self.removed else []
        for row in others:
            writing.end_example(row)
        other_ids = [row.id for row in others]
        if not self.examples:
            self._decide(writing, material, indexes, other_ids)
            note_shared(writing, shared)
            return
        items_by_example = equal_items(writing, self.examples, material.vectors, indexes.texts)
        several = settings_of(writing.rows, writing.version).several
        self._refuse_contradictions(several)
        if several:
            self._write_several(writing, items_by_example, material, indexes, other_ids)
            note_shared(writing, shared)
            note_withdrawn(writing, withdrawn_by(writing, self.examples, items_by_example))
            return
        twins = twins_of(writing, self.examples, material.vectors, items_by_example)
        relabelling = self._settle(writing, items_by_example, material)
        repeated = {twin.position for twin in twins}
        additions = [i for i in range(len(self.examples)) if i not in repeated]
        relabelling.added, _, new = add_examples(
            writing, [self.examples[i] for i in additions], material.vectors[additions], material
        )
        self._note(writing, indexes, relabelling, new, other_ids)
        note_shared(writing, shared)
        note_withdrawn(writing, withdrawn_by(writing, self.examples, items_by_example))

    def _digests(self) -> list[str]:
        """Return of each example what copies of one document have in common."""
        return [document_digest(e.text, e.image, e.embedding) for e in self.examples]

    def _refuse_contradictions(self, several: bool) -> None:
        """Raise InputError where copies of one document are given different classes.

        ``several``: a document may have several classes, and comes once with each of them. Its
        copies have other sources.
        """
        copies: dict[tuple[str, object], list[Example]] = {}
        for i, (digest, example) in enumerate(zip(self._digests(), self.examples, strict=True)):
            copies.setdefault((digest, example.source if several else i), []).append(example)
        refuse_other_labels(
            (digest, of_copy[0].source, [example.label for example in of_copy])
            for (digest, _), of_copy in copies.items()
        )

    def _write_several(
        self,
        writing: Writing,
        items_by_example: Sequence[Sequence[int]],
        material: Material,
        indexes: Indexes,
        other_ids: list[str],
    ) -> None:
        """Give each document the labels that it comes with, and no others."""
        pairs = zip(self.examples, material.vectors, strict=True)
        digests = [document_digest(one.text, one.image, vector) for one, vector in pairs]
        labels: dict[str, dict[str, int]] = {digest: {} for digest in digests}
        for i, digest in enumerate(digests):
            labels[digest].setdefault(self.examples[i].label, i)
        items = dict(zip(digests, items_by_example, strict=True))
        relabelling, additions = Relabelling(), list[int]()
        for digest, positions in labels.items():
            stored = examples_with(writing, items[digest])
            lacking = relabelling.settle(writing, stored, list(positions), material)
            additions += [positions[label] for label in lacking]
        examples = [self.examples[i] for i in additions]
        relabelling.added, _, new = add_examples(
            writing, examples, material.vectors[additions], material
        )
        self._note(writing, indexes, relabelling, new, other_ids)

    def _note(
        self,
        writing: Writing,
        indexes: Indexes,
        relabelling: Relabelling,
        classes: Sequence[str],
        other_ids: Sequence[str],
    ) -> None:
        """Say what was done: in words, of which classes, and which of these are new.

        Args:
            writing: the change.
            indexes: of the names that are here.
            relabelling: what became of the examples of these documents.
            classes: those that were made for documents that were added.
            other_ids: the examples of other documents that ended.

        Raises:
            NothingToChangeError: no word says what was done, and no example has ended.
        """
        words, new = relabelling.words, [*relabelling.new, *classes]
        if not (words or new or other_ids):
            detail: dict[str, object] = {"known": len({*self._digests()})}
            raise self._nothing(detail)
        labels = self._labels
        birth = f" ({len(new)} new)" if new else ""
        nothing = "they are so already" if self.examples else "no example changed"
        writing.summary = f"corrected to {listed(labels)}: {words or nothing}{birth}"
        removed = [*relabelling.removed, *other_ids]
        writing.detail = {
            "moved": relabelling.moved[:LISTED],
            "examples": relabelling.added[:LISTED],
            "classes": labels[:LISTED],
        }
        writing.detail |= {"removed": removed[:LISTED]} if removed else {}
        writing.detail |= self._detail
        writing.summary += f"; removed {listed(other_ids, 'example')}" if other_ids else ""
        note_near(writing, indexes, new)

    def _decide(
        self, writing: Writing, material: Material, indexes: Indexes, other_ids: list[str]
    ) -> None:
        """Decide on documents of which none becomes an example; a new class is made."""
        relabelling = Relabelling()
        pairs = [(label, ensure_class(writing, label, material)[1]) for label in self._labels]
        relabelling.new = [label for label, is_new in pairs if is_new]
        if relabelling.new or other_ids:
            self._note(writing, indexes, relabelling, [], other_ids)
        else:
            raise self._nothing({"known": 0})

    @property
    def _labels(self) -> list[str]:
        """The classes that the documents have, each once."""
        labels = [example.label for example in self.examples]
        return list(
            dict.fromkeys([*labels, *(one for of in self.decisions.values() for one in of)])
        )

    def needs(self, view: View) -> Needs:
        """Return the documents, and the names of classes that they may make."""
        return replace(super().needs(view), names=tuple(self._labels))

    @property
    def _detail(self) -> dict[str, object]:
        """What the log says of documents by their keys."""
        return detail_of(self.decisions) | detail_of(self.taken_back, "taken_back")

    def _nothing(self, detail: dict[str, object]) -> NothingToChangeError:
        words = f"corrected to {listed(self._labels)}: no example changed"
        detail |= self._detail
        return NothingToChangeError("nothing to correct: it is so already", detail, words)

    def decides_anew(self, store: Store) -> bool:
        """Return whether a document gets another label than a person gave it, or than it had."""
        noted = noted_labels(store, self._statements, by_document(self.decisions))
        return (
            bool(self.taken_back)
            or (not self.examples and bool(noted.decisions))
            or noted.alters(store)
        )

    def _settle(
        self, writing: Writing, items_by_example: Sequence[Sequence[int]], material: Material
    ) -> Relabelling:
        """Move the equal examples of other classes, or end them where the class has one."""
        relabelling = Relabelling()
        for example, items in zip(self.examples, items_by_example, strict=True):
            stored = examples_with(writing, items)
            labels = {label for _, label in stored}
            if example.label in labels and len(labels) > 1:
                ensure_class(writing, example.label, material)  # refused where it is retired
            relabelling.settle(writing, stored, [example.label], material)
        return relabelling

    def to_dict(self) -> dict[str, object]:
        """Return the request as JSON can hold it: images as ``data:`` addresses."""
        others: dict[str, object] = {"removed": list(self.removed)} if self.removed else {}
        others |= {"shared": list(self.shared)} if self.shared else {}
        others |= {"contents": dict(self.contents)} if self.contents else {}
        others |= fields_of(self.taken_back, "taken_back")
        return super().to_dict() | others | fields_of(self.decisions)

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> Self:
        """Return the request of these fields. Raises InputError."""
        removed = values.get("removed", [])
        if not isinstance(removed, list):
            raise InputError("a change of kind 'correct'", expected='"removed", a list of ids')
        record = {name: value for name, value in values.items() if name != "removed"}
        return replace(super().from_dict(record), removed=removed)

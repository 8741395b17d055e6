"""A decision holds for what its person saw: others may not have decided otherwise since.

The sender says what it saw, document by document. Whoever says nothing decides in any case.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from protolabel.label_space.changes import ChangeRequest
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.person_statements.statements import Statements
from protolabel.label_space.remembered_documents.remembered import NamesInLog, remembered_document
from protolabel.label_space.session import session_of
from protolabel.label_space.terms import Claim, RequestKey
from protolabel.service.bodies import SeenBody
from protolabel.service.problems import Refusal
from protolabel.store import AnswerRow, Store
from protolabel.types import Example

__all__ = ["Decided", "decided_by", "decided_on", "held_to"]

KIND = "DecidedOtherwise"


@dataclass(frozen=True)
class Decided:
    """What a request decides: who has decided the same since stands in nobody's way.

    Attributes:
        labels: of documents, by their keys.
        examples: documents with their labels, or with classes that they are not of.
        refused: classes that the documents are not of.
    """

    labels: Mapping[str, str | Collection[str]] = field(default_factory=dict)
    examples: Collection[Example] = ()
    refused: Collection[str] = ()


def decided_by(request: ChangeRequest) -> Decided:
    """Return what a change decides about documents."""
    examples = getattr(request, "examples", ())
    return Decided(examples=examples, refused=[one.label for one in examples if one.negative])


def decided_on(space: LabelSpace, labels: Mapping[str, str | list[str]]) -> Decided:
    """Return what a decision on remembered documents decides, by their keys.

    An empty list says that a document is of none of the classes.
    """
    is_refusal = not all(labels.values())
    classes = [one.name for one in space.classes() if not one.retired] if is_refusal else []
    return Decided(labels=labels, refused=classes)


def held_to(
    space: LabelSpace, as_seen: Mapping[str, SeenBody], decided: Decided, key: RequestKey | None
) -> RequestKey | None:
    """Return the key of a request, so that it also holds the decision to what was seen."""
    if not as_seen:
        return key
    key = key or RequestKey("")
    claim = _AsSeen(session_of(space).store, as_seen, decided)
    return replace(key, claim=claim if key.claim is None else _Both(key.claim, claim))


@dataclass(frozen=True)
class _Both(Claim):
    """Two rights, of which neither may be gone."""

    first: Claim
    second: Claim

    def require(self) -> None:
        """Raise where one of them is gone."""
        self.first.require()
        self.second.require()


@dataclass(frozen=True)
class _AsSeen(Claim):
    """Documents may be decided on while what people decided on them is what the sender saw."""

    store: Store
    as_seen: Mapping[str, SeenBody]
    decided: Decided

    def require(self) -> None:
        """Raise Refusal (409) where somebody has decided otherwise on a document since."""
        documents = {_document(key): key for key in self.as_seen}
        judged = self.store.answers.judged_of([*documents])
        labels = {row.document: labels for row, labels in self._labels_now(judged)}
        names, refused = NamesInLog(self.store), dict[bytes, set[str]]()
        for document, class_key in self.store.answers.refusals():
            if document in documents and document not in labels:
                refused.setdefault(document, set()).add(names.own_name(class_key))
        given_labels = self._labels_given(judged)
        for document, key in documents.items():
            was = self.as_seen[key]
            present = labels.get(document, set())
            is_labelled_anew = (
                present and present != set(was.labels) and present != given_labels.get(document)
            )
            expected = {*was.refused, *self.decided.refused}
            if is_labelled_anew or not refused.get(document, set()) <= expected:
                raise Refusal(
                    409,
                    f"a decision on document {key[:8]}, on which somebody has decided since",
                    expected="a decision that saw what is decided on it now",
                    remedy="look at the document as `GET .../inbox` lists it now, then decide",
                    kind=KIND,
                )

    def _labels_now(self, judged: Collection[AnswerRow]) -> list[tuple[AnswerRow, set[str]]]:
        """Return the labels that people gave documents which they have decided on."""
        names = NamesInLog(self.store)
        about = [(row, remembered_document(row, names)) for row in judged]
        return [(row, set(one.labels or ({one.label} if one.label else ()))) for row, one in about]

    def _labels_given(self, judged: Collection[AnswerRow]) -> dict[bytes, set[str]]:
        """Return the labels that the request gives documents."""
        positive = [one for one in self.decided.examples if not one.negative]
        by_content = Statements.of(positive).labels
        given_labels = {row.document: set(by_content.get(row.content, ())) for row in judged}
        for key, labels in self.decided.labels.items():
            given_labels[_document(key)] = {labels} if isinstance(labels, str) else set(labels)
        return given_labels


def _document(key: str) -> bytes:
    """Return what the answer log calls a document; nothing is called so where the key is none."""
    try:
        return bytes.fromhex(key)
    except ValueError:
        return key.encode()

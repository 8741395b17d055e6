"""The client's methods that answer documents, and look at those that were answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Literal, cast

from typing_extensions import TypedDict

from protolabel.client import answers, reports
from protolabel.client.requests import Requests, _present


class DocumentBody(TypedDict, total=False):
    """A document to send: a text, an image as a ``data:`` address, or an embedding."""

    id: str
    text: str
    image: str
    embedding: list[float]
    source: str


AnyText = str | DocumentBody


class Labelling(Requests):
    """Answers documents."""

    def label(
        self, documents: Iterable[AnyText], *, alternatives: int = 5, evidence: int = 3
    ) -> answers.Answers:
        """Return the answers to documents, in their order, all from one version.

        Args:
            documents: texts, or records with ``text``, ``image`` or ``embedding``.
            alternatives: how many classes an answer ranks.
            evidence: how many nearest examples it shows.
        """
        body = {
            "documents": [_record(one) for one in documents],
            "alternatives": alternatives,
            "evidence": evidence,
        }
        return cast(answers.Answers, self._json("POST", "/label", json=body))

    def label_many(
        self, documents: Iterable[AnyText], *, batch: int = 256, evidence: int = 0
    ) -> Iterator[answers.Answer]:
        """Yield the answers to any number of documents, a batch at a time, in bounded memory."""
        rest = iter(documents)
        while chunk := list(islice(rest, batch)):
            yield from self.label(chunk, evidence=evidence)["answers"]

    def label_file(
        self,
        name: str,
        content: bytes,
        *,
        alternatives: int = 5,
        evidence: int = 3,
        ocr: Literal["auto", "on", "off"] = "auto",
    ) -> answers.Answers:
        """Return the answers to what is in a file; its name says of which kind it is."""
        query = {"name": name, "alternatives": alternatives, "evidence": evidence, "ocr": ocr}
        record = self._json("POST", "/label/file", content=content, params=query)
        return cast(answers.Answers, record)

    def explain(self, document: AnyText, *, evidence: int = 5) -> answers.Explanation:
        """Return the answer to one document with evidence; it is not remembered."""
        body = {"document": _record(document), "evidence": evidence}
        return cast(answers.Explanation, self._json("POST", "/explain", json=body))

    def read(self, name: str, content: bytes) -> answers.ReadDocuments:
        """Return the documents of a file, not labelled."""
        record = self._json("POST", "/read", content=content, params={"name": name})
        return cast(answers.ReadDocuments, record)

    def put(self, documents: Iterable[AnyText], *, evidence: int = 3) -> answers.InboxList:
        """Label documents, and return them as the inbox lists them."""
        body = {"documents": [_record(one) for one in documents], "evidence": evidence}
        return cast(answers.InboxList, self._json("POST", "/inbox", json=body))

    def inbox(self, *, limit: int = 500) -> answers.InboxList:
        """Return the remembered documents, newest first, with the answers that they have now."""
        return cast(answers.InboxList, self._json("GET", "/inbox", params={"limit": limit}))

    def document(self, key: str, *, evidence: int = 5) -> answers.InboxDocument:
        """Return one remembered document, and its answer now with evidence."""
        record = self._json("GET", f"/inbox/{key}", params={"evidence": evidence})
        return cast(answers.InboxDocument, record)

    def map(self, *, limit: int = 50_000) -> answers.MapAnswer:
        """Return documents, examples and prototypes as points of a plane."""
        return cast(answers.MapAnswer, self._json("GET", "/map", params={"limit": limit}))

    def decide(self, labels: Mapping[str, str]) -> reports.Change:
        """Say which classes remembered documents have, by their keys: one change."""
        return cast(reports.Change, self._change("/inbox/decisions", {"labels": dict(labels)}))

    def undo(self, version: int | None, keys: Iterable[str] = ()) -> reports.Undone:
        """Take back one change, if it is the newest in force; open the documents it decided."""
        return cast(reports.Undone, self._change("/undo", {"version": version, "keys": [*keys]}))

    def suggestions(
        self,
        *,
        to: str | None = None,
        before: str | None = None,
        evidence: int = 3,
        limit: int = 100,
        start: int = 0,
    ) -> answers.Suggestions:
        """Return remembered documents that prefer another class now, surest first."""
        query = {"to": to, "before": before, "evidence": evidence, "limit": limit, "start": start}
        record = self._json("GET", "/suggestions", params=_present(query))
        return cast(answers.Suggestions, record)

    def accept(self, labels: Mapping[str, str], *, as_examples: bool = False) -> reports.Acceptance:
        """Accept suggestions: of each document, by its key, the class that was suggested."""
        body = {"suggestions": _suggestions(labels), "as_examples": as_examples}
        return cast(reports.Acceptance, self._change("/suggestions/accept", body))

    def dismiss(self, labels: Mapping[str, str]) -> answers.Dismissed:
        """Dismiss suggestions, named as for :meth:`accept`."""
        body = {"suggestions": _suggestions(labels)}
        return cast(answers.Dismissed, self._change("/suggestions/dismiss", body))

    def remembered(self, *, limit: int = 100, start: int = 0) -> answers.RememberedList:
        """Return the documents that were answered, oldest first, without texts."""
        record = self._json("GET", "/remembered", params={"limit": limit, "start": start})
        return cast(answers.RememberedList, record)

    def reconsider(self, names: Iterable[str] | None) -> answers.Reconsidered:
        """Take back decisions on documents by key, id or source; None: on all."""
        return cast(answers.Reconsidered, self._change("/reconsider", _names(names)))

    def forget(self, names: Iterable[str] | None) -> answers.Forgotten:
        """Forget documents by key, id or source, for good; None: all."""
        return cast(answers.Forgotten, self._change("/forget", _names(names)))

    def remember(
        self, what: Literal["off", "answers", "text"] | None = None, *, most: int | None = None
    ) -> reports.Change:
        """Say what may be remembered of documents that are answered, and of how many."""
        return cast(reports.Change, self._change("/remember", {"what": what, "most": most}))


def _record(document: AnyText) -> DocumentBody:
    return {"text": document} if isinstance(document, str) else document


def _suggestions(labels: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "label": label} for key, label in labels.items()]


def _names(names: Iterable[str] | None) -> dict[str, object]:
    return {"all": True} if names is None else {"names": [*names]}

"""The client's methods that answer documents, and look at those that were answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count, islice
from typing import Any, Literal, Unpack, cast
from urllib.parse import unquote

from protolabel.arguments import require_strings, require_whole
from protolabel.client import answers, reports, systemone
from protolabel.client.arguments import (
    AnyText,
    DocumentBody,
    LabelOrLabels,
    document_bodies,
    document_body,
    file_content,
    labels_of_keys,
    names_body,
    path_part,
    seen_body,
    suggestions_body,
    version_and_mark,
)
from protolabel.client.file_options import FileOptions
from protolabel.client.requests import Requests, given_values


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

        Raises:
            InputError: what is given is no list of documents; nothing was sent then.
        """
        bodies = _bodies(documents)
        body = {"documents": bodies, "alternatives": alternatives, "evidence": evidence}
        return cast(answers.Answers, self._json("POST", "/label", json=body))

    def label_many(
        self, documents: Iterable[AnyText], *, batch: int = 256, evidence: int = 0
    ) -> Iterator[answers.Answer]:
        """Yield the answers to any number of documents, a batch at a time, in bounded memory.

        A document without an id is named by its position among all of them, from 0.
        """
        require_whole(batch, "batch", 1)
        bodies = map(document_body, document_bodies(documents), count())
        return self._batches(bodies, batch, evidence)

    def _batches(
        self, bodies: Iterator[DocumentBody], batch: int, evidence: int
    ) -> Iterator[answers.Answer]:
        while chunk := list(islice(bodies, batch)):
            yield from self.label(chunk, evidence=evidence)["answers"]

    def label_file(
        self,
        name: str,
        content: bytes,
        *,
        alternatives: int = 5,
        evidence: int = 3,
        ocr: Literal["auto", "on", "off"] = "auto",
        **options: Unpack[FileOptions],
    ) -> answers.Answers:
        """Return the answers to what is in a file; its name says of which kind it is.

        ``options``: how it is read, such as ``text_field``.
        """
        bounds = {"alternatives": alternatives, "evidence": evidence, "ocr": ocr}
        query = {"name": name, **bounds, **given_values(options)}
        record = self._json("POST", "/label/file", content=file_content(content), params=query)
        return cast(answers.Answers, record)

    def explain(self, document: AnyText, *, evidence: int = 5) -> answers.Explanation:
        """Return the answer to one document with evidence; it is not remembered."""
        body = {"document": document_body(document, 0), "evidence": evidence}
        return cast(answers.Explanation, self._json("POST", "/explain", json=body))

    def system_one(
        self, state: str | dict[str, Any] | list[Any], questions: Mapping[str, Mapping[str, Any]]
    ) -> systemone.Decisions:
        """Return the answers to questions of the type ``choice``, whose options are classes.

        Args:
            state: what is to be decided on: a text, or values whose texts are read in order.
            questions: by name, each ``{"type": "choice", "criteria": {class: None, ...}}``.
        """
        body = {"model": unquote(self._space), "state": state, "questions": dict(questions)}
        return cast(systemone.Decisions, self._record("POST", "/v1/systemone", {"json": body}))

    def read(
        self, name: str, content: bytes, **options: Unpack[FileOptions]
    ) -> answers.ReadDocuments:
        """Return the documents of a file, not labelled; ``options`` as for :meth:`label_file`."""
        query = {"name": name, **given_values(options)}
        record = self._json("POST", "/read", content=file_content(content), params=query)
        return cast(answers.ReadDocuments, record)

    def put(self, documents: Iterable[AnyText], *, evidence: int = 3) -> answers.InboxList:
        """Label documents, and return them as the inbox lists them."""
        body = {"documents": _bodies(documents), "evidence": evidence}
        return cast(answers.InboxList, self._json("POST", "/inbox", json=body))

    def inbox(self, *, limit: int = 500) -> answers.InboxList:
        """Return the remembered documents, newest first, with the answers that they have now."""
        return cast(answers.InboxList, self._json("GET", "/inbox", params={"limit": limit}))

    def search(self, words: str, *, limit: int = 5000) -> answers.InboxMatches:
        """Return which remembered documents have all of these words, in their names or texts."""
        query = {"words": words, "limit": limit}
        return cast(answers.InboxMatches, self._json("GET", "/search", params=query))

    def followed_folder(self, *, limit: int = 100) -> answers.FollowedFolder:
        """Return what was read from the folder that the service follows, and what could not be."""
        return cast(answers.FollowedFolder, self._json("GET", "/followed", params={"limit": limit}))

    def document(self, key: str, *, evidence: int = 5) -> answers.InboxDocument:
        """Return one remembered document, and its answer now with evidence."""
        path = f"/inbox/{path_part(key, 'key')}"
        record = self._json("GET", path, params={"evidence": evidence})
        return cast(answers.InboxDocument, record)

    def map(self, *, limit: int = 50_000) -> answers.MapAnswer:
        """Return documents, examples and prototypes as points of a plane."""
        return cast(answers.MapAnswer, self._json("GET", "/map", params={"limit": limit}))

    def decide(
        self,
        labels: Mapping[str, LabelOrLabels],
        *,
        as_seen: Mapping[str, answers.DecisionSeen] | None = None,
    ) -> reports.Change:
        """Say which classes remembered documents have, by their keys: one change.

        Args:
            labels: the class of each document, or a list where documents may have several.
            as_seen: what was seen decided on documents, by their keys; ``{}`` for one that nobody
                had decided on. If somebody has decided otherwise since, nothing is changed (409).
                None: decide in any case.
        """
        body = {"labels": labels_of_keys(labels), **seen_body(as_seen)}
        return cast(reports.Change, self._change("/inbox/decisions", body))

    def undo(
        self,
        version: int | reports.Change | None,
        keys: Iterable[str] = (),
        *,
        as_seen: Mapping[str, answers.DecisionSeen] | None = None,
    ) -> reports.Undone:
        """Take back one change, if it is the newest in force; open the documents it decided.

        Args:
            version: of the change, or the change itself; None: open the documents alone.
            keys: of the documents.
            as_seen: as for :meth:`decide`, where documents alone are opened.
        """
        number, mark = (None, "") if version is None else version_and_mark(version, "version")
        body = {"version": number, "mark": mark, "keys": require_strings(keys, "keys")}
        return cast(reports.Undone, self._change("/undo", body | seen_body(as_seen)))

    def suggestions(
        self,
        *,
        to: str | None = None,
        before: str | None = None,
        evidence: int = 3,
        limit: int = 100,
        start: int = 0,
        declined: bool = False,
    ) -> answers.Suggestions:
        """Return remembered documents that prefer another class now, surest first.

        With ``declined``, return those that have a class and would be none of these now.
        """
        query = {"to": to, "before": before, "evidence": evidence, "limit": limit, "start": start}
        query |= {"declined": True} if declined else {}
        record = self._json("GET", "/suggestions", params=given_values(query))
        return cast(answers.Suggestions, record)

    def accept(self, labels: Mapping[str, str], *, as_examples: bool = False) -> reports.Acceptance:
        """Accept suggestions: of each document, by its key, the class that was suggested."""
        body = {"suggestions": suggestions_body(labels), "as_examples": as_examples}
        return cast(reports.Acceptance, self._change("/suggestions/accept", body))

    def dismiss(self, labels: Mapping[str, str]) -> answers.Dismissed:
        """Dismiss suggestions, named as for :meth:`accept`."""
        body = {"suggestions": suggestions_body(labels)}
        return cast(answers.Dismissed, self._change("/suggestions/dismiss", body))

    def remembered(self, *, limit: int = 100, start: int = 0) -> answers.RememberedList:
        """Return the documents that were answered, oldest first, without texts."""
        record = self._json("GET", "/remembered", params={"limit": limit, "start": start})
        return cast(answers.RememberedList, record)

    def reconsider(self, names: Iterable[str] | None) -> answers.Reconsidered:
        """Take back decisions on documents by key, id or source; None: on all."""
        return cast(answers.Reconsidered, self._change("/reconsider", names_body(names)))

    def forget(self, names: Iterable[str] | None) -> answers.Forgotten:
        """Forget documents by key, id or source, for good; None: all."""
        return cast(answers.Forgotten, self._change("/forget", names_body(names)))

    def remember(
        self, what: Literal["off", "answers", "text"] | None = None, *, most: int | None = None
    ) -> reports.Change:
        """Say what may be remembered of documents that are answered, and of how many."""
        return cast(reports.Change, self._change("/remember", {"what": what, "most": most}))


def _bodies(documents: Iterable[AnyText]) -> list[DocumentBody]:
    return [document_body(one, i) for i, one in enumerate(document_bodies(documents))]

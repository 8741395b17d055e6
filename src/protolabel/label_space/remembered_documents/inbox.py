"""Remembered documents with the answers that they have now: what a person goes through.

The answer log keeps what was answered once; here its vectors are compared with the label space of
today, so that a change shows at once in all of them. Nothing is encoded, but for an explanation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from protolabel.answers import Answer
from protolabel.arguments import require_strings, require_whole
from protolabel.columns.label_lists import labels_of_one
from protolabel.errors import InputError
from protolabel.label_space.answer_path.view_answers import explained, rows_and_answers
from protolabel.label_space.changes import Correct, Refute
from protolabel.label_space.changes.contradictions import refuse_other_labels
from protolabel.label_space.remembered_documents.document_map import (
    MOST_DOCUMENTS,
    DocumentMap,
    document_map,
)
from protolabel.label_space.remembered_documents.inbox_search import rows_with_words
from protolabel.label_space.remembered_documents.known_again import KnownAgain
from protolabel.label_space.remembered_documents.movement import Movement, movement
from protolabel.label_space.remembered_documents.remembered import (
    LABEL_AGAIN,
    NamesInLog,
    Remembered,
    remembered_document,
)
from protolabel.label_space.remembered_documents.taken_back import take_back
from protolabel.label_space.session import Session
from protolabel.label_space.terms import RequestKey, Terms
from protolabel.label_space.view import View
from protolabel.progress import Progress, silent
from protolabel.store import AnswerRow
from protolabel.types import Change, Document, Example

if TYPE_CHECKING:
    from protolabel.label_space.change_methods import ChangeMethods

__all__ = ["InboxDocument", "Movement"]


@dataclass(frozen=True, slots=True)
class InboxDocument:
    """A remembered document, and its answer now.

    ``document`` has its text where that may be kept. ``answer`` is None for a document that another
    encoder has embedded; its evidence is there only in an explanation.
    """

    document: Remembered
    answer: Answer | None


class Inbox:
    """The remembered documents of one label space."""

    def __init__(self, session: Session, changes: ChangeMethods[Change]) -> None:
        self._session, self._changes = session, changes

    def documents(
        self, most: int = 500, *, view: View | None = None
    ) -> tuple[list[InboxDocument], int]:
        """Return the newest documents with their answers, and how many there are.

        Args:
            most: how many to return.
            view: what answers; None: the newest view as it is.
        """
        require_whole(most, "most", 1)
        rows = self._rows()
        newest = rows[: -most - 1 : -1]
        texts = self._session.store.answers.texts_of([row.document for row in newest])
        newest = [replace(row, text=texts.get(row.document)) for row in newest]
        return self._with_answers(view or self._session.view(), newest), len(rows)

    def with_words(self, words: str) -> tuple[list[str], int]:
        """Return the keys of the documents that have all of these words, and how many there are.

        The newest comes first. A word is looked for in names and in remembered texts; case does not
        count.
        """
        rows = self._rows()[::-1]
        require_strings([words], "words")
        matches = rows_with_words(rows, words, self._session.store.answers.texts_of)
        return [row.document.hex() for row in matches], len(rows)

    def decided(self, keys: Sequence[str]) -> dict[str, Remembered]:
        """Return those of the documents with these keys that a person has decided on, by key."""
        names = NamesInLog(self._session.store)
        documents = [bytes.fromhex(key) for key in require_strings(keys, "keys")]
        rows = self._session.store.answers.judged_of(documents)
        return {row.document.hex(): remembered_document(row, names) for row in rows}

    def known_again(
        self, documents: Sequence[Document], folders: Sequence[str] = ()
    ) -> list[Document]:
        """Return documents under the names that are remembered, where those tell more of the path.

        Args:
            documents: from a program that knows only the end of their paths, such as a browser.
            folders: whole paths of those from which others were read under their names there.
        """
        if not any(document.source for document in documents):
            return list(documents)
        return self.remembered().again(documents, folders)

    def remembered(self) -> KnownAgain:
        """Return what is remembered now, by which documents are known again."""
        return KnownAgain(self._rows(), self._session.store.answers.texts_of)

    def explain(self, key: str, *, evidence: int = 5, view: View | None = None) -> InboxDocument:
        """Return one document with its text, and its answer now with evidence.

        Args:
            key: of the document.
            evidence: how many nearest examples it shows; with 0 its text is not read anew, and its
                answer is the one of the list.
            view: what answers; None: the newest view as it is.

        Raises:
            InputError: no remembered document has that key.
        """
        (row,) = self._rows_named([key])
        view = (view or self._session.view()).unremembered()
        document = Document(row.id, row.text, source=row.source)
        about = remembered_document(row, NamesInLog(self._session.store))
        if evidence and row.text is not None and view.embedder.encoding == row.encoding:
            return InboxDocument(about, view.label(document, evidence=evidence))
        (one,) = self._with_answers(view, [row], evidence)
        return one

    def decide(
        self,
        labels: Mapping[str, str | Sequence[str]],
        *,
        who: str | None = None,
        key: str | RequestKey = "",
        progress: Progress = silent,
    ) -> Change:
        """Say which classes documents have: they become examples of these, as one change.

        Args:
            labels: the class of each document, by its key, or a list of classes where documents may
                have several; a class is made if it is not there. An empty list says that a document
                is of none of the classes that there are; then it is one for each. The texts of the
                documents must be remembered. Copies of one document must have the same classes.
            who: in whose name.
            key: names this request, as for :meth:`LabelSpace.commit`.
            progress: follows what takes long.

        Raises:
            InputError: a key that no document has, a document whose text is not remembered, copies
                of one document with different classes, or some documents with a class and others
                with none.
        """
        rows = self._rows_named(list(labels))
        for row in rows:
            if row.text is None:
                raise InputError(
                    f"{row.source or row.id}: its text is not remembered",
                    expected="documents that were labelled while texts were remembered",
                    remedy=LABEL_AGAIN,
                )
        view = self._session.view()
        if not all(labels.values()):
            _refuse_both(labels)
            classes = [info.name for info in view.classes() if not info.retired]
            return self._changes.commit(
                _refutation(rows, classes), who=who, key=key, progress=progress
            )
        several = view.settings.several
        names = [
            [label]
            if isinstance(label, str)
            else labels_of_one(label, f"{row.source or row.id}: {label!r}", several)
            for row, label in zip(rows, labels.values(), strict=True)
        ]
        refuse_other_labels(
            (row.content, row.source or row.id, [str(name) for name in of_row])
            for row, of_row in zip(rows, names, strict=True)
        )
        examples = [
            Example(str(name), row.text, source=row.source)
            for row, of_row in zip(rows, names, strict=True)
            for name in of_row
        ]
        return self._changes.commit(Correct(examples), who=who, key=key, progress=progress)

    def take_back(
        self,
        keys: Sequence[str],
        examples: Sequence[str] | None = None,
        *,
        who: str | None = None,
        key: str | RequestKey = "",
    ) -> Change | None:
        """Take back what was decided on documents, with its examples, as one change.

        Args:
            keys: of the documents; one that is not remembered is left alone.
            examples: ids of the examples, negative ones too, that are removed; None: all that are
                equal to the documents.
            who: in whose name.
            key: names this request, as for :meth:`LabelSpace.commit`.

        Returns:
            the change; None where there was no example to remove.
        """
        terms = Terms.of(who=who, key=key)
        return take_back(self._session, require_strings(keys, "keys"), examples, terms)

    def moved_at(self, before: View, after: View) -> Movement:
        """Return what happened to the remembered documents between two versions."""
        return movement(self._session.store, self._rows(), before, after)

    def map(self, most: int = MOST_DOCUMENTS, *, view: View | None = None) -> DocumentMap:
        """Return documents, examples and prototypes as places in a plane.

        Args:
            most: how many documents, the newest ones.
            view: what answers; None: the newest view as it is.
        """
        most = require_whole(most, "most", 1)
        return document_map(self._session, view or self._session.view(), most)

    # -- helpers ------------------------------------------------------------------------------

    def _rows(self) -> list[AnswerRow]:
        self._session.answer_queue.write()
        return self._session.store.answers.rows()

    def _rows_named(self, keys: Sequence[str]) -> list[AnswerRow]:
        """Return the rows of these keys, with their texts. Raises InputError."""
        rows = {row.document.hex(): row for row in self._rows()}
        document_keys = require_strings(keys, "keys")
        missing = [key for key in document_keys if key not in rows]
        if missing:
            raise InputError(
                f"no remembered document with the key {missing[0]!r}",
                expected="keys of the inbox",
                remedy="list it again",
            )
        texts = self._session.store.answers.texts_of([rows[key].document for key in document_keys])
        return [replace(rows[key], text=texts.get(rows[key].document)) for key in document_keys]

    def _with_answers(
        self, view: View, rows: Sequence[AnswerRow], evidence: int = 0
    ) -> list[InboxDocument]:
        """Return rows with their answers from their stored vectors."""
        names = NamesInLog(self._session.store)
        comparable, encoded, answers = rows_and_answers(
            self._session.store.answers, view, rows, view.why_none_answers()
        )
        why = explained(view, encoded, answers, range(len(comparable) if evidence else 0), evidence)
        by_document = {
            row.document: answers.answer(i, Document(row.id, source=row.source), why.get(i))
            for i, row in enumerate(comparable)
        }
        return [
            InboxDocument(remembered_document(row, names), by_document.get(row.document))
            for row in rows
        ]


def _refuse_both(labels: Mapping[str, str | Sequence[str]]) -> None:
    """Raise InputError where some documents are given a class, and others none."""
    if any(labels.values()):
        raise InputError(
            "a class for some documents and none for others",
            expected="a class for each, or an empty list for each",
            remedy="decide on the two kinds of documents one after the other",
        )


def _refutation(rows: Sequence[AnswerRow], classes: Sequence[str]) -> Refute:
    """Return the change that says that documents are of none of the classes."""
    return Refute(
        [
            Example(name, row.text, source=row.source, negative=True)
            for row in rows
            for name in classes
        ]
    )

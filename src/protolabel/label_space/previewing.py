"""Finds out what a change would do: the answers before it and after it, side by side.

Compared are the stored examples, and the remembered documents that nobody has decided on, or whose
decisions the change alters.
``rehearsal`` carries the change out and takes it back. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from protolabel.answers import Evidence
from protolabel.arrays import Floats
from protolabel.errors import InputError
from protolabel.label_space.answer_path.promising import newly_unpromised
from protolabel.label_space.answer_path.view_answers import (
    MOST_EXPLAINED,
    ViewAnswers,
    encoded_rows,
    explained,
    view_answers,
)
from protolabel.label_space.change_methods import ChangeMethods
from protolabel.label_space.changed_decisions import (
    ChangedDecision,
    changed_decisions,
    remembered_now,
)
from protolabel.label_space.changes import ChangeRequest, Reencode
from protolabel.label_space.changes.registry import require_request
from protolabel.label_space.changes.request import NothingToChangeError
from protolabel.label_space.preview import Moved, Preview
from protolabel.label_space.rehearsal import OvertakenError, Rehearsal, undisturbed
from protolabel.label_space.session import Session
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.terms import ANY, Terms
from protolabel.label_space.view import View
from protolabel.progress import Progress, silent
from protolabel.store import AnswerRow, Rows
from protolabel.types import Document, Encoded

MOST_COMPARED = 20_000  # stored examples that are compared, an equal share of each class


class Previews(ChangeMethods[Preview]):
    """The methods that change a label space. Each says what it would do, and does nothing.

    >>> from protolabel import LabelSpace
    >>> space = LabelSpace.create(encoder="hashing")
    >>> _ = space.add(["pay the bill", "my work so far"], ["invoice", "cv"])
    >>> _ = space.label("pay my bill")
    >>> print(space.preview.rename("invoice", "bill"))
    renamed 'invoice' to 'bill': 1 of 1 documents and 1 of 2 examples get another answer
    """

    def __init__(self, session: Session, *, refined: bool | None = None, evidence: int = 3) -> None:
        self._session = session
        self._refined, self._evidence = refined, evidence

    def __call__(self, request: ChangeRequest) -> Preview:
        """Return what a change does that is a record of :mod:`protolabel.label_space.changes`."""
        return self._carry_out(require_request(request))

    def using(self, *, refined: bool | None = None, evidence: int = 3) -> Previews:
        """Return the same methods with other options.

        Args:
            refined: whether refined weights rank. None: where they are ready, or take about two
                seconds or less; else the prototypes do, before and after.
            evidence: how many of the nearest examples the answers after the change show.
        """
        return Previews(self._session, refined=refined, evidence=evidence)

    def _carry_out(
        self, request: ChangeRequest, progress: Progress = silent, terms: Terms = ANY
    ) -> Preview:
        """Return what the change would do, at the version and in the name that the terms say.

        A key changes nothing: what was sent with it before is not looked for.

        Raises:
            VersionConflictError: the label space is at another version than the terms say.
            ProtolabelError: if the change would be refused: the error that it would raise.
            StoreBusyError: others change the label space again and again meanwhile.
        """
        if isinstance(request, Reencode):
            raise InputError(
                "a preview of another encoder",
                expected="a change of classes, examples or settings",
                remedy="compare the two encoders instead: LabelSpace.compare(encoder)",
            )
        self._session.answer_queue.write()
        return undisturbed(self._session, lambda: self._preview(request, progress, terms))

    def _preview(self, request: ChangeRequest, progress: Progress, terms: Terms) -> Preview:
        session = self._session
        present, rehearsal = (
            Rehearsal(session, None),
            Rehearsal(session, request, progress, terms.who),
        )
        terms.require_version(session.store, rehearsal.base)
        before = present.settled(refined=self._refined)
        try:
            after = rehearsal.settled(refined=self._refined)
        except NothingToChangeError as nothing:
            rehearsal = present
            rehearsal.change = session.no_change(request, nothing, terms.who or session.who)
            after = before
        if rehearsal.base != present.base or rehearsal.change is None:
            raise OvertakenError
        if present.refined != rehearsal.refined:
            before, after = before.unrefined(), after.unrefined()
        decisions = rehearsal.reading(
            partial(changed_decisions, session, remembered_now(session)), notes_answers=True
        )
        documents = compared_documents(session, before, after, decisions)
        was = view_answers(before, documents.before, documents.texts, present.why_none)
        refused = rehearsal.reading(lambda view: view.refused(documents.texts), notes_answers=True)
        will_be = view_answers(
            after, documents.after, documents.texts, rehearsal.why_none, refused=refused
        )
        pairs = zip(was.labels, will_be.labels, strict=True)
        changed_places = [i for i, (old, new) in enumerate(pairs) if old != new]
        decided = {
            i: decisions[row.document]
            for i, row in enumerate(documents.rows)
            if row.document in decisions
        }
        changed_places = sorted({*changed_places, *decided})
        evidence = rehearsal.reading(
            lambda view: explained(
                view, documents.after, will_be, changed_places[:MOST_EXPLAINED], self._evidence
            )
        )
        names = documents.names(session.store.rows, before.version, changed_places)
        return Preview(
            change=rehearsal.change,
            moved=_moved(names, was, will_be, decided, evidence),
            documents=len(documents.rows),
            examples=len(documents.items),
            left_out=documents.left_out,
            examples_left_out=documents.examples_left_out,
            head=after.head.head,
            base=rehearsal.base,
            refusal="" if rehearsal.why_none else after.refusal(),
            unpromised=newly_unpromised(before, after, decides=request.decides),
        )


def _moved(
    names: Iterable[tuple[int, Document, str | None]],
    was: ViewAnswers,
    will_be: ViewAnswers,
    decided: Mapping[int, ChangedDecision],
    evidence: Mapping[int, Evidence],
) -> tuple[Moved, ...]:
    """Return the documents whose answers or decisions differ, by their places."""
    moves = []
    for i, document, label in names:
        before, after = was.answer(i, document), will_be.answer(i, document, evidence.get(i))
        if i in decided:
            before = decided[i].before(before)
            if not decided[i].is_open_with_its_label:
                after = decided[i].after(will_be.answer(i, document))
            elif before.label_names == after.label_names:
                continue
        moves.append(
            Moved(
                kind="document" if label is None else "example",
                id=document.id,
                source=document.source,
                before=before,
                after=after,
                own_label=label,
            )
        )
    return tuple(moves)


@dataclass(frozen=True, slots=True, eq=False)
class ComparedDocuments:
    """The documents whose answers are compared: remembered ones, then stored examples.

    Attributes:
        rows: the remembered documents that nobody has decided on.
        items: what the examples hold, each once.
        before: all of them, embedded as the label space is now.
        after: the same, embedded as it would be after the change.
        texts: of the same.
        left_out: how many others of these documents are not among them.
        examples_left_out: how many different examples of classes that answer are not.
    """

    rows: Sequence[AnswerRow]
    items: Sequence[int]
    before: Encoded
    after: Encoded
    texts: DocumentTexts
    left_out: int
    examples_left_out: int

    def names(
        self, rows: Rows, version: int, places: Sequence[int]
    ) -> list[tuple[int, Document, str | None]]:
        """Return what documents are called, and of examples the class that they stand under.

        Args:
            rows: of the label space.
            version: the present one.
            places: which documents, counted over remembered ones and then examples.
        """
        n = len(self.rows)
        items = {self.items[i - n] for i in places if i >= n}
        examples = rows.examples_of_items(items, version) if items else {}  # the oldest first
        retired = {row.name for row in rows.classes(version) if row.retired}
        names: list[tuple[int, Document, str | None]] = []
        for i in places:
            if i < n:
                names.append((i, Document(self.rows[i].id, source=self.rows[i].source), None))
                continue
            members = [e for e in examples.get(self.items[i - n], ()) if e[1] not in retired]
            if members:  # one document, also where it is an example of several classes
                labels = ", ".join(dict.fromkeys(label for _, label in members))
                names.append((i, Document(members[0][0]), labels))
        return names


def compared_documents(
    session: Session, before: View, after: View, decisions: Collection[bytes] = ()
) -> ComparedDocuments:
    """Return the documents that can be compared: those with a vector in both encodings.

    What a person has decided on stays as it is, whatever would be answered: it is left out, unless
    the change alters the decision.

    Args:
        session: of the label space.
        before: the view of now.
        after: that after the change.
        decisions: the documents whose decisions the change alters.
    """
    rows = [
        row for row in session.store.answers.rows() if not row.person or row.document in decisions
    ]
    old_encoding, new_encoding = before.embedder.encoding, after.embedder.encoding
    comparable = [row for row in rows if row.encoding == old_encoding == new_encoding]
    documents = encoded_rows(session.store.answers, comparable, before.embedder.dim)
    store = session.store.rows
    with store.reading():
        version = before.version
        encodings = {e.number: e for e in store.encodings()}
        total = len(store.example_items(version))  # without those of retired classes
        _, every, vectors = store.training_set(version, MOST_COMPARED)
        items, first = np.unique(every, return_index=True)
        old = vectors[first]
        new = old
        if old_encoding != new_encoding:
            stored = store.vectors_of(items.tolist(), encodings[new_encoding])
            has_vector = np.isin(items, list(stored))
            items, old = items[has_vector], old[has_vector]
            new = _matrix([stored[item] for item in items.tolist()], after.embedder.dim)
    texts = DocumentTexts.remembered(session.store.answers, comparable)
    none = Encoded.empty(after.embedder.dim)
    return ComparedDocuments(
        rows=comparable,
        items=items.tolist(),
        before=Encoded.join([documents, Encoded.whole(old)], before.embedder.dim),
        after=Encoded.join([documents if old_encoding == new_encoding else none,
                            Encoded.whole(new)], after.embedder.dim),
        texts=texts.beside(DocumentTexts.stored(store, items.tolist())),
        left_out=len(rows) - len(comparable),
        examples_left_out=total - len(items),
    )  # fmt: skip


def _matrix(vectors: Sequence[Floats], dim: int) -> Floats:
    return np.stack(vectors) if vectors else np.empty((0, dim), np.float32)

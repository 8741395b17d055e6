"""The answer log: what was answered, what prefers another class now, what is forgotten.

A person looks at it and decides. ``answer_queue`` brings the answers there.

A class that a person has refused for a document is never proposed for it again: a suggestion that
was dismissed, a label that was replaced, a class that an equal example was taken out of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from protolabel.errors import StoreBusyError
from protolabel.label_space import changes
from protolabel.label_space.configuration.several_rules import refuse_suggestions
from protolabel.label_space.remembered_documents.compared_answers import ComparedAnswers
from protolabel.label_space.remembered_documents.kept_proposals import kept_decisions
from protolabel.label_space.remembered_documents.matching_documents import (
    decided_documents,
    documents_of,
    matching,
    n_decided_documents,
)
from protolabel.label_space.remembered_documents.remembered import (
    Accepted,
    NamesInLog,
    Remembered,
    Suggestion,
    examples_of,
    remembered_document,
)
from protolabel.label_space.remembered_documents.suggestion_decisions import (
    AcceptedSuggestions,
    dismiss,
    equal_keys,
    suggested_rows,
)
from protolabel.label_space.session import Session
from protolabel.label_space.terms import RequestKey, Terms
from protolabel.label_space.waiting_answers.answer_queue import PATIENCE
from protolabel.store.versions_in_force import versions_in_force
from protolabel.types import Change

if TYPE_CHECKING:
    from protolabel.label_space.change_methods import ChangeMethods


class AnswerLog:
    """The remembered documents of a label space, as a person uses them."""

    def __init__(self, session: Session, change_methods: ChangeMethods[Change]) -> None:
        self._session, self._change_methods = session, change_methods

    # -- looking ------------------------------------------------------------------------------

    def __len__(self) -> int:
        """Return how many documents are remembered."""
        self.write()
        return self._session.store.answers.count()[0]

    @property
    def size(self) -> int:
        """How many bytes the remembered documents take."""
        return self._session.store.answers.count()[1]

    @property
    def left_out(self) -> int:
        """How many answers were given since the label space was opened, and not remembered."""
        return self._session.answer_queue.left_out

    @property
    def reason(self) -> str:
        """Why the last of them was not remembered."""
        return self._session.answer_queue.reason

    def write(self, patience: float | None = None) -> None:
        """Write the answers of the last second to the file.

        Args:
            patience: seconds to wait for another writer; a fraction of a second where None.
        """
        self._session.answer_queue.write(PATIENCE if patience is None else patience)

    def documents(self, *, texts: bool = True) -> Iterator[Remembered]:
        """Yield the remembered documents, oldest first; without ``texts`` no text is read."""
        self.write()
        names = NamesInLog(self._session.store)
        for row in self._session.store.answers.rows(texts=texts):
            yield remembered_document(row, names)

    def decided(self) -> Iterator[Remembered]:
        """Yield the documents that a person gave a class, without their texts."""
        self.write()
        answers, names = self._session.store.answers, NamesInLog(self._session.store)
        for row in answers.judged_of(list(answers.decided())):
            if row.class_key is not None:
                yield remembered_document(row, names)

    def suggestions(
        self,
        *,
        to: str | None = None,
        before: str | None = None,
        refined: bool | None = None,
        evidence: int = 3,
    ) -> list[Suggestion]:
        """Return the documents that prefer another class now, surest first.

        Those that are *none of these* now are not among them (:meth:`declined` lists them), nor
        those whose class a person has refused.

        Args:
            to: only those that prefer this class now.
            before: only those that have this label, as :attr:`Remembered.label` says it.
            refined: as in a preview.
            evidence: how many of the nearest examples each shows.
        """
        return self.compared(refined=refined).suggestions(to=to, before=before, evidence=evidence)

    def declined(
        self, *, before: str | None = None, refined: bool | None = None, evidence: int = 3
    ) -> list[Suggestion]:
        """Return the documents that have a class, and would be *none of these* now, oldest first.

        Nobody can accept that: label them again. Those that a person has decided on are not among
        them. The arguments are those of :meth:`suggestions`.
        """
        return self.compared(refined=refined).declined(before=before, evidence=evidence)

    def compared(self, *, refined: bool | None = None) -> ComparedAnswers:
        """Return the remembered documents beside what they would be answered now.

        Both lists come from it: of documents that prefer another class, and of those that would
        be declined.
        """
        refuse_suggestions(self._session.view().settings.several)
        self.write()
        return ComparedAnswers(self._session, refined=refined)

    # -- deciding -----------------------------------------------------------------------------

    def accept(
        self,
        suggestions: Iterable[Suggestion],
        *,
        as_examples: bool = False,
        who: str | None = None,
        key: str | RequestKey = "",
    ) -> Accepted:
        """Make what the documents prefer now their labels. The old ones are not proposed again.

        Equal documents are decided on together, but not those that are parts of other mails.

        Args:
            suggestions: of :meth:`suggestions`.
            as_examples: add the documents to their new classes as examples, too: one change of the
                label space. Their texts must have been remembered.
            who: in whose name they are added, where not in that of the label space's user.
            key: names this request, as for :meth:`LabelSpace.commit`; for examples alone.

        Raises:
            InputError: for a document that prefers another class by now, is no longer remembered,
                or has no text where examples are asked for; nothing was done then.
        """
        accepted = list(suggestions)
        decision = AcceptedSuggestions(accepted)
        terms = Terms.of(who=who, key=key, decision=decision)
        if not as_examples or not accepted:
            self._session.decide(terms, None)
            return Accepted(tuple(accepted))
        rows = suggested_rows(self._session.store, accepted, texts=True)
        request = changes.Add(examples_of(accepted, rows), skip_known=True)
        return Accepted(tuple(accepted), self._session.commit(request, terms=terms))

    def dismiss(self, suggestions: Iterable[Suggestion]) -> None:
        """Keep the labels as they are; the classes that were suggested are not proposed again.

        Equal documents are decided on together, as in :meth:`accept`.
        """
        with self._session.store.exclusively():
            dismiss(self._session.store, list(suggestions))

    def equal_keys(self, suggestions: Iterable[Suggestion]) -> set[str]:
        """Return the keys of all documents on which a decision on these is one, too."""
        return equal_keys(self._session.store, list(suggestions))

    def reconsider(
        self, names: str | Sequence[str] | None = None, *, folder: str | None = None
    ) -> int:
        """Take back what a person said of documents, and return of how many; None: of all.

        Each document gets back the label space's own answer, also where *not this* ended its label.
        If that is not known (the decision was made with an older program), a label with a
        probability is taken for the label space's and stays; any other ends, and the document is
        none of these until it is labelled again.

        They may be proposed again, also for classes that were refused. Examples stay, and an
        undo of the changes that made them leaves these documents as they are. ``names`` and
        ``folder`` are as for :meth:`forget`.
        """
        self.write()
        store = self._session.store
        with store.exclusively():
            decided, n = decided_documents(store), n_decided_documents(store)
            if names is not None:
                decided &= {row.document for row in matching(store.answers.rows(), names, folder)}
                n = len(decided)
            in_force = versions_in_force(store.rows.changes())
            store.answers.reconsider(decided, in_force)
        return n

    # -- forgetting ---------------------------------------------------------------------------

    def remember(
        self,
        what: str | None = None,
        *,
        most: int | str | None = None,
        who: str | None = None,
        key: str | RequestKey = "",
    ) -> Change:
        """Say what may be remembered: ``off``, ``answers``, or ``text``, and of how many documents.

        Texts that are remembered go at once where they may not be any more. Undo does not take
        this back. ``key`` names this request, as for :meth:`LabelSpace.commit`.
        """
        request = changes.Remember(what, most)
        forgets = request.rows().get("remember", "text") != "text"
        self.write()  # what was answered until now was allowed then
        answers = self._session.store.answers
        had_texts = forgets and any(answers.texts_of([row.document]) for row in answers.rows())
        change = self._change_methods.commit(request, who=who, key=key)
        if had_texts:
            self._wipe()
        return change

    def refused_proposals(self) -> int:
        """Return how many proposed classes are refused."""
        rows = self._session.store.proposals.rows()
        return sum(row.state == "refused" for row in rows)

    def keeps_out(self) -> bool:
        """Return whether there are documents that were forgotten, and are not remembered again."""
        return bool(self._session.store.answers.forgotten())

    def n_decided(self) -> int:
        """Return on how many documents decisions stand, also on those that are not remembered.

        A decision is a label that a person gave, or a class that a person refused.
        """
        self.write()
        return n_decided_documents(self._session.store)

    def forget(self, names: str | Sequence[str] | None = None, *, folder: str | None = None) -> int:
        """Forget documents for good: they are gone from the file. Return how many they were.

        Args:
            names: keys, ids or sources; a source also stands for all that came from inside it, such
                as a folder, a mailbox or a table. These documents are not remembered again; classes
                that people refused for them stay refused. None: all documents, and every decision
                on a document (:meth:`n_decided`); also which of them were forgotten before by name,
                so those may be remembered again. A document that a proposal alone names, which was
                read from a file, goes with the proposal. A proposal that was refused or accepted
                stays so where another document of it is remembered. A document for which a class
                was refused, and that is not remembered, is known by its file.
            folder: below which places that are named lie: None is the working folder, and empty
                says that they were sent, and are no paths of this machine.

        Raises:
            InputError: a name that no remembered or proposed document has.
            StoreBusyError: they are forgotten, but another process still reads the old state.
        """
        self.write()
        store = self._session.store
        with store.exclusively():
            named = [] if names is None else documents_of(store, names, folder)
            documents = None if names is None else set().union(*named)
            replacements = () if documents is None else kept_decisions(store, documents)
            n = store.answers.forget(documents)
            store.proposals.forget(documents, replacements)
        # Other documents that wait go too: no answer is kept that was given before a forgetting.
        self._session.answer_queue.drop()
        self._wipe()
        return n if documents is None else len(named)

    def _wipe(self) -> None:
        if not self._session.store.answers.wipe():
            path = self._session.store.rows.path
            raise StoreBusyError(
                f"{path}: the documents are forgotten, but its log holds them until the processes "
                "that read it have ended",
                expected="no other process that reads",
                remedy="end these processes, then forget again",
            )

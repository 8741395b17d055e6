"""The methods that answer, the same for a label space and for a view. They compute nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from protolabel.arguments import require_coverage, require_whole
from protolabel.documents import as_one_document
from protolabel.label_space.answer_path.many_documents import UsableDocuments, each_document
from protolabel.types import Document

if TYPE_CHECKING:  # imported at the first answer, so that importing the class is fast
    from protolabel.answers import Answer
    from protolabel.errors import InputError
    from protolabel.label_space.answer_path.answer_stream import AnswerStream
    from protolabel.label_space.view import View


class AnswerMethods:
    """Answers from one view: a view itself, or the newest one of a label space."""

    __slots__ = ()

    def _answering_view(self) -> View:
        raise NotImplementedError

    def label(
        self,
        document: str | Document,
        *,
        alternatives: int = 5,
        evidence: int = 3,
        coverage: float | None = None,
    ) -> Answer:
        """Return the answer for one document: :meth:`label_many` of one."""
        documents = [as_one_document(document)]
        return next(
            self.label_many(
                documents, alternatives=alternatives, evidence=evidence, coverage=coverage
            )
        )

    def label_many(
        self,
        documents: Iterable[str | Document],
        *,
        alternatives: int = 5,
        evidence: int = 3,
        coverage: float | None = None,
        text: str | None = None,
        id: str | None = None,  # noqa: A002 - the name of the field, as in Document
    ) -> AnswerStream:
        """Yield answers in the order of the documents, as a stream, in bounded memory.

        All come from one version: the newest when the stream is made. With ``background=True``, the
        default of a label space, this method waits for fits that take about two seconds or less, so
        that the same calls give the same answers. A longer refinement goes on in the background:
        ``Answer.head`` is "prototypes" meanwhile. With ``background=False`` it waits for nothing:
        the fits that are there answer, and :meth:`settle` makes the others.
        ``space.view().label_many(...)`` never waits.

        Args:
            documents: texts, or documents with an id, an image or an embedding; or a table of
                pandas or polars, whose rows they are.
            alternatives: how many classes an answer ranks.
            evidence: how many of the nearest examples it shows; 0 gathers no evidence.
            coverage: gives each answer a ``label_set``, that contains the right label with this
                probability, such as 0.9.
            text: of a table, the column of the text; by default the one with a usual name, such as
                "text" or "body", which is said where it is not "text".
            id: of a table, the column of the ids; "id" by default, and row numbers without one.

        Raises:
            InputError: at a document that cannot be used, after the answers before it.
        """
        from protolabel.label_space.answer_path.answer_stream import AnswerStream

        return AnswerStream(
            self.label_each(
                documents,
                alternatives=alternatives,
                evidence=evidence,
                coverage=coverage,
                text=text,
                id=id,
            )
        )

    def label_each(
        self,
        documents: Iterable[str | Document],
        *,
        alternatives: int = 5,
        evidence: int = 3,
        coverage: float | None = None,
        text: str | None = None,
        id: str | None = None,  # noqa: A002 - the name of the field, as in Document
    ) -> Iterator[Answer | InputError]:
        """Yield for each document its answer, or the error that says why it cannot be used.

        One bad document stops no other. Otherwise the same as :meth:`label_many`.
        """
        from protolabel.label_space.answer_path.answering import answers_or_errors
        from protolabel.label_space.answer_path.decisions import AnswerForm
        from protolabel.label_space.configuration.several_rules import refuse_several

        checked = UsableDocuments(each_document(documents, text=text, identity=id))
        require_whole(alternatives, "alternatives", 0)
        require_whole(evidence, "evidence", 0)
        form = AnswerForm(alternatives, evidence, require_coverage(coverage))
        view = self._answering_view()
        refuse_several(
            view.settings.several and coverage is not None,
            "a set of classes of which one is right",
            "ask for no set: each label has a probability of its own",
        )
        return answers_or_errors(view, checked, form)

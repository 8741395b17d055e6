"""The methods of a label space that answer: each asks the newest view, and no more."""

from __future__ import annotations

from collections.abc import Iterable

from protolabel.answer_stream import AnswerStream
from protolabel.answers import Answer
from protolabel.label_space.session import Session
from protolabel.types import Document


class AnswerMethods:
    """Answers of the label space that ``_session`` holds open."""

    _session: Session

    def label(
        self,
        document: str | Document,
        *,
        alternatives: int = 5,
        evidence: int = 3,
        coverage: float | None = None,
    ) -> Answer:
        """Return the answer for one document. See :meth:`View.label_many`."""
        return self._session.view().label(
            document, alternatives=alternatives, evidence=evidence, coverage=coverage
        )

    def label_many(
        self,
        documents: Iterable[str | Document],
        *,
        alternatives: int = 5,
        evidence: int = 3,
        coverage: float | None = None,
    ) -> AnswerStream:
        """Yield the answers for a stream, all from the version that is newest at the start."""
        return self._session.view().label_many(
            documents, alternatives=alternatives, evidence=evidence, coverage=coverage
        )

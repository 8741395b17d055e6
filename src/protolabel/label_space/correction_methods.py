"""The methods of a label space that change which class a document has, or has not.

``change_methods`` has the others. Each makes a request and commits it, no more.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from protolabel.label_space import changes
from protolabel.label_space.terms import ANY, Terms
from protolabel.progress import Progress, silent
from protolabel.types import Document

if TYPE_CHECKING:
    from protolabel.label_space.changes import ChangeRequest
    from protolabel.label_space.session import Session

Result = TypeVar("Result")


class CorrectionMethods(ABC, Generic[Result]):
    """Corrections of the label space that ``_session`` holds open, and what becomes of them."""

    _session: Session

    @abstractmethod
    def _carry_out(
        self, request: ChangeRequest, progress: Progress = silent, terms: Terms = ANY
    ) -> Result:
        """Carry out the request, or preview it: what the subclass is for."""

    def move(self, ids: str | Sequence[str], to: str) -> Result:
        """Move examples to another class.

        A document that comes stands there once: if the class has an equal example, this one ends.
        """
        return self._carry_out(changes.Move(as_ids(ids), to))

    def correct(self, document: str | Document, to: str | Iterable[str]) -> Result:
        """Say which class a document has. It counts as an example there, and nowhere else.

        Args:
            document: a document; or the id of an example, the source that it came from, or the name
                of its file if only one example has it; or the path of a file, which is read again;
                or, of a document that was answered, its id or the name of its file. The path of a
                mail means its attachments, and its own text if that says enough; what is
                remembered of the mail itself follows either way. The log warns of choices of the
                reader, such as that a table is read as one document.
            to: the class, which is made if it is not there. Where documents may have several
                labels, it may be a list of classes: the document has those, and no others.

        Raises:
            InputError: The name means no document, or several.
        """
        from protolabel.label_space.named_documents.named_document import correction

        return self._carry_out(correction(self._session, document, to))

    def refute(self, document: str | Document, label: str | Iterable[str]) -> Result:
        """Say that a document is not of a class, without saying of which one it is.

        It becomes a negative example of that class: this document and its near copies never get
        that label again, and documents near it get it less easily. Other classes are as before. An
        equal example of that class is removed; a later ``add`` or ``correct`` takes it back.

        Args:
            document: as of :meth:`correct`. For many at once, ``add`` takes
                ``Example(label, text, negative=True)``.
            label: the class, or several, each of which must be there.

        Raises:
            InputError: The name means no document, or several.
            UnknownClassError: There is no such class.
        """
        from protolabel.label_space.named_documents.named_document import refutation

        return self._carry_out(refutation(self._session, document, label))

    def remove(self, ids: str | Sequence[str]) -> Result:
        """Remove examples, or negative examples, so that they count no longer."""
        return self._carry_out(changes.Remove(as_ids(ids)))


def as_ids(ids: str | Sequence[str]) -> Sequence[str]:
    """Return ids as a list, where one may stand alone."""
    return [ids] if isinstance(ids, str) else ids

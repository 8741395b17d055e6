"""The methods that change a label space for good. ``previewing`` has those that change nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from protolabel.arguments import require_flag
from protolabel.label_space.change_methods import ChangeMethods
from protolabel.label_space.terms import ANY, Terms
from protolabel.progress import Progress, silent
from protolabel.types import Change, Document

if TYPE_CHECKING:
    from protolabel.label_space.changes import ChangeRequest
    from protolabel.label_space.previewing import Previews
    from protolabel.label_space.remembered_documents.answer_log import AnswerLog
    from protolabel.label_space.remembered_documents.inbox import Inbox
    from protolabel.readers.options import NoticedOptions


class DurableChanges(ChangeMethods[Change]):
    """Methods that change a label space durably."""

    def _carry_out(
        self, request: ChangeRequest, progress: Progress = silent, terms: Terms = ANY
    ) -> Change:
        return self._session.commit(request, progress, terms)

    def correction(
        self,
        document: str | Document,
        to: str | Iterable[str],
        *,
        files: bool = True,
        reading: NoticedOptions | None = None,
    ) -> ChangeRequest:
        """Return the change that :meth:`correct` would make, for ``commit`` or ``preview``.

        Args:
            document: as in :meth:`correct`.
            to: the class, or the classes where documents may have several.
            files: whether a name may mean a file of this machine. False for names that come from
                elsewhere: the text of a document that was answered must then be remembered.
            reading: how a file is read, as :func:`protolabel.read_documents` reads it.

        Raises:
            InputError: the name means no document, or several.
        """
        from protolabel.label_space.named_documents.named_document import correction

        return correction(
            self._session, document, to, files=require_flag(files, "files"), reading=reading
        )

    def refutation(
        self,
        document: str | Document,
        label: str | Iterable[str],
        *,
        files: bool = True,
        reading: NoticedOptions | None = None,
    ) -> ChangeRequest:
        """Return the change that :meth:`refute` would make, for ``commit`` or ``preview``.

        ``files`` and ``reading``: as in :meth:`correction`.
        """
        from protolabel.label_space.named_documents.named_document import refutation

        return refutation(
            self._session, document, label, files=require_flag(files, "files"), reading=reading
        )

    @property
    def preview(self) -> Previews:
        """The same methods, which return what they would change, and change nothing."""
        from protolabel.label_space.previewing import Previews

        return Previews(self._session)

    @property
    def answer_log(self) -> AnswerLog:
        """What this label space has answered: to review, to accept or dismiss, to forget."""
        from protolabel.label_space.remembered_documents.answer_log import AnswerLog

        return AnswerLog(self._session, self)

    @property
    def inbox(self) -> Inbox:
        """The documents that are remembered, with the answers that they have now."""
        from protolabel.label_space.remembered_documents.inbox import Inbox

        return Inbox(self._session, self)

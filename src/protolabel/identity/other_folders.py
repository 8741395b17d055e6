"""The keys of a document in programs that take its path from another folder.

A browser sends ``few/a.txt``, which the command line reads in the folder ``few``. Earlier versions
of protolabel took the path of what was sent, or lay in a followed folder, from wherever the service
was started.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from protolabel.identity.document_key import document_key
from protolabel.identity.message_paths import mailbox_of
from protolabel.identity.row_numbers import without_number
from protolabel.types import Document


@dataclass(frozen=True, slots=True)
class OtherFolders:
    """What is known of a document seen from other folders.

    Attributes:
        keys: those that it has from the working folder, or as it would be sent.
        may_be_of_any_folder: an earlier version of protolabel may have known it from any folder.
        message_path: of the document.
    """

    keys: tuple[bytes, ...] = ()
    may_be_of_any_folder: bool = False
    message_path: str = ""

    @classmethod
    def of(cls, document: Document) -> OtherFolders:
        """Return what is known of a document."""
        if document.folder is None:
            forms = [replace(document, source=_from_here(document.source), folder="")]
        else:
            forms = [replace(document, folder=one) for one in ("", None)]
        if not forms[0].source or os.path.isabs(forms[0].source):
            return cls()
        keys = {document_key(form) for form in forms} - {document_key(document)}
        return cls(tuple(sorted(keys)), document.folder is not None, document.message_path)

    def are_names(self, one: tuple[str, str], other: tuple[str, str], *, moved_too: bool) -> bool:
        """Return whether two pairs of source and id may name this document.

        Args:
            one: of a pair.
            other: of the other one.
            moved_too: it may have moved within its table or its mailbox.
        """
        if one == other or not moved_too:
            return one == other
        pairs = zip(one, other, strict=True)
        return all(self._lasting(name) == self._lasting(another) for name, another in pairs)

    def _lasting(self, name: str) -> tuple[str, str]:
        """Return the parts of a name that stay where the document moves."""
        if not self.message_path:
            return without_number(name), ""
        mailbox = mailbox_of(name, self.message_path)
        return mailbox, name[len(mailbox) + 1 :].partition("/")[2]


NO_OTHERS = OtherFolders()


def _from_here(source: str) -> str:
    """Return a source as seen from the working folder; empty where it does not lie in that."""
    if not source:
        return ""
    path = os.path.relpath(source)
    return "" if path.split(os.sep, 1)[0] == os.pardir else path


def keys_of(document: Document) -> list[bytes]:
    """Return the keys by which a document may be remembered, its own first."""
    return [document_key(document), *OtherFolders.of(document).keys]

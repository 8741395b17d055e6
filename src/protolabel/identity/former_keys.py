"""The keys that earlier versions of protolabel gave a document.

They counted its number as a part of its path: that of an item of a JSON array, that of a message in
a mailbox (for what lies in the message, too), and that of a row without an id in a table of a
folder, an archive or a workbook. They also counted the flags of a mail in a Maildir, and the path
that a file has in a sorted folder. Label spaces and files of answers from then hold such keys.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from protolabel.identity.document_key import (
    content_digest,
    document_key,
    is_position,
    key_of,
    key_where_it_stands,
    key_with_flags,
    own_id,
    row_of,
    spellings,
    whole_path,
)
from protolabel.identity.maildir_paths import lasting_path
from protolabel.identity.message_paths import in_mailbox, mailbox_of
from protolabel.identity.row_numbers import ITEM, ROW, STDIN_NAME, RowNumber, row_number
from protolabel.identity.sorted_paths import original_path
from protolabel.types import Document


@dataclass(frozen=True, slots=True)
class FormerKeys:
    """The keys that a document had, where it stands now and where it may have stood.

    Attributes:
        keys: those at its present number, mostly none.
        message_path: of the document.
        mailbox: the path of its mailbox; empty outside of one.
        has_own_id: of the document.
        content: what it holds, as ``content_digest`` says it.
    """

    keys: tuple[bytes, ...] = ()
    message_path: str = ""
    mailbox: str = ""
    has_own_id: bool = False
    content: bytes = b""

    @classmethod
    def of(cls, document: Document) -> FormerKeys:
        """Return the keys of a document."""
        source, identity, path = document.source, document.id, document.message_path
        row, is_row = row_number(source), row_of(source, document.folder) is not None
        if not path and (row is None or (is_row and _had_its_key(identity, row))):
            return cls(_keys_by_former_paths(document))
        content, is_own = content_digest(document), document.has_own_id
        keys = {_key_by_number(source, identity, is_own, content)}
        keys.add(_key_of_item(source, identity, is_own, content))
        keys.update(_keys_by_former_paths(document))
        former = tuple(sorted(keys - {document_key(document), b""}))
        return cls(former, path, mailbox_of(source, path) if path else "", is_own, content)

    def at(self, source: str, identity: str) -> bytes:
        """Return the key that this document of a mailbox had while it stood at another number.

        Args:
            source: where it stood then; its mailbox may have had another path.
            identity: its id there.
        """
        place = in_mailbox(source, self.message_path, self.mailbox)
        return _key_by_number(place, identity, self.has_own_id, self.content)


NO_FORMER = FormerKeys()


def _keys_by_former_paths(document: Document) -> tuple[bytes, ...]:
    """Return the keys of programs that took other paths, if any.

    For them the flags of a mail were a part of its path, or the place in a sorted folder.
    """
    keys = [key_with_flags(document)] if lasting_path(document.source) != document.source else []
    stands = whole_path(document.source, document.folder)
    keys += [key_where_it_stands(document)] if original_path(stands) != stands else []
    return tuple(keys)


def _key_by_number(source: str, identity: str, has_own_id: bool, content: bytes) -> bytes:
    """Return the key of a program for which the number of a message was a part of the path.

    So was the number of a row where its id has more of the path than the name of the table. A file
    with the name of a row was one.
    """
    row = row_number(source)
    path, name, number = source, "", ""
    if row:
        path = row.table
        number = row.number if _is_plain_position(identity, row) else ""
        name = "" if number else identity
    place = os.path.abspath(path) if path and not (row and path == STDIN_NAME) else path
    return key_of(place, name or own_id(source, identity, number, has_own_id), content)


def _had_its_key(identity: str, row: RowNumber) -> bool:
    """Return whether a row of a table always had the key that it has now."""
    return row.word != ITEM and is_position(identity, row) == _is_plain_position(identity, row)


def _is_plain_position(identity: str, row: RowNumber) -> bool:
    """Return whether an id is made from the number of a row and the path or name of its table."""
    if row.word == ROW:
        return True
    words = dict.fromkeys(("", row.word))
    return identity in [f"{one}:{w}{row.number}" for one in spellings(row.table) for w in words]


def _key_of_item(source: str, identity: str, has_own_id: bool, content: bytes) -> bytes:
    """Return the key of an item of a JSON array while its number was a part of its path."""
    row = row_number(source)
    if row is None or row.word != ITEM:
        return b""
    is_own = has_own_id or not is_position(identity, row)
    return key_of(os.path.abspath(source), own_id(source, identity, "", is_own), content)

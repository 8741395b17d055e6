"""Outlook's .msg -> a mail message, which ``message`` reads: subject, body and attachments."""

from __future__ import annotations

import os
from email.message import EmailMessage
from typing import Any

from protolabel.readers.formats.extraction import Extraction, RefusalError, Request
from protolabel.readers.formats.mail_headers import bounded_policy
from protolabel.readers.formats.message import extraction_of, refuse_size
from protolabel.readers.formats.web import decoded
from protolabel.words.text import first_line, has_visible_text

_SUBJECT, _BODY, _HTML, _RICH_TEXT = 0x0037, 0x1000, 0x1013, 0x1009
_DATA, _LONG_NAME, _SHORT_NAME = 0x3701, 0x3707, 0x3704
_CONTENT_ID, _HIDDEN, _MIME, _CODE_PAGE = 0x3712, 0x7FFE, 0x370E, 0x3FDE
_EMBEDDED = "__substg1.0_3701000D"  # a message that is attached to another
_MESSAGE_HEADER, _EMBEDDED_HEADER, _ATTACHMENT_HEADER = 32, 24, 8  # bytes before the properties
_MOST_DEPTH = 5
_LONGEST_NAME = 255  # of an attachment or of its kind


def extract(request: Request) -> Extraction:
    """Return the subject and body of a message; attachments go into the folder of the request."""
    from olefile import OleFileIO
    from olefile.olefile import OleFileError
    from oxmsg.storage import Storage

    refuse_size(os.path.getsize(request.path))
    try:
        with OleFileIO(request.path) as file:
            message = _mail(Storage.from_ole(file), _MESSAGE_HEADER, 0)
    except (OleFileError, RecursionError, AssertionError, LookupError) as error:
        raise RefusalError(
            f"an Outlook message that cannot be read ({first_line(error)})",
            "a whole file",
            "open it in Outlook and save it again, or leave it out",
        ) from error
    return extraction_of(message, request)


class _Item:
    """A message or an attachment: its properties, and what lies in it."""

    def __init__(self, storage: Any, header: int) -> None:
        from oxmsg.properties import Properties

        self.storage, self._properties = storage, Properties(storage, header)

    def text(self, key: int) -> str:
        """Return a property as text; empty where it is absent."""
        try:
            return self._properties.str_prop_value(key) or ""
        except (UnicodeError, LookupError):  # not in the encoding that it names
            for kind, encoding in ((0x001F, "utf-16-le"), (0x001E, "cp1252")):
                name = f"__substg1.0_{key:04X}{kind:04X}"
                for stream in self.storage.streams:
                    if stream.name == name:
                        return str(stream.bytes_.decode(encoding, "replace"))
            return ""

    def content(self, key: int) -> bytes | None:
        """Return a property as bytes; None where it is absent."""
        content = self._properties.binary_prop_value(key)
        return None if content is None else bytes(content)

    def page(self) -> str:
        """Return the body in HTML; empty where there is none."""
        content = self.content(_HTML)
        if content is None:
            return self.text(_HTML)
        has_code_page = self._properties.int_prop_value(_CODE_PAGE) is not None
        return decoded(content, self._properties.body_encoding if has_code_page else None)

    def is_shown_in_text(self) -> bool:
        """Return whether an attachment is a picture or the like inside the text."""
        hidden = self._properties.int_prop_value(_HIDDEN)
        return bool(self.text(_CONTENT_ID) or hidden)


def _mail(storage: Any, header: int, depth: int) -> EmailMessage:
    """Return a message of Outlook as one of the internet."""
    item = _Item(storage, header)
    message = EmailMessage(policy=bounded_policy())
    message["Subject"] = " ".join(item.text(_SUBJECT).split())
    body, page = item.text(_BODY), item.page()
    if not has_visible_text(body) and not page.strip() and item.content(_RICH_TEXT):
        raise RefusalError(
            "an Outlook message whose text is compressed rich text alone",
            "a message with a plain or HTML body",
            "open it in Outlook and save it as text or HTML",
        )
    message.set_content(body)
    if page.strip():
        message.add_alternative(page, subtype="html")
    for attachment in storage.iter_attachment_storages():
        _attach(message, attachment, depth)
    return message


def _attach(message: EmailMessage, storage: Any, depth: int) -> None:
    """Attach a file or a message to a mail, inside the text where Outlook shows it there."""
    for inner in storage.storages:
        if inner.name == _EMBEDDED and depth < _MOST_DEPTH:
            message.add_attachment(_mail(inner, _EMBEDDED_HEADER, depth + 1))
            return
    item = _Item(storage, _ATTACHMENT_HEADER)
    content = item.content(_DATA)
    if content is None:
        raise RefusalError(
            "an Outlook message with an attachment that is not in it",
            "attachments as files",
            "save the message again with its attachments, or leave it out",
        )
    main, _, sub = item.text(_MIME)[:_LONGEST_NAME].partition("/")
    if main in ("", "message", "multipart") or not sub:
        main, sub = "application", "octet-stream"
    name = (item.text(_LONG_NAME) or item.text(_SHORT_NAME) or "attachment")[-_LONGEST_NAME:]
    message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    if item.is_shown_in_text():
        part = list(message.iter_attachments())[-1]
        del part["Content-Disposition"]
        part.add_header("Content-Disposition", "inline", filename=name)
        part["Content-ID"] = "<inside>"

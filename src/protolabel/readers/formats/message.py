"""A mail message -> its subject and body as text, and its attachments as files.

The parser of messages is imported when there is one to read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Container, Iterator
from typing import TYPE_CHECKING

from protolabel.readers.formats.extraction import (
    Extraction,
    RefusalError,
    Request,
    Text,
    inner_file,
    tidy,
)
from protolabel.readers.formats.message_bodies import (
    BODIES,
    bodies_of,
    is_file,
    payload_of,
    raw_name,
)
from protolabel.readers.mail_beginnings import BOM, without_length
from protolabel.readers.paths import safe_suffix
from protolabel.words.quantity import quantity
from protolabel.words.text import has_visible_text

if TYPE_CHECKING:
    from email.message import EmailMessage

MOST_BYTES = 2**27
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_MOST_PARTS = 10_000
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature",
               "application/x-pkcs7-signature")  # fmt: skip
_ARMOUR = re.compile(
    r"^-----BEGIN PGP MESSAGE-----[ \t]*$.*?(?:^-----END PGP MESSAGE-----[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")


def extract(request: Request) -> Extraction:
    """Return the subject and body of a message; attachments go into the folder of the request.

    The name of an attachment begins with the number of its part, counted from 1.
    """
    return of_message(request, extraction_of)


def of_message(
    request: Request, extraction: Callable[[EmailMessage, Request], Extraction]
) -> Extraction:
    """Return what an ``extraction`` makes of the message in a file."""
    import email

    from protolabel.readers.formats.mail_headers import bounded_policy

    with open(request.path, "rb") as stream:
        raw = stream.read(MOST_BYTES + 1)
    refuse_size(len(raw))
    raw = without_length(raw.removeprefix(BOM))
    charset = _CHARSET.search(raw)
    policy = bounded_policy(charset[1].decode() if charset else "")
    try:
        return extraction(email.message_from_bytes(raw, policy=policy), request)
    except RecursionError as error:
        raise RefusalError(
            "a message nested too deeply", "a message that a mail program wrote", "leave it out"
        ) from error


def refuse_size(n_bytes: int) -> None:
    """Raise RefusalError for a message of too many bytes."""
    if n_bytes > MOST_BYTES:
        raise RefusalError(
            f"a message of more than {MOST_BYTES:,} bytes", "a smaller one", "save its attachments"
        )


def extraction_of(message: EmailMessage, request: Request) -> Extraction:
    """Return the subject and body of a message that is parsed, as `extract` does."""
    parts = parts_of(message)
    text = Text(request.limit)
    text.add(_header(message, "subject"))
    files: list[tuple[str, str]] = []
    n_elsewhere = 0
    bodies = bodies_of(parts, request.limit)
    for number, (part, _) in enumerate(parts, start=1):
        if number in bodies:
            text.add("\n\n" + _without_armour(bodies[number]))
        elif "x-apple-content-length" in part and not payload_of(part):
            n_elsewhere += 1
        elif _is_attachment(part, bodies, number):
            name = _file_name(part)
            copy = f"{number}{safe_suffix(name)}"
            content = payload_of(part)
            with inner_file(request.folder, copy) as out:
                out.write(content)
            files.append((f"{number}/{name}", os.path.join(request.folder, copy)))
    notices = [_elsewhere(n_elsewhere)] if n_elsewhere else []
    return Extraction(tidy(str(text)) or None, files, notices)


def _elsewhere(n: int) -> str:
    """Return the notice of attachments that Apple Mail keeps in files of their own."""
    words = quantity(n, "attachment is not in it", "attachments are not in it")
    return f"{words}: Apple Mail keeps them in the folder Attachments beside the messages"


def parts_of(message: EmailMessage) -> list[tuple[EmailMessage, int]]:
    """Return the parts that hold no others, each with the alternative it belongs to, 0 for none.

    Raises RefusalError where they are too many.
    """
    parts = list(_leaves(message))
    if len(parts) > _MOST_PARTS:
        raise RefusalError(
            f"a message of {quantity(len(parts), 'part')}",
            f"at most {_MOST_PARTS:,}",
            "leave it out",
        )
    return parts


def _leaves(part: EmailMessage, alternative: int = 0) -> Iterator[tuple[EmailMessage, int]]:
    """Yield the parts of :func:`parts_of`."""
    if part.get_content_type() in _ENCRYPTED:
        raise _encrypted() if _smime_type(part) != "signed-data" else _opaque()
    if part.get_content_maintype() != "multipart":
        yield part, alternative
        return
    payload = part.get_payload()
    if not isinstance(payload, list):
        if not str(payload).strip():
            return
        raise RefusalError(
            "a message of several parts without the line that parts them (its boundary)",
            "a whole message",
            "open it in the mail program and save it again, or leave it out",
        )
    inside = id(part) if part.get_content_subtype() == "alternative" else alternative
    for child in payload:
        yield from _leaves(child, inside)  # type: ignore[arg-type]


def _encrypted() -> RefusalError:
    return RefusalError(
        "an encrypted message", "one that can be read without a key", "save it decrypted"
    )


def _opaque() -> RefusalError:
    return RefusalError(
        "a message that lies inside its signature (S/MIME)",
        "one whose text stands beside its signature",
        "open it in the mail program and save its text",
    )


def _without_armour(body: str) -> str:
    """Return a body without texts that PGP encrypted. Raises RefusalError where nothing is left."""
    rest = _ARMOUR.sub("", body)
    if rest != body and not has_visible_text(rest):
        raise _encrypted()
    return rest


def _smime_type(part: EmailMessage) -> str:
    """Return what an S/MIME part says that it is; an opaque signature holds a readable text."""
    try:
        return str(part.get_param("smime-type", "")).lower()
    except (ValueError, LookupError, IndexError, AttributeError, TypeError):
        return ""


def _is_attachment(part: EmailMessage, bodies: Container[int], number: int) -> bool:
    """Return whether a part is a document: no signature, no picture inside the text."""
    kind = part.get_content_type()
    if kind in _SIGNATURES or (kind in BODIES and not is_file(part)):
        return False
    inside = part.get_content_disposition() != "attachment" and "content-id" in part
    return not (part.get_content_maintype() == "image" and inside)


def _header(part: EmailMessage, name: str) -> str:
    """Return a header; empty where it is missing or beyond repair."""
    try:
        return " ".join(str(part.get(name, "")).split())
    except (ValueError, LookupError, IndexError, AttributeError, TypeError):
        return ""


def _file_name(part: EmailMessage) -> str:
    """Return the name of an attachment, without folders."""
    name = raw_name(part).replace("\\", "/").rpartition("/")[2].strip()
    name = "".join(c if c.isprintable() else " " for c in name)[:200]
    if name:
        return name
    if part.get_content_maintype() == "message":
        return "message.eml"
    return f"part.{part.get_content_subtype()[:20]}"

"""RTF -> text. Pictures, embedded objects, hidden and deleted text are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from protolabel.readers.formats.extraction import Extraction, RefusalError, Request, Text, tidy

_MOST_BYTES = 2**26
_HIDING = re.compile(r"\\(?:v|deleted)(?![a-zA-Z])")
_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<value>-?\d{1,10})?[ ]?"
    r"|(?P<brace>[{}])|\\'[0-9a-fA-F]{2}|\\[^a-zA-Z]|(?P<end>[\r\n]+)|[^\\{}\r\n]+|\\",
    re.DOTALL,
)


def extract(request: Request) -> Extraction:
    """Return the text of a rich text file."""
    from striprtf.striprtf import rtf_to_text

    with open(request.path, "rb") as stream:
        raw = stream.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise RefusalError(
            f"a rich text file of more than {_MOST_BYTES:,} bytes",
            "a smaller one",
            "save it without its pictures",
        )
    source = raw.decode("cp1252", "replace")
    if _HIDING.search(source):
        source = "".join(_visible(source))
    try:
        plain = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, IndexError, KeyError, TypeError) as error:
        raise RefusalError(
            f"a rich text file that cannot be read ({error})",
            "a whole file",
            "open it in an office program and save it again, or leave it out",
        ) from error
    text = Text(request.limit)
    text.add(tidy(plain))
    return Extraction(str(text))


def _visible(source: str) -> Iterator[str]:
    r"""Yield a rich text without its hidden (``\v``) and deleted text; the markup stays."""
    hidden, deleted = False, False
    groups: list[tuple[bool, bool]] = []
    for token in _TOKEN.finditer(source):
        word, brace = token["word"], token["brace"]
        on = token["value"] != "0"
        if brace == "{":
            groups.append((hidden, deleted))
        elif brace and groups:
            hidden, deleted = groups.pop()
        elif word == "v":
            hidden = on
        elif word == "deleted":
            deleted = on
        elif word == "plain":
            hidden = deleted = False
        is_markup = brace or token["end"] or (word and word not in ("u", "tab", "cell"))
        if is_markup or not (hidden or deleted):
            yield token[0]

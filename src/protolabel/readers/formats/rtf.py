"""RTF -> text. Pictures and embedded objects are left out."""

from __future__ import annotations

from protolabel.readers.formats.extraction import Extraction, RefusalError, Request, Text, tidy

_MOST_BYTES = 2**26


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
    try:
        plain = rtf_to_text(raw.decode("cp1252", "replace"), errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, IndexError, KeyError, TypeError) as error:
        raise RefusalError(
            f"a rich text file that cannot be read ({error})",
            "a whole file",
            "open it in an office program and save it again, or leave it out",
        ) from error
    text = Text(request.limit)
    text.add(tidy(plain))
    return Extraction(str(text))

"""How much work a document is for an encoder, in tokens, before a tokenizer has seen it."""

from __future__ import annotations

import string

from protolabel.types import Document

_PLAIN = (string.ascii_letters + string.digits + string.whitespace).encode()
_PLAIN_A_TOKEN = 4  # of these characters; others are mostly tokens of their own
_LATER_BYTES = bytes(range(0x80, 0xC0))  # of a character that UTF-8 writes as several
_BYTES_A_TOKEN = 4096  # of a picture


def rough_tokens(text: str) -> int:
    """Return about how many tokens a text has, at least one.

    A tokenizer makes a token of some four letters, but also of one punctuation mark, one Chinese
    character, and one letter of a script that it hardly knows. So texts of equal length may differ
    in work by a factor of four and more.
    """
    content = text.encode("utf-8", "surrogatepass")
    n_other = len(content.translate(None, _PLAIN + _LATER_BYTES))
    return max(1, n_other + (len(text) - n_other) // _PLAIN_A_TOKEN)


def document_tokens(document: Document) -> int:
    """Return the work of a document, in tokens; of a picture by its bytes."""
    if document.text is not None:
        return rough_tokens(document.text)
    return 1 + len(document.image or b"") // _BYTES_A_TOKEN

"""The characters with which a text begins: for all that recognise a file by its content.

``plain_text`` reads whole texts by the same marks.
"""

from __future__ import annotations

import codecs

from protolabel.readers.encodings import marked_encoding


def text_encoding(head: bytes) -> str:
    """Return the encoding of a text by its first four bytes: by its byte order mark, or UTF-8."""
    return marked_encoding(head[:4]) or "utf-8-sig"


def text_beginning(raw: bytes) -> str:
    """Return the characters of the first bytes of a text, without a byte order mark.

    What is no character in its encoding is replaced. The last one may be cut off.
    """
    return codecs.getincrementaldecoder(text_encoding(raw))("replace").decode(raw)

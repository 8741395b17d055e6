"""The identity of a document between runs: where it came from, and what it holds, byte for byte.

Not whether two documents are equal for learning: that is ``equality.py``, which folds case and
white space.
"""

from __future__ import annotations

import hashlib
import os
import re

from protolabel.types import Document

KEY_BYTES = 16
_LINE = re.compile(r"(?P<path>.*):(?P<line>\d+)", re.DOTALL)


def document_key(document: Document) -> bytes:
    """Return the 16 bytes that stay the same while a document stays the same.

    A file is known by its path and content. A row of a table is known by its file, its content,
    and its id, or its line if the id was made from the line. Paths are taken as absolute, so that
    two spellings of a path are one.
    """
    path, name = document.source, document.id
    row = _LINE.fullmatch(document.source)
    if row:
        path = row["path"]
        if document.id.endswith(f":{row['line']}"):
            name = row["line"]
    elif path:
        name = ""
    place = os.path.abspath(path) if path else ""
    digest = hashlib.sha256()
    for part in (place.encode(errors="surrogatepass"), name.encode(errors="surrogatepass")):
        digest.update(len(part).to_bytes(8, "big") + part)
    digest.update(_content_digest(document))
    return digest.digest()[:KEY_BYTES]


def _content_digest(document: Document) -> bytes:
    digest = hashlib.sha256()
    vector = document.embedding
    for kind, part in (
        (b"text", None if document.text is None else document.text.encode(errors="surrogatepass")),
        (b"image", document.image),
        (b"embedding", None if vector is None else vector.astype("<f4").tobytes()),
    ):
        if part is not None:
            digest.update(kind + len(part).to_bytes(8, "big") + part)
    return digest.digest()

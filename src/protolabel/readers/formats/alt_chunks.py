"""Files of other formats inside a DOCX, whose content Word shows as part of the document.

Programs that write reports put a page, a saved page or rich text there (``altChunk``), and the body
of the document only says where.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from dataclasses import replace

from protolabel.readers.formats.extraction import Request, inner_file
from protolabel.readers.formats.packages import Elements, Relation, chunks, parse
from protolabel.words.quantity import quantity

KIND = "aFChunk"  # of the relations
_READERS = {".html": "html", ".htm": "html", ".xhtml": "html", ".mht": "mhtml", ".mhtml": "mhtml",
            ".rtf": "rtf"}  # fmt: skip


def chunk_texts(
    archive: zipfile.ZipFile, main: str, links: Sequence[Relation], request: Request
) -> tuple[list[str], list[str]]:
    """Return the texts of the files inside, in the order of the document, and notices.

    Args:
        archive: the DOCX.
        main: its main part.
        links: the relations of that part.
        request: for the document.
    """
    places = Elements("altChunk")
    parts = {link.id: link.part for link in links if link.kind == KIND}
    if parts:
        parse(archive, main, places)
    names = [parts.get(attributes.get("r:id", ""), "") for _, attributes in places.elements]
    texts, n_left = list[str](), 0
    for number, name in enumerate(one for one in names if one in archive.namelist()):
        kind = _READERS.get(os.path.splitext(name)[1].lower())
        if kind is None:
            n_left += 1
            continue
        copy = f"chunk{number}"
        with inner_file(request.folder, copy) as out:
            out.write(b"".join(chunks(archive, name)))
        path = os.path.join(request.folder, copy)
        texts.append(_text(replace(request, kind=kind, path=path, encoding=None)))
    words = quantity(n_left, "part of another kind is", "parts of another kind are")
    return texts, [f"{words} left out; open it in Word and save it again"] if n_left else []


def _text(request: Request) -> str:
    from protolabel.readers.formats import rtf, saved_page, web

    extracts = {"html": web.extract, "mhtml": saved_page.extract, "rtf": rtf.extract}
    return extracts[request.kind](request).text or ""

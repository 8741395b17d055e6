"""The files inside a PDF: those of a portfolio are read, others are named in a notice."""

from __future__ import annotations

import io
import os
import re
from typing import Any

from protolabel.readers.formats.extraction import RefusalError, Request, inner_file
from protolabel.readers.paths import safe_suffix
from protolabel.words.quantity import quantity

MOST_BYTES = 2**27
_DATA = ".xml"  # of an electronic invoice, whose pages say the same
_FOLDER = re.compile(r"^<\d+>")  # how a portfolio names the folder of a file


def files_inside(document: Any, request: Request) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the files of a portfolio, copied into the folder of the request, and notices.

    The name of a file begins with its number, counted from 1. A portfolio is a PDF whose pages are
    a cover alone. Files that are attached to other documents are not read.
    """
    attachments = [document.get_attachment(n) for n in range(document.count_attachments())]
    if not attachments:
        return [], []
    names = [_name(one.get_name()) for one in attachments]
    if not _is_portfolio(document):
        n = sum(not name.lower().endswith(_DATA) for name in names)
        words = quantity(n, "file is attached to it and", "files are attached to it and")
        return [], [f"{words} not read; save what is attached as files of its own"] if n else []
    files, n_bytes = list[tuple[str, str]](), 0
    for number, (name, attachment) in enumerate(zip(names, attachments, strict=True), start=1):
        content = bytes(attachment.get_data())
        n_bytes += len(content)
        if n_bytes > MOST_BYTES:
            raise RefusalError(
                f"a PDF portfolio of more than {MOST_BYTES:,} bytes", "a smaller one",
                "save its files",
            )  # fmt: skip
        copy = f"{number}{safe_suffix(name)}"
        with inner_file(request.folder, copy) as out:
            out.write(content)
        files.append((f"{number}/{name}", os.path.join(request.folder, copy)))
    return files, []


def _is_portfolio(document: Any) -> bool:
    """Return whether the catalog of a PDF says so; the library shows it in a plain copy alone."""
    copy = io.BytesIO()
    document.save(copy)
    plain = copy.getvalue()
    roots = re.findall(rb"/Root (\d+) 0 R", plain)
    if not roots:
        return False
    start = plain.find(b"\n%s 0 obj" % roots[-1])
    return re.search(rb"/Collection\b", plain[start : plain.find(b"endobj", start)]) is not None


def _name(name: str) -> str:
    """Return the name of a file, without folders."""
    name = _FOLDER.sub("", name).replace("\\", "/").rpartition("/")[2].strip()
    return "".join(c if c.isprintable() else " " for c in name)[:200] or "file"

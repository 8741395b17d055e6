"""The text of office files by other libraries, for ``benchmarks.office_readers``.

Run by the Python of ``.bench/office_readers``: ``python -m benchmarks.office_rivals READER OUT
PATH...`` writes a JSON list of texts to OUT, and prints the seconds of this process.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.command_line import command_line


def python_docx(path: str) -> str:
    """Paragraphs, then the cells of tables."""
    from docx import Document

    document = Document(path)
    parts = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        parts += [cell.text for row in table.rows for cell in row.cells]
    return "\n".join(parts)


def docx2txt(path: str) -> str:
    """The whole text."""
    import docx2txt as library

    return str(library.process(path))


def python_pptx(path: str) -> str:
    """The text of each shape of each slide."""
    from pptx import Presentation

    slides = Presentation(path).slides
    shapes = (shape for slide in slides for shape in slide.shapes if shape.has_text_frame)
    return "\n".join(shape.text_frame.text for shape in shapes)


def openpyxl(path: str) -> str:
    """All cells but the first row, which names the column."""
    from openpyxl import load_workbook

    rows = load_workbook(path, read_only=True).active.iter_rows(min_row=2, values_only=True)
    return "\n".join(str(value) for row in rows for value in row if value is not None)


def calamine(path: str) -> str:
    """All cells but the first row."""
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1:]
    return "\n".join(str(value) for row in rows for value in row)


def beautifulsoup(path: str) -> str:
    """The whole text, by the parser of lxml."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(Path(path).read_bytes(), "lxml").get_text("\n")


def html2text(path: str) -> str:
    """Markdown without marks of links."""
    from html2text import HTML2Text

    reader = HTML2Text(bodywidth=0)
    reader.ignore_links = True
    return reader.handle(Path(path).read_text(encoding="utf-8"))


def trafilatura(path: str) -> str:
    """The main text; pages that it takes for none have no text."""
    from trafilatura import extract

    return extract(Path(path).read_text(encoding="utf-8")) or ""


def email(path: str) -> str:
    """Subject and preferred body, by the standard library."""
    from email import message_from_bytes, policy

    message = message_from_bytes(Path(path).read_bytes(), policy=policy.default)
    body = message.get_body(("plain", "html"))
    return f"{message['subject']}\n{body.get_content() if body else ''}"


def mail_parser(path: str) -> str:
    """Subject and plain parts."""
    import mailparser

    mail = mailparser.parse_from_file(path)
    return "\n".join([mail.subject, *mail.text_plain])


def extract_msg(path: str) -> str:
    """Subject and body."""
    import extract_msg as library

    with library.openMsg(path) as message:
        return f"{message.subject}\n{message.body}"


def markitdown(path: str) -> str:
    """Markdown."""
    global _markitdown
    if _markitdown is None:
        from markitdown import MarkItDown

        _markitdown = MarkItDown()
    return str(_markitdown.convert(path).text_content)


_markitdown = None
READERS: dict[str, Callable[[str], str]] = {
    "python-docx": python_docx,
    "docx2txt": docx2txt,
    "python-pptx": python_pptx,
    "openpyxl": openpyxl,
    "python-calamine": calamine,
    "Beautiful Soup": beautifulsoup,
    "html2text": html2text,
    "trafilatura": trafilatura,
    "email (standard library)": email,
    "mail-parser": mail_parser,
    "extract-msg": extract_msg,
    "markitdown": markitdown,
}


def main() -> None:
    """Read the files by one library."""
    parser = command_line(__doc__)
    parser.add_argument("reader", metavar="READER", choices=list(READERS))
    parser.add_argument("out", metavar="OUT")
    parser.add_argument("paths", metavar="PATH", nargs="+")
    options = parser.parse_args()
    read = READERS[options.reader]
    start = time.perf_counter()
    texts = [read(path) for path in options.paths]
    wall = time.perf_counter() - start
    use = resource.getrusage(resource.RUSAGE_SELF)
    Path(options.out).write_text(json.dumps(texts), encoding="utf-8")
    print(json.dumps({"wall_s": wall, "cpu_s": use.ru_utime + use.ru_stime}))


if __name__ == "__main__":
    main()

"""Office files with known words, written by the usual libraries, for ``benchmarks.office_readers``.

Run by the Python of ``.bench/office_readers``, by
``python -m benchmarks.office_writers TEXTS FOLDER``.
TEXTS is a JSON list of documents, each a list of paragraphs. Each kind gets a folder of one file a
document. Half of a Word file is a table. Pages have a script, a style sheet, a comment and a hidden
part, whose words nobody sees. A message says the same in plain text and in HTML.
"""

from __future__ import annotations

import json
from email.message import EmailMessage
from html import escape
from pathlib import Path

from benchmarks.command_line import command_line

UNSEEN = "unseenscript unseenstyle unseenhidden unseencomment"


def docx(paragraphs: list[str], path: Path) -> None:
    """Write a Word file; the second half of the paragraphs stands in a table of two columns."""
    from docx import Document

    document = Document()
    document.add_heading(paragraphs[0])
    half = len(paragraphs) // 2 + 1
    for paragraph in paragraphs[1:half]:
        document.add_paragraph(paragraph)
    rest = paragraphs[half:]
    if rest:
        grid = document.add_table(rows=(len(rest) + 1) // 2, cols=2)
        for at, paragraph in enumerate(rest):
            grid.cell(at // 2, at % 2).text = paragraph
    document.save(str(path))


def pptx(paragraphs: list[str], path: Path) -> None:
    """Write slides of a title and a text each."""
    from pptx import Presentation

    show = Presentation()
    for at in range(0, len(paragraphs), 2):
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = paragraphs[at]
        slide.placeholders[1].text = "\n".join(paragraphs[at + 1 : at + 2])
    show.save(str(path))


def xlsx(paragraphs: list[str], path: Path) -> None:
    """Write a sheet of one column, with its name in the first row."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["text"])
    for paragraph in paragraphs:
        book.active.append([paragraph])
    book.save(path)


def html(paragraphs: list[str], path: Path) -> None:
    """Write a page with what pages have beside their text."""
    script, style, hidden, comment = UNSEEN.split()
    body = "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in paragraphs[1:])
    path.write_text(
        f"<!doctype html><html><head><meta charset='utf-8'><title>{escape(paragraphs[0])}</title>"
        f"<style>.{style} {{ color: red }}</style></head><body><script>let {script} = 1</script>"
        f"<!-- {comment} --><div style='display: none'>{hidden}</div>\n{body}</body></html>",
        encoding="utf-8",
    )


def eml(paragraphs: list[str], path: Path) -> None:
    """Write a message with a plain and an HTML part that say the same."""
    message = EmailMessage()
    message["From"], message["To"] = "a@example.org", "b@example.org"
    message["Subject"] = " ".join(paragraphs[0].split())
    message.set_content("\n\n".join(paragraphs[1:]), cte="quoted-printable")
    page = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs[1:])
    message.add_alternative(f"<html><body>{page}</body></html>", subtype="html", cte="base64")
    path.write_bytes(message.as_bytes())


WRITERS = {"docx": docx, "pptx": pptx, "xlsx": xlsx, "html": html, "eml": eml}


def main() -> None:
    """Write the files."""
    parser = command_line(__doc__)
    parser.add_argument("texts", metavar="TEXTS")
    parser.add_argument("folder", metavar="FOLDER")
    options = parser.parse_args()
    texts = json.loads(Path(options.texts).read_text(encoding="utf-8"))
    for kind, write in WRITERS.items():
        folder = Path(options.folder) / kind
        folder.mkdir(parents=True)
        for number, paragraphs in enumerate(texts):
            write(paragraphs, folder / f"{number:03}.{kind}")


if __name__ == "__main__":
    main()

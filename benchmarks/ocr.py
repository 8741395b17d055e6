"""How many words OCR reads of pages rendered from contracts, and what labelling loses by it.

``python -m benchmarks.ocr [PAGES]``: the text layer is the truth. Word recall is of one page of 20
contracts; all contracts are labelled by their first page.
"""

from __future__ import annotations

import re
from collections import Counter

from benchmarks.command_line import command_line
from benchmarks.ocr_labelling import labelling
from benchmarks.ocr_pages import (
    CONDITIONS,
    DPI,
    LOOKS,
    Page,
    contracts,
    length,
    read,
)
from benchmarks.results import log_line, save, table

N_PAGES = 20
PAGES = 1  # of each contract that is labelled
_WORD = re.compile(r"\w+")
Row = dict[str, float]


def sample() -> list[Page]:
    """One page each of some contracts."""
    paths = contracts()
    some = paths[:: max(1, len(paths) // N_PAGES)][:N_PAGES]
    pages = [Page(path, i % min(3, length(path))) for i, path in enumerate(some)]
    return [page for page in pages if words(page.text()).total() > 50]


def words(text: str) -> Counter[str]:
    """The words of a text with their numbers, without case."""
    return Counter(_WORD.findall(text.lower()))


def recall(pages: list[Page], condition: str, looks: tuple[str, ...]) -> Row:
    """How much of the pages' words a way reads, and what it costs."""
    right = total = output = empty = 0
    seconds = 0.0
    for page in pages:
        truth, (text, cpu) = words(page.text()), read(page, condition, looks)
        own = words(text)
        right, total = right + (own & truth).total(), total + truth.total()
        output, empty, seconds = output + own.total(), empty + (not text), seconds + cpu
    return {
        "recall": right / total, "precision": right / max(1, output),
        "cpu_s": seconds / len(pages), "declined": empty,
    }  # fmt: skip


def main() -> None:
    """Measure OCR and write docs/results/ocr.*, after each part what there is."""
    parser = command_line(__doc__)
    parser.add_argument("pages", metavar="PAGES", nargs="?", type=int, default=PAGES)
    n = parser.parse_args().pages
    pages = sample()
    rows: dict[str, dict[str, Row]] = {}
    for way, looks in LOOKS.items():
        for condition in CONDITIONS:
            rows.setdefault(way, {})[condition] = recall(pages, condition, looks)
            log_line(f"{condition}, {way}: {rows[way][condition]}")
        write(len(pages), rows, [], {})
    for tables, values in labelling(n):
        write(len(pages), rows, tables, values)


def write(
    n: int, rows: dict[str, dict[str, Row]], tables: list[str], more: dict[str, object]
) -> None:
    """Write the page."""
    body = "\n\n".join([*recall_page(n, rows), *tables])
    save("ocr", "make bench-ocr", body, {"pages": n, "ocr": rows, **more}, None)


def recall_page(n: int, rows: dict[str, dict[str, Row]]) -> list[str]:
    """The first part of the page."""
    cells = [
        [way, condition, f"{100 * row['recall']:.1f}", f"{100 * row['precision']:.1f}",
         f"{row['cpu_s']:.2f}", f"{row['declined']:.0f}"]
        for condition in CONDITIONS for way, by_condition in rows.items()
        for row in (by_condition[condition],)
    ]  # fmt: skip
    head = ["way", "pages", "word recall, %", "word precision, %", "CPU s a page", "without text"]
    return [
        "# OCR of scanned pages",
        f"{n} pages of as many contracts (CUAD), rendered at {DPI} dots per inch. Degraded: turned "
        "by 0.7 degrees, blurred, with noise, as JPEG of quality 30. The truth is the pages' text "
        "layer; words are compared as a multiset, without case. If Tesseract is less than 85 % "
        "sure of a page, it reads the page again, enlarged and smoothed. With the extra "
        "`poor-scans`, RapidOCR also reads such a page, and the reading of the surer engine "
        "counts ([decision](../decisions/0026-what-counts-as-text.md)). That rule was chosen on "
        "pages of other contracts. A later rule smooths a large page more strongly if the first "
        "reading finds no word, because one of these pages took a minute.",
        table(head, cells),
    ]


if __name__ == "__main__":
    main()

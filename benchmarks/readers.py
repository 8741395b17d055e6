"""How fast PDF files become text and answers: protolabel's own reader beside other libraries.

Each reader runs in a process of its own over the same files. CPU seconds count the processes
that it starts.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.command_line import command_line
from benchmarks.data_sets import require_data
from benchmarks.reading_to_answers import long_part, part
from benchmarks.results import save, table
from protolabel.words.quantity import quantity

N_FILES = 50
ROUNDS = 3


def _protolabel(paths: list[str]) -> int:
    from protolabel.readers import read_documents

    bad: list[object] = []
    return sum(len(d.text or "") for d in read_documents(paths, on_unreadable=bad.append))


def _pypdfium2(paths: list[str]) -> int:
    import pypdfium2

    characters = 0
    for path in paths:
        with pypdfium2.PdfDocument(path) as document:
            for page in document:
                characters += len(page.get_textpage().get_text_range())
    return characters


def _pypdf(paths: list[str]) -> int:
    from pypdf import PdfReader

    return sum(len(page.extract_text()) for path in paths for page in PdfReader(path).pages)


def _pdf_oxide(paths: list[str]) -> int:
    from pdf_oxide import PdfDocument

    characters = 0
    for path in paths:
        document = PdfDocument(path)
        characters += sum(len(document.extract_text(n)) for n in range(document.page_count()))
    return characters


READERS: dict[str, Callable[[list[str]], int]] = {
    "protolabel": _protolabel,
    "pypdfium2": _pypdfium2,
    "pdf_oxide": _pdf_oxide,
    "pypdf": _pypdf,
}


def _measure(name: str, paths: list[str]) -> dict[str, float]:
    """Return what one reader takes, measured inside a process of its own."""
    begin = time.perf_counter()
    characters = READERS[name](paths)
    wall = time.perf_counter() - begin
    own, others = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {
        "characters": characters,
        "wall_s": wall,
        "cpu_s": own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime,
        "peak_mib": max(own.ru_maxrss, others.ru_maxrss) / 1024,
    }


def _in_process(name: str, paths: list[str]) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.readers", name, *paths],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Measure all readers and write docs/results/readers."""
    parser = command_line(__doc__)
    parser.add_argument("reader", nargs="?", choices=list(READERS), help="in this process, as JSON")
    parser.add_argument("paths", nargs="*", help="what that one reads")
    options = parser.parse_args()
    if options.reader:
        print(json.dumps(_measure(options.reader, options.paths)))
        return
    import pypdfium2

    start = time.perf_counter()
    folder = require_data("cuad_pdfs")
    every = sorted(map(str, Path(folder).rglob("*.[pP][dD][fF]")))[:: max(1, 150 // N_FILES)]
    pages, paths, scanned = 0, list[str](), 0
    for path in every:
        with pypdfium2.PdfDocument(path) as document:
            if all(page.get_textpage().count_chars() for page in document):
                pages += len(document)
                paths.append(path)
            else:  # protolabel reads such a page by OCR, the others do not read it
                scanned += 1
    rows: dict[str, dict[str, float]] = {}
    for name in READERS:
        rounds = sorted((_in_process(name, paths) for _ in range(ROUNDS)), key=lambda r: r["cpu_s"])
        rows[name] = rounds[ROUNDS // 2]
        rows[name]["pages_per_cpu_s"] = pages / rows[name]["cpu_s"]
    body = (
        f"# Reading PDF files\n\n{len(paths)} contracts (CUAD), {pages:,} pages. "
        f"{quantity(scanned, 'other file')} with a page that has no text layer "
        f"{'is' if scanned == 1 else 'are'} left out: protolabel alone reads such a page, by "
        "[OCR](ocr.md). Each reader runs "
        f"in a process of its own. Figures are those of the median of {ROUNDS} runs by CPU time, "
        "start and imports included. protolabel reads with pypdfium2 in a second process; its "
        "memory is that of the larger of the two.\n\n"
        + table(
            ["reader", "pages per CPU second", "CPU s", "wall s", "peak MiB", "characters"],
            [
                [
                    name,
                    f"{row['pages_per_cpu_s']:.0f}",
                    f"{row['cpu_s']:.2f}",
                    f"{row['wall_s']:.2f}",
                    f"{row['peak_mib']:.0f}",
                    f"{row['characters']:,.0f}",
                ]
                for name, row in rows.items()
            ],
        )
    )
    long_text, long_values = long_part(paths, _in_process, list(READERS))
    with tempfile.TemporaryDirectory() as copies:
        for path in paths:
            shutil.copy(path, copies)
        answers_text, rounds = part(Path(copies))
    body = f"{body}\n\n{long_text}\n\n{answers_text}"
    values = {"files": len(paths), "pages": pages, "readers": rows}
    values |= {"long file": long_values, "to answers": rounds}
    save("readers", "make bench-readers", body, values, time.perf_counter() - start)


if __name__ == "__main__":
    main()

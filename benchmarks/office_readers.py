"""Office files, pages and mail: the words that protolabel reads beside two or three libraries.

``python -m benchmarks.office_readers``: newsgroup posts become files of each kind, written by the
usual libraries (``office_writers``), Outlook messages by the helper of the tests. What each file
holds is known. Each reader runs in a process of its own over all files of a kind, in three rounds.
``make .bench/office_readers/.ready`` installs the others into an environment of their own.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.data_sets import rows_of
from benchmarks.intervals import mean_interval
from benchmarks.newsgroups import POSTS, newsgroup_text
from benchmarks.results import CACHE, ROOT, log_line, save, table

sys.path.insert(0, str(ROOT / "tests/helpers"))
from outlook_files import msg

PYTHON = CACHE / "office_readers" / "bin" / "python"
ABSENT = (
    f"{PYTHON.relative_to(CACHE.parent)} is absent; `make .bench/office_readers/.ready` makes it"
)
FILES, ROUNDS = 100, 3
OWN = "protolabel"
READERS = {  # of each kind of file
    "docx": ("python-docx", "docx2txt", "markitdown"),
    "pptx": ("python-pptx", "markitdown"),
    "xlsx": ("openpyxl", "python-calamine", "markitdown"),
    "html": ("Beautiful Soup", "html2text", "trafilatura", "markitdown"),
    "eml": ("email (standard library)", "mail-parser"),
    "msg": ("extract-msg", "markitdown"),
}
HEADERS = [
    "files", "reader", "words read, %", "of what is read, in the file, %", "files a CPU second",
    "CPU s",
]  # fmt: skip
CODE = """
import json, resource, sys, time
from pathlib import Path
from typing import Any
from protolabel.readers import read_documents
start = time.perf_counter()
parts = {path: [] for path in sys.argv[3:]}
for document in read_documents(sys.argv[3:]):
    (path,) = (one for one in parts if document.source.startswith(one))  # a row has its number
    parts[path].append(document.text or "")
texts = ["\\n".join(several) for several in parts.values()]
wall = time.perf_counter() - start
uses = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
Path(sys.argv[2]).write_text(json.dumps(texts))
cpu = sum(use.ru_utime + use.ru_stime for use in uses)
print(json.dumps({"wall_s": wall, "cpu_s": cpu}))
"""


def documents() -> list[list[str]]:
    """Posts of at least five paragraphs, each a list of these; the first one is a title."""
    posts: list[list[str]] = []
    for row in rows_of("newsgroups20"):
        text = newsgroup_text(row["text"], "stripped")
        paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
        paragraphs = [part for part in paragraphs if re.search(r"\w", part)]
        if len(paragraphs) >= 5 and all(one.isprintable() for one in paragraphs):
            title = " ".join(re.findall(r"\w+", paragraphs[0])[:6])
            posts.append([title, *paragraphs[:40]])
        if len(posts) == FILES:
            break
    return posts


def write_files(posts: list[list[str]], folder: Path) -> None:
    """Write all kinds of files."""
    texts = folder / "texts.json"
    texts.write_text(json.dumps(posts), encoding="utf-8")
    command = [str(PYTHON), "-m", "benchmarks.office_writers", str(texts), str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)
    (folder / "msg").mkdir()
    for number, paragraphs in enumerate(posts):
        message = msg(paragraphs[0], "\r\n\r\n".join(paragraphs[1:]))
        (folder / "msg" / f"{number:03}.msg").write_bytes(message)


def words_of(text: str) -> Counter[str]:
    """The words of a text, with how often each stands there."""
    return Counter(re.findall(r"\w+", text.lower()))


def reading(name: str, paths: Sequence[Path], out: Path) -> tuple[list[str], dict[str, float]]:
    """Return the texts that a reader makes of files, and what it takes in a process of its own."""
    script = ["-c", CODE] if name == OWN else ["-m", "benchmarks.office_rivals"]
    python = sys.executable if name == OWN else str(PYTHON)
    done = subprocess.run(
        [python, *script, name, str(out), *map(str, paths)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(out.read_text()), json.loads(done.stdout.splitlines()[-1])


def shares(texts: Sequence[str], posts: list[list[str]]) -> tuple[list[float], list[float]]:
    """Return of each file the per cent of its words that were read, and of those that belong."""
    recall, precision = [], []
    for text, paragraphs in zip(texts, posts, strict=True):
        own, words = words_of(text), words_of("\n".join(paragraphs))
        both = (own & words).total()
        recall.append(100 * both / words.total())
        precision.append(100 * both / max(1, own.total()))
    return recall, precision


def measured(name: str, kind: str, folder: Path, posts: list[list[str]]) -> dict[str, Any]:
    """Return the figures of one reader of one kind of file: the round of median CPU time."""
    paths = sorted((folder / kind).iterdir())
    rounds = [reading(name, paths, folder / "out.json") for _ in range(ROUNDS)]
    texts, times = sorted(rounds, key=lambda one: one[1]["cpu_s"])[ROUNDS // 2]
    recall, precision = shares(texts, posts)
    return {"kind": kind, "reader": name, "recall": recall, "precision": precision, **times}


def text_of(values: Sequence[float]) -> str:
    """The mean of the files, with its interval for more files like these."""
    mean, half = mean_interval(values)
    return f"{mean:.1f}" if not np.any(np.diff(values)) else f"{mean:.1f} ± {half:.1f}"


def row_of(one: dict[str, Any]) -> list[str]:
    """A row of the table."""
    n, cpu = len(one["recall"]), one["cpu_s"]
    return [
        one["kind"], one["reader"], text_of(one["recall"]), text_of(one["precision"]),
        f"{n / cpu:.0f}", f"{cpu:.2f}",
    ]  # fmt: skip


def main() -> None:
    """Run, and write docs/results/office_readers.*."""
    command_line(__doc__).parse_args()
    if not PYTHON.exists():
        print(f"skipped: {ABSENT}")
        return
    start, results = time.perf_counter(), []
    posts = documents()
    with tempfile.TemporaryDirectory() as place:
        write_files(posts, Path(place))
        for kind, others in READERS.items():
            for name in (OWN, *others):
                results.append(measured(name, kind, Path(place), posts))
                log_line(" ".join(row_of(results[-1])))
    body = (
        "# Reading office files, pages and mail\n\n"
        f"{len(posts)} newsgroup posts, each a file of each kind, written by python-docx, "
        "python-pptx, openpyxl and the standard library; Outlook messages by the tests' own "
        f"writer. {POSTS['stripped']} Half of a Word file is a table. Pages have a script, a style "
        "sheet, a comment and a hidden part; mail says the same in plain text and in HTML. *Words "
        "read*: the share of a "
        "file's words, each as often as it stands there, mean over files ± 95 % interval (t) for "
        "more files like these. *In the file*: the share of the words that were read that people "
        "see in it. Times are those of the median of "
        f"{ROUNDS} runs by CPU time, start and imports included. protolabel reads in a second "
        "process, which it can end, and counts both.\n\n"
    )
    body += table(HEADERS, [row_of(one) for one in results])
    seconds = time.perf_counter() - start
    save("office_readers", "make bench-office-readers", body, results, seconds)


if __name__ == "__main__":
    main()

"""A mixed office folder: every kind of file, two languages, litter, ten broken files, ten kills.

``python -m benchmarks.office``: makes 200 files and a label space of eight letters, labels the
folder by the command line, does so again, and then kills the command ten times in another run and
lets it end. What each file should be answered is known, since the files are made here.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont
from pyarrow import parquet

from benchmarks.command_line import command_line
from benchmarks.results import ROOT, log_line, save, table
from protolabel import LabelSpace

sys.path.insert(0, str(ROOT / "tests/helpers"))
from office_folder import BROKEN, KINDS, LETTERS, LITTER, Content, make_office_folder

FILES, KILLS = 200, 10
WAIT = 300.0  # seconds, the most that one kill waits for


def picture(text: str) -> Image.Image:
    """A letter as a scanner gives it."""
    image = Image.new("L", (1240, 400), "white")
    font = ImageFont.load_default(40)
    ImageDraw.Draw(image).multiline_text((60, 60), text.replace(" of ", "\nof "), "black", font)
    return image


def scanned_page(text: str) -> bytes:
    """A PDF file without a text layer."""
    document = FPDF()
    document.add_page()
    document.image(picture(text), w=180)
    return bytes(document.output())


def png(text: str) -> bytes:
    """A photo of a letter."""
    stream = io.BytesIO()
    picture(text).save(stream, "PNG")
    return stream.getvalue()


def parquet_rows(name: str, text: str, n: int) -> tuple[bytes, dict[str, str]]:
    """A Parquet file of one row."""
    stream = io.BytesIO()
    parquet.write_table(pa.table({"text": [text]}), stream)
    return stream.getvalue(), {f"{name}:1": text}


ALL_KINDS: Mapping[str, Content] = {
    **KINDS,
    "parquet": parquet_rows,
    "png": lambda name, text, n: (png(text), {name: text}),
    "scan.pdf": lambda name, text, n: (scanned_page(text), {name: text}),
}


@dataclass(frozen=True)
class Run:
    """A run of the command that has ended."""

    code: int
    messages: str
    seconds: float


@dataclass(frozen=True)
class Desk:
    """A folder of documents, a label space, and the file that answers go to."""

    space: Path
    inbox: Path
    out: Path

    def command(self) -> list[str]:
        """The command, as an office runs it every day."""
        words = ["label", self.space, self.inbox, "--out", self.out, "--resume", "--skip-bad"]
        return [sys.executable, "-m", "protolabel", *map(str, words)]

    def run(self) -> Run:
        """Run it to its end."""
        start = time.perf_counter()
        done = subprocess.run(self.command(), capture_output=True, text=True, check=False)
        return Run(done.returncode, done.stderr, time.perf_counter() - start)

    def run_killed(self, temporary: Path, *, early: bool) -> int:
        """Run it and kill it, before it has answered anything or after; return the answers."""
        before, deadline = self.size(), time.monotonic() + WAIT
        environment = os.environ | {"TMPDIR": str(temporary)}
        with subprocess.Popen(
            self.command(), env=environment, stderr=subprocess.DEVNULL
        ) as process:
            while process.poll() is None and time.monotonic() < deadline:
                if list(temporary.iterdir()) if early else self.size() > before:
                    break
                time.sleep(0.002)
            process.kill()
        return len(self.answers())

    def size(self) -> int:
        """The bytes of the answers so far."""
        return self.out.stat().st_size if self.out.exists() else 0

    def answers(self) -> list[dict[str, str | None]]:
        """The whole lines of the file of answers."""
        if not self.out.exists():
            return []
        lines = self.out.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]


def make_space(path: Path) -> Path:
    """A label space of two classes, four letters each, in two languages."""
    with LabelSpace.create(path, background=False) as space:
        for (label, _), text in LETTERS.items():
            space.add([text.format(n=n) for n in ("one", "two")], [label] * 2)
        space.configure(threshold="off")
    return path


def faults(messages: str) -> dict[str, str]:
    """What is said of each broken file, and of any other file that was left out."""
    lines = [line.removeprefix("skipped ") for line in messages.splitlines()]
    lines = [line for line in lines if "mixed/" in line]
    return {
        line.split("mixed/", 1)[1].split(":", 1)[0]: line.split("mixed/", 1)[1].split(": ", 1)[1]
        for line in lines
    }


def kind_of(identity: str) -> str:
    """The kind of the file that a document is in."""
    name = identity.split("/")[1].split(":")[0]
    return name.split(".", 1)[1]


def outcome(desk: Desk, classes: Mapping[str, str]) -> dict[str, int]:
    """How many documents are answered, rightly, twice, and not at all."""
    rows = desk.answers()
    times = Counter(row["id"] for row in rows)
    return {
        "answered": len(times),
        "right": sum(row["label"] == classes.get(str(row["id"])) for row in rows),
        "twice": sum(n > 1 for n in times.values()),
        "lost": sum(identity not in times for identity in classes),
        "unexpected": sum(identity not in classes for identity in times),
    }


def by_kind(kind: str, classes: Mapping[str, str], rows: list[dict[str, str | None]]) -> list[str]:
    """A row of the table: documents of one kind of file, how many are answered, and rightly."""
    own = {identity: label for identity, label in classes.items() if kind_of(identity) == kind}
    labels = {str(row["id"]): row["label"] for row in rows}
    n_right = sum(labels.get(identity) == label for identity, label in own.items())
    files = {identity.split("/")[1].split(":")[0] for identity in own}
    return [
        f"`.{kind}`",
        str(len(files)),
        str(len(own)),
        str(len(own.keys() & labels)),
        str(n_right),
    ]


def main() -> None:
    """Run and write docs/results/office.*."""
    command_line(__doc__).parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        classes = make_office_folder(root / "inbox", FILES, ALL_KINDS)
        space = make_space(root / "mail.space")
        desk = Desk(space, root / "inbox", root / "a.jsonl")
        first = desk.run()
        log_line(f"first run: {first.seconds:.0f} s, code {first.code}")
        content, rows = desk.out.read_bytes(), desk.answers()
        runs = {"one run": outcome(desk, classes)}
        second = desk.run()
        is_same = desk.out.read_bytes() == content
        runs["a second run"] = outcome(desk, classes)
        log_line(f"second run: {second.seconds:.0f} s, the same file: {is_same}")
        other = Desk(space, root / "inbox", root / "b.jsonl")
        temporary = root / "tmp"
        temporary.mkdir()
        kills = [other.run_killed(temporary, early=n % 3 == 0) for n in range(KILLS)]
        last = other.run()
        runs[f"{KILLS} kills, and a run to the end"] = outcome(other, classes)
        log_line(f"answers after each kill: {kills}; in the end {len(other.answers())}")
    named = faults(first.messages)
    values = {
        "files": FILES, "documents": len(classes), "runs": runs, "second run changes nothing":
        is_same, "answers after each kill": kills, "faults": named,
        "seconds": {"first": first.seconds, "second": second.seconds, "last": last.seconds},
    }  # fmt: skip
    kinds = [by_kind(kind, classes, rows) for kind in ALL_KINDS]
    body = page(runs, kinds, named, kills, is_same)
    save("office", "make bench-office", body, values, time.perf_counter() - start)


def page(
    runs: dict[str, dict[str, int]],
    kinds: list[list[str]],
    named: dict[str, str],
    kills: list[int],
    is_same: bool,
) -> str:
    """The page."""
    measures = ("answered", "right", "twice", "lost", "unexpected")
    unnamed = sorted(set(BROKEN) - set(named))
    others = sorted(set(named) - set(BROKEN))
    return "\n\n".join([
        "# A mixed office folder",
        f"{FILES} files, all made by the command: {FILES - len(BROKEN)} of {len(ALL_KINDS)} kinds, "
        f"letters of two classes in English and German, and {len(BROKEN)} broken ones. "
        f"{len(LITTER)} files of litter lie beside them. The label space has four examples a "
        "class, two in each language. The folder is labelled by `protolabel label SPACE FOLDER "
        "--out FILE --resume --skip-bad`; archives and mail hold several documents each.",
        table(
            ["", "documents answered", "rightly", "twice", "lost", "not expected"],
            [[name, *(str(one[m]) for m in measures)] for name, one in runs.items()],
        ),
        f"The second run leaves the file of answers {'as it is' if is_same else 'CHANGED'}. Every "
        "third kill came before the run had answered anything, the others after its first new "
        f"answer. Answers in the file after each kill: {', '.join(map(str, kills))}.",
        "## By kind of file",
        table(["kind", "files", "documents", "answered", "rightly"], kinds),
        "## Broken files",
        f"Named: {len(set(BROKEN) & set(named))} of {len(BROKEN)}"
        + (f"; not named: {', '.join(unnamed)}" if unnamed else "")
        + (f"; named without cause: {', '.join(others)}" if others else "")
        + ". Litter is skipped without a note.",
        table(["file", "what is said of it"], [[f"`{n}`", _cell(named[n])] for n in sorted(named)]),
    ])  # fmt: skip


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main()

"""From a folder of PDF files to answers: where the time goes; and the memory of one long file.

Called by ``benchmarks.readers``. ``python -m benchmarks.reading_to_answers FOLDER`` does one round
in a process of its own: it reads the files, encodes the texts, and labels them without and with
evidence, and prints the CPU seconds of each as JSON, child processes included.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.results import table
from protolabel import Example, LabelSpace, read_documents
from protolabel.encoders import PassageEncoder, load_encoder

LONG = 1000  # pages of one file
ROUNDS = 3
PARTS = ("reading", "encoding", "scores and probabilities", "evidence and marked words")


def cpu_seconds() -> float:
    """CPU seconds of this process, and of the processes that it has started and that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def one_round(folder: Path) -> dict[str, float]:
    """CPU seconds of each part and of all, and how many documents and words there were.

    The files themselves are the examples, two of each kind: which class a document gets does not
    matter here.
    """
    encoder = load_encoder()
    assert isinstance(encoder, PassageEncoder)
    encoder.encode(["a text, so that all is loaded"])
    start = cpu_seconds()
    documents = [document for document in read_documents(str(folder)) if document.text]
    times = [cpu_seconds() - start]
    texts = [document.text or "" for document in documents]

    def timed(action: Callable[[], object]) -> float:
        start = cpu_seconds()
        action()
        return cpu_seconds() - start

    times.append(timed(lambda: encoder.encode_documents(texts)))
    with LabelSpace.create(":memory:", encoder=encoder, background=False) as space:
        space.add([Example(f"kind {i % 10}", text) for i, text in enumerate(texts[:20])])
        space.settle()
        plain = timed(lambda: list(space.label_many(documents, evidence=0)))
        whole = timed(lambda: list(space.label_many(documents, evidence=3)))
    times += [max(plain - times[1], 0.0), max(whole - plain, 0.0)]
    words = sum(len(text.split()) for text in texts)
    values = dict(zip(PARTS, times, strict=True))
    return values | {"documents": len(documents), "words": words, "all": times[0] + whole}


def part(folder: Path) -> tuple[str, list[dict[str, float]]]:
    """The part of the page, and the figures of its rounds."""
    command = [sys.executable, "-m", "benchmarks.reading_to_answers", str(folder)]
    rounds = [
        dict(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
        for _ in range(ROUNDS)
    ]
    median = {key: float(np.median([one[key] for one in rounds])) for key in rounds[0]}
    rows = [[name, f"{median[name]:.1f}", f"{median[name] / median['all']:.0%}"] for name in PARTS]
    text = (
        "## From a folder to answers\n\n"
        f"The same files: {median['documents']:.0f} documents of {median['words']:,.0f} words. "
        f"{median['documents'] / median['all']:.1f} documents (about "
        f"{median['words'] / median['all']:,.0f} words) become answers with evidence in a second "
        "of CPU time; all passages are encoded. The encoder is loaded before. Median of "
        f"{ROUNDS} runs.\n\n" + table(["part", "CPU s", "share"], rows)
    )
    return text, rounds


def long_file(paths: list[str], place: Path) -> int:
    """Write the pages of some files, again and again, into one file of 1,000; return its bytes."""
    import pypdfium2

    with pypdfium2.PdfDocument.new() as whole:
        while len(whole) < LONG:
            for path in paths:
                with pypdfium2.PdfDocument(path) as document:
                    whole.import_pages(document, list(range(len(document)))[: LONG - len(whole)])
                if len(whole) == LONG:
                    break
        whole.save(str(place))
    return place.stat().st_size


def long_part(
    paths: list[str], measured: Callable[[str, list[str]], dict[str, float]], names: list[str]
) -> tuple[str, dict[str, dict[str, float]]]:
    """The part of the page about one long file, and its figures by reader."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "long.pdf"
        size = long_file(paths, place)
        values = {name: measured(name, [str(place)]) for name in names}
    rows = [
        [name, f"{one['peak_mib']:.0f}", f"{one['cpu_s']:.1f}", f"{one['characters']:,.0f}"]
        for name, one in values.items()
    ]
    text = (
        f"## One file of {LONG:,} pages\n\nPages of the same contracts, {size / 1e6:.0f} MB. "
        "One run each.\n\n" + table(["reader", "peak MiB", "CPU s", "characters"], rows)
    )
    return text, values


def main() -> None:
    """One round, as JSON."""
    parser = command_line(__doc__)
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    print(json.dumps(one_round(parser.parse_args().folder)))


if __name__ == "__main__":
    main()

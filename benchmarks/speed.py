"""Documents per second: ``label_many`` beside the bare ``encode`` of other libraries, in turn.

``python -m benchmarks.speed [--rounds N] [--share S]``: the same documents (short queries; 100 to
300 words; 2,000 words and more), two threads each, every library in a process of its own, one after
the other in each round; medians. Others cut long documents at 256 tokens, so they are given all the
passages that protolabel encodes: equal work. The vectors of the short queries also give accuracy.
Where the processor has more than AVX2, the sets below are measured too: ``instruction_mask`` hides
the rest from every library.

Runs are kept by machine and instruction set in docs/results/speed.json: another machine adds to it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.data_sets import rows_of
from benchmarks.encoder_vectors import texts_of
from benchmarks.instruction_sets import SETS, WITHOUT_VNNI, below, hiding, own_set
from benchmarks.newsgroups import newsgroup_text
from benchmarks.results import RESULTS, log_line, machine, save
from benchmarks.speed_libraries import LIBRARIES, REFERENCE, THREADS, Process, export, started
from benchmarks.speed_page import page
from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.scores import LinearModel
from protolabel.encoders import load_encoder
from protolabel.encoders.text.encoder import TransformerEncoder

COMMAND = "make bench-speed"
ROUNDS, SHOTS, DRAWS = 5, 5, 5
SHORT, MIDDLE, LONG = "short queries", "100 to 300 words", "2,000 words and more"


def documents(share: float) -> dict[str, list[str]]:
    """The documents by kind: short queries all, since accuracy is theirs; of the others a share."""
    rng = np.random.default_rng(0)
    posts = [newsgroup_text(row["text"], "body") for row in rows_of("newsgroups20")]
    lengths = [len(post.split()) for post in posts]
    texts = {SHORT: texts_of("BANKING77").texts}
    for kind, low, high, n in ((MIDDLE, 100, 300, 60), (LONG, 2000, 6000, 4)):
        some = [post for post, length in zip(posts, lengths, strict=True) if low <= length <= high]
        texts[kind] = [some[i] for i in rng.permutation(len(some))[: max(2, round(n * share))]]
    return texts


def write_tasks(place: Path, texts: dict[str, list[str]]) -> dict[str, list[int]]:
    """Write documents and their passages as tasks; the tokens of each passage, by kind."""
    data = texts_of("BANKING77")
    encoder = load_encoder(threads=THREADS)
    assert isinstance(encoder, TransformerEncoder)
    windower = encoder.windower
    tokens = {}
    for kind, some in texts.items():
        windows = list(windower.windows(some))
        tokens[kind] = [int(window.ids.size) for window in windows]
        write(place / f"{kind}.json", some)
        passages = [some[window.owner][window.start : window.end] for window in windows]
        write(place / f"{kind} in passages.json", passages)
    examples = [i for c in range(len(data.names)) for i in np.flatnonzero(data.y == c)[:10]]
    write(place / "examples.json", [[data.names[data.y[i]], data.texts[i]] for i in examples])
    write(place / "names.json", data.names)
    write(place / "one.json", data.texts[:1])
    write(place / "some.json", data.texts[:64])
    return tokens


def write(path: Path, value: object) -> None:
    """Write JSON."""
    path.write_text(json.dumps(value), encoding="utf-8")


def rounds(processes: dict[str, Process], place: Path, kinds: list[str], n: int) -> None:
    """Every library in turn over all documents, n times; the last vectors stay in files."""
    for turn in range(n):
        for kind in kinds:
            for name, process in processes.items():
                out = place / f"{name}.npy" if kind == SHORT else None
                if process.own:
                    process.measure(f"{kind}, label", "label", place / f"{kind}.json")
                    process.measure(f"{kind}, evidence", "evidence", place / f"{kind}.json")
                    process.measure(kind, "encode", place / f"{kind}.json", out)
                else:
                    process.measure(kind, "encode", place / f"{kind} in passages.json", out)
                if name == REFERENCE and kind != SHORT:
                    process.measure(f"{kind}, cut", "encode", place / f"{kind}.json")
        log_line(f"round {turn + 1} of {n}")


def accuracies(own: np.ndarray, names: np.ndarray) -> list[float]:
    """Per cent right by prototypes with names, 5 a class, of each draw."""
    y = texts_of("BANKING77").y
    right = []
    for seed in range(DRAWS):
        order = np.random.default_rng(seed).permutation(len(y))
        support = np.concatenate([order[y[order] == c][:SHOTS] for c in range(len(names))])
        rest = np.setdiff1d(order, support)
        totals = ClassTotals.of_examples(own[support], y[support], names, np.ones(len(names), bool))
        guess = LinearModel.of_classes(totals, 1.0, "cosine").scores(own[rest]).argmax(axis=1)
        right.append(100 * float((guess == y[rest]).mean()))
    return right


def measured(limit: str | None, n: int, share: float) -> dict[str, Any]:
    """One run: all libraries with the instructions of this processor, or with fewer."""
    begun = time.monotonic()
    texts = documents(share)
    missing: dict[str, str] = {}
    processes: dict[str, Process] = {}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        tokens = write_tasks(place, texts)
        for name, library in LIBRARIES.items():
            if limit in WITHOUT_VNNI and library.argument == "i8":
                continue  # Linux says that the processor has it, so it would not be refused
            process = started(library, place, limit)
            if isinstance(process, str):
                missing[name] = process
                log_line(f"{name}: {process}")
            else:
                processes[name] = process
        rounds(processes, place, list(texts), n)
        libraries: dict[str, Any] = {}
        vectors = {name: np.load(place / f"{name}.npy") for name in processes}
        for name, process in processes.items():
            process.ask("encode", place / "names.json", place / "names.npy")
            cosines = unit_cosines(vectors[name], vectors.get(REFERENCE))
            libraries[name] = {
                "start": process.start, "memory": process.memory, "times": process.times,
                "accuracy": accuracies(vectors[name], np.load(place / "names.npy")),
                "cosine": cosines,
            }  # fmt: skip
            process.child.kill()
            process.child.wait()
    return {
        "date": time.strftime("%Y-%m-%d"), "machine": machine(), "set": limit or own_set(),
        "limited": limit is not None, "rounds": n, "load": os.getloadavg()[1],
        "seconds": time.monotonic() - begun, "peak": peaks(limit), "missing": missing,
        "documents": {kind: len(some) for kind, some in texts.items()},
        "tokens": {kind: [len(some), sum(some), sum(size * size for size in some)]
                   for kind, some in tokens.items()},
        "queries": len(texts_of("BANKING77").y) - SHOTS * len(texts_of("BANKING77").names),
        "libraries": libraries,
    }  # fmt: skip


def unit_cosines(vectors: np.ndarray, base: np.ndarray | None) -> list[float]:
    """The mean and the least cosine to the reference's vectors."""
    if base is None:
        return []
    cosines = (vectors * base).sum(axis=1) / np.linalg.norm(vectors, axis=1)
    cosines /= np.linalg.norm(base, axis=1)
    return [float(cosines.mean()), float(cosines.min())]


def peaks(limit: str | None) -> dict[str, float]:
    """GFLOP/s of these threads in float32, and in bfloat16 where the processor has it."""
    variables = dict(os.environ) | hiding(limit)
    order = list(SETS)
    has_bf16 = order.index(limit or own_set()) >= order.index("AVX-512 bfloat16")
    command = [sys.executable, "-m", "benchmarks.speed_own"]
    return {
        precision: float(
            subprocess.run(
                [*command, precision, str(THREADS), "peak"],
                env=variables, check=True, capture_output=True, text=True,
            ).stdout.split()[-1]
        )
        for precision in ("f32", "bf16")[: 1 + has_bf16]
    }  # fmt: skip


def main() -> None:
    """Run, and add to docs/results/speed.*."""
    parser = command_line(__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--share", type=float, default=1.0, help="of the longer documents")
    parser.add_argument("--sets", nargs="+", choices=list(SETS), help="by default all")
    parser.add_argument("--page", action="store_true", help="write the page again, from the JSON")
    options = parser.parse_args()
    begun, kept = time.monotonic(), RESULTS / "speed.json"
    record = json.loads(kept.read_text(encoding="utf-8"))
    runs = record["values"]["runs"]
    if options.page:
        save("speed", COMMAND, page(runs), {"runs": runs}, None, record)
        return
    export()
    limits = options.sets or [own_set(), *reversed(below(own_set()))]
    for limit in [None if name == own_set() else name for name in limits]:
        run = measured(limit, options.rounds, options.share)
        runs[f"{run['machine']}, {run['set']}"] = run
        save("speed", COMMAND, page(runs), {"runs": runs}, time.monotonic() - begun)


if __name__ == "__main__":
    main()

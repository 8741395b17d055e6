"""Documents per second: ``label_many`` beside sentence-transformers' bare ``encode``, side by side.

``python -m benchmarks.speed``: the same documents (short queries; 100 to 300 words; 2,000 words and
more), two threads each, the two in turn, five rounds, medians. sentence-transformers runs fp32 in
its own environment (``make bench-speed`` makes it). It cuts long documents at 256 tokens, so for
those it is also given all their passages: equal work. Also: accuracy on BANKING77 with either's
vectors, the share of time that is not the encoder's, and the share of the machine's measured
matrix-product peak.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import time
from pathlib import Path

import numpy as np

from benchmarks.common import (
    CACHE,
    draw,
    load,
    log_line,
    mean_interval,
    rows_of,
    save,
    table,
)
from protolabel import Document, Example, LabelSpace
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.support import ClassTotals
from protolabel.encoders import load_encoder

RIVAL = CACHE / "rival" / "bin" / "python"
THREADS, ROUNDS = 2, 5
RIVAL_SCRIPT = """
import json, sys, time
import torch
torch.set_num_threads({threads})
from sentence_transformers import SentenceTransformer
model = SentenceTransformer({folder!r}, device="cpu")
model.encode(["warm up"] * 64)
print("ready", flush=True)
for line in sys.stdin:
    task = json.loads(line)
    start = time.perf_counter()
    vectors = model.encode(task["texts"], show_progress_bar=False)
    seconds = time.perf_counter() - start
    if "out" in task:
        import numpy as np
        np.save(task["out"], vectors)
    print(json.dumps({{"seconds": seconds}}), flush=True)
"""


class Rival:
    """sentence-transformers in its own process, idle while we run."""

    def __init__(self, folder: Path) -> None:
        script = RIVAL_SCRIPT.format(threads=THREADS, folder=str(folder))
        self.process = subprocess.Popen(
            [str(RIVAL), "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._read()

    def _read(self) -> str:
        if self.process.stdout is None:
            raise RuntimeError("no pipe")
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("sentence-transformers did not start")
        return line

    def seconds(self, texts: list[str], out: str | None = None) -> float:
        """Time of one bare ``encode``."""
        if self.process.stdin is None:
            raise RuntimeError("no pipe")
        self.process.stdin.write(
            json.dumps({"texts": texts} | ({"out": out} if out else {})) + "\n"
        )
        self.process.stdin.flush()
        return float(json.loads(self._read())["seconds"])


def corpora() -> dict[str, list[str]]:
    """The documents: 2,000 short, 400 middling, 24 long."""
    rng = np.random.default_rng(0)
    banking = [row["text"] for row in rows_of("protaugment_banking77")]
    posts = [_body(row["text"]) for row in rows_of("newsgroups20")]
    middle = [p for p in posts if 100 <= len(p.split()) <= 300]
    long = [p for p in posts if 2000 <= len(p.split()) <= 6000]
    return {
        "short queries": [banking[i] for i in rng.permutation(len(banking))[:2000]],
        "100-300 words": [middle[i] for i in rng.permutation(len(middle))[:400]],
        "2,000 words and more": [long[i] for i in rng.permutation(len(long))[:24]],
    }


def _body(text: str) -> str:
    """A post without its headers."""
    return re.split(r"\n\s*\n", text, maxsplit=1)[-1]


def peak(precision: str) -> float:
    """GFLOP/s of a large matrix product in the same engine."""
    from protolabel.encoders.engine import openvino

    ov = openvino()
    op = ov.opset13

    n = 2048
    weight = np.random.default_rng(0).standard_normal((n, n)).astype(np.float32)
    x = op.parameter([n, n], np.float32)
    y = x
    for _ in range(4):
        y = op.matmul(y, op.constant(weight / 50), False, False)
    compiled = ov.Core().compile_model(
        ov.Model([op.result(y)], [x]),
        "CPU",
        {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": THREADS},
    )
    request = compiled.create_infer_request()
    times = []
    for _ in range(12):
        start = time.perf_counter()
        request.infer([weight])
        times.append(time.perf_counter() - start)
    return 4 * 2 * n**3 / min(times) / 1e9


def flops(tokens: list[int], d: int = 384, layers: int = 6) -> float:
    """Floating-point operations of the encoder's matrix products for windows of these lengths."""
    return float(sum(layers * (24 * d * d * s + 4 * d * s * s) for s in tokens))


def windows_of(encoder: object, texts: list[str]) -> tuple[list[int], list[str]]:
    """Token counts of all windows, and the passages as texts."""
    tokens, passages = [], []
    for window in encoder._windower.windows(texts):  # type: ignore[attr-defined]
        tokens.append(int(window.ids.size))
        passages.append(texts[window.owner][window.start : window.end])
    return tokens, passages


def main() -> None:
    """Run and write docs/results/speed.*."""
    if not RIVAL.exists():
        raise SystemExit("run `make bench-speed`, which makes the rival's environment")
    start = time.perf_counter()
    from protolabel.encoders.locate import locate

    rival = Rival(Path(locate("all-MiniLM-L6-v2")))
    encoder = load_encoder(threads=THREADS)
    space = banking_space(encoder)
    gigaflops = {p: peak(p) for p in ("f32", "bf16")}
    log_line(f"peaks {gigaflops}")
    rows, values = [], {}
    for name, texts in corpora().items():
        tokens, passages = windows_of(encoder, texts)
        documents = [Document(str(i), t) for i, t in enumerate(texts)]
        times: dict[str, list[float]] = {"ours": [], "encode": [], "rival": [], "rival all": []}
        list(space.label_many(documents[:50]))
        for _ in range(ROUNDS):
            start = time.perf_counter()
            answers = list(space.label_many(documents))
            times["ours"].append(time.perf_counter() - start)
            start = time.perf_counter()
            encoder.encode_documents(texts)  # type: ignore[attr-defined]
            times["encode"].append(time.perf_counter() - start)
            times["rival"].append(rival.seconds(texts))
            if len(passages) > len(texts):
                times["rival all"].append(rival.seconds(passages))
        assert len(answers) == len(texts)
        middle = {k: statistics.median(v) for k, v in times.items() if v}
        equal = middle.get("rival all", middle["rival"])
        ratios = [
            b / a for a, b in zip(times["ours"], times["rival all"] or times["rival"], strict=True)
        ]
        rate = flops(tokens) / middle["encode"] / 1e9
        other = 1 - middle["encode"] / middle["ours"]
        rows.append(
            [
                name,
                str(len(texts)),
                f"{np.mean(tokens) * len(tokens) / len(texts):.0f}",
                f"{len(texts) / middle['ours']:.1f}",
                f"{len(texts) / equal:.1f}",
                f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
                f"{len(texts) / middle['rival']:.1f}" if "rival all" in middle else "the same",
                f"{other:.1%}",
                f"{rate / gigaflops['bf16']:.0%}",
            ]
        )
        values[name] = times | {"gflops": rate, "tokens": tokens}
        log_line(f"{name}: {rows[-1]}")
    accuracy = accuracies(rival)
    first, second = accuracy["ours"], accuracy["fp32"]
    difference = mean_interval(np.subtract(first, second).tolist())
    body = (
        "# Speed beside sentence-transformers\n\n"
        "`label_many` against 77 classes x 10 examples (encoding, scores, probabilities, evidence) "
        f"beside the bare `encode` of sentence-transformers in fp32, {THREADS} threads each, in "
        f"turn, {ROUNDS} rounds, medians; documents per second. Encoder "
        f"`{encoder.fingerprint}`.\n\n"
        + table(
            [
                "documents",
                "n",
                "tokens each",
                "label_many",
                "sentence-transformers",
                "ratio (lowest to highest)",
                "cut at 256 tokens",
                "not the encoder",
                "of bf16 peak",
            ],
            rows,
        )
        + "\n\nOn long documents, sentence-transformers encodes all passages of each document, so "
        "that both do equal work. `cut at 256 tokens` is its rate by default, when it drops all "
        "text after the first window.\n\n"
        f"Matrix-product peaks of these threads in the same engine: f32 {gigaflops['f32']:.0f}, "
        f"bf16 {gigaflops['bf16']:.0f} GFLOP/s.\n\n"
        f"BANKING77, 77 classes x 5, prototypes with names, 5 draws: {np.mean(first):.2f} % with "
        f"our vectors, {np.mean(second):.2f} % with sentence-transformers' fp32 vectors; "
        f"difference {difference[0]:+.2f} ± {difference[1]:.2f} points."
    )
    values["accuracy"] = accuracy
    save("speed", "make bench-speed", body, values, time.perf_counter() - start)
    rival.process.kill()


def banking_space(encoder: object) -> LabelSpace:
    """All of BANKING77 with 10 examples a class, settled."""
    data = load("banking77")
    chosen = draw(data, 10, 0)
    space = LabelSpace.create(":memory:", encoder=encoder, background=False)  # type: ignore[arg-type]
    space.add(
        [
            Example(data.names[data.y[i]], data.texts[i], embedding=data.embeddings[i])
            for i in chosen.support
        ]
    )
    space.settle()
    return space


def accuracies(rival: Rival) -> dict[str, list[float]]:
    """Prototypes with names at 5 a class, with our vectors and with the rival's."""
    data = load("banking77")
    out = CACHE / "rival.npy"
    rival.seconds(data.texts + data.names, str(out))
    theirs = np.load(out)
    both = {
        "ours": (data.embeddings, data.name_embeddings),
        "fp32": (theirs[: len(data.texts)], theirs[len(data.texts) :]),
    }
    accuracies: dict[str, list[float]] = {"ours": [], "fp32": []}
    for seed in range(5):
        chosen = draw(data, 5, seed)
        for which, (x, names) in both.items():
            support = x[chosen.support], data.y[chosen.support]
            classes = ClassTotals.of_examples(*support, names, np.ones(len(names), np.bool_))
            model = LinearModel.of_classes(classes, 1.0, "cosine")
            guess = model.scores(x[chosen.queries]).argmax(axis=1)
            accuracies[which].append(100 * float((guess == data.y[chosen.queries]).mean()))
    return accuracies


if __name__ == "__main__":
    main()

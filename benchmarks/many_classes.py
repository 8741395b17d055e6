"""All test characters of Omniglot in one label space: 10 to 1,692 classes, 1 and 5 examples.

``python -m benchmarks.many_classes [--encoder FOLDER]``: the Conv4-64 that ``benchmarks.omniglot``
trained, as a folder, by the inference path. Images go in as PNG files; each class is added in a
change of its own. Time per added class and per answer are medians, encoding included.
"""

from __future__ import annotations

import io
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.intervals import Sampling, mean_interval
from benchmarks.omniglot import PLACE, characters, data
from benchmarks.results import log_line, save, table
from protolabel import Document, Example, LabelSpace
from protolabel.encoders import AnyEncoder, load_encoder

WAYS = (10, 100, 1000, 1692)
DRAWS = {10: 20, 100: 10, 1000: 3, 1692: 3}
QUERIES = 10  # a class, at most
MOST = 6000  # queries a draw


def png(image: np.ndarray) -> bytes:
    """Ink 255 on 0 -> a PNG of dark ink on white, as scanned characters are."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(255 - image).save(out, "PNG")
    return out.getvalue()


def one(
    folder: Path, encoder: AnyEncoder, images: list[bytes], way: int, shots: int, seed: int
) -> dict[str, float]:
    """A space of ``way`` classes, and what it answers."""
    rng = np.random.default_rng(seed)
    classes = rng.permutation(len(images) // 20)[:way]
    orders = {int(k): 20 * int(k) + rng.permutation(20) for k in classes}
    path = folder / f"{way}-{shots}-{seed}.space"
    added, took, right = [], [], 0
    with LabelSpace.create(
        path, encoder=encoder, metric="euclidean", names_mean=False, background=False
    ) as space:
        space.configure(threshold="none")
        for k, order in orders.items():
            start = time.perf_counter()
            space.add([Example(f"character {k}", image=images[i]) for i in order[:shots]])
            added.append(1000 * (time.perf_counter() - start))
        queries = [(k, int(i)) for k, order in orders.items() for i in order[5 : 5 + QUERIES]]
        queries = [queries[int(i)] for i in rng.permutation(len(queries))[:MOST]]
        documents = [Document(f"{k}", image=images[i]) for k, i in queries]
        for document in documents[:100]:
            start = time.perf_counter()
            space.label(document, evidence=1)
            took.append(1000 * (time.perf_counter() - start))
        start = time.perf_counter()
        for answer in space.label_many(documents, alternatives=2, evidence=0):
            right += answer.label == f"character {answer.id}"
        stream = len(documents) / (time.perf_counter() - start)
    return {
        "accuracy": 100 * right / len(documents), "n": len(documents),
        "add_ms": float(np.median(added)), "answer_ms": float(np.median(took)),
        "answers_per_second": stream,
    }  # fmt: skip


def main() -> None:
    """Every size."""
    parser = command_line(__doc__)
    parser.add_argument("--encoder", default=str(PLACE / "beyond-trainval" / "encoder"))
    options = parser.parse_args()
    started = time.monotonic()
    raw, _ = characters(data(), "test")
    images = [png(image) for image in raw]
    encoder = load_encoder(options.encoder)
    rows, values = [], {}
    with tempfile.TemporaryDirectory() as folder:
        for way in WAYS:
            for shots in (1, 5):
                runs = [one(Path(folder), encoder, images, way, shots, s)
                         for s in range(DRAWS[way])]  # fmt: skip
                values[f"{way} x {shots}"] = runs
                how = Sampling(shared=shots / 20 if way == max(WAYS) else 0.0)  # the classes differ
                mean, half = mean_interval([f["accuracy"] for f in runs], how)
                cells = [f"{np.median([f[k] for f in runs]):.1f}" for k in ("add_ms", "answer_ms")]
                rate = f"{np.median([f['answers_per_second'] for f in runs]):,.0f}"
                rows.append([f"{way:,}", str(shots), f"{mean:.2f} ± {half:.2f}", *cells, rate])
                log_line(" ".join(rows[-1]))
    head = ["classes", "examples", "accuracy %", "ms to add a class", "ms an answer",
            "answers/s in a stream"]  # fmt: skip
    body = (
        "# Many classes: Omniglot's test characters in one label space\n\n"
        "1,692 classes (423 characters x 4 rotations) that the encoder was not "
        "trained on. The input "
        "is PNG files, with one durable change for each class. Accuracy of the prototypes: mean ± "
        "95 % interval (t) over draws "
        f"({', '.join(f'{d} at {w}' for w, d in DRAWS.items())}), up to {MOST} queries each. "
        f"Times are medians, decoding and encoding included.\n\n{table(head, rows)}"
    )
    save("many_classes", "make bench-characters", body, values,
         time.monotonic() - started)  # fmt: skip


if __name__ == "__main__":
    main()

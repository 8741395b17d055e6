"""A caller's own function is told from another one, by its fingerprint and by what it makes."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from protolabel import Example, LabelSpace
from protolabel.arrays import Metric
from protolabel.encoders import CallableEncoder
from protolabel.encoders.probed_function import ProbedFunction
from protolabel.errors import EncoderMismatchError

Vectors = npt.NDArray[np.float64]


def sizes(texts: list[str]) -> Vectors:
    return np.array([[len(t), t.count(" ")] for t in texts], np.float64)


def letters(texts: list[str]) -> Vectors:
    return np.array([[t.count(c) for c in string.ascii_lowercase] for t in texts], np.float64)


def early_letters(texts: list[str]) -> Vectors:
    kept: Vectors = letters(texts) * (np.arange(26) < 6)
    return kept


OTHERS: dict[str, tuple[Any, Any]] = {
    "unit": (sizes, lambda t: sizes(t) / 100),
    "fewer letters": (letters, early_letters),
    "sixth power": (letters, lambda t: letters(t) ** 6),
    "columns in another order": (letters, lambda t: letters(t)[:, ::-1]),
    "other sign": (letters, lambda t: -letters(t)),
    "moved": (letters, lambda t: letters(t) + 1),
}


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("name", OTHERS)
def test_a_space_made_with_one_function_does_not_open_with_another(
    tmp_path: Path, name: str, metric: Metric
) -> None:
    own, other = OTHERS[name]
    path = str(tmp_path / "a.space")
    with LabelSpace.create(path, encoder=own, metric=metric, background=False) as space:
        space.add([Example("short", "a bee"), Example("long", "a very long sentence of words")])
    with LabelSpace(path, encoder=own, background=False) as space:
        assert space.version > 0
    with pytest.raises(EncoderMismatchError):
        LabelSpace(path, encoder=other, background=False)


@pytest.mark.parametrize("noise", [1e-7, 1e-6])
def test_rounding_between_machines_changes_no_fingerprint(noise: float) -> None:
    rng = np.random.default_rng(0)
    table = rng.normal(size=(26, 384))

    def exact(texts: list[str]) -> Vectors:
        vectors = letters(texts) @ table
        lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / lengths, np.float64)

    def noisy(texts: list[str]) -> Vectors:
        vectors = exact(texts)
        return np.asarray(vectors * (1 + noise * rng.normal(size=vectors.shape)), np.float64)

    prints = {ProbedFunction(function, "f", "").fingerprint for function in (exact, *[noisy] * 20)}
    assert len(prints) == 1


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_a_fingerprint_alone_does_not_open_a_space(tmp_path: Path, metric: Metric) -> None:
    path = str(tmp_path / "a.space")
    encoder = CallableEncoder(letters, fingerprint="mine-1")
    with LabelSpace.create(path, encoder=encoder, metric=metric, background=False) as space:
        space.add([Example("one", "some words"), Example("two", "quite other things")])
    changed = CallableEncoder(early_letters, fingerprint="mine-1")
    with pytest.raises(EncoderMismatchError, match="whose vector of a stored text is"):
        LabelSpace(path, encoder=changed, background=False)
    nearly = CallableEncoder(lambda t: letters(t) * np.float32(1.001), fingerprint="mine-1")
    with LabelSpace(path, encoder=nearly, background=False) as space:
        assert space.label("some words").label == "one"

"""Fingerprints by probes: half precision is one space, another model or another unit is not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from protolabel import LabelSpace
from protolabel.arrays import Floats
from protolabel.encoders import CallableEncoder, compatible, variant_of
from protolabel.encoders.cache import CachedEncoder
from protolabel.encoders.probed_function import ProbedFunction
from protolabel.encoders.probes import PROBES, is_probed, probe_code, same_probed_space
from protolabel.errors import EncoderMismatchError

DIM = 384
Model = Callable[[list[str]], Floats]


def vector_of(seed: int, text: str) -> Floats:
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
    vector = np.random.default_rng([seed, number]).normal(size=DIM)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def model(seed: int, cosine: float = 1.0, length: float = 1.0, draws: int = 0) -> Model:
    """Return a model whose vectors have about a cosine with its exact ones, other ones each time.

    So a service answers in half precision, as other requests share its batch.
    """
    rng = np.random.default_rng([seed, draws])
    noise = np.sqrt(2 * (1 - cosine))

    def vectors(texts: list[str]) -> Floats:
        exact = np.stack([vector_of(seed, text) for text in texts])
        shaken = exact + noise / np.sqrt(DIM) * rng.normal(size=exact.shape)
        return np.asarray(length * shaken, np.float32)

    return vectors


@pytest.mark.parametrize("cosine", [0.9999998, 0.9999983, 0.9999918, 0.99998, 0.9999])
def test_a_service_in_half_precision_is_one_space(cosine):
    for seed in range(20):
        exact = ProbedFunction(model(seed), "service:m", "").fingerprint
        for draws in range(5):
            shaken = ProbedFunction(model(seed, cosine, draws=draws), "service:m", "").fingerprint
            assert compatible(shaken, exact)
            assert compatible(exact, shaken)


def test_other_models_names_and_units_are_other_spaces():
    for seed in range(20):
        exact = ProbedFunction(model(seed), "m", "").fingerprint
        others = [model(seed + 100), model(seed, 0.99), model(seed, 0.5)]
        others += [model(seed, length=length) for length in (0.5, 0.75, 1.3, 2.0, 1e4)]
        assert not any(
            compatible(ProbedFunction(other, "m", "").fingerprint, exact) for other in others
        )
        assert not compatible(ProbedFunction(model(seed), "n", "").fingerprint, exact)


def test_the_cosine_of_probes_is_that_of_the_vectors():
    """The limit is met on average: half of what lies there is on each side."""
    exact = [ProbedFunction(model(seed), "m", "").fingerprint for seed in range(60)]
    near = [ProbedFunction(model(seed, 0.9995), "m", "").fingerprint for seed in range(60)]
    far = [ProbedFunction(model(seed, 0.997), "m", "").fingerprint for seed in range(60)]
    assert sum(map(compatible, near, exact)) > 50
    assert sum(map(compatible, far, exact)) < 10


def test_a_vector_of_zeros_is_no_other_vector():
    vectors = np.stack([vector_of(1, text) for text in PROBES])
    whole = f"m:{DIM}:probes-{probe_code(vectors)}"
    vectors[3] = 0.0
    gap = f"m:{DIM}:probes-{probe_code(vectors)}"
    assert same_probed_space(gap, gap)
    assert not same_probed_space(gap, whole)


def coarse_digest(vectors: Floats) -> str:
    """The digest that earlier versions wrote into files, as they computed it."""
    n, dim = vectors.shape
    stream = hashlib.shake_256(b"protolabel probes").digest((n * dim + 7) // 8)
    signs = 2.0 * np.unpackbits(np.frombuffer(stream, np.uint8))[: n * dim].reshape(n, dim) - 1.0
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    octaves = np.log2(lengths, out=np.full(n, -1e6), where=lengths > 0)
    shares = (vectors / np.where(lengths, lengths, 1.0)[:, None] * signs).sum(axis=1)
    steps = np.rint(np.stack([octaves / 0.5, shares / 0.25])) + 0.0
    return hashlib.sha256(steps.astype("<i8").tobytes()).hexdigest()[:16]


def test_files_with_a_digest_open_with_the_same_model_and_no_other():
    digests = {}
    for seed in range(30):
        vectors = model(seed, length=10.0 ** (seed % 5 - 2))(list(PROBES))
        vectors[seed % 16] *= seed % 3  # zeros in a third of them
        code = f"m:{DIM}:probes-{probe_code(vectors)}"
        digests[code] = f"m:{DIM}:{coarse_digest(vectors)}"
    for code, own in digests.items():
        assert [digest for digest in digests.values() if same_probed_space(code, digest)] == [own]
        assert same_probed_space(own, code)
        assert not same_probed_space(own, own)  # equal ones are compared before


@pytest.mark.parametrize("earlier", [False, True])
def test_a_label_space_opens_each_time_and_its_cache_knows_the_vectors(tmp_path: Path, earlier):
    path = tmp_path / "mail.space"
    first = CallableEncoder(model(1))
    if earlier:
        digest = coarse_digest(model(1)(list(PROBES)))
        first = CallableEncoder(model(1), fingerprint=f"function:{DIM}:{digest}")
    with LabelSpace.create(path, encoder=first, background=False) as space:
        space.add(["please pay", "my work"], ["invoice", "cv"])
    for draws in range(1, 10):
        shaken = CallableEncoder(model(1, 1.0 if earlier else 0.9999, draws=draws))
        with LabelSpace(path, encoder=shaken, background=False) as space:
            assert space.label("please pay").label == "invoice"
            assert space.fingerprint == first.fingerprint
        named = variant_of(shaken, first.fingerprint)
        cached = CachedEncoder(named, tmp_path / "cache.sqlite")
        assert cached.fingerprint == first.fingerprint
        cached.close()
        assert is_probed(shaken.fingerprint)
    with pytest.raises(EncoderMismatchError):
        LabelSpace(path, encoder=CallableEncoder(model(2)), background=False)

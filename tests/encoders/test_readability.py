"""Text that an encoder cannot read: counted, declined with that reason, and told when added."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from encoder_folders import write_folder
from tokenizers import Tokenizer

from protolabel import Example, LabelSpace
from protolabel.encoders import AnyEncoder, encode_documents, load_encoder
from protolabel.encoders.cache import CachedEncoder
from protolabel.encoders.readability import unreadable, why_unreadable
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
    shares = encode_documents(encoder, TEXTS).unread_shares[:, 0]
    np.testing.assert_allclose(shares, SHARES, atol=1e-6)
    # Of no token: control characters and private use, as broken PDF files have them.
    assert encode_documents(encoder, ["", "\ue000\ue001"]).unread_shares.tolist() == [[1, 0]] * 2


def test_the_share_passes_through_the_cache_and_through_parts(folder: Path, tmp_path: Path) -> None:
    encoder = TransformerEncoder(folder, precision="f32", threads=1)
    for _ in range(2):
        cached = CachedEncoder(encoder, tmp_path / "c.sqlite")
        encoded = encode_documents(cached, TEXTS)
        np.testing.assert_allclose(encoded.unread_shares[:, 0], SHARES, atol=1e-6)
        cached.close()
    parts = [encoded.take(slice(0, 2)), Encoded.empty(encoder.dim), encoded.take(slice(2, 6))]
    joined = Encoded.join(parts, encoder.dim).unit()
    np.testing.assert_allclose(joined.unread_shares[:, 0], SHARES, atol=1e-6)


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


def test_an_import_says_the_same_as_adding_also_between_negative_examples(space):
    change = space.add([Example("bill", "ship", negative=True), Example("box", "🎉", "one")])
    assert change.summary.startswith("added 1 example to 'box'; the encoder cannot read it")
    records = [
        {"not_label": "bill", "text": "work", "id": "n"},
        {"label": "box", "text": "🎉 🎉 🎉", "id": "two"},
    ]
    change = space.import_records(records)
    assert "; the encoder cannot read it" in change.summary
    assert change.detail["unreadable"] == ["two"]


def test_a_class_name_that_cannot_be_read_describes_nothing(space: LabelSpace) -> None:
    """Two such names would otherwise be two classes with the same description."""
    space.add([Example("🎉", "pay pay")])
    space.add([Example("ลูกค้า", "ship ship")])
    readable = {info.name: info.description_from for info in space.classes()}
    assert readable == {"bill": "name", "box": "name", "🎉": "none", "ลูกค้า": "none"}


def test_describing_says_what_cannot_be_read(space: LabelSpace) -> None:
    change = space.describe({"party": "🎉 🎉", "parcel": "ship box"})
    assert change.summary.endswith("; the encoder cannot read the description of 'party'")
    assert change.detail["unreadable_descriptions"] == ["party"]
    assert "cannot read" not in space.describe("bill", "pay bill").summary


def test_a_class_name_that_cannot_be_read_is_reported(space: LabelSpace) -> None:
    change = space.add([Example("🎉", "pay pay"), Example("work", "work")])
    assert change.summary.endswith("; the encoder cannot read the name of '🎉'")
    assert change.detail["unreadable_names"] == ["🎉"]


def test_an_import_says_what_cannot_be_read(space: LabelSpace, folder: Path) -> None:
    space.describe("party", "🎉 🎉")
    space.add(Example("🎂", "pay pay"))
    exported = list(space.view().export())
    with LabelSpace.create(encoder=str(folder), background=False) as other:
        change = other.import_records(exported)
        assert change.detail["unreadable_descriptions"] == ["party"]
    named = [r for r in exported if r.get("label") != "🎂" or "text" in r]  # without its class
    with LabelSpace.create(encoder=str(folder), background=False) as other:
        change = other.import_records(named)
        assert change.detail["unreadable_names"] == ["🎂"]
        assert "cannot read the name of '🎂'" in change.summary


def test_moving_to_another_encoder_says_what_it_cannot_read(folder: Path) -> None:
    with LabelSpace.create(encoder="hashing", background=False) as space:  # reads everything
        space.describe({"party": "🎉 🎉", "bill": "pay bill"})
        space.add(Example("🎂", "ship box"))
        change = space.reencode(str(folder)).change
        assert change.detail["unreadable_descriptions"] == ["party"]
        assert change.detail["unreadable_names"] == ["🎂"]
        assert "the description of 'party'; the encoder cannot read the name" in change.summary


@pytest.fixture(scope="module")
def default() -> AnyEncoder:
    try:
        return load_encoder()
    except EncoderNotFoundError:
        pytest.skip("the package of the default encoder is not installed")


def test_the_default_encoder_cannot_read_thai_and_reads_english(default: AnyEncoder) -> None:
    texts = ["Please pay the invoice", "โปรดชำระใบแจ้งหนี้", "እባክዎ ደረሰኝ", "🎉🙂", "请支付所附发票"]
    shares = encode_documents(default, texts).unread_shares[:, 0]
    assert shares[0] == 0
    assert (shares[1:] > 0.5).all()


# Each as two sentences: please pay the attached invoice before friday; my card has not arrived yet.
SPELLED = {
    "Russian": ["пожалуйста, оплатите счёт до пятницы", "моя карта ещё не пришла, где она?"],
    "Ukrainian": ["будь ласка, сплатіть рахунок до п'ятниці", "моя картка ще не прийшла"],
    "Greek": ["παρακαλώ πληρώστε το τιμολόγιο", "η κάρτα μου δεν έφτασε ακόμα"],
    "Hebrew": ["אנא שלמו את החשבונית המצורפת עד יום שישי", "הכרטיס שלי עדיין לא הגיע"],
    "Arabic": ["يرجى دفع الفاتورة المرفقة قبل يوم الجمعة", "بطاقتي لم تصل بعد"],
    "Hindi": ["कृपया शुक्रवार तक चालान का भुगतान करें", "मेरा कार्ड अभी तक नहीं आया है"],
    "Bengali": ["অনুগ্রহ করে শুক্রবারের মধ্যে চালান পরিশোধ করুন", "আমার কার্ড এখনও আসেনি"],
    "Korean": ["금요일까지 송장을 지불해 주세요", "제 카드가 아직 도착하지 않았습니다"],
    "Japanese": ["カードがまだ届いていません", "きのうのメールをよんでください"],
    "Georgian": ["გთხოვთ გადაიხადოთ თანდართული ინვოისი პარასკევამდე"],
}
LATIN = [
    "bitte bezahlen sie die beigefügte rechnung bis freitag", "proszę zapłacić fakturę do piątku",
    "veuillez payer la facture ci-jointe avant vendredi", "vui lòng thanh toán hóa đơn đính kèm",
    "olkaa hyvä ja maksakaa lasku perjantaihin mennessä", "kartım henüz gelmedi, nerede?",
    "yup", "nada", "XQ-7731/B", "The α-particle of Иван Петров, born in 1901 in Москва, Russia",
]  # fmt: skip


@pytest.mark.parametrize("language", SPELLED)
def test_words_that_are_spelled_out_in_letters_cannot_be_read(
    default: AnyEncoder, language: str
) -> None:
    encoded = encode_documents(default, SPELLED[language])
    assert unreadable(encoded).all(), encoded.unread_shares
    for row in range(len(encoded.embeddings)):
        assert "knows the letters, but not the words" in why_unreadable(encoded, row)


def test_latin_letters_are_never_taken_for_words_spelled_out(default: AnyEncoder) -> None:
    encoded = encode_documents(default, LATIN)
    assert not unreadable(encoded).any(), encoded.unread_shares


@pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.slow)])
def test_no_english_text_of_the_examples_is_unreadable(default: AnyEncoder, every: int) -> None:
    root = Path(__file__).parents[2] / "examples"
    texts = [path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.txt"))]
    assert len(texts) > 50
    assert not unreadable(encode_documents(default, texts[::every])).any()


def test_a_vocabulary_with_words_of_the_language_reads_it(tmp_path: Path) -> None:
    """Letters are counted, and not the script: a Russian encoder reads Russian."""
    folder = write_folder(tmp_path / "russian")
    swap_words(folder, {"pay": "оплатите", "bill": "счёт", "##ing": "##д", "##s": "##и", "a": "д"})
    encoder = TransformerEncoder(folder, precision="f32", threads=1)
    encoded = encode_documents(encoder, ["оплатите счётии", "ддд д оплатите", "оплатите д"])
    np.testing.assert_allclose(encoded.unread_shares, [[0, 0], [0, 2 / 3], [0, 1 / 2]], atol=1e-6)
    assert unreadable(encoded).tolist() == [False, True, False]


def swap_words(folder: Path, words: dict[str, str]) -> None:
    """Replace words of the vocabulary of an encoder's folder."""
    path = folder / "tokenizer.json"
    tokenizer = json.loads(path.read_text())
    vocabulary = tokenizer["model"]["vocab"]
    for old, new in words.items():
        vocabulary[new] = vocabulary.pop(old)
    path.write_text(json.dumps(tokenizer))

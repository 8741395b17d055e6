"""Static encoders: against plain loops, in the layout of model2vec, and made from an encoder."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from encoder_folders import SIZE, VOCABULARY, write_folder, write_json
from safetensors.numpy import load_file, save_file
from static_folders import write_static

from protolabel import LabelSpace, load_encoder
from protolabel.encoders.distillation import distil, static_folder
from protolabel.encoders.load import name_of_encoder
from protolabel.encoders.static import StaticEncoder
from protolabel.encoders.text.encoder import TransformerEncoder
from protolabel.encoders.text.folder import digest, read_folder
from protolabel.encoders.text.head import POOLINGS
from protolabel.errors import (
    EncoderError,
    EncoderMismatchError,
    EncoderNotFoundError,
    InputError,
)

TABLE = np.ones((len(VOCABULARY), 2), np.float32)
TEXTS = ["pay bill", "Pay BILL box", "é", "", "zzz", "zzz pay [SEP]", "pay " * 5000]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "protolabel" / "encoders"


def test_a_text_of_which_it_knows_few_tokens_gets_no_answer(tmp_path: Path) -> None:
    """One known token among many unknown ones decided, with a score as good as any other."""
    write_static(tmp_path / "m")
    with LabelSpace.create(tmp_path / "a.space", encoder=tmp_path / "m") as space:
        space.add(["pay bill", "pay pay"], "money")
        space.add(["box ship", "ship"], "parcel")
        read, mixed, unread = space.label_many(["pay", "🎉 🎈 🎁 pay", "🎉 🎈"])
    assert read.label == "money"
    assert [mixed.label, unread.label] == [None, None]
    assert "can read only 25% of the text's tokens" in mixed.reason


def test_it_says_which_tokens_are_unknown_and_which_words_are_spelled_out(tmp_path: Path) -> None:
    """Of a vocabulary with two Greek letters and no Greek word, the last letter inside a word."""
    tensors = write_static(tmp_path / "m")
    names = [*VOCABULARY, "α", "β", "##ο"]
    tokenizer = json.loads((tmp_path / "m" / "tokenizer.json").read_text())
    tokenizer["model"]["vocab"] = {name: number for number, name in enumerate(names)}
    write_json(tmp_path / "m" / "tokenizer.json", tokenizer)
    tables = {name: np.concatenate([table, table[-3:]]) for name, table in tensors.items()}
    save_file(tables, tmp_path / "m" / "model.safetensors")
    texts = ["pay bill", "α β", "αο pay", "zzz α", "zzz zzz pay bill", ""]
    shares = StaticEncoder(tmp_path / "m").encode_documents(texts).unread_shares
    assert shares is not None
    assert shares.tolist() == [[0, 0], [0, 1], [0, 0.5], [0.5, 0.5], [0.5, 0], [1, 0]]


@pytest.mark.parametrize("weights", [True, False])
def test_a_vector_is_the_weighted_mean_of_the_tokens(tmp_path: Path, weights: bool) -> None:
    tensors = write_static(tmp_path / "m", weights=weights)
    encoder = load_encoder(tmp_path / "m")
    assert isinstance(encoder, StaticEncoder)
    vectors = encoder.encode(["pay bill", "pay pay box", "zzz bill", "zzz", ""])
    for row, words in zip(
        vectors, (["pay", "bill"], ["pay", "pay", "box"], ["bill"]), strict=False
    ):
        total = [0.0] * 5
        for word in words:
            number = VOCABULARY.index(word)
            weight = float(tensors["weights"][number]) if weights else 1.0
            for j in range(5):
                total[j] += weight * float(tensors["embeddings"][number, j])
        length = math.sqrt(sum(x * x for x in total))
        np.testing.assert_allclose(row, [x / length for x in total], atol=1e-6)
    assert not vectors[3:].any()  # nothing is known of these


def test_one_and_many_agree_and_long_texts_are_whole(tmp_path: Path) -> None:
    write_static(tmp_path / "m")
    encoder = StaticEncoder(tmp_path / "m")
    many = encoder.encode(TEXTS * 300)
    assert np.array_equal(many[: len(TEXTS)], np.concatenate([encoder.encode([t]) for t in TEXTS]))
    assert np.allclose(many[6], encoder.encode(["pay"])[0], atol=1e-5)
    with pytest.raises(InputError):
        encoder.encode("pay")
    with pytest.raises(InputError, match="text 1 is a float"):
        encoder.encode(["pay", math.nan])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"config.json": {"model_type": "model2vec", "novelty": 1}}, "novelty"),
        ({"tensors": {"table": np.ones((3, 2), np.float32)}}, "holds table"),
        ({"tensors": {"embeddings": TABLE, "mapping": np.zeros(len(VOCABULARY), np.int64)}},
         r"holds embeddings \(F32\), mapping \(I64\)"),
        ({"tensors": {"embeddings": TABLE.astype(np.int8)}}, r"holds embeddings \(I8\)"),
        ({"tensors": {"embeddings": np.full_like(TABLE, np.nan)}}, "not finite"),
        ({"tensors": {"embeddings": np.ones((3, 2), np.float32)}}, "do not belong together"),
        ({"tensors": {"embeddings": TABLE[:, :0]}}, "holds embeddings"),
        ({"tensors": {"embeddings": TABLE, "weights": np.full(len(TABLE), np.nan, np.float32)}},
         "safetensors holds vectors or weights that are not finite"),
        ({"tensors": {"embeddings": np.full_like(TABLE, 1e30),
                      "weights": np.full(len(TABLE), 1e30, np.float32)}}, "not finite"),
        ({"tensors": {"embeddings": TABLE, "weights": np.zeros(len(TABLE), np.float32)}},
         "safetensors holds zeros for each token"),
        ({"tensors": {"embeddings": np.ones_like(TABLE)}}, "one direction for all tokens"),
    ],
)  # fmt: skip
def test_a_folder_that_means_something_else_is_refused(
    tmp_path: Path, change: dict, message: str
) -> None:
    write_static(tmp_path / "m")
    if "tensors" in change:
        save_file(change["tensors"], tmp_path / "m" / "model.safetensors")
    else:
        write_json(tmp_path / "m" / "config.json", change["config.json"])
    with pytest.raises(EncoderError, match=message) as caught:
        load_encoder(tmp_path / "m")
    assert caught.value.remedy
    with pytest.raises(EncoderError, match="which does not split texts"):
        load_encoder(tmp_path / "m", pooling="mean")


def test_a_static_encoder_is_made_once_from_a_sentence_encoder(tmp_path: Path, cache: Path) -> None:
    source = write_folder(tmp_path / "source")
    folder = static_folder(source)
    assert [folder.name] == [path.name for path in cache.iterdir()]
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert static_folder(source) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before
    tensors = load_file(folder / "model.safetensors")
    assert tensors["embeddings"].shape == (len(VOCABULARY), SIZE)
    assert [VOCABULARY[i] for i in np.flatnonzero(tensors["weights"] == 0)] == VOCABULARY[:4]
    assert (np.diff(tensors["weights"][4:]) > 0).all()  # the rarer, the heavier
    own = TransformerEncoder(source, threads=1, precision="f32")
    alone = own.encode([VOCABULARY[i] for i in range(4, 17)])
    plain = own.encode_tokens(len(VOCABULARY))
    assert np.allclose(plain[4:17], alone, atol=1e-6)
    assert np.allclose(tensors["embeddings"], plain - plain.mean(axis=0), atol=1e-6)
    static = load_encoder(f"static:{source}")
    assert static.fingerprint == f"static:{folder.name.partition('-')[2]}"
    source.joinpath("config.json").write_text((source / "config.json").read_text() + " ")
    assert load_encoder(f"static:{source}").fingerprint != static.fingerprint


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_folder_that_has_lost_a_file_is_made_anew(tmp_path: Path, cache: Path, name: str) -> None:
    source = write_folder(tmp_path / "source")
    folder = static_folder(source)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / name).unlink()
    assert static_folder(source) == folder
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in cache.iterdir()] == [folder.name]


def test_a_label_space_on_a_static_encoder(tmp_path: Path) -> None:
    source = write_folder(tmp_path / "source")
    name = f"static:{source}"
    path = str(tmp_path / "a.space")
    with LabelSpace.create(path, encoder=name, background=False) as space:
        space.add(["pay bill", "pay bill . c"], ["bill", "bill"])
        space.add(["ship box", "ship box a"], ["box", "box"])
    with LabelSpace(path, background=False) as space:
        assert space.label("pay bill !").label == "bill"
        assert space.info().encoder == name


def change(folder: Path, *, pooling: str = "", prompt: str = "", window: int = 0) -> Path:
    """Change one setting of an encoder's folder; weights and tokenizer stay."""
    if pooling:
        write_json(folder / "1_Pooling" / "config.json", {"pooling_mode": pooling})
    if prompt:
        prompts = {"prompts": {"p": prompt}, "default_prompt_name": "p"}
        write_json(folder / "config_sentence_transformers.json", prompts)
    if window:
        write_json(folder / "sentence_bert_config.json", {"max_seq_length": window})
    return folder


# "mean_sqrt_len_tokens" is another length of the same vector.
CHANGES = [{"pooling": name} for name in POOLINGS if not name.startswith("mean")]
CHANGES += [{"prompt": "pay "}, {"prompt": "box "}, {"pooling": "cls", "prompt": "pay "}]


@pytest.mark.parametrize("changed", CHANGES, ids=str)
def test_another_pooling_or_prompt_is_another_vector_space(
    tmp_path: Path, changed: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One fingerprint and one made folder stood for both; a new cache folder gave other vectors."""
    source = write_folder(tmp_path / "source")
    before = load_encoder(f"static:{source}")
    change(source, **changed)
    after = load_encoder(f"static:{source}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another"))
    fresh = load_encoder(f"static:{source}")
    texts = ["pay bill", "ship box a"]
    assert not np.allclose(before.encode(texts), fresh.encode(texts), atol=1e-3)
    assert np.array_equal(after.encode(texts), fresh.encode(texts))
    assert after.fingerprint == fresh.fingerprint != before.fingerprint


def test_each_change_has_a_fingerprint_of_its_own(tmp_path: Path) -> None:
    sources = [change(write_folder(tmp_path / str(i)), **new) for i, new in enumerate(CHANGES)]
    assert len({load_encoder(f"static:{one}").fingerprint for one in sources}) == len(CHANGES)


def test_what_changes_no_vector_of_a_token_changes_no_fingerprint(tmp_path: Path) -> None:
    """Label spaces on a usual source, of the mean without a prompt, open as they did."""
    source = write_folder(tmp_path / "source")
    before = load_encoder(f"static:{source}")
    assert before.fingerprint == f"static:{digest(read_folder(source), '1 0.0001')}"
    change(source, window=20)
    after = load_encoder(f"static:{source}")
    assert after.fingerprint == before.fingerprint
    assert np.array_equal(after.encode(TEXTS), before.encode(TEXTS))


def test_a_folder_of_an_earlier_version_is_not_used(tmp_path: Path, cache: Path) -> None:
    """It may have been made with another pooling: nothing in its name says so."""
    source = write_folder(tmp_path / "source")
    expected = load_encoder(f"static:{source}")
    other = TransformerEncoder(change(write_folder(tmp_path / "other"), pooling="cls"), threads=1)
    distil(other, cache / expected.fingerprint.replace(":", "-"))
    assert np.array_equal(load_encoder(f"static:{source}").encode(TEXTS), expected.encode(TEXTS))


def test_a_label_space_of_the_former_fingerprint_is_refused_and_can_be_moved(
    tmp_path: Path,
) -> None:
    """Where pooling or prompt is special, the former fingerprint says nothing of the vectors."""
    source = change(write_folder(tmp_path / "source"), pooling="cls")
    former = f"static:{digest(read_folder(source), '1 0.0001')}"
    path, name = str(tmp_path / "a.space"), f"static:{source}"
    old = StaticEncoder(static_folder(source), former)
    with LabelSpace.create(path, encoder=old, background=False) as space:
        space.add(["pay bill", "ship box"], ["bill", "box"])
    with (
        LabelSpace(path, encoder=name, background=False) as space,
        pytest.raises(EncoderMismatchError, match=former) as caught,
    ):
        space.label("pay bill !")
    assert "reencode" in f"{caught.value.remedy} {caught.value.command}"
    with LabelSpace(path, background=False) as space:
        space.reencode(name)
        assert space.label("pay bill !").label == "bill"


def test_other_weights_are_another_vector_space(tmp_path: Path) -> None:
    source = TransformerEncoder(write_folder(tmp_path / "source"), threads=1)
    distil(source, tmp_path / "one")
    distil(source, tmp_path / "two")
    one, two = StaticEncoder(tmp_path / "one"), StaticEncoder(tmp_path / "two")
    assert one.fingerprint == two.fingerprint
    tensors = load_file(tmp_path / "two" / "model.safetensors")
    save_file(tensors | {"weights": tensors["weights"] * 2}, tmp_path / "two" / "model.safetensors")
    assert StaticEncoder(tmp_path / "two").fingerprint != one.fingerprint
    config = json.loads((tmp_path / "one" / "config.json").read_text())
    assert config["distilled_from"] == source.fingerprint


def test_a_static_encoder_of_a_folder_is_found_from_any_working_folder(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path / "enc")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create("st.space", encoder="static:./enc") as space:
        space.describe("invoice", "pay the bill")
        assert space.info().encoder == f"static:{tmp_path / 'enc'}"
    monkeypatch.chdir(tmp_path / "elsewhere")
    with LabelSpace("../st.space") as space:
        assert space.label("pay the bill").label == "invoice"
    (tmp_path / "enc").rename(tmp_path / "enc2")
    with pytest.raises(EncoderNotFoundError, match=r"st\.space names its encoder 'static:/"):
        LabelSpace("../st.space").label("pay the bill")
    with LabelSpace("../st.space", encoder="static:../enc2") as space:
        assert space.label("pay the bill").label == "invoice"


def test_a_folder_that_is_called_as_a_kind_is_not_taken_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("static", "hashing"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    names = ["static", "hashing", "hashing:32", "./static", "static:", "static:none"]
    assert [name_of_encoder(name) for name in names] == [
        "static", "hashing", "hashing:32", str(tmp_path / "static"), "static:", "static:none",
    ]  # fmt: skip
    assert name_of_encoder(Path("static")) == str(tmp_path / "static")

"""The transformer encoder against the same formulas in plain loops, and its other promises."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import numpy as np
import pytest
from encoder_folders import (
    BERT,
    SIZE,
    TOKENIZER,
    WORDS,
    forward,
    numbers_of,
    put,
    random_tensors,
    unit,
    write_folder,
    write_json,
)  # fmt: skip
from safetensors.numpy import load_file, save_file

from protolabel.arithmetic.passages import pool_passages
from protolabel.encoders import compatible, encode_documents, load_encoder
from protolabel.encoders.engine import engine
from protolabel.encoders.protocol import PassageEncoder
from protolabel.encoders.text.encoder import TransformerEncoder
from protolabel.errors import EncoderError, InputError

TEXTS = ["pay bill", "box ship work sign a", "e", "", "bill . pay ! a b c d e f", "pay bill"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_folder(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="module")
def encoder(folder):
    return TransformerEncoder(folder, precision="f32", threads=1)


def precisions():
    native = "BF16" in engine().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return ["f32", "bf16"] if native else ["f32"]


@pytest.mark.parametrize("family", ["bert", "roberta", "distilbert", "mpnet"])
@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_vectors_are_the_papers_formulas(tmp_path, family, pooling):
    text_encoder = TransformerEncoder(
        write_folder(tmp_path, family, pooling=pooling, window=36), precision="f32"
    )
    texts = [*TEXTS, " ".join(WORDS[i % 13] for i in range(34))]  # distances beyond 8
    expected = [unit(forward(family, numbers_of(text), pooling=pooling)) for text in texts]
    # float32 against float64: products of a few dozen terms
    np.testing.assert_allclose(text_encoder.encode(texts), np.array(expected), atol=2e-6)


def test_bf16_is_near_f32_and_comparable(folder, encoder):
    if "bf16" not in precisions():
        with pytest.raises(EncoderError, match="bf16"):
            TransformerEncoder(folder, precision="bf16")
        return
    fast = TransformerEncoder(folder, precision="bf16")
    cosines = (fast.encode(TEXTS) * encoder.encode(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.999  # 16 dimensions at random; real encoders are nearer
    assert fast.fingerprint != encoder.fingerprint
    assert compatible(fast.fingerprint, encoder.fingerprint)


def test_a_dense_step_is_a_linear_layer_and_tanh(tmp_path):
    text_encoder = TransformerEncoder(write_folder(tmp_path, dense=5), precision="f32")
    layer = load_file(tmp_path / "2_Dense" / "model.safetensors")
    pooled = forward("bert", numbers_of("pay bill"))
    expected = np.tanh(layer["linear.weight"] @ pooled + layer["linear.bias"])
    assert text_encoder.dim == 5
    np.testing.assert_allclose(text_encoder.encode(["pay bill"])[0], unit(expected), atol=2e-6)


def test_half_precision_and_prefixed_weights_load(tmp_path, encoder):
    tensors = random_tensors("bert")
    half = {f"bert.{name}": tensor.astype(np.float16) for name, tensor in tensors.items()}
    text_encoder = TransformerEncoder(write_folder(tmp_path, tensors=half), precision="f32")
    np.testing.assert_allclose(text_encoder.encode(TEXTS), encoder.encode(TEXTS), atol=2e-3)
    assert text_encoder.fingerprint != encoder.fingerprint


def test_bfloat16_and_unaligned_weights_load(tmp_path):
    """Written by hand, by the format's definition: the length of a header, it, and the bytes."""
    from protolabel.encoders.folder import read_tensors

    header = {
        "__metadata__": {"format": "pt"},
        "odd": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]},
        "a": {"dtype": "F32", "shape": [2, 1], "data_offsets": [1, 9]},
        "b": {"dtype": "BF16", "shape": [2], "data_offsets": [9, 13]},
    }
    text = json.dumps(header).encode()
    body = b"\7" + np.array([1.5, -2], "<f4").tobytes() + bytes.fromhex("803f20c0")
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)
    tensors = read_tensors(path)
    assert set(tensors) == {"a", "b"}
    assert tensors["a"].tolist() == [[1.5], [-2.0]]
    assert tensors["b"].tolist() == [1.0, -2.5]
    assert all(t.dtype == np.float32 and t.flags.aligned for t in tensors.values())


def test_company_and_order_do_not_matter(encoder):
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(WORDS[:13], rng.integers(1, 9))) for _ in range(300)]
    together = encoder.encode(texts)
    order = rng.permutation(300)
    np.testing.assert_allclose(
        encoder.encode([texts[i] for i in order]), together[order], atol=1e-6
    )
    alone = np.concatenate([encoder.encode([text]) for text in texts[:40]])
    np.testing.assert_allclose(alone, together[:40], atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)


def test_a_long_text_is_encoded_whole(encoder):
    """Passages tile the text, each has its own vector, and the document's is their pooling."""
    long = "  pay bills, é! shipping " * 9 + "\n"
    texts = ["pay bill", long, "", "box " * 10, "sign " * 11]
    encoded = encoder.encode_documents(texts)
    assert sorted(set(encoded.passage_owner.tolist())) == [1, 4]  # ten tokens fit, eleven do not
    for owner in (1, 4):
        mine = encoded.passage_owner == owner
        spans = encoded.passage_spans[mine]
        assert "".join(texts[owner][a:b] for a, b in spans) == texts[owner]
        parts: list[str] = [texts[owner][a:b] for a, b in spans]
        np.testing.assert_allclose(
            encoder.encode(parts), encoded.passage_embeddings[mine], atol=1e-6
        )
        lengths = np.array([len(part.split()) for part in parts])
        if owner == 4:
            np.testing.assert_array_equal(lengths, [10, 1])
            pooled = pool_passages(encoded.passage_embeddings[mine], lengths).embedding
            np.testing.assert_allclose(encoded.embeddings[4], pooled, atol=1e-6)
    np.testing.assert_array_equal(encoder.encode(texts), encoded.embeddings)


def test_every_part_of_a_long_text_matters(encoder):
    words = ["pay"] * 60
    before = encoder.encode([" ".join(words)])
    for at in (0, 15, 35, 59):
        changed = [*words[:at], "ship", *words[at + 1 :]]
        assert (
            np.abs(encoder.encode([" ".join(changed)]) - before).max() > 2e-5
        )  # of which rounding is 1e-7


def test_a_window_for_a_single_token_gives_a_passage_to_each(tmp_path):
    encoder = load_encoder(write_folder(tmp_path, window=3))  # two of them are special
    encoded = encoder.encode_documents(["bill, pay the bill"])
    alone = encoder.encode(["bill", ",", "pay", "the", "bill"])
    np.testing.assert_allclose(encoded.passage_embeddings, alone, atol=1e-5)


def test_passages_may_be_shorter_than_the_window(folder, monkeypatch):
    """A text that fits the window is one piece all the same."""
    from protolabel.encoders.text import encoder as encoder_module

    monkeypatch.setattr(encoder_module, "PASSAGE", 7)
    text_encoder = TransformerEncoder(folder, precision="f32")
    text = "pay " * 10
    encoded = text_encoder.encode_documents([text, text + "box"])
    assert encoded.passage_owner.tolist() == [1, 1, 1]
    np.testing.assert_array_equal(encoded.passage_spans, [[0, 20], [20, 40], [40, 43]])


def test_no_word_is_cut_where_it_can_be_helped(encoder):
    text = "pays " * 40  # two tokens a word
    spans = encoder.encode_documents([text]).passage_spans
    assert len(spans) > 5
    assert all(text[start:end].startswith("pays") for start, end in spans)


def test_a_text_without_spaces_or_of_spaces_only(encoder):
    from protolabel.encoders.text.windows import SLAB

    encoded = encoder.encode_documents(["!" * (SLAB + 100), " " * (3 * SLAB)])
    assert encoded.passage_spans[-1, 1] == SLAB + 100
    assert len(encoded.passage_owner) == -(-(SLAB + 100) // 10)
    np.testing.assert_allclose(encoded.embeddings[1], encoder.encode([""])[0], atol=1e-6)


def test_slabs_do_not_show(encoder, monkeypatch):
    """What is read slab by slab gives the passages of what is read at once."""
    from protolabel.encoders.text import windows

    text = "  pay bills, é! shipping " * 40
    whole = encoder.encode_documents([text, "pay"])
    monkeypatch.setattr(windows, "SLAB", 64)
    pieces = encoder.encode_documents([text, "pay"])
    np.testing.assert_array_equal(whole.passage_spans, pieces.passage_spans)
    np.testing.assert_allclose(whole.embeddings, pieces.embeddings, atol=1e-6)


def test_waves_do_not_show(encoder, monkeypatch):
    from protolabel.encoders.text import encoder as encoder_module

    texts = ["pay " * 50, "bill", "ship " * 33, "box"]
    whole = encoder.encode_documents(texts)
    monkeypatch.setattr(encoder_module, "WAVE", 20)
    pieces = encoder.encode_documents(texts)
    np.testing.assert_array_equal(whole.passage_owner, pieces.passage_owner)
    np.testing.assert_allclose(whole.embeddings, pieces.embeddings, atol=1e-6)
    np.testing.assert_allclose(whole.passage_embeddings, pieces.passage_embeddings, atol=1e-6)


def test_threads_share_an_encoder(encoder):
    texts = [[f"pay {word}", "bill " * n] for n, word in enumerate(WORDS[:13], 1)]
    expected = [encoder.encode(pair) for pair in texts]
    wrong = []

    def work(n):
        for _ in range(20):
            if np.abs(encoder.encode(texts[n]) - expected[n]).max() > 1e-6:
                wrong.append(n)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_odd_input(encoder):
    assert encoder.encode([]).shape == (0, SIZE)
    assert encoder.encode(["pay \ud800 bill"]).shape == (1, SIZE)
    with pytest.raises(InputError, match="text 1 is a NoneType"):
        encoder.encode(["pay", None])
    with pytest.raises(InputError, match="single string"):
        encoder.encode("pay")


def test_the_fingerprint_is_all_that_decides_the_vectors(tmp_path, encoder):
    again = TransformerEncoder(write_folder(tmp_path / "same"), precision="f32")
    assert again.fingerprint == encoder.fingerprint
    others = {
        TransformerEncoder(path, precision="f32").fingerprint
        for path in (
            write_folder(tmp_path / "pooling", pooling="cls"),
            write_folder(tmp_path / "window", window=11),
            write_folder(tmp_path / "dense", dense=SIZE),
            write_folder(tmp_path / "weights", tensors=random_tensors("bert", seed=1)),
        )
    }
    assert len(others | {encoder.fingerprint}) == 5
    assert not any(compatible(other, encoder.fingerprint) for other in others)


def test_newer_and_older_layouts_agree(tmp_path, encoder):
    write_folder(tmp_path, window=None)
    write_json(tmp_path / "tokenizer_config.json", TOKENIZER | {"model_max_length": 12})
    write_json(tmp_path / "1_Pooling" / "config.json", {"pooling_mode": "mean"})
    text_encoder = TransformerEncoder(tmp_path, precision="f32")
    assert text_encoder.fingerprint == encoder.fingerprint
    for file in ("modules.json", "1_Pooling/config.json"):  # a plain transformers folder
        (tmp_path / file).unlink()
    assert TransformerEncoder(tmp_path, precision="f32").fingerprint == encoder.fingerprint


def test_load_encoder_takes_a_folder(folder, encoder):
    text_encoder = load_encoder(folder, precision="f32", threads=1)
    assert isinstance(text_encoder, PassageEncoder)
    assert text_encoder.fingerprint == encoder.fingerprint
    encoded = encode_documents(text_encoder, ["pay " * 30])
    assert len(encoded.passage_owner) == 3


def drop(name):
    return lambda path: (path / name).unlink()


def cut(name, keep=0.5):
    def change(path):
        content = (path / name).read_bytes()
        (path / name).write_bytes(content[: int(len(content) * keep)])

    return change


def only_pickle(path):
    (path / "model.safetensors").rename(path / "pytorch_model.bin")


def reshape(path):
    tensors = random_tensors("bert")
    name = BERT["layer"].format(1) + "output.dense.weight"
    save_file(tensors | {name: tensors[name].T.copy()}, path / "model.safetensors")


def forget(path):
    tensors = random_tensors("bert")
    del tensors["encoder.layer.0.attention.self.key.bias"]
    save_file(tensors, path / "model.safetensors")


def setting(**changes):
    def change(path):
        from encoder_folders import settings

        write_json(path / "config.json", settings("bert") | changes)

    return change


STEP = "sentence_transformers.models."
BAD = {
    "no config": (drop("config.json"), r"config\.json is missing"),
    "no weights": (drop("model.safetensors"), r"no model\.safetensors"),
    "pickled weights": (only_pickle, r"pickle.*safe_serialization"),
    "no tokenizer": (drop("tokenizer.json"), r"no tokenizer\.json"),
    "half the weights": (cut("model.safetensors"), r"not a whole safetensors file"),
    "empty weights": (cut("model.safetensors", 0), r"not a whole safetensors file"),
    "half a tokenizer": (cut("tokenizer.json"), r"tokenizer\.json cannot be read"),
    "half a config": (cut("config.json"), r"config\.json cannot be read"),
    "half the modules": (cut("modules.json"), r"modules\.json cannot be read"),
    "transposed weight": (reshape, r"output\.dense\.weight has shape \(24, 16\).*\(16, 24\)"),
    "missing tensor": (forget, r"key\.bias is missing"),
    "another family": (setting(model_type="t5"), r"'t5'.*bert, roberta"),
    "missing size": (setting(vocab_size=None), r"config\.json has vocab_size: None.*at least 1"),
    "other vocabulary": (setting(vocab_size=99), r"word_embeddings\.weight has shape"),
    "heads": (setting(num_attention_heads=3), r"3 heads to 16"),
    "activation": (setting(hidden_act="swish"), r"activation 'swish'"),
    "positions": (setting(position_embedding_type="relative_key"), r"positions of another kind"),
    "two poolings": (
        put("1_Pooling/config.json", {"pooling_mode": ["mean", "cls"]}), r"pooling mean \+ cls",
    ),
    "an unknown step": (
        put("modules.json", [{"type": STEP + "Transformer"}, {"type": STEP + "LSTM"}]),
        r"LSTM",
    ),
    "pooling forgotten": (drop("1_Pooling/config.json"), r"1_Pooling.*is missing"),
    "lower case": (put("sentence_bert_config.json", {"do_lower_case": True}), r"do_lower_case"),
    "prompt": (
        put("config_sentence_transformers.json", {"default_prompt_name": "q"}), "prompt 'q'",
    ),
    "no list of tokens": (put("tokenizer.json", {"added_tokens": 5}), r"shape than a tokenizer's"),
    "a list for a table": (
        put("tokenizer_config.json", {"added_tokens_decoder": ["a"]}), r"shape than a tokenizer's",
    ),
    "a word for a step": (
        put("tokenizer.json", {"normalizer": {"type": "Sequence", "normalizers": 5}}),
        r"shape than a tokenizer's",
    ),
    "tiny window": (put("sentence_bert_config.json", {"max_seq_length": 2}), r"window of 2"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_folder_is_one_clear_error(tmp_path, case):
    change, message = BAD[case]
    change(write_folder(tmp_path))
    with pytest.raises(EncoderError, match=message):
        TransformerEncoder(tmp_path)


def test_bad_settings(folder):
    with pytest.raises(EncoderError, match="precision"):
        TransformerEncoder(folder, precision="int8")
    with pytest.raises(EncoderError, match="0 threads"):
        TransformerEncoder(folder, threads=0)


def test_importing_the_encoders_loads_no_engine():
    script = (
        "import sys, protolabel.encoders; "
        "print([m for m in ('openvino', 'tokenizers', 'safetensors', 'huggingface_hub', 'torch') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"

"""A BERT-family encoder that learns: as the inference path has it, and only where it should."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from encoder_folders import NAMES, WORDS, random_tensors, settings, write_folder, write_json
from safetensors.numpy import load_file, save_file

from protolabel.encoders.text.encoder import TransformerEncoder
from protolabel.episodes.sampler import Sampler
from protolabel.episodes.scenario import Scenario
from protolabel.errors import EncoderError, InputError
from protolabel.training.learners import transformer as module
from protolabel.training.learners.transformer import Transformer
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.recipe import Recipe
from protolabel.training.loop.trainer import Trainer
from protolabel.training.loop.validation import TaskData
from protolabel.words.text import SEPARATORS

torch.set_num_threads(1)

FAMILIES = ["bert", "roberta", "distilbert", "mpnet"]
NEAR = 5e-6  # float32 in either engine
RNG = np.random.default_rng(0)
TEXTS = [" ".join(RNG.choice(WORDS[:13], RNG.integers(1, 11))) for _ in range(24)]
LABELS = np.repeat(np.arange(6), 4)
NAMED = [WORDS[k] for k in range(6)]
WORD_TABLE = "embeddings.word_embeddings.weight"


def learner_of(folder, **options):
    torch.manual_seed(0)
    return Transformer(folder, **({"bf16": False} | options))


def train(learner, steps=4, **recipe):
    data = TaskData(
        learner.prepare(TEXTS + NAMED),
        len(TEXTS),
        Sampler(LABELS, Scenario(4, 1, 2, described=0.5)),
    )
    options = {"episodes": steps, "learning_rate": 0.01, "warmup": 0.0, "schedule": "constant",
             "weight_decay": 0.01, "validate_every": 1000} | recipe  # fmt: skip
    Trainer(learner, EpisodeLoss("cosine"), [data], Recipe(**options)).run()
    return learner


def vectors(learner, texts=TEXTS):
    return learner.embed_all(learner.prepare(texts), np.arange(len(texts)))


def written(learner, folder):
    folder.mkdir()
    learner.write(folder)
    return folder


def changed(before, after) -> set[str]:
    """Names of the tensors that differ between two folders, weights of both."""
    a, b = (load_file(f / "model.safetensors") for f in (before, after))
    assert a.keys() == b.keys()
    return {name for name in a if not np.array_equal(a[name], b[name])}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_training_and_inference_see_the_same_vectors(tmp_path, family, pooling):
    base = write_folder(tmp_path / "base", family, pooling=pooling)
    learner = learner_of(base)
    first = TransformerEncoder(base, precision="f32").encode(TEXTS)
    np.testing.assert_allclose(vectors(learner), first, atol=NEAR)
    train(learner)
    encoder = TransformerEncoder(written(learner, tmp_path / "out"), precision="f32")
    encoded = encoder.encode(TEXTS)
    np.testing.assert_allclose(vectors(learner), encoded, atol=NEAR)
    assert np.abs(encoded - first).max() > 0.05
    again = learner_of(tmp_path / "out")  # what was written can be trained further
    np.testing.assert_allclose(vectors(again), encoded, atol=NEAR)


@pytest.mark.parametrize("separator", SEPARATORS)
def test_what_tokenizers_delete_parts_words_in_training_too(tmp_path, separator):
    """HTML mail has zero-width spaces, text files have form feeds."""
    texts = [f"pay{separator}bill box", f"{separator}ship work{separator * 2}sign", "cv \ud800 pay"]
    base = write_folder(tmp_path)
    encoded = TransformerEncoder(base, precision="f32").encode(texts)
    np.testing.assert_allclose(vectors(learner_of(base), texts), encoded, atol=NEAR)


def test_an_episode_is_embedded_as_all_texts_are(tmp_path, monkeypatch):
    learner = learner_of(write_folder(tmp_path)).eval()
    prepared = learner.prepare(TEXTS)
    rows = np.array([7, 3, 3, 20, 0, 11])
    whole = learner.embed(prepared, rows, None)
    np.testing.assert_allclose(whole.detach().numpy(), vectors(learner)[rows], atol=NEAR)
    monkeypatch.setattr(module, "BUDGET", 14)  # one or two texts a pass
    torch.testing.assert_close(learner.embed(prepared, rows, None), whole, atol=NEAR, rtol=0)


@pytest.mark.parametrize("family", FAMILIES)
def test_all_is_all_but_the_words(tmp_path, family):
    base = write_folder(tmp_path / "base", family)
    everything = set(random_tensors(family))
    out = written(train(learner_of(base)), tmp_path / "out")
    assert changed(base, out) == everything - {WORD_TABLE}
    out = written(train(learner_of(base, words=True)), tmp_path / "words")
    assert changed(base, out) == everything


@pytest.mark.parametrize("family", FAMILIES)
def test_the_last_layer_alone(tmp_path, family):
    base = write_folder(tmp_path / "base", family, dense=5)
    out = written(train(learner_of(base, parts="last:1")), tmp_path / "out")
    last = NAMES[family]["layer"].format(1)
    assert changed(base, out) == {n for n in random_tensors(family) if n.startswith(last)}
    assert changed(base / "2_Dense", out / "2_Dense") == set()


@pytest.mark.parametrize("family", FAMILIES)
def test_low_rank_additions_are_merged_into_queries_and_values(tmp_path, family):
    base = write_folder(tmp_path / "base", family, dense=5)
    learner = train(learner_of(base, parts="lora:2"))
    out = written(learner, tmp_path / "out")
    names, layer = NAMES[family], NAMES[family]["layer"]
    expected = {layer.format(i) + names[p] + ".weight" for i in (0, 1) for p in "qv"}
    assert changed(base, out) == expected
    a, b = (load_file(f / "model.safetensors") for f in (base, out))
    for name in expected:
        assert np.linalg.matrix_rank((b[name] - a[name]).astype(float), tol=1e-4) <= 2
    assert changed(base / "2_Dense", out / "2_Dense") == set()
    encoded = TransformerEncoder(out, precision="f32").encode(TEXTS)
    np.testing.assert_allclose(vectors(learner), encoded, atol=NEAR)
    train(learner, steps=1)  # writing has not merged the learner's own


def test_few_parameters_learn_under_lora(tmp_path):
    learner = learner_of(write_folder(tmp_path), parts="lora")
    learning = {n for n, p in learner.named_parameters() if p.requires_grad}
    assert learning
    assert all("lora_" in name for name in learning)


def activation(folder, name, **more):
    write_json(folder / "2_Dense" / "config.json", {"activation_function": name} | more)


@pytest.mark.parametrize("kind", ["modules.activation.Tanh", "modules.linear.Identity"])
@pytest.mark.parametrize("bias", [True, False])
def test_a_dense_step_learns_and_stays(tmp_path, kind, bias):
    base = write_folder(tmp_path / "base", dense=5)
    activation(base, f"torch.nn.{kind}")
    if not bias:
        layer = load_file(base / "2_Dense" / "model.safetensors")
        save_file({"linear.weight": layer["linear.weight"]}, base / "2_Dense" / "model.safetensors")
    learner = learner_of(base)
    first = TransformerEncoder(base, precision="f32").encode(TEXTS)
    np.testing.assert_allclose(vectors(learner), first, atol=NEAR)
    out = written(train(learner), tmp_path / "out")
    encoder = TransformerEncoder(out, precision="f32")
    assert encoder.dim == learner.dim == 5
    np.testing.assert_allclose(vectors(learner), encoder.encode(TEXTS), atol=NEAR)
    config = json.loads((out / "2_Dense" / "config.json").read_text())
    assert config == {
        "in_features": 16, "out_features": 5, "bias": bias,
        "activation_function": f"torch.nn.{kind}",
    }  # fmt: skip
    weights = {"linear.weight", "linear.bias"} if bias else {"linear.weight"}
    assert changed(base / "2_Dense", out / "2_Dense") == weights


def test_long_texts_learn_from_their_beginning_and_are_encoded_whole(tmp_path):
    base = write_folder(tmp_path / "base")
    learner = learner_of(base, max_tokens=5)
    texts = ["pay bill box ship work sign", "pay bill box", "pay"]
    prepared = learner.prepare(texts)
    assert [learner.shortened(prepared, n) for n in (0, 1, 3)] == [0, 1, 1]
    assert prepared.lengths.tolist() == [5, 5, 3]
    encoded = vectors(learner, texts)
    np.testing.assert_allclose(encoded[0], encoded[1], atol=NEAR)
    encoder = TransformerEncoder(written(learner, tmp_path / "out"), precision="f32")
    whole = TransformerEncoder(base, precision="f32")
    np.testing.assert_allclose(encoder.encode(texts), whole.encode(texts), atol=NEAR)
    assert np.abs(encoder.encode(texts)[0] - encoded[0]).max() > 0.001
    many = "pay bill " * 30
    assert learner_of(base, max_tokens=500).prepare([many]).lengths.tolist() == [12]


@pytest.mark.parametrize("dense", [None, 5])
def test_what_is_judged_is_the_vector_of_the_whole_text(tmp_path, dense):
    """One window, several passages, and none of either."""
    base = write_folder(tmp_path / "base", **({"dense": dense} if dense else {}))
    learner = train(learner_of(base, max_tokens=4))
    texts = ["pay bill box ship work", "pay", " ".join(WORDS[:13] * 9), "", "cv " * 40]
    prepared = learner.prepare(texts)
    rows = np.array([2, 0, 4, 3, 1, 2])
    judged = learner.embed_whole(prepared, rows)
    encoder = TransformerEncoder(written(learner, tmp_path / "out"), precision="f32")
    assert len(encoder.encode_documents(texts).passage_owner) > 4
    np.testing.assert_allclose(judged, encoder.encode(texts)[rows], atol=NEAR)
    assert np.abs(judged - learner.embed_all(prepared, rows)).max() > 20 * NEAR


def test_texts_have_tokens_to_learn_from(tmp_path):
    with pytest.raises(InputError, match="max_tokens 2; expected 3 or more"):
        learner_of(write_folder(tmp_path), max_tokens=2)


@pytest.mark.parametrize("extra", [{}, {"hidden_dropout_prob": 0.3, "classifier_dropout": None}])
@pytest.mark.parametrize("family", ["bert", "distilbert"])
def test_nothing_is_dropped_unless_asked_for(tmp_path, extra, family):
    """Whatever config.json says or leaves to the library."""
    folder = write_folder(tmp_path, family)
    write_json(folder / "config.json", settings(family) | extra)
    learner = learner_of(folder).train()
    prepared = learner.prepare(TEXTS)
    generator, rows = torch.Generator(), np.arange(8)
    once = learner.embed(prepared, rows, generator)
    torch.testing.assert_close(once.detach(), torch.from_numpy(vectors(learner)[:8]))
    some = learner_of(folder, dropout=0.3).train()
    assert (some.embed(prepared, rows, generator) - once).abs().max() > 0.01


def test_half_precision_weights_learn_in_float32(tmp_path):
    tensors = {f"bert.{n}": t.astype(np.float16) for n, t in random_tensors("bert").items()}
    base = write_folder(tmp_path / "base", tensors=tensors)
    write_json(base / "config.json", settings("bert") | {"torch_dtype": "float16"})
    learner = learner_of(base)
    assert {p.dtype for p in learner.parameters()} == {torch.float32}
    first = TransformerEncoder(base, precision="f32").encode(TEXTS)
    np.testing.assert_allclose(vectors(learner), first, atol=NEAR)
    out = written(train(learner), tmp_path / "out")
    assert {t.dtype for t in load_file(out / "model.safetensors").values()} == {np.dtype("f4")}
    assert json.loads((out / "config.json").read_text())["torch_dtype"] == "float32"
    encoded = TransformerEncoder(out, precision="f32").encode(TEXTS)
    np.testing.assert_allclose(vectors(learner), encoded, atol=NEAR)


def test_names_of_old_are_read(tmp_path):
    old = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
    tensors = {}
    for name, value in random_tensors("bert").items():
        for new, was in old.items():
            name = name.replace(new, was)
        tensors[name] = value
    learner = learner_of(write_folder(tmp_path / "old", tensors=tensors))
    today = learner_of(write_folder(tmp_path / "new"))
    np.testing.assert_array_equal(vectors(learner), vectors(today))


def test_bfloat16_is_near(tmp_path):
    base = write_folder(tmp_path)
    cosines = (vectors(learner_of(base)) * vectors(learner_of(base, bf16=True))).sum(axis=1)
    assert cosines.min() > 0.999


@pytest.mark.parametrize("parts", ["some", "last:0", "last:3", "last:", "lora:0", "lora:x", ""])
def test_other_parts_are_refused(tmp_path, parts):
    with pytest.raises(InputError, match=r"parts .*expected"):
        learner_of(write_folder(tmp_path), parts=parts)


def forget(folder):
    tensors = random_tensors("bert")
    del tensors["encoder.layer.1.output.dense.bias"]
    save_file(tensors, folder / "model.safetensors")


def turn(folder):
    tensors = random_tensors("bert")
    name = "encoder.layer.1.output.dense.weight"
    save_file(tensors | {name: tensors[name].T.copy()}, folder / "model.safetensors")


def cut(name):
    def change(folder):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (forget, r"output\.dense\.bias in .* is missing"),
        (turn, r"output\.dense\.weight in .* has shape \(24, 16\).*\(16, 24\)"),
        (cut("model.safetensors"), "not a whole safetensors file"),
        (cut("tokenizer.json"), r"tokenizer\.json cannot be read"),
        (cut("config.json"), r"config\.json cannot be read"),
        (lambda f: (f / "model.safetensors").unlink(), r"no model\.safetensors"),
    ],
)
def test_a_bad_folder_is_one_clear_error(tmp_path, change, message):
    folder = write_folder(tmp_path)
    change(folder)
    with pytest.raises(EncoderError, match=message) as caught:
        learner_of(folder).prepare(TEXTS)
    assert caught.value.expected
    assert caught.value.remedy


def test_what_utf8_cannot_hold_is_replaced_as_in_inference(tmp_path):
    base = write_folder(tmp_path)
    texts = ["pay \ud800 bill"]
    encoded = TransformerEncoder(base, precision="f32").encode(texts)
    np.testing.assert_allclose(vectors(learner_of(base), texts), encoded, atol=NEAR)

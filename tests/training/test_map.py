"""A linear map over frozen vectors: what is written, and that learning one helps new classes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from encoder_folders import WORDS, write_folder, write_json
from safetensors.numpy import load_file, save_file
from training_tools import MapOverVectors, unit_rows

from protolabel.encoders import load_encoder
from protolabel.encoders.text.encoder import TransformerEncoder
from protolabel.episodes.sampler import Sampler
from protolabel.episodes.scenario import Scenario
from protolabel.errors import EncoderError
from protolabel.training.learners.linear_map import LinearMap
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.recipe import Recipe
from protolabel.training.loop.trainer import Trainer
from protolabel.training.loop.validation import TaskData, validated

torch.set_num_threads(1)

TEXTS = ["pay bill", "box ship work sign a", "e", "bill pay a b c d e f", "sign a b"]


def dense(folder, kind="linear.Identity", bias=True):
    write_json(
        folder / "2_Dense" / "config.json", {"activation_function": f"torch.nn.modules.{kind}"}
    )
    if not bias:
        layer = load_file(folder / "2_Dense" / "model.safetensors")
        save_file(
            {"linear.weight": layer["linear.weight"]}, folder / "2_Dense" / "model.safetensors"
        )
    return folder


FOLDERS = {
    "pooling alone": lambda path: write_folder(path, "mpnet", pooling="cls"),
    "a dense step": lambda path: dense(write_folder(path, dense=5)),
    "a dense step without bias": lambda path: dense(write_folder(path, dense=5), bias=False),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_the_written_folder_is_the_map(tmp_path, name):
    """normalize((I + A) x), of texts that fit the window; in float32."""
    base = FOLDERS[name](tmp_path / "base")
    learner = LinearMap(base)
    x = TransformerEncoder(base, precision="f32").encode(TEXTS)
    np.testing.assert_array_equal(learner.matrix(), np.eye(learner.dim))
    rng = np.random.default_rng(0)
    matrix = np.eye(learner.dim) + 0.3 * rng.normal(size=(learner.dim, learner.dim))
    with torch.no_grad():
        learner.change += torch.from_numpy(matrix - np.eye(learner.dim)).float()
    out = tmp_path / "out"
    out.mkdir()
    learner.write(out)
    encoder = TransformerEncoder(out, precision="f32")
    assert encoder.dim == learner.dim
    expected = unit_rows(x.astype(float) @ matrix.T)
    np.testing.assert_allclose(encoder.encode(TEXTS), expected, atol=1e-5)
    prepared = torch.from_numpy(x)
    np.testing.assert_allclose(learner.embed_all(prepared, np.arange(5)), expected, atol=1e-5)
    again = LinearMap(out)  # a map over a map
    with torch.no_grad():
        again.change += torch.from_numpy(matrix - np.eye(learner.dim)).float()
    (tmp_path / "twice").mkdir()
    again.write(tmp_path / "twice")
    twice = TransformerEncoder(tmp_path / "twice", precision="f32").encode(TEXTS)
    np.testing.assert_allclose(twice, unit_rows(x.astype(float) @ (matrix @ matrix).T), atol=1e-4)


def test_an_untrained_map_changes_nothing(tmp_path):
    base = write_folder(tmp_path / "base")
    (tmp_path / "out").mkdir()
    LinearMap(base).write(tmp_path / "out")
    before, after = (TransformerEncoder(tmp_path / f, precision="f32") for f in ("base", "out"))
    np.testing.assert_allclose(after.encode(TEXTS), before.encode(TEXTS), atol=2e-6)
    assert before.fingerprint != after.fingerprint


def test_the_documents_are_encoded_by_the_inference_path(tmp_path):
    base = write_folder(tmp_path)
    long = " ".join(WORDS[:13]) * 3
    prepared = LinearMap(base).prepare([*TEXTS, long])
    np.testing.assert_array_equal(prepared.numpy(), load_encoder(base).encode([*TEXTS, long]))


def test_dropout_is_of_training_alone(tmp_path):
    learner = LinearMap(write_folder(tmp_path), dropout=0.5)
    prepared, rows = learner.prepare(TEXTS), np.arange(5)
    torch.testing.assert_close(learner.embed(prepared, rows, None), prepared)
    generator = torch.Generator()
    torch.manual_seed(0)
    a = learner.embed(prepared, rows, generator)
    torch.manual_seed(0)
    assert torch.equal(learner.embed(prepared, rows, generator), a)
    assert not torch.equal(a, learner.embed(prepared, rows, generator))
    still = LinearMap(tmp_path, dropout=0.0)
    torch.testing.assert_close(still.embed(prepared, rows, generator), prepared)


def test_nothing_follows_an_activation(tmp_path):
    with pytest.raises(EncoderError, match=r"ends in a dense step with tanh; expected.*to fix it"):
        LinearMap(write_folder(tmp_path, dense=5))


def test_a_direction_of_noise_is_unlearned_and_new_classes_gain(tmp_path):
    """Two of sixteen dimensions are loud noise: what base classes teach holds for novel ones."""
    rng = np.random.default_rng(0)
    n_classes, each = 60, 12
    middle = rng.normal(size=(n_classes, 16))
    labels = np.repeat(np.arange(n_classes), each)
    x = middle[labels] + 0.6 * rng.normal(size=(len(labels), 16))
    turned = np.linalg.qr(rng.normal(size=(16, 16)))[0]
    x = (x + 7 * rng.normal(size=(len(labels), 2)) @ np.eye(16)[:2]) @ turned
    x = unit_rows(np.concatenate([x, middle])).astype(np.float32)  # of descriptions none is used
    learner, loss = MapOverVectors(write_folder(tmp_path)), EpisodeLoss("cosine")
    parts = np.split(np.random.default_rng(1).permutation(n_classes), [30, 40])
    scenario = Scenario(10, (1, 3), 4)
    base, valid, novel = (Sampler(labels, scenario, classes=p) for p in parts)
    recipe = Recipe(
        episodes=250, learning_rate=0.01, weight_decay=0.0, validate_every=50, n_validation=60
    )
    tasks = [TaskData(learner.prepare(x), len(labels), base, novel)]
    before = validated(learner, loss, tasks, recipe)
    outcome = Trainer(
        learner, loss, [TaskData(learner.prepare(x), len(labels), base, valid)], recipe
    ).run()
    after = validated(learner, loss, tasks, recipe)
    assert after.mean - after.interval > before.mean + before.interval + 0.1
    assert outcome.best.mean > outcome.first.mean + 0.1
    noise = turned[:2]  # the map all but closes its eyes to these two directions
    kept = np.linalg.norm(noise @ learner.matrix().T, axis=1)
    others = np.linalg.norm(turned[2:] @ learner.matrix().T, axis=1)
    assert kept.max() < 0.6 * others.min()

"""Unlabelled documents: what groups are, what is drawn from them, and that new classes gain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from encoder_folders import WORDS, write_folder
from hypothesis import given
from hypothesis import strategies as st
from pictures import drawn
from safetensors.numpy import load_file
from training_tools import MapOverVectors, train_flat, unit_rows

from protolabel import Example
from protolabel.encoders import load_encoder
from protolabel.episodes.sampler import Sampler, generator_of
from protolabel.episodes.scenario import Scenario
from protolabel.errors import InputError
from protolabel.evaluation.episodic import episodic_accuracy
from protolabel.training import Recipe, past_of
from protolabel.training.data import pseudo_classes, regrouping
from protolabel.training.data.reading import MOST_UNLABELLED, read_unlabelled
from protolabel.training.loop.checkpoint import keep_groups, kept_groups
from protolabel.training.loop.distributed import Processes
from protolabel.training.loop.validation import TaskData

torch.set_num_threads(1)

QUICK = Recipe(episodes=6, episodes_per_step=3, validate_every=3, n_validation=3, warmup=0.0)
SCENARIO = Scenario(3, 1, 2)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(regrouping, "RECIPE", replace(regrouping.RECIPE, episodes=300))


def blots(n_classes, each, d=16, noise=0.15, seed=0):
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(n_classes), each)
    return unit_rows(
        rng.normal(size=(n_classes, d))[labels] + noise * rng.normal(size=(len(labels), d))
    )


# -- groups -----------------------------------------------------------------------------------


@given(st.integers(pseudo_classes.FEWEST, 60_000))
def test_partitions_go_from_fine_to_coarse_and_their_groups_are_of_some_size(n):
    numbers = pseudo_classes.numbers_of_groups(n)
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == 16
    for k in (150, 50, 16):
        assert (k in numbers) == (n / k >= 12)


def test_too_few_documents_are_refused():
    with pytest.raises(InputError, match=r"191 different unlabelled.*expected 192.*to fix it"):
        pseudo_classes.numbers_of_groups(191)


def test_a_document_is_in_the_group_whose_mean_is_nearest():
    """What k-means promises, by brute force; 25 steps need not have come to the end."""
    x = blots(60, 30).astype(np.float32)
    for groups in pseudo_classes.partitions(x, 3):
        assert groups.shape == (1800,)
        means = np.stack([x[groups == k].mean(axis=0) for k in range(groups.max() + 1)])
        distances = ((x[:, None] - means[None]) ** 2).sum(axis=2)
        assert (distances.argmin(axis=1) == groups).mean() > 0.95
    pseudo_classes.partitions(x, 2**63 - 1)  # a seed that scikit-learn does not take
    for a, b in zip(pseudo_classes.partitions(x, 3), pseudo_classes.partitions(x, 3), strict=True):
        np.testing.assert_array_equal(a, b)


def test_episodes_are_drawn_within_groups():
    groups = np.array([0] * 3 + [1] * 2 + [2] * 9 + [3] * 4)  # 1 is too small for an episode
    scenario = Scenario(2, 1, 2, described=1.0)
    past = TaskData(None, 21, Sampler(np.repeat(np.arange(7), 3), scenario))
    (data,) = pseudo_classes.pool_data("prepared", [groups], scenario, [past])
    assert (data.prepared, data.n, data.weight, data.valid) == ("prepared", 18, 7.0, None)
    for i in range(30):
        episode = data.train.draw(generator_of(0, i))
        assert set(episode.classes) <= {0, 2, 3}
        assert not episode.described
        for rows, places in (
            (episode.support, episode.support_class),
            (episode.query, episode.query_class),
        ):
            np.testing.assert_array_equal(groups[rows], episode.classes[places])
        assert not set(episode.support) & set(episode.query)


def test_groups_that_no_episode_can_use_are_refused():
    with pytest.raises(InputError, match=r"1 group of .*unlabelled.*expected two.*to fix it"):
        pseudo_classes.pool_data(None, [np.array([0] * 9 + [1])], Scenario(2, 1, 2), [])


# -- what is read -----------------------------------------------------------------------------


def test_each_text_is_read_once_and_none_that_is_labelled(tmp_path):
    (tmp_path / "a.jsonl").write_text("".join(
        json.dumps({"text": text}) + "\n" for text in ("new", "old", "new", "newer")
    ))  # fmt: skip
    (tmp_path / "b.txt").write_text("newest")
    past = past_of([Example("x", "old"), Example("y", "older")])
    sources = [tmp_path / "a.jsonl", tmp_path / "b.txt"]
    assert read_unlabelled(sources, besides=[past]) == ["new", "newer", "newest"]
    assert read_unlabelled(sources) == ["new", "old", "newer", "newest"]


def test_of_a_long_stream_a_fair_share_is_kept(tmp_path, monkeypatch):
    assert MOST_UNLABELLED == 50_000
    monkeypatch.setattr("protolabel.training.data.reading.MOST_UNLABELLED", 100)
    lines = "".join(json.dumps({"text": f"text {i}"}) + "\n" for i in range(1000))
    (tmp_path / "a.jsonl").write_text(lines)
    numbers = [int(t.split()[1]) for t in read_unlabelled([tmp_path / "a.jsonl"])]
    assert len(set(numbers)) == 100
    assert 400 < np.mean(numbers) < 600  # 500 in the mean, 29 a standard error
    assert numbers != [int(t.split()[1]) for t in read_unlabelled([tmp_path / "a.jsonl"], seed=1)]


def test_images_are_no_texts(tmp_path):
    (tmp_path / "a.png").write_bytes(drawn("bar", 0))
    with pytest.raises(InputError, match=r"a\.png.*no text.*expected texts.*to fix it"):
        read_unlabelled([tmp_path / "a.png"])


# -- kept groups ------------------------------------------------------------------------------


def test_groups_are_kept_under_their_key(tmp_path):
    groups = [np.arange(5), np.array([1, 1, 0, 0, 2])]
    keep_groups(tmp_path / "run", groups, "key")
    for a, b in zip(kept_groups(tmp_path / "run", "key"), groups, strict=True):
        np.testing.assert_array_equal(a, b)
    assert kept_groups(tmp_path / "run", "another") is None
    assert kept_groups(tmp_path / "none", "key") is None
    (file,) = (tmp_path / "run").iterdir()
    file.write_bytes(file.read_bytes()[:-3])
    assert kept_groups(tmp_path / "run", "key") is None


# -- learning ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_groups_without_any_label_help_classes_that_come_later(tmp_path, monkeypatch):
    """Two of sixteen dimensions are noise, not so loud that groups cannot be found."""
    monkeypatch.setattr(regrouping, "RECIPE", replace(regrouping.RECIPE, episodes=900))
    rng = np.random.default_rng(0)
    middle = rng.normal(size=(60, 16))
    labels = np.repeat(np.arange(60), 40)
    x = middle[labels] + 0.7 * rng.normal(size=(len(labels), 16))
    x[:, :2] = 2.5 * rng.normal(size=(len(labels), 2))
    x = unit_rows(x).astype(np.float32)
    stream, later = x[labels < 40], np.flatnonzero(labels >= 40)
    learner = MapOverVectors(write_folder(tmp_path / "base"))
    one = Processes()
    grouping = regrouping.Grouping(stream, Scenario(20, 1, 3), 0, tmp_path / "run", "k")
    groups = regrouping.grouped(lambda: learner, lambda prepare: [], grouping, processes=one)
    assert [len(g) for g in groups] == [len(stream)] * len(
        pseudo_classes.numbers_of_groups(len(stream))
    )

    def accuracy(vectors):
        sampler = Sampler(labels, Scenario(5, 1, 5), classes=np.unique(labels[later]))
        episodes = [sampler.draw(generator_of(1, i)) for i in range(400)]
        return episodic_accuracy(episodes, vectors)

    before = accuracy(x)
    after = accuracy(learner.embed_all(torch.from_numpy(x), np.arange(len(x))))
    assert after.mean - before.mean > before.interval + after.interval

    def none():
        raise AssertionError("groups that are kept are not found again")

    again = regrouping.grouped(none, lambda prepare: [], grouping, processes=one)
    for a, b in zip(groups, again, strict=True):
        np.testing.assert_array_equal(a, b)


def texts(n, seed=0):
    rng = np.random.default_rng(seed)
    sentences: dict[str, None] = {}
    while len(sentences) < n:
        sentences[" ".join(rng.choice(WORDS[:13], rng.integers(3, 9)))] = None
    return list(sentences)


def labelled():
    return past_of([Example(f"about {w}", f"{w} {t}") for w in WORDS[:9] for t in texts(6)])


@pytest.mark.parametrize("kind", ["map", pytest.param("transformer", marks=pytest.mark.slow)])
def test_a_stream_becomes_an_encoder_with_a_past_and_without(tmp_path, kind):
    base, stream = write_folder(tmp_path / "base"), texts(240)
    for name, pasts in (("both", [labelled()]), ("alone", [])):
        reports = []
        trained = train_flat(
            pasts, tmp_path / name, unlabelled=stream, kind=kind, encoder=base, recipe=QUICK,
            scenario=SCENARIO, valid=0.3, on_report=reports.append,
        )  # fmt: skip
        assert (trained.unlabelled, trained.groups) == (240, [16])
        assert (trained.outcome.best is None) == (name == "alone")
        assert trained.outcome.best_episode in (0, 3, 6)
        phases = [report.phase for report in reports if report.phase]
        assert f"groups, {2 if name == 'alone' else 1} of 2: " in phases
        facts = json.loads((tmp_path / name / "training.json").read_text())
        assert facts["unlabelled"] == {"documents": 240, "groups": [16]}
        assert load_encoder(tmp_path / name).encode(["pay bill"]).shape == (1, 16)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["alone", "base", "both"]


@pytest.mark.slow
def test_a_run_with_a_stream_resumes_to_the_same_result(tmp_path):
    options = {"unlabelled": texts(240), "kind": "map", "recipe": QUICK, "scenario": SCENARIO,
              "encoder": write_folder(tmp_path / "base"), "valid": 0.3}  # fmt: skip

    def stop(report):
        if not report.phase and report.episode == 3 and report.validation is not None:
            raise KeyboardInterrupt

    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        train_flat(labelled(), out, on_report=stop, **options)
    assert (tmp_path / "out.run" / "groups.safetensors").is_file()
    with pytest.raises(InputError, match=r"begun with another .*unlabelled"):
        train_flat(labelled(), out, **(options | {"unlabelled": texts(240, seed=1)}))
    train_flat(labelled(), out, **options)
    assert not (tmp_path / "out.run").exists()
    train_flat(labelled(), tmp_path / "whole", **options)
    a, b = (
        load_file(tmp_path / f / "2_Dense" / "model.safetensors")["linear.weight"]
        for f in ("out", "whole")
    )
    np.testing.assert_array_equal(a, b)


BAD = {
    "too few": ({"unlabelled": texts(100)}, "100 different unlabelled documents"),
    "images": ({"unlabelled": texts(240), "kind": "conv4"}, "for an image encoder"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_learned_from_is_one_clear_error(tmp_path, case):
    changed, message = BAD[case]
    with pytest.raises(InputError, match=rf"{message}.*expected.*to fix it"):
        train_flat([], tmp_path / "out", **changed)
    assert not list(tmp_path.iterdir())


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "protolabel", *map(str, arguments)],
        capture_output=True, text=True, timeout=400, check=False,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip


@pytest.mark.slow
def test_the_command_line_learns_from_a_stream(tmp_path):
    base = write_folder(tmp_path / "base")
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts(200))
    (tmp_path / "stream.jsonl").write_text(lines)
    options = ["--kind", "map", "--encoder", base, "--episodes", 3, "--way", 3, "--query", 2]
    out = tmp_path / "out"
    done = command(
        "train", "--unlabelled", tmp_path / "stream.jsonl", "--out", out, "--json", *options
    )
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert (record["unlabelled"], record["groups"], record["base"]) == (200, [16], [])
    assert load_encoder(out).encode(["pay bill"]).shape == (1, 16)
    done = command("train", "--out", tmp_path / "none")
    assert done.returncode != 0
    assert "a labelled past, unlabelled documents, or both" in done.stderr


SCRIPT = """
import sys
from dataclasses import replace
import torch
from protolabel.training import Network, Recipe, Scenario, train
from protolabel.training.data import regrouping

torch.set_num_threads(1)
regrouping.RECIPE = replace(regrouping.RECIPE, episodes=60)
recipe = Recipe(episodes=6, episodes_per_step=3, learning_rate=0.01, warmup=0.0)
texts = open(sys.argv[2]).read().splitlines()
train([], sys.argv[3], unlabelled=texts, recipe=recipe,
      network=Network(kind="map", encoder=sys.argv[1]),
      scenario=Scenario(3, 1, 2))
"""


@pytest.mark.slow
def test_two_processes_learn_from_the_groups_that_one_of_them_finds(tmp_path):
    base = write_folder(tmp_path / "base")
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "texts").write_text("\n".join(texts(200)))
    two = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    for name, start in (("one", []), ("two", two)):
        done = subprocess.run(
            [sys.executable, *start, tmp_path / "script.py", base, tmp_path / "texts",
             tmp_path / name], capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
    a, b = (
        load_file(tmp_path / f / "2_Dense" / "model.safetensors")["linear.weight"]
        for f in ("one", "two")
    )
    np.testing.assert_allclose(a, b, atol=1e-5)
    assert np.abs(a - np.eye(16)).max() > 1e-3  # something was learned

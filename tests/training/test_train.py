"""From a labelled past to a folder that a label space uses: all kinds, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from encoder_folders import WORDS, random_tensors, write_folder
from pictures import drawn, grey
from training_tools import pictures, train_flat

from protolabel import Example, LabelSpace
from protolabel.encoders import load_encoder
from protolabel.errors import EncoderError, InputError
from protolabel.training import Augmentation, Recipe, Scenario, past_of
from protolabel.training.data.class_split import Split
from protolabel.training.data.samplers import PartSamplers
from protolabel.training.loop import trainer as loop

torch.set_num_threads(1)

QUICK = Recipe(episodes=4, validate_every=2, n_validation=3, learning_rate=0.01, warmup=0.0)
SCENARIO = Scenario(3, (1, 2), 2, described=0.5)


def texts(n_classes=9, each=6, seed=0):
    """Classes told apart by a word of their own."""
    rng = np.random.default_rng(seed)
    sentences = []
    for k in range(n_classes):
        for _ in range(each):
            words = rng.choice(WORDS[:13], 3).tolist()
            sentences.append(Example(f"about {WORDS[k]}", " ".join([WORDS[k], *words])))
    return past_of(sentences)


def images(n_classes=9, each=6):
    x, labels = pictures(n_classes, each, size=28)
    named = zip(x, labels, strict=True)
    return past_of([Example(f"sign {k}", image=grey(255 - p)) for p, k in named], names_mean=False)


def finite(text):
    def refuse(name):
        raise ValueError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


KINDS = {
    "map": {},
    "transformer": {},
    "transformer, lora": {"parts": "lora:2"},
    "conv4": {"augmentation": Augmentation()},
}


@pytest.mark.parametrize("name", KINDS)
def test_a_past_becomes_an_encoder_for_a_label_space(tmp_path, name):
    kind, out = name.partition(",")[0], tmp_path / "out"
    past = images() if kind == "conv4" else texts()
    base = write_folder(tmp_path / "base")
    begins = {} if kind == "conv4" else {"encoder": base}
    scenario = replace(SCENARIO, described=0.0) if kind == "conv4" else SCENARIO
    reports = []
    trained = train_flat(
        past, out, kind=kind, scenario=scenario, recipe=QUICK, valid=0.3, novel=0.3,
        on_report=reports.append, log=tmp_path / "log", **begins, **KINDS[name],
    )  # fmt: skip
    encoder = load_encoder(out)
    assert trained.folder == out
    assert len(reports) == 4 + 3
    assert [len(part) for part in (trained.base, trained.valid, trained.novel)] == [3, 3, 3]
    assert {*trained.base, *trained.valid, *trained.novel} == set(past.names)
    for accuracy in (trained.before, trained.after, trained.outcome.best):
        assert 0 <= accuracy.mean <= 1
        assert accuracy.n == 3
    facts = finite((out / "training.json").read_text())
    assert facts["kind"] == kind
    assert facts["classes"]["novel"] == trained.novel
    assert facts["novel_before"]["mean"] == trained.before.mean
    assert facts["novel_after"]["mean"] == trained.after.mean
    assert facts["recipe"]["episodes"] == 4
    assert [note["episode"] for note in facts["history"]] == [0, 2, 4]
    assert facts["history"][0]["loss"] is None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["base", "log", "out"]
    check_log(tmp_path / "log")
    with LabelSpace.create(encoder=encoder, background=False) as space:
        for label in ("a", "b"):
            content = drawn("bar" if label == "a" else "ring", 0)
            example = {"image": content} if kind == "conv4" else {"text": f"pay {label}"}
            space.add([Example(label, **example)])
        assert len(space.classes()) == 2


def check_log(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    log = EventAccumulator(str(folder))
    log.Reload()
    assert set(log.Tags()["scalars"]) == {
        "training/loss", "training/accuracy", "training/rate", "validation/accuracy",
    }  # fmt: skip
    assert [s.step for s in log.Scalars("training/loss")] == [1, 2, 3, 4]
    assert [s.step for s in log.Scalars("validation/accuracy")] == [0, 2, 4]
    assert all(np.isfinite(s.value) for s in log.Scalars("training/loss"))


def test_several_pasts_teach_one_encoder(tmp_path):
    base = write_folder(tmp_path / "base")
    both = [texts(), texts(7, 8, seed=1)]
    trained = train_flat(
        both, tmp_path / "out", kind="map", encoder=base, scenario=SCENARIO, recipe=QUICK,
        valid=0.3, novel=0.34,
    )  # fmt: skip
    assert len(trained.base) + len(trained.valid) + len(trained.novel) == 9  # names of both
    assert trained.after.n == 6
    facts = finite((tmp_path / "out" / "training.json").read_text())
    assert len(facts["scenarios"]) == 2


def test_a_class_of_two_pasts_is_one_class_of_the_gain(tmp_path):
    """As it is one of the split; before, it was two, so that the interval was too narrow."""
    base = write_folder(tmp_path / "base")
    both = [texts(), texts(seed=1)]
    both[1].names[:] = [name.upper() for name in both[1].names]  # a class is its name in any case
    trained = train_flat(
        both, tmp_path / "out", kind="map", encoder=base, scenario=SCENARIO, recipe=QUICK,
        valid=0.3, novel=0.34,
    )  # fmt: skip
    assert [len(part) for part in (trained.base, trained.valid, trained.novel)] == [3, 3, 3]
    assert trained.gain.classes == 3
    assert "3 novel classes: " in str(trained)
    learned = finite((tmp_path / "out" / "training.json").read_text())["classes"]["base"]
    assert len(learned) == 6  # in both spellings, since an evaluation looks for either


def half_described(n_described):
    """Nine classes called by codes, of which the first have a description."""
    words = {f"c{k}": f"about {WORDS[k]}" for k in range(n_described)}
    examples = [Example(f"c{k}", f"{WORDS[k]} {word}") for k in range(9) for word in WORDS[9:15]]
    return past_of(examples, words, names_mean=False)


def test_shares_of_described_episodes_are_those_that_are_drawn():
    """Two of three classes have a description, so two of them are drawn in a third of all."""
    split = Split(np.arange(3), np.arange(3, 6), np.arange(6, 9))
    scenario = Scenario(2, 1, 2, described_only=0.75, described=0.25)
    (judged,) = PartSamplers([half_described(8)], [split], scenario).judged_in()
    assert (judged.described, judged.described_only) == (0.083, 0.25)
    assert "descriptions or names alone in 25% of the episodes" in judged.in_words()


def test_descriptions_of_fewer_classes_than_an_episode_has_are_refused():
    split = Split(np.arange(3), np.arange(3, 6), np.arange(6, 9))
    with pytest.raises(InputError, match="fewer classes have a description than an episode has"):
        PartSamplers([half_described(1)], [split], Scenario(2, 1, 2, described_only=1.0))


def test_without_novel_classes_none_are_reported(tmp_path):
    base = write_folder(tmp_path / "base")
    trained = train_flat(texts(), tmp_path / "out", kind="map", encoder=base, recipe=QUICK)
    assert trained.novel == []
    assert trained.gain.classes == len(trained.valid) == 2  # those that were chosen on judge
    # before, no line said what the accuracies are of, nor which ± is which
    assert "n episodes of 2 classes, 1 example and 5 queries of each; descriptions or names" in str(
        trained
    )
    assert "over these episodes, as papers print it; that of the gain is over classes" in str(
        trained
    )
    facts = finite((tmp_path / "out" / "training.json").read_text())
    assert "novel_after" not in facts
    assert facts["scenarios"][0]["n_way"] == 7  # what this past can give
    with pytest.raises(InputError, match="exists already"):
        train_flat(texts(), tmp_path / "out", kind="map", encoder=base, recipe=QUICK)
    train_flat(texts(), tmp_path / "out", kind="map", encoder=base, recipe=QUICK, overwrite=True)


def stop(report):
    if report.episode == 3:
        raise KeyboardInterrupt


def test_a_run_resumes_and_only_on_what_it_was_begun_with(tmp_path):
    settings = {"kind": "map", "encoder": write_folder(tmp_path / "base"), "recipe": QUICK}
    settings |= {"scenario": SCENARIO, "novel": 0.3}
    out, state = tmp_path / "out", tmp_path / "out.run"
    with pytest.raises(KeyboardInterrupt):
        train_flat(texts(), out, on_report=stop, **settings)
    assert not out.exists()
    other = write_folder(tmp_path / "other", tensors=random_tensors("bert", 1))
    refused = [
        (texts(seed=4), {}, "past"),
        (texts(), {"scenario": Scenario(2, 1, 2)}, "scenario"),
        (texts(), {"metric": "euclidean"}, "metric"),
        (texts(), {"encoder": other}, "encoder"),
        (texts(), {"novel": 0.4}, "split"),
        (texts(), {"recipe": replace(QUICK, episodes=5)}, "episodes"),
    ]
    for past, changed, named in refused:
        with pytest.raises(InputError, match=rf"begun with another .*{named}.*expected.*to fix it"):
            train_flat(past, out, **(settings | changed))
    with pytest.raises(InputError, match=r"begun with another seed; "):  # not past and split, too
        train_flat(texts(), out, **(settings | {"recipe": replace(QUICK, seed=5)}))
    (state / "notes.txt").write_text("mine")
    resumed = train_flat(texts(), out, **settings)
    assert [p.name for p in state.iterdir()] == ["notes.txt"]  # the state alone is deleted
    whole = train_flat(texts(), tmp_path / "whole", **settings)
    assert resumed.after == whole.after
    a, b = (tmp_path / f / "2_Dense" / "model.safetensors" for f in ("out", "whole"))
    assert a.read_bytes() == b.read_bytes()


# -- what is refused, before any training ---------------------------------------------------------


def once():
    return past_of([Example(f"about {w}", f"{w} {i}") for w in WORDS[:8]
                    for i in range(1 if w == "bill" else 4)])  # fmt: skip


def codes():
    return past_of([Example(str(k), f"pay {i}") for k in range(8) for i in range(4)])


BAD = {
    "a class with one example": (once, {}, "class 'about bill' has 1 document"),
    "too few classes": (lambda: texts(3), {}, "3 classes, 1 of them to learn from"),
    "all classes in one part": (
        texts, {"valid": [f"about {w}" for w in WORDS[:9]]}, "0 of them to learn from",
    ),
    "more ways than base classes": (
        texts, {"scenario": Scenario(20, 1, 1)}, "7 classes to draw from",
    ),
    "a class for strangers is lacking": (
        texts, {"scenario": Scenario(7, 1, 1, n_strangers=1)}, "7 and one for strangers",
    ),
    "more shots than documents": (
        texts, {"scenario": Scenario(3, 5, 3)}, "has 6 documents.*expected 8",
    ),
    "names that are numbers": (codes, {}, "numbers, such as '0', as descriptions"),
    "texts for images": (texts, {"kind": "conv4"}, "conv4 for documents of another kind"),
    "images for texts": (images, {}, "map for documents of another kind"),
    "texts and images": (lambda: [texts(), images()], {}, "pasts of texts and pasts of images"),
    "no past": (lambda: [], {}, "no documents"),
    "another kind": (texts, {"kind": "forest"}, "kind 'forest'"),
    "one novel class": (texts, {"novel": ["about box"]}, "1 class to draw from"),
}  # fmt: skip


@pytest.fixture
def untrained(monkeypatch):
    def refuse(self):
        raise AssertionError("it trains")

    monkeypatch.setattr(loop.Trainer, "run", refuse)


@pytest.mark.usefixtures("untrained")
@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that takes no files")
def test_a_place_that_cannot_be_written_is_one_clear_error_before_anything_is_trained():
    with pytest.raises(InputError, match=r"/proc/x cannot be made.*expected.*to fix it"):
        train_flat(texts(), "/proc/x", kind="map", recipe=QUICK)


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used_is_one_clear_error(tmp_path, case):
    past, settings, message = BAD[case]
    settings = {"kind": "map", "recipe": QUICK} | settings
    base = write_folder(tmp_path / "base")
    with pytest.raises(InputError, match=message) as caught:
        train_flat(past(), tmp_path / "out", encoder=base, **settings)
    assert caught.value.expected
    assert caught.value.remedy or case == "another kind"
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.run").exists()


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("kind", ["map", "transformer"])
@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "config.json"])
def test_an_encoder_half_written_is_one_clear_error(tmp_path, kind, file):
    base = write_folder(tmp_path / "base")
    content = (base / file).read_bytes()
    (base / file).write_bytes(content[: len(content) // 2])
    with pytest.raises(EncoderError, match=file) as caught:
        train_flat(texts(), tmp_path / "out", kind=kind, encoder=base, recipe=QUICK)
    assert caught.value.expected
    assert caught.value.remedy


@pytest.mark.usefixtures("untrained")
def test_an_image_that_is_none_is_one_clear_error(tmp_path):
    past = images()
    past.documents[7] = past.documents[7][:60]
    with pytest.raises(InputError, match="image that cannot be decoded") as caught:
        train_flat(past, tmp_path / "out", recipe=QUICK)
    assert caught.value.expected
    assert caught.value.remedy


def test_conv4_is_the_default_for_images_and_starts_from_no_encoder(tmp_path):
    settings = {"recipe": replace(QUICK, episodes=1), "metric": "cosine"}
    with pytest.raises(InputError, match="encoder for the kind conv4, on which it has no effect"):
        train_flat(images(), tmp_path / "out", encoder="no such thing", **settings)
    train_flat(images(), tmp_path / "out", scenario=Scenario(3, 1, 2), **settings)
    embedded = load_encoder(tmp_path / "out").encode_images([drawn("bar", 0), drawn("ring", 0)])
    np.testing.assert_allclose(np.linalg.norm(embedded, axis=1), 1, atol=1e-5)
    assert finite((tmp_path / "out" / "training.json").read_text())["encoder"] is None


@pytest.mark.parametrize("name", ["protolabel", "protolabel.cli"])
def test_nothing_else_loads_torch(name):
    script = (
        f"import sys, {name}; heavy = {{'torch', 'transformers', 'peft', 'tensorboard'}}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_weights_are_no_pickle(tmp_path):
    base = write_folder(tmp_path / "base")
    train_flat(texts(), tmp_path / "out", kind="map", encoder=base, recipe=QUICK)
    files = [p for p in (tmp_path / "out").rglob("*") if p.is_file()]
    assert files
    for file in files:
        assert file.suffix in (".json", ".safetensors", ".txt"), file
        assert not zipfile.is_zipfile(file)

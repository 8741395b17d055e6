"""A run that was killed or interrupted and begun again is the run that was not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import training_tools as tools
from safetensors.torch import load_file, save_file
from training_tools import history, trained, weights

from protolabel.errors import InputError
from protolabel.training.loop import checkpoint

pytestmark = pytest.mark.slow


def same(a, b):
    assert a.keys() == b.keys()
    assert all(torch.equal(a[k], b[k]) for k in a), [k for k in a if not torch.equal(a[k], b[k])]


def whole(kind, **settings):
    trainer = trained(kind, **settings)
    trainer.run()
    return trainer


def process(tmp_path: Path, **settings) -> int:
    """A real process that trains; its exit status."""
    argument = json.dumps([settings | {"out": str(tmp_path / "weights")}])
    done = subprocess.run(
        [sys.executable, tools.__file__, argument], capture_output=True, text=True, check=False
    )
    if done.returncode > 0:
        raise AssertionError(done.stderr)
    return done.returncode


@pytest.mark.parametrize(
    ("kind", "average", "kill_at", "killer"),
    [("conv4", None, 8, ""), ("conv4", 0.8, 10, "keep"), ("plain", 0.8, 8, "")],
)
def test_a_killed_process_resumes_bit_for_bit(tmp_path, kind, average, kill_at, killer):
    """Killed between two states (5 and 10), or while the state of 10 is written."""
    state = tmp_path / "run"
    settings = {"state": str(state), "average": average}
    killed = process(tmp_path, kind=kind, kill_at=kill_at, killer=killer, **settings)
    assert killed == -signal.SIGKILL
    assert json.loads((state / "latest.json").read_text())["episode"] == 5
    expected = whole(kind, average=average)
    resumed = whole(kind, **settings)
    same(weights(resumed), weights(expected))
    assert history(resumed)[1:] == history(expected)[1:]
    first = [{k: v for k, v in h[0].items() if v == v} for h in map(history, (resumed, expected))]
    assert first[0] == first[1]
    assert len(list(state.glob("state-*"))) == 1


def test_a_new_process_does_as_this_one(tmp_path):
    assert process(tmp_path, kind="conv4", average=0.8) == 0
    same(load_file(tmp_path / "weights.0"), weights(whole("conv4", average=0.8)))


@pytest.mark.parametrize("average", [None, 0.8])
def test_ctrl_c_keeps_the_state_of_the_last_step(tmp_path, average):
    def on_report(report):
        if report.episode == 8:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        whole("conv4", state=tmp_path, average=average, on_report=on_report)
    assert json.loads((tmp_path / "latest.json").read_text())["episode"] == 8
    resumed = whole("conv4", state=tmp_path, average=average)
    expected = whole("conv4", average=average)
    same(weights(resumed), weights(expected))
    assert history(resumed)[1:] == history(expected)[1:]


@pytest.mark.parametrize("where", ["in the step", "in the averaging", "in the validation"])
def test_ctrl_c_in_the_middle_of_a_step_does_not_keep_half_of_it(tmp_path, monkeypatch, where):
    trainer = trained("conv4", state=tmp_path, average=0.8)
    name, at = {
        "in the step": (trainer.step.optimizer, "step"),
        "in the averaging": (trainer.weights, "follow"),
        "in the validation": (trainer, "_validate"),
    }[where]
    done = getattr(name, at)
    count = iter(range(1, 100))

    def interrupted(*arguments):
        outcome = done(*arguments)
        if next(count) == (2 if where == "in the validation" else 8):
            raise KeyboardInterrupt
        return outcome

    monkeypatch.setattr(name, at, interrupted)
    with pytest.raises(KeyboardInterrupt):
        trainer.run()
    kept = json.loads((tmp_path / "latest.json").read_text())["episode"]
    assert kept == (0 if where == "in the validation" else 5)
    same(weights(whole("conv4", state=tmp_path, average=0.8)), weights(whole("conv4", average=0.8)))


def test_a_run_killed_before_its_first_step_is_validated_once(tmp_path):
    def stop(report):
        if report.episode == 1:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        whole("plain", state=tmp_path, on_report=stop)
    resumed = whole("plain", state=tmp_path)
    assert [note["episode"] for note in history(resumed)] == [0, 5, 10, 12]


def test_a_run_that_was_over_is_over(tmp_path):
    first = whole("plain", state=tmp_path)
    again = whole("plain", state=tmp_path)
    same(weights(again), weights(first))
    assert history(again)[1:] == history(first)[1:]


def test_what_is_kept_is_what_changes(tmp_path):
    trainer = whole("plain", state=tmp_path, average=0.5)
    tensors, facts = checkpoint.load(tmp_path)
    names = {k.partition(".")[2] for k in tensors if k.startswith("now.")}
    assert names == {
        "encoder.map.weight", "encoder.map.bias", "encoder.steps",
        "loss.log_temperature", "loss.log_kappa", "loss.stranger",
    }  # fmt: skip
    assert "now.encoder.frozen" not in tensors
    assert facts["episode"] == 12
    assert int(tensors["mean.encoder.steps"]) == int(tensors["now.encoder.steps"]) == 12
    assert float(trainer.learner.frozen[0]) == 5.0


def damage_cut(folder: Path) -> None:
    file = next(folder.glob("state-*"))
    file.write_bytes(file.read_bytes()[:-7])


def damage_gone(folder: Path) -> None:
    next(folder.glob("state-*")).unlink()


def damage_json(folder: Path) -> None:
    (folder / "latest.json").write_text('{"episode": 5, "ten')


def damage_list(folder: Path) -> None:
    (folder / "latest.json").write_text("[1, 2]")


def damage_fields(folder: Path) -> None:
    facts = json.loads((folder / "latest.json").read_text())
    del facts["settings"]
    (folder / "latest.json").write_text(json.dumps(facts))


def damage_outside(folder: Path) -> None:
    """A name that leads elsewhere is not followed."""
    file = next(folder.glob("state-*"))
    file.rename(folder.parent / "elsewhere.safetensors")
    facts = json.loads((folder / "latest.json").read_text())
    facts["tensors"] = "../elsewhere.safetensors"
    (folder / "latest.json").write_text(json.dumps(facts))


@pytest.mark.parametrize(
    "damage",
    [damage_cut, damage_gone, damage_json, damage_list, damage_fields, damage_outside],
)
def test_a_damaged_state_is_one_clear_error(tmp_path, damage):
    folder = tmp_path / "run"
    whole("plain", state=folder)
    damage(folder)
    with pytest.raises(InputError) as caught:
        whole("plain", state=folder)
    assert str(folder) in caught.value.got
    assert caught.value.expected
    assert "start again" in caught.value.remedy


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"learning_rate": 0.02}, "learning_rate"),
        ({"seed": 4, "episodes": 13}, "episodes, seed"),
        ({"settings": {"encoder": "b", "n_way": (2, 3)}}, "encoder"),
        ({"settings": {"encoder": "a", "n_way": (2, 4)}}, "n_way"),
    ],
)
def test_other_settings_are_refused(tmp_path, changed, named):
    first = {"settings": {"encoder": "a", "n_way": (2, 3)}}
    whole("plain", state=tmp_path, **first)
    trained("plain", state=tmp_path, **first).run()
    with pytest.raises(InputError, match=f"begun with another {named};.*expected.*to fix it"):
        whole("plain", state=tmp_path, **(first | changed))


def test_the_state_of_another_network_is_refused(tmp_path):
    whole("plain", state=tmp_path)
    with pytest.raises(InputError, match=r"other weights.*expected.*to fix it"):
        whole("conv4", state=tmp_path)
    file = next(tmp_path.glob("state-*"))
    tensors = load_file(file)
    tensors["best.encoder.map.bias"] = tensors["best.encoder.map.bias"][:1].clone()
    save_file(tensors, file)
    with pytest.raises(InputError, match="other weights"):
        whole("plain", state=tmp_path)


def test_a_state_that_could_not_be_written_leaves_the_one_before(tmp_path, monkeypatch):
    checkpoint.save(tmp_path, {"a": torch.ones(2)}, FACTS | {"episode": 1})
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        checkpoint.save(tmp_path, {"a": torch.zeros(2)}, FACTS | {"episode": 2})
    monkeypatch.undo()
    tensors, facts = checkpoint.load(tmp_path)
    assert facts["episode"] == 1
    assert tensors["a"].tolist() == [1, 1]
    assert checkpoint.load(tmp_path / "none") is None
    checkpoint.save(tmp_path, {"a": torch.zeros(2)}, FACTS | {"episode": 3})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["latest.json", "state-3.safetensors"]


FACTS = {"settings": {}, "history": []}


def test_states_are_copies_of_shared_and_turned_tensors(tmp_path):
    base = torch.arange(12.0).reshape(3, 4)
    state = {"a": base, "b": base[1], "c": base.T, "d": torch.tensor(3)}
    checkpoint.save(tmp_path, state, FACTS | {"episode": 0})
    tensors, _ = checkpoint.load(tmp_path)
    assert all(np.array_equal(tensors[k], state[k]) for k in state)

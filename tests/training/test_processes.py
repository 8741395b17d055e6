"""Training shared out over two processes is training in one."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import torch
import training_tools as tools
from safetensors.torch import load_file
from training_tools import history, trained, weights

from protolabel.errors import InputError
from protolabel.training.loop.distributed import Processes

pytestmark = pytest.mark.slow

RUNS = {
    "conv4, even": {"kind": "conv4", "episodes_per_step": 2, "average": 0.8},
    "conv4, uneven": {"kind": "conv4", "episodes_per_step": 3},
    "conv4, one stands idle": {"kind": "conv4", "episodes_per_step": 1, "episodes": 6},
    "descriptions now and then": {"kind": "plain", "episodes_per_step": 2, "episodes": 24},
    "until patience ends it": {
        "kind": "plain", "episodes_per_step": 2, "episodes": 400, "patience": 2,
        "learning_rate": 0.5, "validate_every": 4,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All runs in two processes, once."""
    path = tmp_path_factory.mktemp("two")
    runs = [
        settings | {"out": str(path / str(i)), "state": str(path / f"{i}.run")}
        for i, settings in enumerate(RUNS.values())
    ]
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*start, tools.__file__, json.dumps(runs)], capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return path


@pytest.mark.parametrize("name", RUNS)
def test_two_processes_are_one(folder, name):
    number = list(RUNS).index(name)
    alone = trained(**RUNS[name])
    alone.run()
    expected = weights(alone)
    for rank in (0, 1):
        tensors = load_file(folder / f"{number}.{rank}")
        assert tensors.keys() == expected.keys()
        for key, value in expected.items():
            if key == "encoder.steps":  # each process counts its own
                continue
            torch.testing.assert_close(tensors[key], value, atol=1e-5, rtol=1e-5, msg=key)
    ours = history(alone)
    theirs = json.loads((folder / f"{number}.0.json").read_text())
    assert [n["episode"] for n in theirs] == [n["episode"] for n in ours]
    for a, b in zip(theirs[1:], ours[1:], strict=True):
        # Rounding grows a thousandfold in a dozen steps (1e-13 in float64); what is not shared
        # out, an episode or a batch statistic, is seen in the second digit.
        assert a["loss"] == pytest.approx(b["loss"], abs=1e-3)
        assert a["accuracy"] == pytest.approx(b["accuracy"], abs=1e-6)
    if name.startswith("until"):
        assert 8 <= alone.state.facts.episode < 400


def test_processes_hold_the_same_weights(folder):
    for number in range(len(RUNS)):
        a, b = (load_file(folder / f"{number}.{rank}") for rank in (0, 1))
        assert all(torch.equal(a[k], b[k]) for k in a)


def test_one_process_keeps_the_state(folder):
    for number in range(len(RUNS)):
        assert len(list((folder / f"{number}.run").iterdir())) == 2


def test_one_process_needs_no_others(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    processes = Processes.join()
    assert (processes.rank, processes.size, processes.leads) == (0, 1, True)
    assert processes.from_leader([1.5, float("inf")]) == [1.5, float("inf")]
    assert processes.agree(3)
    tensor = torch.ones(2)
    processes.add([tensor])
    assert tensor.tolist() == [1, 1]
    processes.leave()


class Follower(Processes):
    """A second process whose first has resumed from elsewhere."""

    def agree(self, value: int) -> bool:
        return False


def test_processes_that_see_different_states_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"do not see the same state.*expected.*to fix it"):
        trained("plain", state=tmp_path, processes=Follower()).run()


def test_one_process_reports(tmp_path):
    reports = []
    trainer = trained("plain", on_report=reports.append, processes=Processes(rank=1, size=1))
    trainer.run()
    assert reports == []

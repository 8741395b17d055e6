"""Small learners and pasts for the tests of training; run as a script, a process that trains.

``python training_tools.py '[{"kind": ..., "out": FILE, ...}]'`` trains as :func:`trained` does, run
after run, and writes what came of each: for runs that are killed, and for several processes.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

from protolabel.episodes.sampler import Sampler
from protolabel.episodes.scenario import Scenario
from protolabel.training import Network, RunOptions, SplitPlan, train
from protolabel.training.learners.base import Learner
from protolabel.training.learners.conv4 import Conv4
from protolabel.training.learners.linear_map import LinearMap
from protolabel.training.loop.distributed import Processes
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.recipe import Recipe
from protolabel.training.loop.trainer import RunContext, Trainer
from protolabel.training.loop.validation import TaskData

torch.set_num_threads(1)


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """Rows of length one."""
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class MapOverVectors(LinearMap):
    """A map over vectors that are given: the encoder is not asked."""

    def prepare(self, documents):
        return torch.from_numpy(documents)


class Plain(Learner):
    """A linear map of vectors with dropout: the least that can be trained."""

    def __init__(self, d: int = 6, dropout: float = 0.2) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.map = nn.Linear(d, d)
        self.frozen = nn.Parameter(torch.full((3,), 5.0), requires_grad=False)
        self.steps: torch.Tensor
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))
        self.dim, self._dropout = d, dropout
        self.embedded: list[np.ndarray] = []

    def prepare(self, documents):
        return torch.from_numpy(np.asarray(documents, np.float32))

    def embed(self, prepared, rows, generator):
        self.embedded.append(rows)
        x = prepared[torch.from_numpy(rows)].to(self.device)
        if generator is not None:
            x = functional.dropout(x, self._dropout)
            self.steps += 1
        return self.map(x)

    def write(self, folder: Path) -> None:
        save_file(self.state_dict(), folder / "weights.safetensors")


def vectors(n_classes: int = 12, each: int = 8, d: int = 6, seed: int = 0, noise: float = 0.8):
    """Labelled vectors, and words for each class after them."""
    rng = np.random.default_rng(seed)
    middle = rng.normal(size=(n_classes, d))
    labels = np.repeat(np.arange(n_classes), each)
    x = middle[labels] + noise * rng.normal(size=(len(labels), d))
    words = middle + noise / 2 * rng.normal(size=(n_classes, d))
    return np.concatenate([x, words]).astype(np.float32), labels


def pictures(n_classes: int = 10, each: int = 6, size: int = 16, seed: int = 0):
    """Labelled drawings, (n, size, size) uint8, ink 255: blots of each class, shifted a little."""
    rng = np.random.default_rng(seed)
    images = []
    for _ in range(n_classes):
        blots = (rng.random((size - 4, size - 4)) < 0.25) * 255
        for _ in range(each):
            at = rng.integers(0, 5, 2)
            images.append(np.roll(np.pad(blots, (0, 4)), at, (0, 1)))
    return np.array(images, np.uint8), np.repeat(np.arange(n_classes), each)


def task(learner: Learner, x, labels, scenario: Scenario, *, valid: bool = True) -> TaskData:
    """The last third of the classes validates."""
    n = int(labels.max()) + 1
    cut = n - n // 3 if valid else n
    samplers = [Sampler(labels, scenario, classes=c) for c in (range(cut), range(cut, n)) if len(c)]
    return TaskData(learner.prepare(x), len(labels), *samplers)


SCENARIO = Scenario(3, (1, 3), 2, described=0.4, n_strangers=1)


def trained(
    kind: str,
    *,
    state: str | Path | None = None,
    on_report=None,
    processes: Processes | None = None,
    settings=None,
    **recipe,
):
    """Train a tiny learner: the trainer, not yet run.

    ``kind``: "plain" (with descriptions and strangers, dropout) or "conv4" (batch norm).
    ``recipe``: fields of ``Recipe`` that differ from those here.
    """
    settings_of = {
        "episodes": 12, "episodes_per_step": 1, "average": None, "seed": 3,
        "validate_every": 5, "n_validation": 4, "learning_rate": 0.01, "head_rate": 0.02,
        "weight_decay": 0.1,
    } | recipe  # fmt: skip
    learner: Learner
    if kind == "plain":
        learner, metric = Plain(), "cosine"
        data = task(learner, *vectors(), SCENARIO)
    else:
        torch.manual_seed(0)
        learner, metric = Conv4(image_size=16, width=4), "euclidean"
        data = task(learner, *pictures(), Scenario(3, 2, 2))
    return Trainer(
        learner, EpisodeLoss(metric), [data], Recipe(**settings_of),
        context=RunContext(
            processes or Processes(), Path(state) if state else None, settings or {}, on_report
        ),
    )  # fmt: skip


def train_flat(pasts, out, *, only_if_better: bool = False, **settings):
    """Call ``train`` with the fields of its records as keywords; it writes what it learned."""

    def taken(record):
        names = [field.name for field in fields(record)]
        return record(**{name: settings.pop(name) for name in names if name in settings})

    options = replace(taken(RunOptions), only_if_better=only_if_better)
    return train(
        pasts, out, network=taken(Network), split=taken(SplitPlan), options=options, **settings
    )


def weights(trainer: Trainer) -> dict[str, torch.Tensor]:
    """All that was learned, and the statistics."""
    parts = {"encoder": trainer.learner, "loss": trainer.loss}
    tensors = {f"{p}.{k}": v for p, m in parts.items() for k, v in m.state_dict().items()}
    return {k: v.clone(memory_format=torch.contiguous_format) for k, v in tensors.items()}


def history(trainer: Trainer) -> list[dict[str, float]]:
    """What the run noted, but for the time."""
    notes = trainer.state.facts.history
    return [{k: v for k, v in note.items() if k != "elapsed"} for note in notes]


def _run(settings: dict, processes: Processes) -> None:
    out, kill_at, killer = (
        settings.pop("out"),
        settings.pop("kill_at", None),
        settings.pop("killer", ""),
    )

    def on_report(report):
        if report.episode == kill_at and report.validation is None:
            if killer == "keep":  # in the middle of writing the next state
                replace = os.replace

                def half(source, target):
                    if str(target).endswith("latest.json"):
                        os.kill(os.getpid(), signal.SIGKILL)
                    replace(source, target)

                os.replace = half  # type: ignore[assignment]
            else:
                os.kill(os.getpid(), signal.SIGKILL)

    trainer = trained(on_report=on_report, processes=processes, **settings)
    trainer.run()
    save_file(weights(trainer), f"{out}.{processes.rank}")
    Path(f"{out}.{processes.rank}.json").write_text(json.dumps(history(trainer)), encoding="utf-8")


if __name__ == "__main__":
    with Processes.joined() as joined:
        for one in json.loads(sys.argv[1]):
            _run(one, joined)

"""The loop: episodes are drawn, answered and learned from; the best weights are kept.

Snell et al. 2017, algorithm 1, a step at a time, over one process or several. All randomness of an
episode follows from the seed and the episode's number, so that a run that was killed and resumed,
or was shared out over processes, is the run that was not. It knows no documents and no networks:
those are the learner's.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from protolabel.episodes.sampler import Episode, Mixture, generator_of
from protolabel.errors import InputError
from protolabel.evaluation.episodic import Accuracy
from protolabel.training.learners.base import Learner
from protolabel.training.loop import checkpoint
from protolabel.training.loop.distributed import World
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.memory import keep_freed_memory
from protolabel.training.loop.recipe import Recipe
from protolabel.training.loop.reports import Judge, Judged, Outcome, Report, Watch
from protolabel.training.loop.validation import TaskData, validated
from protolabel.training.loop.weights import Weights

TRAINING = 1  # the stream of a seed that training episodes come from


class Trainer:
    """Trains a learner; afterwards the learner holds the best weights.

    ``folder``: where the run's state is kept, to resume from; none is kept where it is None.
    ``settings``: what else, beside the recipe, a run must have been begun with to be resumed.
    """

    def __init__(
        self,
        learner: Learner,
        loss: EpisodeLoss,
        data: Sequence[TaskData],
        recipe: Recipe,
        *,
        world: World | None = None,
        folder: Path | None = None,
        settings: Mapping[str, Any] | None = None,
        watch: Watch | None = None,
        judge: Judge | None = None,
    ) -> None:
        self._world = world or World()
        self._device = self._world.device()
        self._learner, self._loss = learner.to(self._device), loss.to(self._device)
        self._weights = Weights(self._learner, self._loss)
        self._data, self._recipe, self._folder = data, recipe, folder
        self._watch = watch if watch and self._world.leads else lambda report: None
        self._settings = json.loads(json.dumps(asdict(recipe) | dict(settings or {})))
        if judge is None and any(d.valid is not None for d in data):
            judge = self._by_episodes
        self._judge = judge
        self._train = Mixture([d.train for d in data], [d.weight for d in data])
        self._optimizer = torch.optim.AdamW(
            [
                {"params": self._weights.trained(), "lr": recipe.learning_rate},
                {
                    "params": [p for p in loss.parameters() if p.requires_grad],
                    "lr": recipe.head_rate,
                    "weight_decay": 0.0,
                },
            ],
            weight_decay=recipe.weight_decay,
        )
        self._rates = [group["lr"] for group in self._optimizer.param_groups]
        self._mean = self._weights.copied() if recipe.average else {}
        self._best = self._weights.copied()
        self._facts: dict[str, Any] = {
            "episode": 0, "elapsed": 0.0, "rate": 0.0, "losses": [], "history": [], "stale": 0,
        }  # fmt: skip
        self._whole = True  # whether the state is that of the end of a step

    def run(self, until: int | None = None) -> Outcome:
        """Train until the recipe ends it, or at episode ``until`` of it.

        Raises what interrupts it, with the state kept.
        """
        self._until = until if until is not None else self._recipe.episodes
        keep_freed_memory()
        facts = self._facts
        self._resume()
        started = time.monotonic() - facts["elapsed"]
        if not facts["history"]:
            self._validate(self._report())
            self._keep()
        try:
            self._loop(started)
        except KeyboardInterrupt:
            if self._whole:  # else the state kept before is the newest that can be resumed
                facts["elapsed"] = time.monotonic() - started
                self._keep()
            raise
        self._weights.take(self._best)
        self._learner.eval()
        return self._outcome()

    def _loop(self, started: float) -> None:
        recipe, facts = self._recipe, self._facts
        while True:
            elapsed, over = self._world.told([time.monotonic() - started, self._over()])
            share = recipe.share(facts["episode"], elapsed)
            if share >= 1 or over or facts["episode"] >= self._until:
                break
            facts["rate"] = recipe.rate(facts["episode"], elapsed)
            facts["losses"].append(self._step(facts["rate"]))
            before, facts["episode"] = facts["episode"], facts["episode"] + recipe.episodes_per_step
            facts["elapsed"] = time.monotonic() - started
            due = facts["episode"] // recipe.validate_every > before // recipe.validate_every
            self._whole = not due
            self._watch(self._report())
            if due:
                self._validate(self._report())
                self._keep()
            self._whole = True
        if facts["losses"]:
            self._validate(self._report())
            self._keep()

    def _report(self) -> Report:
        facts, episodes = self._facts, self._recipe.episodes
        loss, right = np.mean(facts["losses"], axis=0) if facts["losses"] else (np.nan, np.nan)
        share = self._recipe.share(facts["episode"], facts["elapsed"])
        return Report(
            facts["episode"], episodes, share, facts["elapsed"], float(loss), float(right),
            facts["rate"], best=facts.get("best"),
        )  # fmt: skip

    def _over(self) -> float:
        return float(self._facts["stale"] >= self._recipe.patience)

    def _step(self, rate: float) -> tuple[float, float]:
        """One step of the optimiser: this process's share of the episodes, then the sum of all."""
        recipe, world = self._recipe, self._world
        self._learner.train()
        numbers = range(world.rank, recipe.episodes_per_step, world.size)
        total = torch.zeros(2, device=self._device)
        self._optimizer.zero_grad(set_to_none=True)
        for number in numbers:
            index = self._facts["episode"] + number
            rng = generator_of(recipe.seed, TRAINING, index)
            seed = int(rng.integers(2**31))
            torch.manual_seed(seed)  # dropout
            loss, right = self._answer(self._train.draw(rng), torch.Generator().manual_seed(seed))
            (loss / recipe.episodes_per_step).backward()  # type: ignore[no-untyped-call]
            total += torch.tensor([float(loss.detach()), right], device=self._device)
        self._share(total)
        for group, first in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = first * rate
        torch.nn.utils.clip_grad_norm_(self._weights.trained(), recipe.clip)
        self._optimizer.step()
        if self._mean:
            step = self._facts["episode"] // recipe.episodes_per_step + 1
            self._weights.follow(self._mean, step, recipe.average or 0.0)
        mean = total / recipe.episodes_per_step
        return float(mean[0]), float(mean[1])

    def _share(self, total: Tensor) -> None:
        """Sum gradients, batch statistics and figures over all processes.

        What no episode of the step needed has a gradient of zero, in one process as in several:
        the optimiser treats it as any other.
        """
        world, recipe = self._world, self._recipe
        parameters = [p for group in self._optimizer.param_groups for p in group["params"]]
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        world.add([p.grad for p in parameters if p.grad is not None])
        world.add([total])
        sums = self._learner.statistics()
        self._whole = False
        if sums is not None:
            world.add([sums])
            self._learner.take_statistics(sums / recipe.episodes_per_step)

    def _answer(self, episode: Episode, generator: torch.Generator) -> tuple[Tensor, float]:
        data = self._data[episode.dataset]
        parts = [episode.support, episode.query]
        if episode.described:
            parts.append(data.n + episode.classes)
        embedded = self._learner.embed(data.prepared, np.concatenate(parts), generator)
        sizes = [len(part) for part in parts]
        support, queries, *words = torch.split(embedded, sizes)
        answer = self._loss.in_turns if self._recipe.turns else self._loss
        result: tuple[Tensor, float] = answer(
            episode, support, queries, words[0] if words else None
        )
        return result

    # -- validation -------------------------------------------------------------------------

    def _validate(self, report: Report) -> None:
        """Answer the validation episodes; note how, and keep the weights if they are the best."""
        facts, found = self._facts, None
        if self._world.leads and self._judge is not None:
            kept = self._weights.copied() if self._mean else {}
            self._weights.take(self._mean)
            found = self._judge(self._learner, self._loss)
            self._weights.take(kept)
        seen = found.accuracy if found else None
        score = self._world.told([found.score if found else float("nan")])[0]
        note = {"episode": report.episode, "elapsed": report.elapsed, "loss": report.loss,
                "accuracy": report.accuracy, "rate": report.rate, "score": score}  # fmt: skip
        if seen is not None:
            note |= {"validation": seen.mean, "interval": seen.interval, "n": seen.n}
        facts["history"].append(note)
        if np.isnan(score) or score > facts.get("best_score", -np.inf):
            self._best = {k: v.clone() for k, v in (self._mean or self._weights.copied()).items()}
            facts["best_episode"], facts["stale"] = report.episode, 0
            if not np.isnan(score):
                facts["best_score"] = score
            if seen is not None:
                facts["best"] = seen.mean
        else:
            facts["stale"] += 1
        facts["losses"] = []
        self._watch(replace(report, validation=seen, best=facts.get("best")))

    def _by_episodes(self, learner: Learner, loss: EpisodeLoss) -> Judged:
        found = validated(learner, loss, self._data, self._recipe)
        return Judged(found.mean, found)

    # -- state ------------------------------------------------------------------------------

    def _keep(self) -> None:
        if self._folder is None or not self._world.leads:
            return
        tensors = {f"now.{k}": v for k, v in self._weights.learned().items()}
        tensors |= {f"best.{k}": v for k, v in self._best.items()}
        tensors |= {f"mean.{k}": v for k, v in self._mean.items()}
        tensors |= checkpoint.optimizer_tensors(self._optimizer)
        checkpoint.save(self._folder, tensors, self._facts | {"settings": self._settings})

    def _resume(self) -> None:
        """Take up the state in the folder, in every process; raises InputError for another's."""
        found = checkpoint.load(self._folder) if self._folder is not None else None
        if found is not None:
            self._take_up(*found)
        if not self._world.agree(self._facts["episode"]):
            raise InputError(
                f"processes that do not see the same state in {self._folder}",
                expected="one folder for all of them",
                remedy="put --out on a disk that they share",
            )

    def _take_up(self, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
        kept = facts["settings"]
        differing = sorted(k for k, v in self._settings.items() if v != kept.get(k))
        if differing:
            raise InputError(
                f"the run in {self._folder} was begun with another {', '.join(differing)}",
                expected="the settings that it was begun with",
                remedy="give those, name another --out, or delete that folder to begin anew",
            )
        shapes = {name: tensor.shape for name, tensor in self._weights.learned().items()}
        for part in ("now", "best", *(["mean"] if self._mean else [])):
            own = {k: tensors.get(f"{part}.{k}") for k in shapes}
            if any(t is None or t.shape != shapes[k] for k, t in own.items()):
                raise InputError(
                    f"the run in {self._folder} holds other weights than are to be trained",
                    expected="the state of this encoder",
                    remedy="name another --out, or delete that folder to begin anew",
                )
            weights = {k: t.to(self._device) for k, t in own.items() if t is not None}
            if part == "now":
                self._weights.take(weights)
            elif part == "best":
                self._best = weights
            else:
                self._mean = weights
        checkpoint.restore_optimizer(self._optimizer, tensors)
        self._facts.update({k: v for k, v in facts.items() if k not in ("settings", "tensors")})

    def _outcome(self) -> Outcome:
        facts = self._facts
        notes = [n for n in facts["history"] if "validation" in n]

        def seen(note: dict[str, float]) -> Accuracy:
            return Accuracy(note["validation"], note["interval"], int(note["n"]))

        best = [n for n in notes if n["episode"] == facts["best_episode"]]
        return Outcome(
            facts["episode"],
            facts["elapsed"],
            seen(notes[0]) if notes else None,
            seen(best[-1]) if best else None,
            facts["best_episode"],
            self._loss.kappa,
            self._loss.temperature,
            facts["history"],
        )

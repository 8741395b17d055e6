"""The loop: a step at a time, validation now and then; the best weights are kept.

It knows no documents and no networks: those are the learner's. A run that was killed and resumed
gives the same result as one that was not, since all randomness of an episode follows from the seed
and its number.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from protolabel.errors import InputError, TrainingError
from protolabel.evaluation.episodic import Accuracy
from protolabel.training.learners.base import Learner
from protolabel.training.loop.distributed import Processes
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.memory import keep_freed_memory
from protolabel.training.loop.recipe import Recipe
from protolabel.training.loop.reports import Judge, Judgement, OnReport, Outcome, Report
from protolabel.training.loop.run_state import RunState, as_stored
from protolabel.training.loop.training_step import TrainingStep
from protolabel.training.loop.validation import TaskData, validated
from protolabel.training.loop.weights import Weights
from protolabel.words.quantity import quantity


@dataclass(frozen=True)
class RunContext:
    """Where and how a run takes place.

    ``processes``: those that share the run. ``folder``: where its state is kept; None keeps none.
    ``settings``: what, beside the recipe, a run must have been begun with to be resumed.
    """

    processes: Processes = field(default_factory=Processes)
    folder: Path | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    on_report: OnReport | None = None


class Trainer:
    """Trains a learner; afterwards the learner holds the best weights.

    ``judge``: says what held-out data think of the weights; by default, validation episodes where
    the data have some.
    """

    def __init__(
        self,
        learner: Learner,
        loss: EpisodeLoss,
        data: Sequence[TaskData],
        recipe: Recipe,
        *,
        context: RunContext | None = None,
        judge: Judge | None = None,
    ) -> None:
        context = context or RunContext()
        self._processes, self._folder = context.processes, context.folder
        device = self._processes.device()
        self.learner, self.loss = learner.to(device), loss.to(device)
        self.data, self.recipe = data, recipe
        on_report = context.on_report if self._processes.leads else None
        self._on_report: OnReport = on_report or (lambda report: None)
        self._settings = as_stored(asdict(recipe) | dict(context.settings))
        if judge is None and any(one.valid is not None for one in data):
            judge = self._by_episodes
        self._judge = judge
        self.weights = Weights(self.learner, self.loss)
        self.step = TrainingStep(self.learner, self.loss, data, recipe, self._processes)
        self.state = RunState(
            self.weights, self.step.optimizer, averages=recipe.average is not None
        )

    def run(self, until: int | None = None) -> Outcome:
        """Train until the recipe ends it, or at episode ``until`` of it.

        Raises:
            TrainingError: a loss, a gradient or a score is not finite.
            InputError: the folder holds the state of another run, or a damaged one.
            KeyboardInterrupt: it was interrupted; the state is kept.
        """
        keep_freed_memory()
        self._resume()
        state = self.state
        started = time.monotonic() - state.facts.elapsed
        if not state.facts.history:
            self._validate()
            self._keep()
        try:
            self._loop(started, self.recipe.episodes if until is None else until)
        except KeyboardInterrupt:
            if state.between_steps:  # else the newest state that can be resumed is the stored one
                state.facts.elapsed = time.monotonic() - started
                self._keep()
            raise
        self.weights.take(state.best)
        self.learner.eval()
        return self._outcome()

    def _loop(self, started: float, until: int) -> None:
        recipe, state, facts = self.recipe, self.state, self.state.facts
        while True:
            ended = float(bool(self._ending()))
            elapsed, ended = self._processes.from_leader([time.monotonic() - started, ended])
            if recipe.share(facts.episode, elapsed) >= 1 or ended or facts.episode >= until:
                break
            facts.rate = recipe.rate(facts.episode, elapsed)
            losses = self.step.gradients(facts.episode)
            state.between_steps = False
            self.step.apply(facts.rate)
            if state.mean:
                number = facts.episode // recipe.episodes_per_step + 1
                self.weights.follow(state.mean, number, recipe.average or 0.0)
            facts.losses.append(losses)
            before, facts.episode = facts.episode, facts.episode + recipe.episodes_per_step
            facts.elapsed = time.monotonic() - started
            due = facts.episode // recipe.validate_every > before // recipe.validate_every
            state.between_steps = not due
            self._on_report(self._report())
            if due:
                self._validate()
                self._keep()
            state.between_steps = True
        if facts.losses:
            self._validate()
            self._keep()

    def _report(self) -> Report:
        facts, recipe = self.state.facts, self.recipe
        loss, right = np.mean(facts.losses, axis=0) if facts.losses else (np.nan, np.nan)
        share = recipe.share(facts.episode, facts.elapsed)
        return Report(
            facts.episode, recipe.episodes_in_steps, share, facts.elapsed, float(loss),
            float(right), facts.rate, best=facts.best,
        )  # fmt: skip

    def _validate(self) -> None:
        """Let the judge look at the weights, or at their running mean where there is one."""
        state, report = self.state, self._report()
        judgement = None
        if self._processes.leads and self._judge is not None:
            current = self.weights.copied() if state.mean else {}
            self.weights.take(state.mean)
            judgement = self._judge(self.learner, self.loss)
            self.weights.take(current)
        score = judgement.score if judgement else float("nan")
        (score,) = self._processes.from_leader([score])
        judged = judgement is not None or (self._judge is not None and self._processes.size > 1)
        if judged and not np.isfinite(score):
            raise TrainingError(
                f"the validation after episode {report.episode} gave a score that is not finite",
                expected="finite numbers",
                remedy="lower the learning rate (learning_rate=), and train again",
            )
        note = {"episode": report.episode, "elapsed": report.elapsed, "loss": report.loss,
                "accuracy": report.accuracy, "rate": report.rate, "score": score}  # fmt: skip
        state.note(note, judgement)
        accuracy = judgement.accuracy if judgement else None
        self._on_report(replace(report, validation=accuracy, best=state.facts.best))

    def _by_episodes(self, learner: Learner, loss: EpisodeLoss) -> Judgement:
        accuracy = validated(learner, loss, self.data, self.recipe)
        return Judgement(accuracy.mean, accuracy, highest=1.0)

    def _ending(self) -> str:
        """Return why there is no point in learning more, in words; empty where there may be."""
        facts = self.state.facts
        if facts.highest:
            return "its validation is at 100 %, which nothing exceeds"
        if facts.stale >= self.recipe.patience:
            return f"{quantity(facts.stale, 'validation')} in a row brought nothing better"
        return ""

    def _keep(self) -> None:
        if self._folder is not None and self._processes.leads:
            self.state.save(self._folder, self._settings)

    def _resume(self) -> None:
        """Take up the state in the folder, in every process."""
        if self._folder is not None:
            self.state.resume(self._folder, self._settings)
        if not self._processes.agree(self.state.facts.episode):
            raise InputError(
                f"processes that do not see the same state in {self._folder}",
                expected="one folder for all of them",
                remedy="put out= on a disk that they share",
            )

    def _outcome(self) -> Outcome:
        facts = self.state.facts
        notes = [note for note in facts.history if "validation" in note]
        best = [note for note in notes if note["episode"] == facts.best_episode]
        return Outcome(
            facts.episode,
            facts.elapsed,
            _accuracy(notes[0]) if notes else None,
            _accuracy(best[-1]) if best else None,
            facts.best_episode,
            self.loss.kappa,
            self.loss.temperature,
            facts.history,
            self._ending() if facts.episode < self.recipe.episodes else "",
        )


def _accuracy(note: Mapping[str, float]) -> Accuracy:
    """Return the validation that stands in a note of the history."""
    return Accuracy(note["validation"], note["interval"], int(note["n"]))

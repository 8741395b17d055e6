"""From a labelled past to an encoder's folder: what ``protolabel train`` does. The composition.

Checks, learns, judges, writes. The loop is :mod:`protolabel.training.loop`'s, the networks are the
learners', and what can be wrong with the documents is found in :mod:`protolabel.training.plan`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from protolabel.arguments import require_flag, require_path, require_strings
from protolabel.encoders.image.pixels import arrays
from protolabel.encoders.provenance import CLASSES
from protolabel.errors import ImageError, InputError
from protolabel.training.checked_arguments import require_pasts, require_setting
from protolabel.training.data.class_split import SplitPlan
from protolabel.training.data.past import Past, digest_of
from protolabel.training.data.pseudo_classes import pool_data
from protolabel.training.data.regrouping import Grouping, grouped
from protolabel.training.data.samplers import ScenarioChoice
from protolabel.training.gain import Gain, paired_gain
from protolabel.training.learners.base import Learner
from protolabel.training.learners.linear_map import LinearMap
from protolabel.training.loop import checkpoint
from protolabel.training.loop.distributed import Processes
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.recipe import Recipe
from protolabel.training.loop.reports import OnReport, Outcome, Report
from protolabel.training.loop.trainer import RunContext, Trainer
from protolabel.training.loop.validation import episode_answers
from protolabel.training.network import Network
from protolabel.training.outcome import Trained, write_encoder
from protolabel.training.output_folder import locked, require_outputs, state_folder
from protolabel.training.plan import TrainingPlan, planned


@dataclass(frozen=True)
class RunOptions:
    """How a run reports and what it may write.

    ``only_if_better``: write the encoder only where it is better than the one it began with, beyond
    chance. ``overwrite``: replace the encoder at ``out``. ``on_report``: is called with a report
    after each step and validation. ``log``: a folder for TensorBoard.
    """

    only_if_better: bool = True
    overwrite: bool = False
    on_report: OnReport | None = None
    log: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what is no such option, with an InputError."""
        require_flag(self.only_if_better, "only_if_better")
        require_flag(self.overwrite, "overwrite")
        if self.on_report is not None and not callable(self.on_report):
            raise InputError(
                f"on_report: a value of type {type(self.on_report).__name__}",
                expected="a function of a report",
            )
        if self.log is not None:
            object.__setattr__(self, "log", Path(require_path(self.log, "log")))


def train(
    pasts: Past | Sequence[Past],
    out: str | Path,
    *,
    unlabelled: Sequence[str] = (),
    network: Network | None = None,
    scenario: ScenarioChoice = None,
    recipe: Recipe | None = None,
    split: SplitPlan | None = None,
    options: RunOptions | None = None,
) -> Trained:
    """Train an encoder for new classes on a labelled past, and write it to ``out``.

    The state of the run is kept in ``out`` + ".run". A run that was killed goes on from there when
    it is called again with the same arguments. The state is deleted when ``out`` is whole.

    Args:
        pasts: labelled documents, of one data set or several. May be empty beside ``unlabelled``.
        out: the folder to write.
        unlabelled: texts of the stream to come, whose groups serve as classes in some episodes
            (:mod:`protolabel.training.data.pseudo_classes`). Without a past, nothing can say
            whether learning helps.
        network: what learns; the text encoder itself, or Conv4 for images, where it is None.
        scenario: what episodes are like. A mapping fixes some fields of :class:`Scenario`; the
            others, and all where it is None, follow from the data.
        recipe: learning rate, length and seed; by default that of the network's kind.
        split: which classes are chosen on and reported on.
        options: what may be written, and who gets reports.

    Returns:
        What came of it. ``folder`` is None where the encoder is not better, beyond chance, than the
        one it began with: nothing is written then, and the state of the run is kept, so that the
        same call with ``only_if_better=False`` writes it at once.

    Raises:
        InputError: documents, split, scenario or recipe cannot be used; ``out`` exists already;
            another run is writing it. Nothing has been trained.
        EncoderError: the encoder to begin with cannot be used.
        TrainingError: a loss, a gradient or a weight is not finite. Nothing is written.
    """
    options = require_setting(RunOptions() if options is None else options, RunOptions, "options")
    past_list, out = require_pasts(pasts), Path(require_path(out, "out"))
    network = require_setting(Network() if network is None else network, Network, "network")
    split = require_setting(SplitPlan() if split is None else split, SplitPlan, "split")
    if recipe is not None:
        require_setting(recipe, Recipe, "recipe")
    require_outputs(out, overwrite=options.overwrite, log=options.log)
    texts = require_strings(unlabelled, "unlabelled")
    plan = planned(past_list, texts, network, split, scenario=scenario, recipe=recipe)
    with Processes.joined() as processes, _one_run(out, processes):
        return _Run(plan, out, options, processes).trained()


class _Run:
    """One run of :func:`train`, in one of its processes."""

    def __init__(
        self, plan: TrainingPlan, out: Path, options: RunOptions, processes: Processes
    ) -> None:
        self._plan, self._out, self._options, self._processes = plan, out, options, processes
        self._state, self._settings = state_folder(out), plan.settings()

    def trained(self) -> Trained:
        """Learn, judge, and write what is better."""
        plan, recipe = self._plan, self._plan.recipe
        torch.manual_seed(recipe.seed)
        learner = plan.network.learner()
        prepared = [_prepared_rows(learner.prepare, past) for past in plan.pasts]
        sizes = [len(past.documents) for past in plan.pasts]
        shortened = sum(map(learner.shortened, prepared, sizes))
        data = plan.samplers.data(prepared)
        metric = plan.network.metric or "cosine"
        loss = EpisodeLoss(metric, learn_temperature=metric == "cosine")
        groups: list[Any] = []
        if plan.unlabelled:
            groups = self._groups()
            pool = learner.prepare(plan.unlabelled)
            shortened += learner.shortened(pool, len(plan.unlabelled))
            data += pool_data(pool, groups, plan.scenario, data)
        judged_on = plan.samplers.novel(prepared) or [one for one in data if one.valid is not None]
        with ExitStack() as stack:
            log = self._options.log if self._processes.leads else None
            context = RunContext(
                self._processes, self._state, self._settings,
                _with_log(self._options.on_report, log, stack),
            )  # fmt: skip
            trainer = Trainer(learner, loss, data, recipe, context=context)
            before = episode_answers(learner, loss, judged_on, recipe) if judged_on else None
            outcome = trainer.run()
        after = episode_answers(learner, loss, judged_on, recipe) if judged_on else None
        gain = None
        if before and after and plan.network.kind != "conv4":  # which begins at random
            gain = paired_gain(before, after)
        reason, better = self._decision(outcome, gain)
        writes = better or not self._options.only_if_better
        result = Trained(
            self._out if writes else None, outcome,
            plan.names("base"), plan.names("valid"), plan.names("novel"),
            before.accuracy if before else None, after.accuracy if after else None, gain,
            len(plan.unlabelled), [int(group.max()) + 1 for group in groups],
            plan.notes, reason, tuple(plan.samplers.judged_in()) if judged_on else (),
            shortened,
        )  # fmt: skip
        if self._processes.leads:
            self._finish(learner, result)
        return result

    def _decision(self, outcome: Outcome, gain: Gain | None) -> tuple[str, bool]:
        """Return what to tell of the encoder's worth, and whether it is shown to be better."""
        if self._plan.network.kind == "conv4":  # it began at random
            return "", True
        if gain is None:
            return (
                "no labelled classes: nothing shows whether this encoder is better than the one it "
                "began with. Compare the two on labelled documents before you use it",
                True,
            )
        unchanged = outcome.best is not None and outcome.best_episode == 0
        if gain.beyond_chance and not unchanged:
            return "", True
        reason = (
            "no moment was better than the beginning"
            if unchanged
            else "the gain over the encoder it began with is not beyond chance"
        )
        if not self._options.only_if_better:
            return f"not shown to be better: {reason}", False
        if unchanged:
            return f"nothing is written: {reason}", False
        return (
            f"nothing is written: {reason}. More classes to judge by (novel=, valid=) may show "
            "it. To write it all the same, give the same command with only_if_better=False: "
            f"{self._state} keeps what was learned; delete it if you do not",
            False,
        )

    def _finish(self, learner: Learner, result: Trained) -> None:
        """Write the encoder, and delete the state of the run unless it may still be wanted."""
        plan = self._plan
        if result.folder is not None:
            network = plan.network
            facts = asdict(result) | asdict(result.outcome) | {
                "kind": network.kind,
                "encoder": str(network.encoder) if network.kind != "conv4" else None,
                "scenarios": [asdict(scenario) for scenario in plan.samplers.scenarios],
                "recipe": asdict(plan.recipe),
                "unlabelled": {"documents": result.unlabelled, "groups": result.groups},
                CLASSES: {
                    "base": plan.spellings("base"), "valid": plan.spellings("valid"),
                    "novel": plan.spellings("novel"),
                    "earlier": plan.classes_learned_earlier(),
                },
            }  # fmt: skip
            if result.novel:
                facts |= {"novel_before": facts["before"], "novel_after": facts["after"]}
            for name in ("folder", "outcome", "groups", "base", "valid", "novel"):
                del facts[name]
            write_encoder(
                learner, self._out, facts, plan.documents_learned_from(),
                overwrite=self._options.overwrite,
            )  # fmt: skip
        if result.folder is not None or result.outcome.best_episode == 0:
            checkpoint.delete(self._state)

    def _groups(self) -> list[Any]:
        """Return the groups of the unlabelled documents, by partition."""
        plan, folder = self._plan, self._plan.network.folder()
        assert folder is not None  # texts begin with an encoder
        grouping = Grouping(
            plan.unlabelled, plan.scenario, plan.recipe.seed, self._state,
            digest_of([json.dumps(self._settings | {"seed": plan.recipe.seed})]),
        )  # fmt: skip
        return grouped(
            lambda: LinearMap(folder),
            lambda prepare: plan.samplers.data([_prepared_rows(prepare, p) for p in plan.pasts]),
            grouping,
            processes=self._processes,
            on_report=self._options.on_report,
        )


@contextmanager
def _one_run(out: Path, processes: Processes) -> Iterator[None]:
    """Hold the lock on ``out`` in the first process; all fail where that fails."""
    with ExitStack() as stack:
        failure = None
        if processes.leads:
            try:
                stack.enter_context(locked(out))
            except InputError as error:
                failure = error
        (failed,) = processes.from_leader([float(failure is not None)])
        if failed:
            raise failure or InputError(
                "the first of the processes could not begin",
                expected="one run at a time into a folder",
                remedy="read what it says",
            )
        yield


def _prepared_rows(prepare: Callable[[Any], Any], past: Past) -> Any:
    """Return documents prepared, and after them the descriptions of all classes of texts."""
    if past.kind == "image":
        images = [document for document in past.documents if isinstance(document, bytes)]
        try:
            return prepare(arrays(images, size=28, channels=1, background="light"))
        except ImageError as error:
            raise error.about(past.source(error.position)) from error
    return prepare([*(str(document) for document in past.documents), *past.words])


def _with_log(on_report: OnReport | None, log: Path | None, stack: ExitStack) -> OnReport:
    """Return a function that calls ``on_report``, and TensorBoard's where a log is asked for."""
    listeners: list[OnReport] = [on_report] if on_report else []
    if log is not None:
        from protolabel.training.loop.tensorboard import tensorboard_log

        listeners.append(stack.enter_context(tensorboard_log(log)))

    def to_all(report: Report) -> None:
        for one in listeners:
            one(report)

    return to_all

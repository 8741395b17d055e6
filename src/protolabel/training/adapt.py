"""An encoder adapted to one label space's own examples: what ``protolabel adapt`` does.

For a user with no past but the space itself. A quarter of the examples is held out in turn;
episodes are drawn from the others and from the descriptions. The first quarter says for how many
episodes; the others, which chose nothing, say whether that helps. Where it does, the encoder that
is kept learns from all examples for that long. The label space is only read here, and answers
throughout.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.seen_examples import Learned, Pair, measured
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.support import Support
from protolabel.arrays import Floats, unit
from protolabel.encoders import load_encoder
from protolabel.encoders.embedder import check_fingerprint
from protolabel.encoders.locate import locate
from protolabel.errors import InputError
from protolabel.evaluation.episodic import Accuracy, averaged
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.stored_fits import note_of
from protolabel.training.data.own_examples import FOLDS, episodes_of, held_out, past_of_view
from protolabel.training.data.past import Past
from protolabel.training.learners.base import Learner
from protolabel.training.learners.transformer import Transformer
from protolabel.training.loop.distributed import computes_bf16
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.recipe import Recipe
from protolabel.training.loop.reports import Judged, Report, Watch
from protolabel.training.loop.trainer import Trainer
from protolabel.training.loop.validation import TaskData
from protolabel.training.output_folder import refuse_existing
from protolabel.training.train import write_encoder

ONE_SIDED = 1.645 / 1.96  # of a two-sided 95 % interval: its one-sided bound
TEMPERATURE = 0.05  # that learning begins with
TEMPERATURES = tuple(0.02 * 1.25**i for i in range(12))  # that the held-out are judged at

ADAPTING = Recipe(
    episodes=60, learning_rate=5e-5, weight_decay=0.01, warmup=0.1, validate_every=5, patience=2
)


@dataclass(frozen=True)
class Adapted:
    """What adapting came to. ``folder`` is None where it did not measurably help.

    ``before`` and ``after``: accuracy over the held-out examples, all classes at once. ``gain``:
    their mean gain in the probability of the right class, with its 95 % interval; higher is better.
    ``episodes``: how long the encoder that was kept has learned. ``learned``: how much likelier
    than unseen documents it takes the examples to be, which calibration allows for.
    """

    folder: Path | None
    before: Accuracy
    after: Accuracy
    gain: Accuracy
    episodes: int
    seconds: float
    learned: Learned | None = None

    @property
    def helps(self) -> bool:
        """Whether the gain is above zero (one-sided, 95 %), and nothing was lost."""
        sure = self.gain.mean - self.gain.interval * ONE_SIDED > 0
        return sure and self.after.mean >= self.before.mean


def adapt(
    space: LabelSpace,
    out: str | Path,
    *,
    recipe: Recipe = ADAPTING,
    parts: str = "all",
    max_tokens: int = 128,
    encoder: str | Path | None = None,
    watch: Watch | None = None,
    overwrite: bool = False,
) -> Adapted:
    """Adapt a label space's encoder to its own examples and write it to ``out``, if that helps.

    ``encoder``: the folder or name to start from, where the space's own name for it does not
    answer; its vectors must be those of the space, or it is an EncoderMismatchError: what is
    gained is gained over what the space answers with now. Moving the space onto the result is
    :meth:`LabelSpace.reencode`. Raises InputError where there are too few examples to learn from or
    to judge by, or they are not texts, and where ``out`` is the folder of an encoder that the space
    knows, which undo, redo and earlier versions may need.
    """
    out = Path(out)
    known = [e.encoder for e in space.view().rows.encodings() if e.encoder]
    if any(Path(name).resolve() == out.resolve() for name in known):
        raise InputError(
            f"{out} holds an encoder of {space.path}",
            expected="a folder that no version of the label space answers with",
            remedy="name another (--out FOLDER)",
        )
    refuse_existing(out, overwrite=overwrite)
    if space.metric != "cosine":
        raise InputError(f"a label space of metric {space.metric}", expected="cosine")
    view = space.view()
    past = past_of_view(view)
    base = locate(encoder or str(space.info()["encoder"]))
    chosen_on, *judged_on = held_out(past, recipe.seed)
    check_fingerprint(load_encoder(base), space.fingerprint, space.path)
    torch.manual_seed(recipe.seed)
    kappa = space.settings.kappa
    told = _phase(watch, f"1 of {FOLDS + 1}, how long: ")
    trial = _Run(past, base, parts, max_tokens, recipe, kappa, told, chosen_on)
    outcome = trial.trainer.run()
    seconds = outcome.seconds
    if outcome.best_episode == 0:
        same = averaged(answers(trial.scored(trial.learner)[1])[1].tolist())
        return Adapted(None, same, same, averaged([0.0] * same.n), 0, seconds)
    del trial  # each takes as much memory as a training
    firsts, lasts = [], []
    for turn, held in enumerate(judged_on, start=2):  # none of which chose how long
        phase = f"{turn} of {FOLDS + 1}, whether it helps: "
        told = _phase(watch, phase, outcome.best_episode)
        run = _Run(past, base, parts, max_tokens, recipe, kappa, told, held, judges=False)
        firsts.append(run.scored(run.learner))
        seconds += run.trainer.run(until=outcome.best_episode).seconds
        lasts.append(run.scored(run.learner))
        del run
    first, last = (
        np.concatenate([answers(unseen) for _, unseen in pairs], axis=1)
        for pairs in (firsts, lasts)
    )
    before, after = averaged(first[1].tolist()), averaged(last[1].tolist())
    gain = averaged((last[0] - first[0]).tolist())
    learned = measured(firsts, lasts)
    result = Adapted(None, before, after, gain, outcome.best_episode, seconds, learned)
    if not result.helps:
        return result
    told = _phase(watch, f"{FOLDS + 1} of {FOLDS + 1}, all examples: ", outcome.best_episode)
    final = _Run(past, base, parts, max_tokens, recipe, kappa, told, chosen_on[:0], judges=False)
    seconds += final.trainer.run(until=outcome.best_episode).seconds
    facts = {"kind": "adapted", "encoder": str(base), "recipe": asdict(recipe)} | {
        "before": asdict(before), "after": asdict(after), "gain": asdict(gain),
        "episodes": outcome.best_episode, "history": outcome.history,
        "learned": note_of(view.rows, view.version, learned),
    }  # fmt: skip
    write_encoder(final.learner, out, facts, overwrite=overwrite)
    return replace(result, folder=out, seconds=seconds)


def _phase(watch: Watch | None, phase: str, until: int | None = None) -> Watch | None:
    """``watch``, told which run this is and that it ends at episode ``until``."""
    if watch is None:
        return None

    def told(report: Report) -> None:
        if until is not None:
            report = replace(report, episodes=until, share=report.episode / until)
        watch(replace(report, phase=phase))

    return told


class _Run:
    """One training on a space's examples without those that are held out."""

    def __init__(
        self,
        past: Past,
        base: Path,
        parts: str,
        max_tokens: int,
        recipe: Recipe,
        kappa: float,
        watch: Watch | None,
        held: npt.NDArray[np.int64],
        *,
        judges: bool = True,
    ) -> None:
        self._past, self._held, self._kappa = past, held, kappa
        self.learner = Transformer(base, parts=parts, max_tokens=max_tokens, bf16=computes_bf16())
        words = [text or past.names[k] for k, text in enumerate(past.descriptions)]
        self._prepared = self.learner.prepare([*(str(d) for d in past.documents), *words])
        kept = np.setdiff1d(np.arange(len(past.documents)), held)
        self._kept = kept
        self.loss = EpisodeLoss("cosine", temperature=TEMPERATURE, kappa=max(kappa, 0.1))
        data = TaskData(self._prepared, len(past.documents), episodes_of(past, kept))
        self.trainer = Trainer(
            self.learner, self.loss, [data], recipe, watch=watch,
            judge=self.judge if judges else None,
        )  # fmt: skip

    def judge(self, learner: Learner, loss: EpisodeLoss) -> Judged:
        """The mean probability of the held-out examples' right classes, and their accuracy.

        To three decimals: less is no reason to go on.
        """
        likely, right = answers(self.scored(learner)[1])
        return Judged(round(float(likely.mean()), 3), averaged(right.tolist()))

    def scored(self, learner: Learner) -> Pair:
        """Leave-one-out scores of the examples that are learned from, and scores of those held out.

        All classes of the space at once, prototypes by equation 3 from the first.
        """
        past, kept = self._past, self._kept
        rows = np.arange(len(past.documents))
        found = unit(learner.embed_all(self._prepared, rows))
        words = np.zeros((len(past.names), learner.dim), np.float32)
        named = np.flatnonzero(past.described)
        if len(named):
            words[named] = unit(learner.embed_all(self._prepared, len(rows) + named))
        support = Support.of(
            found[kept], past.labels[kept], words, past.described, kappa=self._kappa
        )
        model = LinearModel.of_classes(support.classes, self._kappa, "cosine")
        held = self._held
        scores = model.scores(found[held])
        return simulate(support), Simulation.of_queries(scores, past.labels[held], held)


def answers(held: Simulation) -> Floats:
    """(2, n): of each held-out example, p(right class) and whether it was ranked first.

    At the temperature that suits these vectors best: learning sharpens scores, and a label space
    calibrates its own.
    """
    logs = max((_logs(held.scores, held.labels, t) for t in TEMPERATURES), key=np.mean)
    right = held.scores.argmax(axis=1) == held.labels
    return np.asarray([np.exp(logs), right], np.float32)


def _logs(scores: Floats, labels: npt.NDArray[np.int64], temperature: float) -> Floats:
    """Log p(right class) of each row: (n, K), (n,) -> (n,)."""
    scaled = (scores - scores.max(axis=1, keepdims=True)) / temperature
    logs = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
    return np.asarray(logs[np.arange(len(labels)), labels], np.float32)

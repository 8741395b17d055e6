"""One training on a label space's examples without those that are held out, and their scores.

``adapt`` makes several: to choose the number of episodes, to judge, and to learn from all examples.
This file decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from protolabel.arithmetic.intervals import case_share
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.seen_examples import Pair
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.softmax import log_softmax
from protolabel.arithmetic.support import Support
from protolabel.arrays import Floats, Labels, Positions, unit
from protolabel.copies.descriptions import texts_in_descriptions
from protolabel.training.data.past import Past
from protolabel.training.data.space_examples import episodes_of
from protolabel.training.learners.base import Learner
from protolabel.training.learners.transformer import Tokens, Transformer
from protolabel.training.loop.distributed import computes_bf16
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.recipe import Recipe
from protolabel.training.loop.reports import Judgement, OnReport
from protolabel.training.loop.trainer import RunContext, Trainer
from protolabel.training.loop.validation import TaskData

TEMPERATURES = tuple(0.02 * 1.25**i for i in range(12))  # that the held-out are judged at


@dataclass(frozen=True, eq=False)
class Adaptation:
    """What all runs of one ``adapt`` share: the examples, the encoder to begin with, the recipe.

    ``kappa``: weight of a description, as the label space has it. ``max_tokens``: of an example
    that is learned from; it is judged whole.
    """

    past: Past
    encoder: Path
    parts: str
    max_tokens: int
    recipe: Recipe
    kappa: float


class AdaptationRun:
    """A training on all examples but some. ``judges``: whether those say when it was best."""

    def __init__(
        self,
        adaptation: Adaptation,
        held_out: Positions,
        *,
        judges: bool = False,
        on_report: OnReport | None = None,
    ) -> None:
        past, recipe = adaptation.past, adaptation.recipe
        self._past, self._held_out, self._kappa = past, held_out, adaptation.kappa
        texts = [str(document) for document in past.documents]
        self._in_descriptions = texts_in_descriptions(texts, past.labels, past.words)
        self.learner = Transformer(
            adaptation.encoder,
            parts=adaptation.parts,
            max_tokens=adaptation.max_tokens,
            bf16=computes_bf16(),
        )
        self._prepared = self.learner.prepare([*texts, *past.words])
        self._training_rows = np.setdiff1d(np.arange(len(past.documents)), held_out)
        loss = EpisodeLoss("cosine", kappa=max(self._kappa, 0.1))
        data = TaskData(self._prepared, len(past.documents), episodes_of(past, self._training_rows))
        self.trainer = Trainer(
            self.learner, loss, [data], recipe,
            context=RunContext(on_report=on_report), judge=self.judge if judges else None,
        )  # fmt: skip

    def judge(self, learner: Learner, loss: EpisodeLoss) -> Judgement:
        """Return the mean probability of the held-out examples' right classes, and their accuracy.

        To three decimals: less is no reason to go on. By the tokens that are learned from: the
        moment is chosen many times, and whether the result is kept is judged by :meth:`scored`.
        """
        likely, right = answers(self._scored(learner.embed_all)[1])
        return Judgement(round(float(likely.mean()), 3), case_share(right.tolist()))

    def scored(self, learner: Learner) -> Pair:
        """Return leave-one-out scores of the examples that are learned from, and of those held out.

        All classes of the space at once, prototypes by equation 3 from the first. The vectors are
        those of whole texts, as the label space will have them.
        """
        return self._scored(learner.embed_whole)

    @property
    def shortened(self) -> int:
        """How many examples are learned from by their first tokens alone."""
        return self.learner.shortened(self._prepared, len(self._past.documents))

    def _scored(self, embed: Callable[[Tokens, Positions], Floats]) -> Pair:
        past, training_rows = self._past, self._training_rows
        rows = np.arange(len(past.documents))
        vectors = unit(embed(self._prepared, rows))
        words = np.zeros((len(past.names), vectors.shape[1]), np.float32)
        described = np.flatnonzero(past.described)
        if len(described):
            words[described] = unit(embed(self._prepared, len(rows) + described))
        support = Support.of(
            vectors[training_rows],
            past.labels[training_rows],
            words,
            past.described,
            kappa=self._kappa,
        )
        support = replace(support, in_descriptions=self._in_descriptions[training_rows])
        model = LinearModel.of_classes(support.classes, self._kappa, "cosine")
        held_out = self._held_out
        scores = model.scores(vectors[held_out])
        return simulate(support), Simulation.of_queries(scores, past.labels[held_out], held_out)


def answers(held_out: Simulation) -> Floats:
    """Return p(right class) and whether it was ranked first, of each held-out example: (2, n).

    At the temperature that suits these vectors best: learning sharpens scores, and a label space
    calibrates its own.
    """
    logs = max((_logs(held_out.scores, held_out.labels, t) for t in TEMPERATURES), key=np.mean)
    right = held_out.scores.argmax(axis=1) == held_out.labels
    return np.asarray([np.exp(logs), right], np.float32)


def _logs(scores: Floats, labels: Labels, temperature: float) -> Floats:
    """Return log p(right class) of each row: (n, K), (n,) -> (n,)."""
    logs = log_softmax(scores, temperature)
    return np.asarray(logs[np.arange(len(labels)), labels], np.float32)

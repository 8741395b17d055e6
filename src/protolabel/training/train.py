"""From a labelled past to an encoder's folder: what ``protolabel train`` does. The composition.

Reads, checks, splits by class, trains, keeps the best, writes. The loop is :mod:`trainer`'s, the
networks are the learners'.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from protolabel.arrays import Metric, Positions
from protolabel.encoders.image.pixels import arrays
from protolabel.encoders.locate import DEFAULT, locate
from protolabel.encoders.provenance import TRAINING_FILE
from protolabel.encoders.text.folder import digest, read_folder
from protolabel.episodes.scenario import Scenario
from protolabel.errors import InputError
from protolabel.evaluation.episodic import Accuracy
from protolabel.training.data.past import Past, Split, digest_of, split_classes
from protolabel.training.data.pseudo_classes import numbers_of_groups, pool_data
from protolabel.training.data.regrouping import grouped
from protolabel.training.data.samplers import Drawing
from protolabel.training.learners.augment import Augmentation
from protolabel.training.learners.base import Learner
from protolabel.training.learners.conv4 import Conv4
from protolabel.training.learners.linear_map import LinearMap
from protolabel.training.learners.transformer import Transformer
from protolabel.training.loop import checkpoint
from protolabel.training.loop.distributed import World, computes_bf16
from protolabel.training.loop.loss import EpisodeLoss
from protolabel.training.loop.recipe import Recipe
from protolabel.training.loop.reports import Outcome, Report, Watch
from protolabel.training.loop.trainer import Trainer
from protolabel.training.loop.validation import validated
from protolabel.training.output_folder import refuse_existing, replace_folder

Kind = Literal["transformer", "map", "conv4"]

RECIPES: dict[Kind, Recipe] = {
    "transformer": Recipe(episodes=200, learning_rate=5e-5, weight_decay=0.01, validate_every=25),
    "map": Recipe(episodes=600, learning_rate=3e-4, weight_decay=0.1, validate_every=50),
    "conv4": Recipe(
        episodes=7000, learning_rate=1e-3, schedule="halve", warmup=0.0, clip=1e9,
        validate_every=500, patience=8, turns=True,
    ),
}  # fmt: skip
POOLED: dict[Kind, Recipe] = {  # beside unlabelled documents: each step has several partitions
    "transformer": replace(
        RECIPES["transformer"], episodes=300, episodes_per_step=3, average=0.95, validate_every=30
    ),
    "map": replace(
        RECIPES["map"], episodes=1800, episodes_per_step=3, average=0.98, validate_every=300
    ),
}
UNLABELLED_ALONE = Scenario(25, 1, 3)  # what episodes are like where there is no past


@dataclass(frozen=True)
class Trained:
    """What came of a training: where it is, how it went, and novel classes before and after.

    ``unlabelled``: documents without labels that it learned from, and ``groups``: in how many
    groups each of their partitions had them.
    """

    folder: Path
    outcome: Outcome
    base: list[str]
    valid: list[str]
    novel: list[str]
    before: Accuracy | None = None
    after: Accuracy | None = None
    unlabelled: int = 0
    groups: list[int] = field(default_factory=list)


def train(
    pasts: Past | Sequence[Past],
    out: str | Path,
    *,
    unlabelled: Sequence[str] = (),
    kind: Kind | None = None,
    encoder: str | Path = DEFAULT,
    parts: str = "all",
    metric: Metric | None = None,
    scenario: Scenario | None = None,
    recipe: Recipe | None = None,
    valid: float | Sequence[str] = 0.2,
    novel: float | Sequence[str] = 0.0,
    augmentation: Augmentation | None = None,
    views: int = 1,
    max_tokens: int = 128,
    report_novel: bool = True,
    overwrite: bool = False,
    watch: Watch | None = None,
    log: Path | None = None,
) -> Trained:
    """Train an encoder for new classes on a labelled past, and write it to ``out``.

    ``unlabelled``: texts of the stream to come, whose groups are learned from beside the classes of
    the past (:mod:`protolabel.training.data.pseudo_classes`), or alone: ``pasts`` may then be
    empty, and nothing says when it was best but the end.
    ``kind``: "transformer" (the encoder itself; ``parts`` says which of it), "map" (a linear map
    over its frozen vectors) or "conv4" (images; the default where the past is one).
    ``views``: of every image, over which the finished encoder averages (:meth:`Augmentation.views`;
    more of them are a little better and cost as much again). ``report_novel``: answer episodes of
    the novel classes before and after. The run's state is
    kept in ``out`` + ".run" and a run that was killed resumes from there; the state is deleted when
    ``out`` is whole. ``log``: a folder for TensorBoard.

    Raises:
        InputError: a past, a split, a scenario, a recipe or unlabelled documents that cannot be
            used, before any time is spent; or ``out`` is there already.
        EncoderError: the encoder to start from cannot be used.
    """
    pasts = [pasts] if isinstance(pasts, Past) else list(pasts)
    out = Path(out)
    refuse_existing(out, overwrite=overwrite)
    kind = _kind(pasts, unlabelled, kind)
    recipe = recipe or recipe_of(kind, unlabelled=bool(unlabelled))
    metric = metric or ("euclidean" if kind == "conv4" else "cosine")
    splits = [split_classes(p, valid=valid, novel=novel, seed=recipe.seed) for p in pasts]
    drawing = Drawing(pasts, splits, scenario)
    base, chosen, kept = (_names(pasts, splits, p) for p in ("base", "valid", "novel"))
    state = out.with_name(out.name + ".run")
    with ExitStack() as stack:
        world = World.joined()
        stack.push(lambda kind, *_: world.leave(together=kind is None))
        torch.manual_seed(recipe.seed)
        learner = _learner(kind, encoder, parts, metric, augmentation, views, max_tokens)
        prepared = [_prepared(learner.prepare, past) for past in pasts]
        data = drawing.data(prepared)
        loss = EpisodeLoss(metric, learn_temperature=metric == "cosine")
        settings = {
            "kind": kind, "parts": parts, "metric": metric, "max_tokens": max_tokens,
            "encoder": None if kind == "conv4" else digest(read_folder(locate(encoder)), ""),
            "augmentation": asdict(augmentation) if augmentation else None, "views": views,
            "scenario": [asdict(s) for s in drawing.scenarios],
            "past": [past.digest for past in pasts],
            "split": [base, chosen, kept],
            "unlabelled": digest_of(unlabelled) if unlabelled else None,
        }  # fmt: skip
        groups: list[Positions] = []
        if unlabelled:
            shape = scenario or (drawing.scenarios or [UNLABELLED_ALONE])[0]
            groups = grouped(
                lambda: LinearMap(locate(encoder)), unlabelled,
                lambda prepare: drawing.data([_prepared(prepare, past) for past in pasts]),
                shape, seed=recipe.seed, world=world, folder=state, watch=watch,
                key=digest_of([json.dumps(settings | {"seed": recipe.seed})]),
            )  # fmt: skip
            data += pool_data(learner.prepare(unlabelled), groups, shape, data)
        watched = _logged(watch, log if world.leads else None, stack)
        reported = drawing.novel(prepared) if report_novel else []
        before = validated(learner, loss, reported, recipe) if reported else None
        outcome = Trainer(
            learner, loss, data, recipe, world=world, folder=state, settings=settings, watch=watched
        ).run()
        after = validated(learner, loss, reported, recipe) if reported else None
        trained = Trained(out, outcome, base, chosen, kept, before, after, len(unlabelled),
                          [int(one.max()) + 1 for one in groups])  # fmt: skip
        if world.leads:
            facts = _facts(trained, kind, encoder, drawing.scenarios, recipe)
            write_encoder(learner, out, facts, overwrite=overwrite)
            checkpoint.delete(state)
    return trained


def recipe_of(kind: Kind, *, unlabelled: bool) -> Recipe:
    """The recipe of a kind, beside unlabelled documents or without."""
    return POOLED[kind] if unlabelled and kind in POOLED else RECIPES[kind]


def _kind(pasts: Sequence[Past], unlabelled: Sequence[str], kind: Kind | None) -> Kind:
    """What to train, checked against the documents."""
    if not all(len(p.documents) for p in pasts) or not (pasts or unlabelled):
        raise InputError(
            "no documents",
            expected="a labelled past, unlabelled documents, or both",
            remedy="give some",
        )
    images = bool(pasts) and pasts[0].kind == "image"
    kind = kind or ("conv4" if images else "transformer")
    if unlabelled and kind == "conv4":
        raise InputError(
            "unlabelled documents for an image encoder",
            expected="texts, and a text encoder to find their groups with",
            remedy="train it on the labelled images alone",
        )
    if unlabelled:
        numbers_of_groups(len(unlabelled))
    if kind not in RECIPES:
        raise InputError(f"kind {kind!r}", expected=f"one of {', '.join(RECIPES)}")
    if any((p.kind == "image") != (kind == "conv4") for p in pasts):
        raise InputError(
            f"{kind} for documents of another kind",
            expected="conv4 for images, and for images alone",
            remedy="name another kind, or train on texts and on images apart",
        )
    return kind


def _learner(
    kind: Kind,
    encoder: str | Path,
    parts: str,
    metric: Metric,
    augmentation: Augmentation | None,
    views: int,
    max_tokens: int,
) -> Learner:
    bf16 = computes_bf16()
    if kind == "conv4":
        maps = (augmentation or Augmentation()).views(views) if views > 1 else None
        return Conv4(bf16=bf16, normalize=metric == "cosine", augmentation=augmentation, views=maps)
    folder = locate(encoder)
    if kind == "map":
        return LinearMap(folder)
    return Transformer(folder, parts=parts, max_tokens=max_tokens, bf16=bf16)


def _prepared(prepare: Callable[[Any], Any], past: Past) -> Any:
    """Documents, and after them the descriptions of all classes (none where they are images)."""
    if past.kind == "image":
        images = [d for d in past.documents if isinstance(d, bytes)]
        return prepare(arrays(images, size=28, channels=1, background="light"))
    words = [text or past.names[k] for k, text in enumerate(past.descriptions)]
    return prepare([*(str(d) for d in past.documents), *words])


def _names(pasts: Sequence[Past], splits: Sequence[Split], part: str) -> list[str]:
    return [p.names[k] for p, s in zip(pasts, splits, strict=True) for k in getattr(s, part)]


def _facts(
    trained: Trained,
    kind: Kind,
    encoder: str | Path,
    scenarios: Sequence[Scenario],
    recipe: Recipe,
) -> dict[str, Any]:
    outcome = asdict(trained.outcome)
    return {
        "kind": kind,
        "encoder": str(encoder) if kind != "conv4" else None,
        "scenarios": [asdict(s) for s in scenarios],
        "recipe": asdict(recipe),
        "unlabelled": {"documents": trained.unlabelled, "groups": trained.groups},
        "classes": {"base": trained.base, "valid": trained.valid, "novel": trained.novel},
        "novel_before": asdict(trained.before) if trained.before else None,
        "novel_after": asdict(trained.after) if trained.after else None,
        **outcome,
    }


def write_encoder(
    learner: Learner, out: Path, facts: dict[str, Any], *, overwrite: bool = False
) -> None:
    """Write a learner as an encoder's folder, with how it came about in training.json."""

    def write(folder: Path) -> None:
        learner.write(folder)
        text = json.dumps(told(facts), indent=1, ensure_ascii=False, allow_nan=False)
        (folder / TRAINING_FILE).write_text(text + "\n", encoding="utf-8")

    replace_folder(out, write, overwrite=overwrite)


def told(value: Any) -> Any:
    """The same as JSON has it: None for what is no number (the loss before the first step)."""
    if isinstance(value, dict):
        return {k: told(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [told(v) for v in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _logged(watch: Watch | None, log: Path | None, stack: ExitStack) -> Watch:
    """``watch``, and TensorBoard's log where one is asked for."""
    told: list[Callable[[Report], None]] = [watch] if watch else []
    if log is not None:
        from protolabel.training.loop.tensorboard import board

        told.append(stack.enter_context(board(log)))

    def both(report: Report) -> None:
        for one in told:
            one(report)

    return both

"""From a labelled past to an encoder's folder: what ``protolabel train`` does. The composition.

Reads, checks, splits by class, trains, keeps the best, writes. The loop is :mod:`trainer`'s, the
networks are the learners'.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from protolabel.encoders.folder import digest, read_folder
from protolabel.encoders.images import arrays
from protolabel.encoders.locate import DEFAULT, locate
from protolabel.errors import InputError
from protolabel.evaluation.episodic import Accuracy
from protolabel.prototypes import Metric
from protolabel.sampler import Sampler
from protolabel.scenario import Scenario
from protolabel.training import checkpoint
from protolabel.training.augment import Augmentation
from protolabel.training.conv4 import Conv4
from protolabel.training.frozen import LinearMap
from protolabel.training.learner import Learner
from protolabel.training.loss import EpisodeLoss
from protolabel.training.past import Past, Split, refuse_numbers, split_classes
from protolabel.training.recipe import Recipe
from protolabel.training.report import Outcome, Report, Watch
from protolabel.training.trainer import Trainer
from protolabel.training.transformer import Transformer
from protolabel.training.validation import TaskData, validated
from protolabel.training.world import World
from protolabel.training.writing import replace_folder

Kind = Literal["transformer", "map", "conv4"]

RECIPES: dict[Kind, Recipe] = {
    "transformer": Recipe(episodes=200, learning_rate=5e-5, weight_decay=0.01, validate_every=25),
    "map": Recipe(episodes=600, learning_rate=3e-4, weight_decay=0.1, validate_every=50),
    "conv4": Recipe(
        episodes=7000, learning_rate=1e-3, schedule="halve", warmup=0.0, clip=1e9,
        validate_every=500, patience=8,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Trained:
    """What came of a training: where it is, how it went, and novel classes before and after."""

    folder: Path
    outcome: Outcome
    base: list[str]
    valid: list[str]
    novel: list[str]
    before: Accuracy | None = None
    after: Accuracy | None = None


def train(
    pasts: Past | Sequence[Past],
    out: str | Path,
    *,
    kind: Kind | None = None,
    encoder: str | Path = DEFAULT,
    parts: str = "all",
    metric: Metric | None = None,
    scenario: Scenario | None = None,
    recipe: Recipe | None = None,
    valid: float | Sequence[str] = 0.2,
    novel: float | Sequence[str] = 0.0,
    augmentation: Augmentation | None = None,
    max_tokens: int = 128,
    report_novel: bool = True,
    overwrite: bool = False,
    watch: Watch | None = None,
    log: Path | None = None,
) -> Trained:
    """Train an encoder for new classes on a labelled past, and write it to ``out``.

    ``kind``: "transformer" (the encoder itself; ``parts`` says which of it), "map" (a linear map
    over its frozen vectors) or "conv4" (images; the default where the past is one).
    ``report_novel``: answer episodes of the novel classes before and after. The run's state is
    kept in ``out`` + ".run" and a run that was killed resumes from there; the state is deleted when
    ``out`` is whole. ``log``: a folder for TensorBoard.

    Raises:
        InputError: a past, a split, a scenario or a recipe that cannot be used, before any time
            is spent; or ``out`` is there already.
        EncoderError: the encoder to start from cannot be used.
    """
    pasts = [pasts] if isinstance(pasts, Past) else list(pasts)
    out = Path(out)
    if out.exists() and not overwrite:
        raise InputError(f"{out} is there already", expected="a new folder", remedy="name another")
    kind = _kind(pasts, kind)
    recipe = recipe or RECIPES[kind]
    metric = metric or ("euclidean" if kind == "conv4" else "cosine")
    splits = [split_classes(p, valid=valid, novel=novel, seed=recipe.seed) for p in pasts]
    drawing = _Drawing(pasts, splits, scenario)
    base, chosen, kept = (_names(pasts, splits, p) for p in ("base", "valid", "novel"))
    state = out.with_name(out.name + ".run")
    with ExitStack() as stack:
        world = World.joined()
        stack.push(lambda kind, *_: world.leave(together=kind is None))
        torch.manual_seed(recipe.seed)
        learner = _learner(kind, encoder, parts, metric, augmentation, max_tokens)
        prepared = [_prepared(learner, kind, past) for past in pasts]
        data = drawing.data(prepared)
        loss = EpisodeLoss(metric, learn_temperature=metric == "cosine")
        settings = {
            "kind": kind, "parts": parts, "metric": metric, "max_tokens": max_tokens,
            "encoder": None if kind == "conv4" else digest(read_folder(locate(encoder)), ""),
            "augmentation": asdict(augmentation) if augmentation else None,
            "scenario": [asdict(s) for s in drawing.scenarios],
            "past": [past.digest for past in pasts],
            "split": [base, chosen, kept],
        }  # fmt: skip
        watched = _logged(watch, log if world.leads else None, stack)
        reported = drawing.novel(prepared) if report_novel else []
        before = validated(learner, loss, reported, recipe) if reported else None
        outcome = Trainer(
            learner, loss, data, recipe, world=world, folder=state, settings=settings, watch=watched
        ).run()
        after = validated(learner, loss, reported, recipe) if reported else None
        trained = Trained(out, outcome, base, chosen, kept, before, after)
        if world.leads:
            facts = _facts(trained, kind, encoder, drawing.scenarios, recipe)
            write_encoder(learner, out, facts, overwrite=overwrite)
            checkpoint.delete(state)
    return trained


def _kind(pasts: Sequence[Past], kind: Kind | None) -> Kind:
    """What to train, checked against the documents."""
    if not pasts or not all(len(p.documents) for p in pasts):
        raise InputError("no documents", expected="a labelled past", remedy="give one")
    kind = kind or ("conv4" if pasts[0].kind == "image" else "transformer")
    if kind not in RECIPES:
        raise InputError(f"kind {kind!r}", expected=f"one of {', '.join(RECIPES)}")
    if any((p.kind == "image") != (kind == "conv4") for p in pasts):
        raise InputError(
            f"{kind} for documents of another kind",
            expected="conv4 for images, and for images alone",
            remedy="name another kind, or train on texts and on images apart",
        )
    return kind


class _Drawing:
    """Samplers of base, validation and novel classes of each past: made before anything heavy."""

    def __init__(
        self, pasts: Sequence[Past], splits: Sequence[Split], scenario: Scenario | None
    ) -> None:
        self._pasts, self._splits = pasts, splits
        self.scenarios = [scenario or fitting(p, s) for p, s in zip(pasts, splits, strict=True)]
        for past, one in zip(pasts, self.scenarios, strict=True):
            if one.uses_descriptions:
                refuse_numbers(past)
        self._base = self._samplers("base")
        self._valid = self._samplers("valid")
        self._novel = self._samplers("novel")

    def data(self, prepared: Sequence[Any]) -> list[TaskData]:
        """To learn from and to choose on."""
        rows = zip(prepared, self._pasts, self._base, self._valid, strict=True)
        return [TaskData(x, len(p.documents), b, v) for x, p, b, v in rows if b is not None]

    def novel(self, prepared: Sequence[Any]) -> list[TaskData]:
        """To report on."""
        rows = zip(prepared, self._pasts, self._base, self._novel, strict=True)
        return [TaskData(x, len(p.documents), b, n) for x, p, b, n in rows if n is not None and b]

    def _samplers(self, part: str) -> list[Sampler | None]:
        found: list[Sampler | None] = []
        for past, split, scenario in zip(self._pasts, self._splits, self.scenarios, strict=True):
            classes = getattr(split, part)
            if not len(classes):
                found.append(None)
                continue
            if part != "base":  # the same tasks, of as many classes as there are
                spare = 1 if scenario.n_strangers else 0
                most = max(2, len(classes) - spare)
                ways = (min(scenario.ways[0], most), min(scenario.ways[1], most))
                scenario = replace(scenario, n_way=ways, n_strangers=0)
            found.append(
                Sampler(
                    past.labels,
                    scenario,
                    classes=classes,
                    names=past.names,
                    described=past.described,
                )
            )
        return found


def fitting(past: Past, split: Split) -> Scenario:
    """A scenario that a past can give: up to 20 classes, 1 to 5 shots, half with descriptions."""
    least = int(past.counts[np.concatenate([split.base, split.valid, split.novel])].min())
    n_query = max(1, min(5, least - 1))
    return Scenario(
        n_way=min(20, len(split.base)),
        n_shot=(1, max(1, min(5, least - n_query))),
        n_query=n_query,
        described=0.5 if past.kind == "text" and bool(past.described.all()) else 0.0,
    )


def _learner(
    kind: Kind,
    encoder: str | Path,
    parts: str,
    metric: Metric,
    augmentation: Augmentation | None,
    max_tokens: int,
) -> Learner:
    bf16 = torch.cuda.is_available() or bool(torch.cpu._is_avx512_bf16_supported())
    if kind == "conv4":
        return Conv4(bf16=bf16, normalize=metric == "cosine", augmentation=augmentation)
    folder = locate(encoder)
    if kind == "map":
        return LinearMap(folder)
    return Transformer(folder, parts=parts, max_tokens=max_tokens, bf16=bf16)


def _prepared(learner: Learner, kind: Kind, past: Past) -> Any:
    """Documents, and after them the descriptions of all classes (a space where there is none)."""
    if isinstance(learner, Conv4):
        images = [d for d in past.documents if isinstance(d, bytes)]
        return learner.prepare(arrays(images, size=28, channels=1, background="light"))
    words = [text or past.names[k] for k, text in enumerate(past.descriptions)]
    return learner.prepare([*(str(d) for d in past.documents), *words])


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
        text = json.dumps(_told(facts), indent=1, ensure_ascii=False, allow_nan=False)
        (folder / "training.json").write_text(text + "\n", encoding="utf-8")

    replace_folder(out, write, overwrite=overwrite)


def _told(value: Any) -> Any:
    """The same as JSON has it: null for what is no number (the loss before the first step)."""
    if isinstance(value, dict):
        return {k: _told(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_told(v) for v in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _logged(watch: Watch | None, log: Path | None, stack: ExitStack) -> Watch:
    """``watch``, and TensorBoard's log where one is asked for."""
    told: list[Callable[[Report], None]] = [watch] if watch else []
    if log is not None:
        from protolabel.training.board import board

        told.append(stack.enter_context(board(log)))

    def both(report: Report) -> None:
        for one in told:
            one(report)

    return both

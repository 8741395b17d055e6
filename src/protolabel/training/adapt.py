"""An encoder adapted to one label space's own examples: what ``protolabel adapt`` does.

It needs no past but the label space itself. Each quarter of the examples is held out in turn, and
episodes are drawn from the others and from the descriptions. The first quarter chooses the number
of episodes. The other quarters decide whether training helps. If it does, an encoder that learns
from all examples for that many episodes is kept. The label space is only read here.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch

from protolabel.arguments import require_flag, require_path, require_whole
from protolabel.arithmetic.intervals import Estimate, case_share, t_interval, t_quantile
from protolabel.arithmetic.seen_examples import Allowance, measure_allowance
from protolabel.arrays import Floats
from protolabel.encoders import load_encoder, variant_of
from protolabel.encoders.cache import with_cache
from protolabel.encoders.checked_output import encode_documents
from protolabel.encoders.locate import locate, locate_recorded
from protolabel.encoders.mismatch import check_fingerprint
from protolabel.encoders.protocol import Encoder
from protolabel.encoders.provenance import CLASSES, learned_classes, learned_from, training_of
from protolabel.errors import InputError
from protolabel.evaluation.episodic import Accuracy
from protolabel.label_space.configuration.several_rules import refuse_several
from protolabel.label_space.fits.learned_examples import note_of
from protolabel.label_space.label_space import LabelSpace
from protolabel.training.adaptation_run import Adaptation, AdaptationRun, answers
from protolabel.training.checked_arguments import require_setting
from protolabel.training.data.space_examples import (
    FOLDS,
    SpaceExamples,
    held_out,
    space_examples,
)
from protolabel.training.learners.learnable import read_learnable
from protolabel.training.learners.transformer import FEWEST_TOKENS, MAX_TOKENS
from protolabel.training.loop.recipe import Recipe
from protolabel.training.loop.reports import OnReport, in_phase
from protolabel.training.outcome import cut_note, write_encoder
from protolabel.training.output_folder import locked, refuse_existing
from protolabel.words.quantity import quantity

RUNS = FOLDS + 1  # of the loop: one a fold, and one on all examples
ADAPTED_TO = "adapted_to"  # the entry of training.json that says to which label space
ADAPTING = Recipe(
    episodes=60, learning_rate=5e-5, weight_decay=0.01, warmup=0.1, validate_every=5, patience=2
)
"""The recipe of :func:`adapt` where none is given: short, and gentle with the encoder."""


@dataclass(frozen=True)
class Adapted:
    """What adapting came to. ``folder`` is None where it did not measurably help.

    ``before`` and ``after``: accuracy over the held-out examples, all classes at once. ``gain``:
    their mean gain in the probability of the right class, with its 95 % interval; higher is better.
    ``episodes``: how long the encoder that was kept has learned. ``learned``: how much likelier
    than unseen documents it takes the examples to be, which calibration allows for. ``repeated``:
    examples that repeat another of their class, and were left out. ``shortened``: examples that
    were learned from by their first tokens alone; they are judged whole.
    """

    folder: Path | None
    before: Accuracy
    after: Accuracy
    gain: Estimate
    episodes: int
    seconds: float
    learned: Allowance | None = None
    repeated: int = 0
    shortened: int = 0

    @property
    def helps(self) -> bool:
        """Whether the gain is above zero (one-sided, 95 %), and no more answers are wrong."""
        freedom = self.gain.n - 1
        one_sided = t_quantile(0.95, freedom) / t_quantile(0.975, freedom)
        beyond_chance = self.gain.mean - self.gain.interval * one_sided > 0
        return beyond_chance and self.after.mean >= self.before.mean

    def __str__(self) -> str:
        lines = [
            f"{quantity(self.repeated, 'example repeats', 'examples repeat')} another of the same "
            "class, or nearly: left out"
        ]
        lines = lines if self.repeated else []
        if self.shortened:
            lines.append(cut_note(self.shortened, "example"))
        lines += [
            f"held-out examples: {self.before} before, {self.after} after",
            f"probability of the right class: {self.gain.mean:+.3f} ± {self.gain.interval:.3f}, "
            f"{self.seconds / 60:.1f} minutes",
            f"wrote {self.folder}" if self.folder else "not kept: it does not measurably help",
        ]
        return "\n".join(lines)


def adapt(
    space: LabelSpace,
    out: str | Path,
    *,
    recipe: Recipe = ADAPTING,
    parts: str = "all",
    max_tokens: int = MAX_TOKENS,
    encoder: str | Path | None = None,
    on_report: OnReport | None = None,
    overwrite: bool = False,
) -> Adapted:
    """Adapt a label space's encoder to its own examples and write it to ``out``, if that helps.

    Moving the space onto the result is :meth:`LabelSpace.reencode`.

    Args:
        space: a label space of texts. It is only read.
        out: the folder to write.
        recipe: ``minutes`` bounds all runs together: one for each of four quarters, one on all.
        parts: of the encoder, "all", "last:N" or "lora".
        max_tokens: of an example that is learned from; the rest of it is judged, and not learned.
        encoder: folder or name of the encoder to begin with, where the space's own name for it is
            not found. Its vectors must be those of the space: the gain is one over what the
            space answers with now.
        on_report: is called with a report after each step and validation.
        overwrite: replace the trained encoder at ``out``.

    Raises:
        InputError: there are too few different examples, or they are not texts; or ``out`` cannot
            be written, as where undo or earlier versions need the encoder that it holds.
        EncoderMismatchError: the encoder is not the label space's own.
        TrainingError: a loss, a gradient or a weight is not finite.
    """
    require_setting(space, LabelSpace, "space")
    require_setting(recipe, Recipe, "recipe")
    require_setting(parts, str, "parts")
    require_whole(max_tokens, "max_tokens", FEWEST_TOKENS)
    require_flag(overwrite, "overwrite")
    if encoder is not None:
        require_path(encoder, "encoder")
    out = Path(require_path(out, "out"))
    _refuse_out(space, out, overwrite=overwrite)
    refuse_several(space.settings.several, "adapting the encoder", "stay with its encoder")
    if space.metric != "cosine":
        raise InputError(
            f"a label space of metric {space.metric}",
            expected="cosine",
            remedy="stay with its encoder, or make a label space of metric cosine",
        )
    with locked(out):
        view, base = space.view(), _beginning(space, encoder)
        read_learnable(base)  # refuses what cannot learn before anything is encoded
        examples = space_examples(view, _embedding_by(base, space), learned_from(base))
        if recipe.minutes is not None:
            recipe = replace(recipe, minutes=recipe.minutes / RUNS)
        adaptation = Adaptation(
            examples.past, base, parts, max_tokens, recipe, space.settings.kappa
        )
        result, history = _judged(adaptation, examples, on_report)
        if not result.helps:
            return result
        phase = in_phase(on_report, f"{RUNS} of {RUNS}, all examples: ", result.episodes)
        run = AdaptationRun(adaptation, np.empty(0, np.int64), on_report=phase)
        seconds = result.seconds + run.trainer.run(until=result.episodes).seconds
        facts = {
            "kind": "adapted", "encoder": str(base), "recipe": asdict(recipe),
            "before": asdict(result.before), "after": asdict(result.after),
            "gain": asdict(result.gain), "episodes": result.episodes, "history": history,
            CLASSES: {"base": examples.past.names, "earlier": sorted(learned_classes(base))},
            "learned": note_of(view.rows, view.version, result.learned),
            ADAPTED_TO: {
                "version": view.version, "examples": view.rows.examples_digest(view.version),
                "from": view.embedder.fingerprint,
            },
        }  # fmt: skip
        write_encoder(run.learner, out, facts, examples.learned_from, overwrite=overwrite)
        return replace(result, folder=out, seconds=seconds)


def _beginning(space: LabelSpace, encoder: str | Path | None) -> Path:
    """Return the folder of the encoder to begin with: the one named, else the space's own."""
    if encoder:
        return locate(encoder, fetch=True)
    return locate_recorded(space.info().encoder, space.path)


def _embedding_by(base: Path, space: LabelSpace) -> Callable[[Sequence[str]], Floats]:
    """Return what embeds texts as the label space does. Raises EncoderMismatchError."""
    loaded = variant_of(load_encoder(base), space.fingerprint)
    check_fingerprint(loaded, space.fingerprint, space.path)
    encoder = with_cache(loaded)
    assert isinstance(encoder, Encoder)  # the fingerprint is that of a space of texts
    return lambda texts: encode_documents(encoder, texts).embeddings


def _judged(
    adaptation: Adaptation, examples: SpaceExamples, on_report: OnReport | None
) -> tuple[Adapted, list[dict[str, float]]]:
    """Return whether adapting helps on held-out examples, and the history of the first run.

    The first quarter of the examples decides for how long to learn; the others judge.
    """
    seed = adaptation.recipe.seed
    chosen_on, *judged_on = held_out(examples, seed)
    torch.manual_seed(seed)
    phase = in_phase(on_report, f"1 of {RUNS}, how long: ")
    trial = AdaptationRun(adaptation, chosen_on, judges=True, on_report=phase)
    outcome = trial.trainer.run()
    seconds, episodes = outcome.seconds, outcome.best_episode
    if episodes == 0:
        share = case_share(answers(trial.scored(trial.learner)[1])[1].tolist())
        none = Estimate(0.0, 0.0, share.n)
        result = Adapted(
            None, share, share, none, 0, seconds, repeated=examples.repeated,
            shortened=trial.shortened,
        )  # fmt: skip
        return result, outcome.history
    shortened = trial.shortened
    del trial  # each takes as much memory as a training
    firsts, lasts = [], []
    for turn, rows in enumerate(judged_on, start=2):  # none of which chose how long
        phase = in_phase(on_report, f"{turn} of {RUNS}, whether it helps: ", episodes)
        run = AdaptationRun(adaptation, rows, on_report=phase)
        firsts.append(run.scored(run.learner))
        seconds += run.trainer.run(until=episodes).seconds
        lasts.append(run.scored(run.learner))
        del run
    first, last = (
        np.concatenate([answers(unseen) for _, unseen in pairs], axis=1)
        for pairs in (firsts, lasts)
    )
    result = Adapted(
        None, case_share(first[1].tolist()), case_share(last[1].tolist()),
        t_interval((last[0] - first[0]).tolist()), episodes, seconds,
        measure_allowance(firsts, lasts), examples.repeated, shortened,
    )  # fmt: skip
    return result, outcome.history


def _refuse_out(space: LabelSpace, out: Path, *, overwrite: bool) -> None:
    """Refuse a folder that the label space needs, or that holds something.

    Where a run was stopped between writing the encoder and moving the label space onto it, the
    error says how to go on.
    """
    names = [e.encoder for e in space.view().rows.encodings() if e.encoder]
    needed = any(Path(name).resolve() == out.resolve() for name in names)
    if not overwrite and _waits(space, out):
        raise InputError(
            f"{out} holds an encoder that was adapted to {space.path}, which is not on it",
            expected="to move onto it, or a new folder",
            remedy=f"`protolabel reencode {shlex.quote(space.path)} --encoder "
            f"{shlex.quote(str(out))}` moves the label space, and goes on where an earlier move "
            "stopped; to adapt again, name another out=",
        )
    if needed:
        raise InputError(
            f"{out} holds an encoder of {space.path}",
            expected="a folder that no version of the label space answers with",
            remedy="name another out=",
        )
    refuse_existing(out, overwrite=overwrite)


def _waits(space: LabelSpace, out: Path) -> bool:
    """Return whether ``out`` holds an encoder adapted to the label space as it is now."""
    note = training_of(str(out)).get(ADAPTED_TO)
    if not isinstance(note, Mapping) or note.get("from") != space.fingerprint:
        return False
    version, rows = note.get("version"), space.view().rows
    if not isinstance(version, int) or not 1 <= version <= space.version:
        return False
    return bool(note.get("examples") == rows.examples_digest(version))

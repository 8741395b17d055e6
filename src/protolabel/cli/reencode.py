"""The command that moves a label space onto another encoder."""

from __future__ import annotations

import math
import os
import shlex
import time
from dataclasses import asdict, dataclass
from typing import Any, get_args

import click

from protolabel.arithmetic.passages import DEFAULT_POOLING, Pooling
from protolabel.cli.common import SPACE, as_json, opened, with_progress
from protolabel.cli.progress import progress_display
from protolabel.cli.render import comparison_text
from protolabel.cli.terminal import line, note, say
from protolabel.encoders import AnyEncoder, load_encoder, load_recorded
from protolabel.errors import InputError
from protolabel.label_space.label_space import LabelSpace
from protolabel.progress import Progress, Step, silent
from protolabel.types import Reencoded
from protolabel.words.quantity import quantity


@click.command()
@SPACE
@click.option(
    "--encoder",
    metavar="NEW",
    help="Name or folder of the encoder to move to.  [default: the present one]",
)
@click.option(
    "--pooling",
    type=click.Choice(get_args(Pooling)),
    help="How the passages of a long document become its vector. beginnings: its beginning and the "
    "whole; early: earlier passages count more; mean: all tokens count alike.  [default: "
    f"{DEFAULT_POOLING}]",
)
@click.option("--dry-run", is_flag=True, help="Compare the two encoders, and change nothing.")
@click.option(
    "--only-if-better",
    is_flag=True,
    help="Keep the old encoder unless the new one is better on the compared examples, beyond "
    "chance (exact McNemar test, 5 %, at least 10 examples). To keep it is no failure.",
)
@with_progress
@as_json
def reencode(
    space: str,
    encoder: str | None,
    pooling: Pooling | None,
    dry_run: bool,
    only_if_better: bool,
    json_: bool,
) -> None:
    """Move a label space onto another encoder.

    All examples and descriptions are encoded again from their texts or images. Both encoders are
    compared on the examples: each is left out in turn, and labelled by the prototypes of the rest.
    Then one change puts the new encoder in force. `protolabel undo` takes it back, and earlier
    versions keep the encoder that they had. If a run is stopped, the same command goes on where it
    stopped.
    """
    if encoder is None and pooling is None:
        raise InputError(
            "neither an encoder nor a pooling", expected="what to move the label space to",
            remedy="add --encoder NAME, --pooling RULE, or both",
        )  # fmt: skip
    if encoder is not None and os.path.isdir(encoder):
        encoder = os.path.abspath(encoder)
    loaded = None if encoder is None else load_encoder(encoder, pooling=pooling)
    start = time.perf_counter()
    with opened(space, cache=True) as label_space:
        if loaded is None or encoder is None:
            encoder = label_space.info().encoder
            if not encoder:
                raise InputError(
                    f"{space} names no encoder",
                    expected="the encoder that is to pool in another way",
                    remedy="add --encoder NAME",
                )
            loaded = load_recorded(encoder, space, pooling=pooling)
            start = time.perf_counter()
        old, n_negatives = label_space.fingerprint, len(label_space.negatives())
        if dry_run:
            with progress_display() as follow:
                result = Reencoded(
                    None, label_space.compare(loaded, progress=follow), 0, "only compared"
                )
        else:
            result = reencoded(label_space, loaded, encoder, only_if_better=only_if_better)
        version = label_space.version
    if result.comparison and n_negatives:
        examples = quantity(n_negatives, "negative example has", "negative examples have")
        note(f"{examples} no part in the comparison of the encoders; answers are lowered as before")
    record: dict[str, Any] = {
        "space": space,
        "changed": result.change is not None,
        "version": version,
        "from": old,
        "to": loaded.fingerprint,
        "reason": result.reason,
        "encoded": result.encoded,
        "comparison": asdict(result.comparison) if result.comparison else None,
        "milliseconds": round((time.perf_counter() - start) * 1000, 2),
    }
    if json_:
        line(record)
        return
    if result.comparison:
        say(comparison_text(result.comparison))
    if result.change:
        say(f"version {version}: {result.change.summary}")
    else:
        say(f"{result.reason}; nothing was changed")


@dataclass
class Encoding:
    """How far the encoding of a label space is; it passes that on."""

    progress: Progress = silent
    done: int = 0
    total: int = 0

    def __call__(self, step: Step) -> None:
        """Take note of a step, and pass it on."""
        self.done, self.total = step.done, step.total or 0
        self.progress(step)


def reencoded(
    label_space: LabelSpace,
    encoder: str | AnyEncoder,
    name: str,
    *,
    only_if_better: bool = False,
    resume: str = "run the same command again",
) -> Reencoded:
    """Re-encode, with a count on stderr, and say there what a person has to look at afterwards.

    ``name``: of the encoder, for the file. ``resume``: what goes on where an interruption ended it.
    """
    old = label_space.fingerprint
    steps = Encoding()
    try:
        with progress_display() as follow:
            steps.progress = follow
            result = label_space.reencode(
                encoder, encoder_name=name, only_if_better=only_if_better, progress=steps
            )
    except KeyboardInterrupt:
        note(
            f"stopped; {steps.done:,} of {quantity(steps.total, 'document')} are encoded and kept: "
            f"{resume} to go on. The encoder in force is {label_space.fingerprint}"
        )
        raise
    threshold = _finite(label_space.settings.threshold)
    if result.change and threshold is not None:
        note(
            f"the threshold {threshold:g} was set for the scores of {old}: look at it again, or "
            f"let it be fitted (protolabel set {shlex.quote(label_space.path)} threshold auto)"
        )
    return result


def _finite(number: float | None) -> float | None:
    """Return the number, or None for one that JSON does not have."""
    return number if number is not None and math.isfinite(number) else None

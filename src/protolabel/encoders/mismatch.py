"""Refuses encoders that do not fit a label space: by fingerprint, by metric, after a move.

It compares what encoders say of themselves, and encodes nothing.
"""

from __future__ import annotations

import shlex

from protolabel.arrays import Metric
from protolabel.encoders.fingerprint import compatible
from protolabel.encoders.protocol import AnyEncoder
from protolabel.errors import EncoderError, EncoderMismatchError


def check_fingerprint(encoder: AnyEncoder, fingerprint: str, where: str) -> None:
    """Raise EncoderMismatchError unless the encoder's vectors are comparable to the space's."""
    if not compatible(encoder.fingerprint, fingerprint):
        raise EncoderMismatchError(
            f"encoder {encoder.fingerprint}",
            expected=f"{fingerprint}, whose vectors {where} holds",
            remedy="open it with that encoder, or move the label space to the other one: "
            f"protolabel reencode {shlex.quote(where)} --encoder NAME",
        )


def check_metric(encoder: AnyEncoder, metric: Metric) -> None:
    """Refuse an encoder whose vectors the metric cannot compare as they are meant.

    A transformer encoder gives vectors of unit length always. For cosines that is the same; for
    Euclidean distances it is not what a folder means that asks for vectors of any length. And a
    cosine cannot compare vectors that differ in their lengths alone.

    Raises:
        EncoderError: the metric is euclidean, and the folder has no Normalize step; or it is
            cosine, and all vectors point one way.
    """
    if metric == "cosine" and not getattr(encoder, "tells_directions", True):
        raise EncoderError(
            f"the encoder {encoder.fingerprint} for cosines: its vectors of different texts point "
            "one way, so no document could be told from another",
            expected="vectors whose directions differ from text to text",
            remedy="use the metric euclidean, or another encoder",
        )
    if metric == "euclidean" and not getattr(encoder, "normalizes", True):
        raise EncoderError(
            f"the encoder {encoder.fingerprint} for Euclidean distances: its folder does not bring "
            "vectors to unit length, and this package always does",
            expected="an encoder whose modules.json ends with a Normalize step",
            remedy="use the metric cosine, or add a Normalize step with sentence-transformers",
        )


def moved_on(got: str, fingerprint: str, where: str) -> EncoderMismatchError:
    """Return the error for a label space that was moved to another encoder since it was opened."""
    return EncoderMismatchError(
        got,
        expected=f"one of {fingerprint}, to which {where} was moved meanwhile",
        remedy="open it again with that encoder, or undo the move: "
        f"protolabel undo {shlex.quote(where)}",
    )

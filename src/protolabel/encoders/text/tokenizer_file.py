"""Reads tokenizer.json, as the `tokenizers` library does, and refuses what it cannot mean.

What the files beside it say is compared in ``tokenizer_settings``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from protolabel.errors import EncoderError


def read_tokenizer(path: Path, *, strips_ends: bool = False) -> Any:
    """Return the `tokenizers` library's Tokenizer of a tokenizer.json; it neither cuts nor pads.

    Args:
        path: of the file.
        strips_ends: whether white space at the end of a text gives no token, whatever the file says
            (``tokenizer_settings``).

    Raises:
        EncoderError: it cannot be read, or draws tokens at random.
    """
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise EncoderError(
            f"{path} cannot be read ({error})",
            expected="a tokenizer.json of the `tokenizers` library",
            remedy="download or copy the model again",
        ) from error
    if getattr(tokenizer.model, "dropout", None):
        raise EncoderError(
            f"{path} leaves out merges at random (dropout {tokenizer.model.dropout:.3g})",
            expected="a tokenizer that gives a text the same tokens each time",
            remedy='set "dropout" of its "model" to null',
        )
    tokenizer.no_truncation()  # both come switched on in published files
    tokenizer.no_padding()
    if strips_ends:
        tokenizer.normalizer = _with_stripped_ends(tokenizer.normalizer)
    return tokenizer


def _with_stripped_ends(normalizer: Any) -> Any:
    """Return the steps with one more: after the table of characters, white space at the end goes.

    The table makes spaces of other white space.
    """
    from tokenizers import normalizers

    steps = list(_flat(json.loads(normalizer.__getstate__())))
    at = [step["type"] for step in steps].index("Precompiled") + 1
    steps.insert(at, {"type": "Strip", "strip_left": False, "strip_right": True})
    sequence = normalizers.Sequence([])
    sequence.__setstate__(json.dumps({"type": "Sequence", "normalizers": steps}).encode())
    return sequence


def _flat(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a step, or the steps of a sequence of them."""
    if step["type"] == "Sequence":
        for part in step["normalizers"]:
            yield from _flat(part)
    else:
        yield step

"""What an encoder's folder says of how it was trained: training.json. Not needed to encode."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from protolabel.encoders.folder import read_config
from protolabel.errors import EncoderError

TRAINING_FILE = "training.json"


def training_of(name: str) -> Mapping[str, Any]:
    """What stands in the training.json of the encoder's folder ``name``.

    Empty where there is none, and where it cannot be read or is no JSON object: a folder of other
    hands may have a file of that name, and encodes all the same.
    """
    try:
        return read_config(Path(name).expanduser() / TRAINING_FILE) if name else {}
    except EncoderError:
        return {}

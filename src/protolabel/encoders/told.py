"""What an encoder's folder says of how it was trained: training.json. Not needed to encode."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from protolabel.encoders.folder import read_config

FILE = "training.json"


def training_of(name: str) -> Mapping[str, Any]:
    """What stands in the training.json of the encoder's folder ``name``; empty where there is none.

    Raises:
        EncoderError: it is there and cannot be read, or is no JSON object.
    """
    return read_config(Path(name).expanduser() / FILE) if name else {}

"""Writes tensors to a safetensors file, durably and with the permissions of any other new file.

It knows nothing of encoders and runs. What is not a number is never written.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from protolabel.errors import TrainingError


def save_tensors(
    path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None
) -> None:
    """Write named tensors to ``path``, and return once they are on disk.

    safetensors creates files that only their owner can read. Here the file gets the mode that the
    process's umask gives to every other file.

    Raises:
        TrainingError: a tensor holds a value that is not finite; nothing is written.
    """
    from safetensors.torch import save_file

    refuse_not_finite(tensors)
    path.write_bytes(b"")
    mode = path.stat().st_mode
    copies = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    save_file(copies, path, metadata=dict(metadata) if metadata else None)
    path.chmod(mode)
    sync(path)


def refuse_not_finite(tensors: Mapping[str, Tensor]) -> None:
    """Raise TrainingError where a tensor holds NaN or infinity."""
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise TrainingError(
                f"the weights {name} hold values that are not finite",
                expected="numbers",
                remedy="lower the learning rate (learning_rate=), and train again",
            )


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    if path.is_dir() and os.name == "nt":  # Windows has no handle to a folder
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

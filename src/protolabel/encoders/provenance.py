"""What an encoder's folder says of how it was trained, and on which documents. Encodes nothing.

``training.json`` holds the settings and what came of them. The documents stand beside it as digests
of 64 bits each, by the rule of :mod:`protolabel.equality`: enough to tell whether the encoder has
learned from a given document, and not enough to read one.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.encoders.folder import read_settings
from protolabel.errors import EncoderError
from protolabel.types import Provenance

TRAINING_FILE = "training.json"
DOCUMENTS_FILE = "learned_from.safetensors"
LEARNED_FROM = "learned_from"  # the entry of training.json that says what the other file holds

UNKNOWN = Provenance(np.empty(0, np.uint64), "")
log = logging.getLogger(__name__)

Digests = npt.NDArray[np.uint64]


def training_of(name: str) -> Mapping[str, Any]:
    """Return what stands in the training.json of the encoder's folder ``name``.

    Empty where there is none, and where it cannot be read or is no JSON object: a folder of another
    tool may have a file of that name, and encodes all the same.
    """
    try:
        return read_settings(Path(name).expanduser() / TRAINING_FILE) if name else {}
    except EncoderError:
        return {}


def learned_from(name: str | Path) -> Digests | None:
    """Return which documents the encoder in the folder ``name`` has learned from.

    Returns:
        (n,) uint64, sorted, each once, as :func:`short_digests` makes them. None where the folder
        does not say, as that of an encoder which protolabel has not trained.

    Raises:
        EncoderError: the folder says that it holds them, and they are missing or damaged.
    """
    entry = training_of(str(name)).get(LEARNED_FROM)
    if not isinstance(entry, Mapping):
        return None
    path = Path(name).expanduser() / DOCUMENTS_FILE
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            digests = np.asarray(file.get_tensor("digests"))
    except (OSError, SafetensorError) as error:
        raise _damaged(path, str(error)) from error
    if digests.dtype != np.uint64 or digests.ndim != 1:
        raise _damaged(path, f"{digests.dtype} of shape {digests.shape}")
    if entry.get("sha256") != _checksum(digests):
        raise _damaged(path, f"its checksum is not that of {TRAINING_FILE}")
    return digests


def folder_of(encoder: object) -> str:
    """Return the folder of an encoder: of a name or path, or of an object loaded from a folder.

    Empty for an encoder that comes from no folder.
    """
    if isinstance(encoder, str | os.PathLike):
        return os.fspath(encoder)
    folder = getattr(encoder, "folder", "")
    return os.fspath(folder) if isinstance(folder, str | os.PathLike) else ""


def provenance_of(*encoders: object) -> Provenance:
    """Return which documents an encoder has learned from.

    Args:
        encoders: the same encoder as an object, a name or a folder; the first that says counts.

    Returns:
        No documents where none of them says. A damaged file is in the log, and in the record.
    """
    for encoder in encoders:
        try:
            digests = learned_from(folder_of(encoder))
        except EncoderError as error:
            log.warning("every example counts as learned from: %s", error)
            return Provenance(np.empty(0, np.uint64), "damaged", damaged=True)
        if digests is not None:
            return Provenance(digests, _checksum(digests))
    return UNKNOWN


def write_learned_from(folder: Path, digests: Digests) -> dict[str, object]:
    """Write digests into an encoder's folder, and return the entry for its training.json."""
    from safetensors.numpy import save

    unique = np.unique(digests)
    (folder / DOCUMENTS_FILE).write_bytes(save({"digests": unique}))
    return {"documents": len(unique), "sha256": _checksum(unique)}


def short_digests(digests: Iterable[str]) -> Digests:
    """Return the first 64 bits of hexadecimal digests (:mod:`protolabel.equality`): (n,) uint64."""
    return np.fromiter((int(digest[:16], 16) for digest in digests), np.uint64)


def were_learned(
    documents: Iterable[Iterable[str]], learned: Digests | None
) -> npt.NDArray[np.bool_]:
    """Return which documents an encoder has learned from.

    Args:
        documents: of each of n documents, its digests (:func:`equality.document_digests`).
        learned: what :func:`learned_from` returned, or the digests of :func:`provenance_of`.

    Returns:
        (n,) bool: whether any digest of the document is among those learned from.
    """
    rows = [tuple(digests) for digests in documents]
    if learned is None:
        return np.zeros(len(rows), np.bool_)
    owner = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    learned_rows = np.isin(short_digests(digest for row in rows for digest in row), learned)
    return np.bincount(owner[learned_rows], minlength=len(rows)) > 0


def _checksum(digests: Digests) -> str:
    return hashlib.sha256(digests.astype("<u8").tobytes()).hexdigest()


def _damaged(path: Path, reason: str) -> EncoderError:
    return EncoderError(
        f"{path} cannot be used ({reason})",
        expected="the file that training wrote: which documents the encoder has learned from",
        remedy="copy the encoder's folder again, or train it again",
    )

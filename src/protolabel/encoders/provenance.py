"""What an encoder's folder says of how it was trained, and on which documents. Encodes nothing.

``training.json`` holds the settings and what came of them. The documents stand beside it as digests
of 64 bits each, by the rule of :mod:`protolabel.copies.equality`, and as hashes of some of their
phrases: enough to tell whether the encoder has learned from a given document or from one that it
nearly repeats, and not enough to read one.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from protolabel.copies.learned_documents import LearnedDocuments, Provenance
from protolabel.copies.learned_phrases import LearnedPhrases
from protolabel.encoders.folder import DOCUMENTS_FILE, TRAINING_FILE, read_settings
from protolabel.encoders.locate import locate
from protolabel.errors import EncoderError
from protolabel.names import clean_name

LEARNED_FROM = "learned_from"  # the entry of training.json that says what the other file holds
CLASSES = "classes"  # its entry that names the classes

_COPY_AGAIN = "copy the encoder's folder again, or train it again"
_STATIC = "static:"  # what the name of a static encoder begins with, before its source

UNKNOWN = Provenance(LearnedDocuments.none(), "")
log = logging.getLogger(__name__)

# what the second file holds, with the type of each array; files of earlier versions: the first
_ARRAYS = {"digests": np.uint64, "hashes": np.uint32, "owners": np.uint32, "sizes": np.uint32,
           "halvings": np.uint8, "common": np.uint32}  # fmt: skip
Arrays = dict[str, Any]


def training_of(name: str) -> Mapping[str, Any]:
    """Return what stands in the training.json of the encoder's folder ``name``.

    Empty where there is none, and where it cannot be read or is no JSON object: a folder of another
    tool may have a file of that name, and encodes all the same.
    """
    try:
        return read_settings(Path(name).expanduser() / TRAINING_FILE) if name else {}
    except EncoderError:
        return {}


def _record_of(name: str | Path) -> Mapping[str, Any]:
    """Return the same of an encoder; where protolabel has trained it, its record must be whole.

    Protolabel wrote the record if the file of documents stands beside it.

    Raises:
        EncoderError: there is that file, and no record that speaks of it.
    """
    record = training_of(str(name))
    folder = Path(name).expanduser()
    speaks = isinstance(record.get(LEARNED_FROM), Mapping)
    if not speaks and name and (folder / DOCUMENTS_FILE).is_file():
        raise EncoderError(
            f"{folder / TRAINING_FILE} is missing, or is not what training wrote",
            expected=f"the record of the training beside {DOCUMENTS_FILE}: what the encoder has "
            "learned",
            remedy=_COPY_AGAIN,
        )
    return record


def learned_from(name: str | Path) -> LearnedDocuments | None:
    """Return which documents the encoder in the folder ``name`` has learned from.

    Returns:
        None where the folder does not say, as that of an encoder which protolabel has not trained.
        One that an earlier version wrote holds no phrases: near copies are then not known.

    Raises:
        EncoderError: the folder says that it holds them, and they are missing or damaged; or what
            says so is.
    """
    entry = _record_of(name).get(LEARNED_FROM)
    if not isinstance(entry, Mapping):
        return None
    path = Path(name).expanduser() / DOCUMENTS_FILE
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            names = set(file.keys())
            arrays = {one: np.asarray(file.get_tensor(one)) for one in _ARRAYS if one in names}
    except (OSError, SafetensorError) as error:
        raise _damage_error(path, str(error)) from error
    if set(arrays) not in ({"digests"}, set(_ARRAYS)):
        raise _damage_error(path, f"it holds {', '.join(sorted(arrays)) or 'nothing'}")
    for one, array in arrays.items():
        if array.dtype != _ARRAYS[one] or array.ndim != 1:
            raise _damage_error(path, f"{one} are {array.dtype} of shape {array.shape}")
    if entry.get("sha256") != _checksum(arrays):
        raise _damage_error(path, f"its checksum is not that of {TRAINING_FILE}")
    digests = arrays.pop("digests")
    phrases = LearnedPhrases(**arrays) if arrays else LearnedPhrases.none()
    if not phrases.consistent:
        raise _damage_error(path, "its phrases are of no text")
    return LearnedDocuments(digests, phrases)


def learned_classes(name: str | Path) -> set[str]:
    """Return the classes that the encoder in the folder ``name`` has learned or was chosen on.

    Empty where the folder does not say.

    Raises:
        EncoderError: the record of its training is missing or damaged.
    """
    classes = _record_of(name).get(CLASSES)
    if not isinstance(classes, Mapping):
        return set()
    parts = (classes.get(part) for part in ("base", "valid", "earlier"))
    names = (one for part in parts if isinstance(part, list) for one in part)
    return {clean_name(one) for one in names if isinstance(one, str) and one.strip()}


def folder_of(encoder: object, *, fetch: bool = False) -> str:
    """Return the folder of an encoder: of a name or path, or of an object loaded from a folder.

    Of a static encoder it is the folder of the sentence encoder that it is made from: it knows what
    that one has learned. Empty for an encoder that comes from no folder. A name that is nowhere
    stays as it is: whoever loads it says so.

    Args:
        encoder: the name, path or object.
        fetch: whether the user gives this name now, so that ``owner/name`` may be downloaded.
    """
    is_name = isinstance(encoder, str | os.PathLike)
    folder = encoder if is_name else getattr(encoder, "folder", "")
    if not isinstance(folder, str | os.PathLike):
        return ""
    path = os.fspath(folder)
    name = path.removeprefix(_STATIC) if isinstance(path, str) else os.fsdecode(path)
    if not is_name or not name:
        return name
    try:
        return str(locate(name, fetch=fetch))
    except EncoderError:
        return name


def provenance_of(*encoders: object) -> Provenance:
    """Return which documents an encoder has learned from.

    Args:
        encoders: the same encoder as an object, a name or a folder; the first that says counts.

    Returns:
        No documents where none of them says. A damaged file is in the log, and in the record.
    """
    for encoder in encoders:
        try:
            documents = learned_from(folder_of(encoder))
        except EncoderError as error:
            log.warning("every example counts as learned from: %s", error)
            return Provenance(LearnedDocuments.none(), "damaged", damaged=True)
        if documents is not None:
            return Provenance(documents, _checksum(_arrays(documents)))
    return UNKNOWN


def write_learned_from(folder: Path, documents: LearnedDocuments) -> dict[str, object]:
    """Write documents into an encoder's folder, and return the entry for its training.json."""
    from safetensors.numpy import save

    arrays = _arrays(documents)
    (folder / DOCUMENTS_FILE).write_bytes(save(arrays))
    return {"documents": len(documents.digests), "sha256": _checksum(arrays)}


def _arrays(documents: LearnedDocuments) -> Arrays:
    """Return what the file holds; the digests alone where there are no phrases, as of old."""
    arrays: Arrays = {"digests": documents.digests}
    if len(documents.phrases.sizes):
        arrays |= {one: getattr(documents.phrases, one) for one in _ARRAYS if one != "digests"}
    return arrays


def _checksum(arrays: Arrays) -> str:
    total = hashlib.sha256()
    for name, kind in _ARRAYS.items():  # digests first: alone, they have the checksum of old
        if name in arrays:
            total.update(arrays[name].astype(np.dtype(kind).newbyteorder("<")).tobytes())
    return total.hexdigest()


def _damage_error(path: Path, reason: str) -> EncoderError:
    return EncoderError(
        f"{path} cannot be used ({reason})",
        expected="the file that training wrote: which documents the encoder has learned from",
        remedy=_COPY_AGAIN,
    )

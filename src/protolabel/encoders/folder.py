"""Reads what every encoder's folder holds: JSON settings, safetensors, a digest of files.

It knows no kind of encoder: :mod:`protolabel.encoders.text.folder` and
:mod:`protolabel.encoders.image.encoder` say what the files mean.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from protolabel.errors import EncoderError

if TYPE_CHECKING:
    import numpy.typing as npt

    Tensors = Mapping[str, npt.NDArray[np.generic]]

CONFIG, WEIGHTS = "config.json", "model.safetensors"
TRAINING_FILE = "training.json"  # what training says of the encoder: see ``provenance``
DOCUMENTS_FILE = "learned_from.safetensors"
ADAPTER = "adapter_config.json"  # transformers applies it, with its weights, where it lies
_ADAPTER_FILES = (ADAPTER, "adapter_model.safetensors", "adapter_model.bin")
COPY_AGAIN = "download or copy the model again"
_SAVE_AGAIN = (
    "save it again with `SentenceTransformer(...).save(folder, safe_serialization=True)`, "
    "or pick a model that carries model.safetensors"
)


def read_settings(path: Path, *, required: bool = False) -> Mapping[str, Any]:
    """Read a JSON file of settings; an empty one where there is none, unless it is required.

    Raises:
        EncoderError: it is missing, cannot be read, or is no JSON object.
    """
    if not path.is_file():
        if not required:
            return {}
        raise EncoderError(
            f"{path} is missing",
            expected="a folder as sentence-transformers saves it",
            remedy="check the path, or " + COPY_AGAIN,
        )
    settings = read_json(path)
    if not isinstance(settings, dict):
        raise EncoderError(
            f"{path} is not a JSON object", expected="settings by name", remedy=COPY_AGAIN
        )
    return settings


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        EncoderError: it cannot be read, or is not whole.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise EncoderError(
            f"{path} cannot be read ({error})", expected="whole JSON", remedy=COPY_AGAIN
        ) from error


def read_tensors(path: Path) -> dict[str, npt.NDArray[np.float32]]:
    """Read every floating-point tensor of a safetensors file as float32.

    Raises:
        EncoderError: the file is cut short or damaged, or holds a type that is not a float.
    """
    from safetensors import SafetensorError, safe_open

    types = {"F32": np.float32, "F16": np.float16, "F64": np.float64, "BF16": np.uint16}
    try:
        with safe_open(path, "numpy"), path.open("rb") as stream:  # the header fits the file
            size = int.from_bytes(stream.read(8), "little")
            header = json.loads(stream.read(size))
        raw = np.fromfile(path, np.uint8, offset=8 + size)  # once: the tensors are views of it
    except (SafetensorError, OSError) as error:
        raise EncoderError(
            f"{path} is not a whole safetensors file ({error})",
            expected="weights as they were published",
            remedy="delete the folder and " + COPY_AGAIN,
        ) from error
    tensors: dict[str, npt.NDArray[np.float32]] = {}
    for name, entry in header.items():
        if entry.get("dtype") not in types:
            continue  # position_ids and other integers: recomputed, not read; and the metadata
        start, end = entry["data_offsets"]
        flat = raw[start:end].view(types[entry["dtype"]])
        if entry["dtype"] == "BF16":
            flat = (flat.astype(np.uint32) << 16).view(np.float32)
        flat = np.require(flat, np.float32, ["C", "A"])
        tensors[name] = flat.reshape(entry["shape"])
    return tensors


def tensor_types(path: Path) -> dict[str, str]:
    """Return the type of every tensor of a safetensors file that can be read, such as "F32"."""
    with path.open("rb") as stream:
        header = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
    return {name: str(entry["dtype"]) for name, entry in header.items() if "dtype" in entry}


def require_weights(folder: Path, *, remedy: str = _SAVE_AGAIN) -> Path:
    """Return the path of a folder's model.safetensors; ``remedy`` is for where it has none.

    Raises:
        EncoderError: there is none; it says what is there instead.
    """
    path = folder / WEIGHTS
    if path.is_file():
        return path
    if any(folder.glob("*.safetensors.index.json")):
        raise EncoderError(
            f"{folder} holds weights in several files",
            expected=f"one {WEIGHTS}",
            remedy="save it again with a larger max_shard_size",
        )
    pickled = sorted(file.name for file in folder.glob("*.bin"))
    if pickled:
        raise EncoderError(
            f"{folder} holds its weights as {', '.join(pickled)}, a pickle, which can run any code",
            expected=WEIGHTS,
            remedy=remedy,
        )
    raise EncoderError(f"{folder} has no {WEIGHTS}", expected="the weights", remedy=remedy)


def refuse_adapters(folder: Path) -> None:
    """Refuse a folder with an adapter, which other libraries add to the weights beside it.

    Raises:
        EncoderError: one of its files lies there.
    """
    for name in _ADAPTER_FILES:
        if (folder / name).exists():
            raise EncoderError(
                f"{folder / name} belongs to an adapter, which is not applied",
                expected=f"the whole network in {WEIGHTS}",
                remedy="merge the adapter into the weights (`model.merge_and_unload()` of peft) "
                "and save them; or, if the adapter is not meant, take its files out of the folder",
            )


def digest_of_files(files: Iterable[Path], extra: str) -> str:
    """Return 16 hex digits of SHA-256 over the contents of files, in order, and ``extra``."""
    total = hashlib.sha256(extra.encode())
    for file in files:
        with file.open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()[:16]


def tensor_of(
    tensors: Mapping[str, npt.NDArray[np.float32]],
    name: str,
    shape: tuple[int, ...],
    path: Path | None = None,
) -> npt.NDArray[np.float32]:
    """Return a tensor of a shape; messages name the file at ``path``.

    Raises:
        EncoderError: it is missing, or of another shape.
    """
    tensor = tensors.get(name)
    if tensor is None or tensor.shape != shape:
        got = "is missing" if tensor is None else f"has shape {tensor.shape}"
        raise EncoderError(
            f"the tensor {name}{'' if path is None else f' in {path}'} {got}",
            expected=f"shape {shape}, by {CONFIG}",
            remedy="download, copy or train the model again: weights and settings do not belong "
            "together",
        )
    return tensor

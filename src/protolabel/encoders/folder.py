"""Reads a sentence encoder's folder: settings and weights, checked. Builds nothing from them.

The layout is the one that sentence-transformers writes (and the Hugging Face hub serves)::

    config.json                  the architecture
    model.safetensors            the weights; pickled weights (.bin) are never read
    tokenizer.json               the tokenizer, as the `tokenizers` library reads it
    modules.json                 optional: which steps follow the transformer
    sentence_bert_config.json    optional: the window (else tokenizer_config.json)
    1_Pooling/config.json        optional: mean (the default) or first token
    2_Dense/config.json          optional: a linear layer after pooling, with its safetensors

Anything that would make the vectors differ from the folder's meaning is refused, never skipped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from protolabel.errors import EncoderError

if TYPE_CHECKING:
    import numpy.typing as npt

    Tensors = Mapping[str, npt.NDArray[np.generic]]

Pooling = Literal["mean", "cls"]

_SAVE_AGAIN = (
    "save it again with `SentenceTransformer(...).save(folder, safe_serialization=True)`, "
    "or pick a model that carries model.safetensors"
)
_LEGACY_POOLING = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
_ACTIVATIONS = {
    "torch.nn.modules.activation.Tanh": "tanh",
    "torch.nn.modules.linear.Identity": "identity",
}


@dataclass(frozen=True)
class Dense:
    """A linear layer after pooling. ``weight``: (out, in) float32; ``bias``: (out,) or None."""

    weight: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32] | None
    activation: Literal["tanh", "identity"]


@dataclass(frozen=True)
class ModelFolder:
    """What a folder says. ``window``: most tokens in one pass, special tokens included, or None.

    ``config`` is config.json as it stands; its meaning is :mod:`protolabel.encoders.text.graph`'s.
    """

    path: Path
    config: Mapping[str, Any]
    pooling: Pooling
    window: int | None
    dense_path: Path | None

    @property
    def weights_path(self) -> Path:
        """Where the transformer's weights are."""
        return self.path / "model.safetensors"

    @property
    def tokenizer_path(self) -> Path:
        """Where the tokenizer is."""
        return self.path / "tokenizer.json"


def read_config(path: Path) -> Mapping[str, Any]:
    """Read a config.json; an empty one where there is none.

    Raises:
        EncoderError: it cannot be read, or is no JSON object.
    """
    return _read_json(path)


def read_folder(path: Path) -> ModelFolder:
    """Read and check the settings of the encoder in ``path``; weights are read separately.

    Raises:
        EncoderError: a file is missing or damaged, or asks for something that is not supported.
    """
    config = _read_json(path / "config.json", required=True)
    if not (path / "model.safetensors").is_file():
        raise _no_weights(path)
    if not (path / "tokenizer.json").is_file():
        raise EncoderError(
            f"{path} has no tokenizer.json",
            expected="the file of the `tokenizers` library beside the weights",
            remedy="save the tokenizer again as a fast tokenizer, or download the model again",
        )
    modules = [
        (str(m.get("type", "")).rpartition(".")[2], path / str(m.get("path", "")))
        for m in _read_modules(path / "modules.json")
    ]
    kinds = [kind for kind, _ in modules]
    expected = ["Transformer", "Pooling", "Dense", "Normalize"]
    order = [expected.index(k) if k in expected else -1 for k in kinds]
    if modules and (kinds[:1] != ["Transformer"] or order != sorted(set(order)) or -1 in order):
        raise EncoderError(
            f"{path / 'modules.json'} lists the steps {', '.join(kinds)}",
            expected="Transformer, Pooling, and optionally one Dense and a Normalize",
            remedy="pick an encoder with these steps only",
        )
    steps = dict(modules)
    pooling_path = steps.get("Pooling", path / "1_Pooling") / "config.json"
    pooling = _pooling(_read_json(pooling_path, required="Pooling" in steps), pooling_path)
    bert = _read_json(path / "sentence_bert_config.json")
    tokens = _read_json(path / "tokenizer_config.json")
    if bert.get("do_lower_case"):
        raise EncoderError(
            f"{path / 'sentence_bert_config.json'} asks for lower-casing outside the tokenizer",
            expected="do_lower_case: false, with the tokenizer's own normaliser doing it",
            remedy="pick an encoder whose tokenizer.json lower-cases by itself",
        )
    prompt = _read_json(path / "config_sentence_transformers.json").get("default_prompt_name")
    if prompt is not None:
        raise EncoderError(
            f"{path} puts the prompt {prompt!r} before every text by default",
            expected="an encoder without a default prompt",
            remedy="set default_prompt_name to null and put the prompt into your texts",
        )
    window = bert.get("max_seq_length") or tokens.get("model_max_length")
    # Some tokenizers say "no limit" with a number of thirty digits.
    window = int(window) if window is not None and float(window) < 1e6 else None
    return ModelFolder(path, config, pooling, window, steps.get("Dense"))


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
            remedy="delete the folder and download or copy the model again",
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


def read_dense(path: Path, in_features: int) -> Dense:
    """Read a Dense step's folder.

    Raises:
        EncoderError: it is incomplete, pickled, of another size, or has another activation.
    """
    config = _read_json(path / "config.json", required=True)
    if not (path / "model.safetensors").is_file():
        raise _no_weights(path)
    name = str(config.get("activation_function", "torch.nn.modules.activation.Tanh"))
    if name not in _ACTIVATIONS:
        raise EncoderError(
            f"{path / 'config.json'} asks for the activation {name}",
            expected=" or ".join(_ACTIVATIONS),
            remedy="pick an encoder with one of these",
        )
    tensors = read_tensors(path / "model.safetensors")
    weight, bias = tensors.get("linear.weight"), tensors.get("linear.bias")
    if weight is None or weight.ndim != 2 or weight.shape[1] != in_features:
        raise EncoderError(
            f"{path} holds a weight of shape {None if weight is None else weight.shape}",
            expected=f"linear.weight of shape (out, {in_features})",
            remedy="download or copy the model again",
        )
    if bias is not None and bias.shape != weight.shape[:1]:
        raise EncoderError(
            f"{path} holds a bias of shape {bias.shape}", expected=f"{weight.shape[:1]}"
        )
    activation: Literal["tanh", "identity"]
    activation = "tanh" if _ACTIVATIONS[name] == "tanh" else "identity"
    return Dense(weight, bias, activation)


def digest(folder: ModelFolder, extra: str) -> str:
    """The identity of the vectors: 16 hex digits of SHA-256 over all that decides them.

    That is every file that is read for the numbers, and ``extra``: window, pooling, passage rule.
    """
    total = hashlib.sha256(extra.encode())
    files = [folder.weights_path, folder.tokenizer_path, folder.path / "config.json"]
    if folder.dense_path is not None:
        files += [folder.dense_path / "model.safetensors", folder.dense_path / "config.json"]
    for file in files:
        with file.open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()[:16]


def _pooling(config: Mapping[str, Any], path: Path) -> Pooling:
    modes = [mode for key, mode in _LEGACY_POOLING.items() if config.get(key)]
    if "pooling_mode" in config:
        given = config["pooling_mode"]
        modes = [given] if isinstance(given, str) else list(given)
    if modes in ([], ["mean"]):
        return "mean"
    if modes == ["cls"]:
        return "cls"
    raise EncoderError(
        f"{path} asks for the pooling {' + '.join(map(str, modes))}",
        expected="mean or cls (first token)",
        remedy="pick an encoder with one of these",
    )


def _read_modules(path: Path) -> list[Mapping[str, Any]]:
    if not path.is_file():
        return []
    found = _parse(path)
    if not isinstance(found, list) or not all(isinstance(m, dict) for m in found):
        raise EncoderError(f"{path} is not a list of steps", expected="a JSON list of objects")
    return found


def _read_json(path: Path, *, required: bool = False) -> Mapping[str, Any]:
    if not path.is_file():
        if not required:
            return {}
        raise EncoderError(
            f"{path} is missing",
            expected="a folder as sentence-transformers saves it",
            remedy="check the path, or download or copy the model again",
        )
    found = _parse(path)
    if not isinstance(found, dict):
        raise EncoderError(f"{path} is not a JSON object", expected="settings by name")
    return found


def _parse(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"{path} cannot be read ({error})",
            expected="whole JSON",
            remedy="download or copy the model again",
        ) from error


def _no_weights(path: Path) -> EncoderError:
    if any(path.glob("*.safetensors.index.json")):
        return EncoderError(
            f"{path} holds weights in several files",
            expected="one model.safetensors",
            remedy="save it again with a larger max_shard_size",
        )
    pickled = sorted(file.name for file in path.glob("*.bin"))
    if pickled:
        return EncoderError(
            f"{path} holds its weights as {', '.join(pickled)}, a pickle, which can run any code",
            expected="model.safetensors",
            remedy=_SAVE_AGAIN,
        )
    return EncoderError(
        f"{path} has no model.safetensors", expected="the weights", remedy=_SAVE_AGAIN
    )

"""Reads a sentence encoder's folder: settings and weights, checked. Builds nothing from them.

The layout is the one that sentence-transformers writes (and the Hugging Face hub serves)::

    config.json                        the architecture
    model.safetensors                  the weights; pickled weights (.bin) are never read
    tokenizer.json                     the tokenizer, as the `tokenizers` library reads it
    tokenizer_config.json              optional: must not contradict tokenizer.json
    modules.json                       optional: which steps follow the transformer
    sentence_bert_config.json          optional: the window (else tokenizer_config.json)
    config_sentence_transformers.json  optional: prompts
    1_Pooling/config.json              optional: mean (the default) or first token
    2_Dense/config.json                optional: a linear layer after pooling, with its safetensors
    3_Normalize/config.json            optional

Anything that would make the vectors differ from the folder's meaning is refused, never skipped:
:mod:`protolabel.encoders.text.settings` says which settings are understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from protolabel.encoders.folder import (
    CONFIG,
    COPY_AGAIN,
    WEIGHTS,
    digest_of_files,
    read_json,
    read_settings,
    read_tensors,
    require_weights,
)
from protolabel.encoders.text.settings import (
    ARCHITECTURE,
    DENSE,
    MODULE,
    NORMALIZE,
    POOLING,
    SENTENCE,
    SENTENCE_TRANSFORMERS,
)
from protolabel.encoders.text.tokenizer_settings import check_tokenizer_settings
from protolabel.errors import EncoderError

if TYPE_CHECKING:
    import numpy.typing as npt

Pooling = Literal["mean", "cls"]

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
_STEPS = ["Transformer", "Pooling", "Dense", "Normalize"]
# sentence-transformers reads the first of these that is there.
_SENTENCE_CONFIGS = [
    f"sentence_{family}_config.json"
    for family in ("bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet")
]


@dataclass(frozen=True)
class Dense:
    """A linear layer after pooling. ``weight``: (out, in) float32; ``bias``: (out,) or None."""

    weight: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32] | None
    activation: Literal["tanh", "identity"]


@dataclass(frozen=True)
class ModelFolder:
    """What a folder says.

    ``config`` is config.json as it stands; its meaning is
    :mod:`protolabel.encoders.text.architectures`'s. ``window``: most tokens in one pass, special
    tokens included, or None. ``normalizes``: whether the folder itself asks for unit length.
    """

    path: Path
    config: Mapping[str, Any]
    pooling: Pooling
    window: int | None
    dense_path: Path | None
    normalizes: bool

    @property
    def weights_path(self) -> Path:
        """Where the transformer's weights are."""
        return self.path / WEIGHTS

    @property
    def tokenizer_path(self) -> Path:
        """Where the tokenizer is."""
        return self.path / "tokenizer.json"


def read_folder(path: Path) -> ModelFolder:
    """Read and check the settings of the encoder in ``path``; weights are read separately.

    Raises:
        EncoderError: a file is missing or damaged, or asks for something that is not supported.
    """
    config = read_settings(path / CONFIG, required=True)
    ARCHITECTURE.check(config, path / CONFIG)
    require_weights(path)
    if not (path / "tokenizer.json").is_file():
        raise EncoderError(
            f"{path} has no tokenizer.json",
            expected="the file of the `tokenizers` library beside the weights",
            remedy="save the tokenizer again as a fast tokenizer, or download the model again",
        )
    steps = _read_steps(path)
    if steps is None and any("ForCausalLM" in str(n) for n in config.get("architectures") or ()):
        raise EncoderError(
            f"{path / CONFIG} is of a language model, which pools its last token",
            expected="a sentence encoder",
            remedy="pick an encoder that sentence-transformers has saved",
        )
    pooling_path = (steps or {}).get("Pooling", path / "1_Pooling") / CONFIG
    pooling = _pooling(read_settings(pooling_path, required=steps is not None), pooling_path)
    if steps is not None and "Normalize" in steps:
        NORMALIZE.check(read_settings(steps["Normalize"] / CONFIG), steps["Normalize"] / CONFIG)
    sentence_path = next(
        (path / name for name in _SENTENCE_CONFIGS if (path / name).is_file()),
        path / _SENTENCE_CONFIGS[0],
    )
    sentence = read_settings(sentence_path)
    SENTENCE.check(sentence, sentence_path)
    general_path = path / "config_sentence_transformers.json"
    SENTENCE_TRANSFORMERS.check(read_settings(general_path), general_path)
    tokens = read_settings(path / "tokenizer_config.json")
    check_tokenizer_settings(path, tokens, str(config.get("model_type")))
    return ModelFolder(
        path=path,
        config=config,
        pooling=pooling,
        window=_window(sentence.get("max_seq_length") or tokens.get("model_max_length"), path),
        dense_path=(steps or {}).get("Dense"),
        normalizes=steps is not None and "Normalize" in steps,
    )


def read_dense(path: Path, in_features: int) -> Dense:
    """Read a Dense step's folder.

    Raises:
        EncoderError: it is incomplete, pickled, of another size, or has another activation.
    """
    config = read_settings(path / CONFIG, required=True)
    DENSE.check(config, path / CONFIG)
    name = str(config.get("activation_function", "torch.nn.modules.activation.Tanh"))
    if name not in _ACTIVATIONS:
        raise EncoderError(
            f"{path / CONFIG} asks for the activation {name}",
            expected=" or ".join(_ACTIVATIONS),
            remedy="pick an encoder with one of these",
        )
    tensors = read_tensors(require_weights(path))
    weight, bias = tensors.get("linear.weight"), tensors.get("linear.bias")
    if weight is None or weight.ndim != 2 or weight.shape[1] != in_features:
        raise EncoderError(
            f"{path} holds a weight of shape {None if weight is None else weight.shape}",
            expected=f"linear.weight of shape (out, {in_features})",
            remedy=COPY_AGAIN,
        )
    has_bias = config.get("bias", bias is not None)
    if (bias is None) == bool(has_bias) or (bias is not None and bias.shape != weight.shape[:1]):
        raise EncoderError(
            f"{path} holds a bias of shape {None if bias is None else bias.shape}",
            expected=f"shape {weight.shape[:1]}" if has_bias else "none, by its config.json",
            remedy=COPY_AGAIN,
        )
    activation: Literal["tanh", "identity"]
    activation = "tanh" if _ACTIVATIONS[name] == "tanh" else "identity"
    return Dense(weight, bias, activation)


def digest(folder: ModelFolder, extra: str) -> str:
    """Return the identity of the vectors: 16 hex digits over all that decides them.

    That is every file that is read for the numbers, and ``extra``: window, pooling, passage rule.
    """
    files = [folder.weights_path, folder.tokenizer_path, folder.path / CONFIG]
    if folder.dense_path is not None:
        files += [folder.dense_path / WEIGHTS, folder.dense_path / CONFIG]
    return digest_of_files(files, extra)


def _read_steps(path: Path) -> dict[str, Path] | None:
    """Return the folder of each step by its kind; None where there is no modules.json."""
    file = path / "modules.json"
    if not file.is_file():
        return None
    modules = read_json(file)
    if not isinstance(modules, list) or not all(isinstance(m, dict) for m in modules):
        raise EncoderError(
            f"{file} is not a list of steps", expected="a JSON list of objects", remedy=COPY_AGAIN
        )
    names = [str(module.get("type", "")) for module in modules]
    own = [name.startswith("sentence_transformers.") for name in names]
    kinds = [name.rpartition(".")[2] for name in names]
    order = [_STEPS.index(kind) if kind in _STEPS else -1 for kind in kinds]
    if not all(own) or kinds[:2] != _STEPS[:2] or order != sorted(set(order)):
        raise EncoderError(
            f"{file} lists the steps {', '.join(names)}",
            expected="Transformer, Pooling, and optionally one Dense and a Normalize, of "
            "sentence-transformers",
            remedy="pick an encoder with these steps only",
        )
    for module in modules:
        MODULE.check(module, file)
    steps = {
        kind: path / str(module.get("path", ""))
        for kind, module in zip(kinds, modules, strict=True)
    }
    if steps["Transformer"].resolve() != path.resolve():
        raise EncoderError(
            f"{file} has the transformer in {steps['Transformer'].name}",
            expected="config.json and the weights beside modules.json",
            remedy="load and save it with a current sentence-transformers",
        )
    return steps


def _window(value: object, path: Path) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 1:
        raise EncoderError(
            f"{path} has a window of {value!r} tokens (max_seq_length or model_max_length)",
            expected="a positive number",
            remedy="mend that setting, or " + COPY_AGAIN,
        )
    # Some tokenizers say "no limit" with a number of thirty digits.
    return int(value) if value < 1e6 else None


def _pooling(config: Mapping[str, Any], path: Path) -> Pooling:
    POOLING.check(config, path)
    modes: Any = [mode for key, mode in _LEGACY_POOLING.items() if config.get(key)]
    if config.get("pooling_mode") is not None:
        modes = config["pooling_mode"]
        modes = list(modes) if isinstance(modes, list) else [modes]
    if modes in ([], ["mean"]):
        return "mean"
    if modes == ["cls"]:
        return "cls"
    raise EncoderError(
        f"{path} asks for the pooling {' + '.join(map(str, modes))}",
        expected="mean or cls (first token)",
        remedy="pick an encoder with one of these",
    )

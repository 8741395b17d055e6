"""Reads the steps of a sentence encoder after its network: modules.json, pooling, Dense layers.

What a step's files may say stands in :mod:`protolabel.encoders.text.settings`; what the steps
compute, in :mod:`protolabel.encoders.text.head`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, cast

from protolabel.encoders.folder import (
    CONFIG,
    COPY_AGAIN,
    read_json,
    read_settings,
    read_tensors,
    refuse_adapters,
    require_weights,
)
from protolabel.encoders.text.files import MODULES
from protolabel.encoders.text.head import POOLINGS, Dense, TokenPooling
from protolabel.encoders.text.settings import DENSE, MODULE, POOLING
from protolabel.errors import EncoderError

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
_FIRST, _ONCE = _STEPS[:2], [step for step in _STEPS if step != "Dense"]


def _refuse_steps_without_order(path: Path) -> None:
    """Refuse a folder that has steps after the pooling, but not the file that lists them."""
    others = sorted(folder.name for folder in path.glob("[0-9]*_Dense") if folder.is_dir())
    if others:
        raise EncoderError(
            f"{path} has {', '.join(others)} and no modules.json, which says what follows what",
            expected="the whole folder, as sentence-transformers saves it",
            remedy=COPY_AGAIN,
        )


def read_steps(path: Path) -> list[tuple[str, Path]] | None:
    """Return the kind and the folder of each step, in order; None without a modules.json.

    Raises:
        EncoderError: a step is unknown, or the order is another than can be followed.
    """
    file = path / MODULES
    if not file.is_file():
        _refuse_steps_without_order(path)
        return None
    modules = read_json(file)
    if not isinstance(modules, list) or not all(isinstance(m, dict) for m in modules):
        raise EncoderError(
            f"{file} is not a list of steps", expected="a JSON list of objects", remedy=COPY_AGAIN
        )
    names = [str(module.get("type", "")) for module in modules]
    is_standard = [name.startswith("sentence_transformers.") for name in names]
    kinds = [name.rpartition(".")[2] for name in names]
    order = [_STEPS.index(kind) if kind in _STEPS else -1 for kind in kinds]
    once = all(kinds.count(kind) <= 1 for kind in _ONCE)
    if (
        not all(is_standard)
        or kinds[:2] != _FIRST
        or -1 in order
        or order != sorted(order)
        or not once
    ):
        raise EncoderError(
            f"{file} lists the steps {', '.join(names)}",
            expected="Transformer, Pooling, and optionally Dense steps and one Normalize, of "
            "sentence-transformers",
            remedy="pick an encoder with these steps only",
        )
    for module in modules:
        MODULE.check(module, file)
    steps = [
        (kind, path / str(module.get("path", "")))
        for kind, module in zip(kinds, modules, strict=True)
    ]
    for _, folder in steps:
        refuse_adapters(folder)
    transformer = steps[0][1]
    if transformer.resolve() != path.resolve():
        raise EncoderError(
            f"{file} has the transformer in {transformer.name}",
            expected="config.json and the weights beside modules.json",
            remedy="load and save it with a current sentence-transformers",
        )
    return steps


def read_pooling(path: Path, *, required: bool) -> tuple[TokenPooling, bool]:
    """Read how token vectors become one: the mode, and whether the tokens of a prompt count.

    Args:
        path: of the settings of the Pooling step.
        required: whether they must be there; the mean is the default.

    Raises:
        EncoderError: the settings are not understood, or ask for several modes.
    """
    config: Mapping[str, Any] = read_settings(path, required=required)
    POOLING.check(config, path)
    modes: Any = [mode for key, mode in _LEGACY_POOLING.items() if config.get(key)]
    if config.get("pooling_mode") is not None:
        modes = config["pooling_mode"]
        modes = list(modes) if isinstance(modes, list) else [modes]
    modes = modes or ["mean"]
    if len(modes) == 1 and modes[0] in POOLINGS:
        return cast(TokenPooling, modes[0]), bool(config.get("include_prompt", True))
    raise EncoderError(
        f"{path} asks for the pooling {' + '.join(map(str, modes))}",
        expected=f"one of {', '.join(POOLINGS)}",
        remedy="pick an encoder with one of these",
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

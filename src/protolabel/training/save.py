"""Writes trained weights in the layout that encoders are read from. Trains and loads nothing.

Where the folder stands, and that it is whole, is the concern of
:mod:`protolabel.training.output_folder`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor
from torch.nn import Linear

from protolabel.encoders.text.architectures import read_sizes
from protolabel.encoders.text.folder import ModelFolder
from protolabel.training.tensor_files import save_tensors


def write_conv(folder: Path, config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> None:
    """Write a Conv4's config.json and model.safetensors."""
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    save_tensors(folder / "model.safetensors", tensors, {"format": "pt"})


def write_transformer(
    folder: Path, base: ModelFolder, tensors: Mapping[str, Tensor], dense: Linear | None
) -> None:
    """Write an encoder's folder: the base's settings and tokenizer, and these weights.

    ``dense``: the linear step after pooling, or None. The layout is the one of
    :mod:`protolabel.encoders.text.folder`, which sentence-transformers reads as well.
    """
    _copy_settings(folder, base)
    if dense is not None:
        where = folder / (base.dense_path.name if base.dense_path is not None else "2_Dense")
        where.mkdir(exist_ok=True)
        settings = {"activation_function": "torch.nn.modules.linear.Identity"}
        if (where / "config.json").is_file():
            settings = json.loads((where / "config.json").read_text(encoding="utf-8"))
        sizes = {
            "in_features": dense.in_features,
            "out_features": dense.out_features,
            "bias": dense.bias is not None,
        }
        (where / "config.json").write_text(json.dumps(settings | sizes, indent=1), encoding="utf-8")
        named = {f"linear.{name}": value for name, value in dense.named_parameters()}
        save_tensors(where / "model.safetensors", named, {"format": "pt"})
    _write_modules(folder, base, dense is not None)
    floats = {name: tensor for name, tensor in tensors.items() if tensor.is_floating_point()}
    save_tensors(folder / "model.safetensors", floats, {"format": "pt"})


def _copy_settings(folder: Path, base: ModelFolder) -> None:
    """Copy the base's settings, except those that describe its own files."""
    for file in base.path.iterdir():
        if file.suffix in (".json", ".txt", ".model") and not file.name.endswith("index.json"):
            shutil.copyfile(file, folder / file.name)
    config = {k: "float32" if k in ("dtype", "torch_dtype") else v for k, v in base.config.items()}
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    for inside in base.path.iterdir():
        if inside.is_dir() and (inside / "config.json").is_file() and inside.name[:1].isdigit():
            (folder / inside.name).mkdir()
            shutil.copyfile(inside / "config.json", folder / inside.name / "config.json")


def _write_modules(folder: Path, base: ModelFolder, dense: bool) -> None:
    """Say which steps there are: the transformer, pooling, perhaps a dense step, unit length."""
    place = base.dense_path.name if base.dense_path is not None else "2_Dense"
    pooling = next((p.name for p in sorted(folder.glob("*_Pooling"))), "1_Pooling")
    steps = [("", "Transformer"), (pooling, "Pooling")]
    steps += [(place, "Dense")] if dense else []
    steps += [("9_Normalize", "Normalize")]
    records = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(steps)
    ]
    (folder / "modules.json").write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")
    (folder / pooling).mkdir(exist_ok=True)
    modes = {
        "word_embedding_dimension": _size(base),
        "pooling_mode_cls_token": base.pooling == "cls",
        "pooling_mode_mean_tokens": base.pooling == "mean",
        "pooling_mode_max_tokens": False,
        "pooling_mode_mean_sqrt_len_tokens": False,
    }
    (folder / pooling / "config.json").write_text(json.dumps(modes, indent=1), encoding="utf-8")
    if base.window is not None:
        settings = {"max_seq_length": base.window, "do_lower_case": False}
        path = folder / "sentence_bert_config.json"
        path.write_text(json.dumps(settings, indent=1), encoding="utf-8")


def _size(base: ModelFolder) -> int:
    return read_sizes(base.config).size

"""Writes trained weights as the folders that encoders are read from. Trains and loads nothing.

Everything is written beside its place and moved there when it is whole: a folder is never half an
encoder.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor
from torch.nn import Linear

from protolabel.encoders.folder import ModelFolder
from protolabel.encoders.text.architectures import read_sizes
from protolabel.errors import InputError


def write_conv(folder: Path, config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> None:
    """Write a Conv4's config.json and model.safetensors."""
    from safetensors.torch import save_file

    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    save_file(
        {name: tensor.detach().contiguous() for name, tensor in tensors.items()},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )


def refuse_unwritable(path: Path) -> None:
    """Raise InputError where a folder ``path`` could not be made; nothing is left behind."""
    there = next(folder for folder in path.absolute().parents if folder.exists())
    try:
        with tempfile.TemporaryDirectory(dir=there, prefix=f".{path.name}."):
            pass
    except OSError as error:
        raise InputError(
            f"{path} cannot be made ({error.strerror or error})",
            expected="a folder that can be written",
            remedy="name another --out",
        ) from error


def replace_folder(path: Path, write: Callable[[Path], None], *, overwrite: bool = False) -> None:
    """Let ``write`` fill a new folder, and put it at ``path`` when it is whole.

    Raises InputError where something else is there already.
    """
    if path.exists() and not overwrite:
        raise InputError(
            f"{path} is there already", expected="a new folder", remedy="name another --out"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part-{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        write(aside)
        if path.exists():
            old = path.with_name(f".{path.name}.old-{os.getpid()}")
            path.rename(old)
            aside.rename(path)
            shutil.rmtree(old)
        else:
            aside.rename(path)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def write_transformer(
    folder: Path, base: ModelFolder, tensors: Mapping[str, Tensor], dense: Linear | None
) -> None:
    """Write an encoder's folder: the base's settings and tokenizer, and these weights.

    ``dense``: the linear step after pooling, or None. The layout is the one of
    :mod:`protolabel.encoders.folder`, which sentence-transformers reads as well.
    """
    from safetensors.torch import save_file

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
        (where / "config.json").write_text(json.dumps(sizes | settings, indent=1), encoding="utf-8")
        named = {f"linear.{n}": p.detach().contiguous() for n, p in dense.named_parameters()}
        save_file(named, where / "model.safetensors", metadata={"format": "pt"})
    _write_modules(folder, base, dense is not None)
    floats = {n: t.detach().contiguous() for n, t in tensors.items() if t.is_floating_point()}
    save_file(floats, folder / "model.safetensors", metadata={"format": "pt"})


def _copy_settings(folder: Path, base: ModelFolder) -> None:
    """What the base says of itself, but for what is true of its own files alone."""
    for file in base.path.iterdir():
        if file.suffix in (".json", ".txt", ".model") and not file.name.endswith("index.json"):
            shutil.copyfile(file, folder / file.name)
    kept = {k: "float32" if k in ("dtype", "torch_dtype") else v for k, v in base.config.items()}
    (folder / "config.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
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
    told = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(steps)
    ]
    (folder / "modules.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
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

"""Folders of static encoders on random weights, in the layout of model2vec."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from encoder_folders import VOCABULARY, write_json, write_tokenizer
from safetensors.numpy import save_file


def write_static(path: Path, dim: int = 5, weights: bool = True) -> dict[str, np.ndarray]:
    """Write a folder as model2vec does, at random; returns its tensors."""
    rng = np.random.default_rng(1)
    path.mkdir()
    tensors = {"embeddings": rng.normal(size=(len(VOCABULARY), dim)).astype(np.float32)}
    if weights:
        tensors["weights"] = rng.uniform(size=len(VOCABULARY)).astype(np.float32)
    save_file(tensors, path / "model.safetensors")
    write_tokenizer(path / "tokenizer.json")
    write_json(path / "config.json", {"model_type": "model2vec", "normalize": True})
    return tensors

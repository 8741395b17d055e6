"""What training writes is a folder that sentence-transformers reads, with the same vectors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from encoder_folders import write_folder, write_json
from safetensors.numpy import load_file
from torch.nn import Linear

from protolabel.encoders.text.encoder import TransformerEncoder
from protolabel.encoders.text.folder import read_folder
from protolabel.errors import InputError
from protolabel.training.learners.linear_map import LinearMap
from protolabel.training.learners.transformer import Transformer
from protolabel.training.output_folder import replace_folder
from protolabel.training.save import write_transformer

TEXTS = ["pay bill", "box ship work sign a", "e", "bill pay a b c d e f", "sign a b"]
SPECIAL = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}


def base_of(path: Path, family: str = "bert", **settings) -> Path:
    """A tiny folder as it is published: with the settings of its tokenizer."""
    folder = write_folder(path, family, **settings)
    config = SPECIAL | {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 12}
    write_json(folder / "tokenizer_config.json", config)
    if settings.get("dense"):
        config = {"in_features": 16, "out_features": settings["dense"], "bias": True,
                "activation_function": "torch.nn.modules.linear.Identity"}  # fmt: skip
        write_json(folder / "2_Dense" / "config.json", config)
    return folder


CASES = {
    "bert": ("bert", {}),
    "bert, first token": ("bert", {"pooling": "cls"}),
    "bert, dense step": ("bert", {"dense": 16}),
    "distilbert": ("distilbert", {}),
    "mpnet": ("mpnet", {}),
    "roberta": ("roberta", {}),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", ["network", "map"])
def test_sentence_transformers_reads_it(tmp_path, case, kind):
    from sentence_transformers import SentenceTransformer

    family, settings = CASES[case]
    base = base_of(tmp_path / "base", family, **settings)
    learner = Transformer(base, bf16=False) if kind == "network" else LinearMap(base)
    change(learner)
    out = tmp_path / "out"
    out.mkdir()
    learner.write(out)
    model = SentenceTransformer(str(out), device="cpu")
    encoded = model.encode(TEXTS)
    expected = TransformerEncoder(out, precision="f32").encode(TEXTS)
    np.testing.assert_allclose(encoded, expected, atol=1e-5)
    assert model.max_seq_length == 12
    before = TransformerEncoder(base, precision="f32").encode(TEXTS)
    assert np.abs(encoded - before).max() > 0.01


def change(learner) -> None:
    import torch

    torch.manual_seed(2)
    with torch.no_grad():
        for parameter in learner.parameters():
            parameter += 0.1 * torch.randn_like(parameter)


def test_a_dense_step_that_was_not_there_is_added(tmp_path):
    base = read_folder(write_folder(tmp_path / "base"))
    out = tmp_path / "out"
    out.mkdir()
    layer = Linear(16, 7, bias=False)
    tensors = Transformer(base.path, bf16=False).network.state_dict()
    write_transformer(out, base, tensors, layer)
    config = json.loads((out / "2_Dense" / "config.json").read_text())
    assert config == {
        "in_features": 16, "out_features": 7, "bias": False,
        "activation_function": "torch.nn.modules.linear.Identity",
    }  # fmt: skip
    steps = [m["type"].rpartition(".")[2] for m in json.loads((out / "modules.json").read_text())]
    assert steps == ["Transformer", "Pooling", "Dense", "Normalize"]
    assert TransformerEncoder(out).dim == 7


def test_the_sizes_of_a_dense_step_are_its_own_and_not_those_of_the_base(tmp_path):
    base = read_folder(base_of(tmp_path / "base", dense=16))
    out = tmp_path / "out"
    out.mkdir()
    tensors = Transformer(base.path, bf16=False).network.state_dict()
    write_transformer(out, base, tensors, Linear(16, 7))
    config = json.loads((out / "2_Dense" / "config.json").read_text())
    assert (config["in_features"], config["out_features"]) == (16, 7)
    assert TransformerEncoder(out).dim == 7


def test_settings_of_the_base_are_kept(tmp_path):
    base = base_of(tmp_path / "base", pooling="cls", window=9)
    write_json(base / "config_sentence_transformers.json", {"similarity_fn_name": "cosine"})
    (base / "vocab.txt").write_text("pay\nbill\n")
    (base / "model.safetensors.index.json").write_text("{}")
    (base / "notes.bin").write_bytes(b"0")
    out = tmp_path / "out"
    out.mkdir()
    Transformer(base, bf16=False).write(out)
    a, b = read_folder(base), read_folder(out)
    assert (
        (a.pooling, a.window, a.config) == (b.pooling, b.window, b.config) == ("cls", 9, a.config)
    )
    names = {p.name for p in out.iterdir()}
    assert {"vocab.txt", "tokenizer_config.json", "config_sentence_transformers.json"} <= names
    assert not {"model.safetensors.index.json", "notes.bin"} & names
    assert (base / "tokenizer.json").read_bytes() == (out / "tokenizer.json").read_bytes()
    whole = load_file(base / "model.safetensors")
    written = load_file(out / "model.safetensors")
    assert all(np.array_equal(whole[n], written[n]) for n in whole)


def fill(folder: Path) -> None:
    (folder / "weights").write_text("new")
    (folder / "training.json").write_text("{}")


def test_a_folder_is_replaced_whole_or_not_at_all(tmp_path):
    out = tmp_path / "deep" / "out"
    replace_folder(out, fill)
    assert (out / "weights").read_text() == "new"
    with pytest.raises(InputError, match=r"exists already; expected.*to fix it"):
        replace_folder(out, fill)

    def half(folder):
        fill(folder)
        raise RuntimeError("disk full")

    (out / "weights").write_text("old")
    with pytest.raises(RuntimeError):
        replace_folder(out, half, overwrite=True)
    assert (out / "weights").read_text() == "old"
    replace_folder(out, fill, overwrite=True)
    assert (out / "weights").read_text() == "new"
    assert [p.name for p in out.parent.iterdir()] == ["out"]

"""Settings of an encoder's folder that are of another type, or have no effect elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from encoder_folders import SIZE, settings, write_folder, write_json

from protolabel.encoders import load_encoder
from protolabel.errors import EncoderError

OTHER_TYPES = [
    ("config.json", "model_type", ["bert"]), ("config.json", "model_type", 5),
    ("config.json", "vocab_size", None), ("config.json", "hidden_size", "16"),
    ("config.json", "num_hidden_layers", 2.5), ("config.json", "num_attention_heads", True),
    ("config.json", "max_position_embeddings", [40]), ("config.json", "intermediate_size", -1),
    ("config.json", "layer_norm_eps", "x"), ("config.json", "layer_norm_eps", -1.0),
    ("config.json", "pad_token_id", "0"), ("config.json", "hidden_act", ["gelu"]),
    ("1_Pooling/config.json", "include_prompt", "no"),
    ("1_Pooling/config.json", "pooling_mode", {"mean": True}),
    ("1_Pooling/config.json", "pooling_mode", [["mean"]]),
    ("sentence_bert_config.json", "max_seq_length", 2),
    ("sentence_bert_config.json", "max_seq_length", "64"),
    ("sentence_bert_config.json", "max_seq_length", [64]),
    ("config_sentence_transformers.json", "default_prompt_name", ["q"]),
    ("config_sentence_transformers.json", "prompts", {"q": 5}),
    ("config_sentence_transformers.json", "prompts", {"q": "\ud800"}),
    ("config_sentence_transformers.json", "prompts", {"q": "pay " * 100}),
    ("config_sentence_transformers.json", "prompts", ["q"]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "name", "value"), OTHER_TYPES)
def test_a_setting_of_another_type_is_one_error_with_its_folder_and_a_remedy(
    tmp_path: Path, file: str, name: str, value: Any
) -> None:
    path = write_folder(tmp_path) / file
    content = json.loads(path.read_text()) if path.exists() else {}
    if name == "prompts":
        content["default_prompt_name"] = "q"
    path.write_text(json.dumps(content | {name: value}))
    with pytest.raises(EncoderError) as caught:
        load_encoder(tmp_path)
    assert str(tmp_path) in caught.value.got or name == "hidden_act"
    assert caught.value.remedy


def test_a_strange_list_of_architectures_changes_nothing(tmp_path: Path) -> None:
    write_folder(tmp_path)
    (tmp_path / "modules.json").unlink()
    write_json(tmp_path / "config.json", settings("bert") | {"architectures": 5})
    assert load_encoder(tmp_path).dim == SIZE


def test_a_pooling_that_no_list_of_steps_names_is_refused(tmp_path: Path) -> None:
    """sentence-transformers takes the mean there, whatever the file says."""
    write_folder(tmp_path, pooling="cls")
    (tmp_path / "modules.json").unlink()
    with pytest.raises(EncoderError, match=r"pooling cls, and .* has no modules\.json"):
        load_encoder(tmp_path)

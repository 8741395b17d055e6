"""An adapter beside the weights, which sentence-transformers would apply, is refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from encoder_folders import put, write_folder
from safetensors.numpy import save_file

from protolabel import load_encoder
from protolabel.errors import EncoderError


@pytest.mark.parametrize("folder", ["", "2_Dense/"])
@pytest.mark.parametrize(
    "name", ["adapter_config.json", "adapter_model.safetensors", "adapter_model.bin"]
)
def test_a_file_of_an_adapter_is_refused_by_name(tmp_path: Path, folder: str, name: str) -> None:
    write_folder(tmp_path, dense=16)
    load_encoder(tmp_path)
    if name.endswith(".json"):
        put(folder + name, {"peft_type": "LORA"})(tmp_path)
    else:
        save_file({"a": np.ones(2, np.float32)}, tmp_path / folder / name)
    with pytest.raises(EncoderError, match=f"{folder}{name} belongs to an adapter") as caught:
        load_encoder(tmp_path)
    assert "merge_and_unload" in caught.value.remedy


def test_an_adapter_without_its_network_is_refused_as_one(tmp_path: Path) -> None:
    put("adapter_config.json", {"peft_type": "LORA"})(write_folder(tmp_path))
    (tmp_path / "config.json").unlink()
    with pytest.raises(EncoderError, match="adapter_config"):
        load_encoder(tmp_path)

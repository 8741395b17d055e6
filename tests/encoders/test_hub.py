"""Encoders by their name on the hub: real commands, the hub's own client, a hub on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from encoder_folders import write_folder
from exported_folders import write_exported
from hub_server import Hub, hub_of

from protolabel import load_encoder

NAME = "some/encoder"


def encoded(home: Path, hub: Hub, text: str) -> np.ndarray:
    """Return the vector of a text by the encoder ``NAME``, in a process with this home folder."""
    script = (
        "import sys; from protolabel import load_encoder\n"
        f"print(load_encoder({NAME!r}, threads=1, precision='f32').encode([sys.argv[1]])"
        "[0].tolist())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, text], capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "HF_ENDPOINT": hub.url,
             "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return np.array(done.stdout.strip("[]\n").split(", "), np.float32)


def test_of_several_networks_the_one_that_is_used_is_downloaded_and_kept(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "model")
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.onnx").write_bytes(b"not read: the weights are")
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    own = load_encoder(folder, threads=1, precision="f32").encode(["pay bill"])[0]
    with hub_of(NAME, folder) as hub:
        assert np.allclose(encoded(tmp_path, hub, "pay bill"), own, atol=1e-6)
        assert "model.safetensors" in hub.downloads
        assert not {"onnx/model.onnx", "pytorch_model.bin"} & set(hub.downloads)
        hub.downloads.clear()
        assert np.allclose(encoded(tmp_path, hub, "pay bill"), own, atol=1e-6)
        assert hub.downloads == []


@pytest.mark.skipif(find_spec("onnx") is None, reason="onnx is not installed")
def test_an_exported_network_with_weights_apart_comes_from_the_hub(tmp_path: Path) -> None:
    import onnx

    folder = write_exported(tmp_path / "model", "NomicBert")
    file = folder / "onnx" / "model.onnx"
    onnx.save(onnx.load(file), file, save_as_external_data=True, location="model.onnx_data",
              size_threshold=0)  # fmt: skip
    own = load_encoder(folder, threads=1).encode(["pay bill"])[0]  # type: ignore[union-attr]
    with hub_of(NAME, folder) as hub:
        assert np.allclose(encoded(tmp_path, hub, "pay bill"), own, atol=1e-6)
        assert {"onnx/model.onnx", "onnx/model.onnx_data"} <= set(hub.downloads)
        assert "model.safetensors" not in hub.downloads
        kept = next(tmp_path.glob(".cache/huggingface/hub/models--some--encoder/snapshots/*"))
        (kept / "onnx" / "model.onnx_data").unlink()  # a download that was cut off
        hub.downloads.clear()
        assert np.allclose(encoded(tmp_path, hub, "pay bill"), own, atol=1e-6)

"""Encoders by their name on the hub: real commands, the hub's own client, a hub on this machine."""

from __future__ import annotations

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from encoder_folders import SIZE, put, write_folder
from exported_folders import write_exported
from fast_cases import few
from hub_server import Hub, hub_of
from learned import learned_texts, note_learned
from prepared_commands import prepared_program
from static_folders import write_static

from protolabel import load_encoder
from protolabel.errors import EncoderError

NAME = "some/encoder"
OFFLINE = "http://127.0.0.1:9"  # where nothing answers


def run(home: Path, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command, or a script with -c, with this home folder and the hub at this address."""
    return subprocess.run(
        [prepared_program(), *words], capture_output=True, text=True, check=False, cwd=home,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "HF_ENDPOINT": url,
             "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"},
    )  # fmt: skip


def encoded(home: Path, hub: Hub, text: str) -> np.ndarray:
    """Return the vector of a text by the encoder ``NAME``, in a process with this home folder."""
    script = (
        "import sys; from protolabel import load_encoder\n"
        f"print(load_encoder({NAME!r}, threads=1, precision='f32').encode([sys.argv[1]])"
        "[0].tolist())\n"
    )
    done = run(home, hub.url, "-c", script, text)
    assert done.returncode == 0, done.stderr
    return np.array(done.stdout.strip("[]\n").split(", "), np.float32)


def fingerprint(home: Path, url: str) -> str:
    """Return the fingerprint of the encoder ``NAME``, or the error instead of it."""
    script = f"from protolabel import load_encoder\nprint(load_encoder({NAME!r}).fingerprint)"
    done = run(home, url, "-c", script)
    return done.stdout.strip() or done.stderr


def fetch_as_transformers(home: Path, hub: Hub) -> None:
    """Put the files into the cache that AutoTokenizer and AutoModel ask for, and no others."""
    script = (
        "import sys, huggingface_hub as hub\n"
        f"for name in sys.argv[1:]: hub.hf_hub_download({NAME!r}, name)"
    )
    files = ("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors")
    done = run(home, hub.url, "-c", script, *files)
    assert done.returncode == 0, done.stderr


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


def test_what_the_copy_of_another_program_lacks_is_fetched(tmp_path: Path) -> None:
    """The pooling, the window and the default prompt stand in files that transformers leaves."""
    folder = write_folder(tmp_path / "model", pooling="cls", dense=8)
    prompt = {"prompts": {"q": "pay "}, "default_prompt_name": "q"}
    put("config_sentence_transformers.json", prompt)(folder)
    with hub_of(NAME, folder) as hub:
        fetch_as_transformers(tmp_path, hub)
        hub.downloads.clear()
        assert fingerprint(tmp_path, hub.url) == load_encoder(folder).fingerprint
        assert "modules.json" in hub.downloads
        assert not {"model.safetensors", "config.json"} & set(hub.downloads)
        hub.downloads.clear()
        fingerprint(tmp_path, hub.url)
        assert hub.downloads == []


def test_the_copy_of_another_program_is_refused_where_there_is_no_network(tmp_path: Path) -> None:
    with hub_of(NAME, write_folder(tmp_path / "model", pooling="cls")) as hub:
        fetch_as_transformers(tmp_path, hub)
        here = fingerprint(tmp_path, OFFLINE)
        assert "the local hub cache (its copy lacks modules.json)" in here
        assert "give this name again where there is a network" in here
        assert fingerprint(tmp_path, hub.url).startswith("bert:")  # the advice


def test_an_encoder_of_the_hub_needs_a_network_once(tmp_path: Path) -> None:
    """Also one of which a part is not downloaded; later commands find it by the recorded name."""
    folder = write_folder(tmp_path / "model")
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    with hub_of(NAME, folder) as hub:
        done = run(tmp_path, hub.url, "init", "a.space", "--encoder", NAME)
        assert done.returncode == 0, done.stderr
    for words in (("add", "a.space", "bill", "--text", "pay bill"),
                  ("add", "a.space", "box", "--text", "ship box"),
                  ("label", "a.space", "--text", "a bill")):  # fmt: skip
        done = run(tmp_path, OFFLINE, *words)
        assert done.returncode == 0, done.stderr


def test_that_an_encoder_has_no_list_of_steps_is_asked_once(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "model")
    (folder / "modules.json").unlink()
    with hub_of(NAME, folder) as hub:
        fetch_as_transformers(tmp_path, hub)
        assert fingerprint(tmp_path, hub.url) == load_encoder(folder).fingerprint
    assert fingerprint(tmp_path, OFFLINE) == load_encoder(folder).fingerprint


FILES = {
    "sentence_roberta_config.json": {"max_seq_length": 6},
    "sentence_xlnet_config.json": {"do_lower_case": True},
    "special_tokens_map.json": {"mask_token": "bill"},
    "2_Dense/adapter_config.json": {"peft_type": "LORA"},
    "3_Normalize/config.json": {"module_input_name": "token_embeddings"},
}


@pytest.mark.parametrize(
    "name", few(FILES, ["sentence_roberta_config.json", "2_Dense/adapter_config.json"])
)
def test_a_file_of_settings_means_the_same_from_the_hub_as_in_a_folder(
    tmp_path: Path, name: str
) -> None:
    folder = write_folder(tmp_path / "model", window=None, dense=SIZE)
    plain = load_encoder(folder).fingerprint
    put(name, FILES[name])(folder)
    with hub_of(NAME, folder) as hub:
        here = fingerprint(tmp_path, hub.url)
    try:
        assert here == load_encoder(folder).fingerprint != plain
    except EncoderError as error:
        words = error.got.replace(str(folder), "").split(" ")
        assert all(word in here for word in words), here


def test_a_dense_step_of_any_name_comes_from_the_hub(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "model", dense=SIZE)
    (folder / "2_Dense").rename(folder / "2_Dense_1024")
    modules = (folder / "modules.json").read_text()
    (folder / "modules.json").write_text(modules.replace('"2_Dense"', '"2_Dense_1024"'))
    with hub_of(NAME, folder) as hub:
        assert fingerprint(tmp_path, hub.url) == load_encoder(folder).fingerprint
    assert fingerprint(tmp_path, OFFLINE) == load_encoder(folder).fingerprint


def test_of_a_static_encoder_the_table_is_downloaded_and_no_graph(tmp_path: Path) -> None:
    write_static(tmp_path / "model")
    put("onnx/model.onnx", "not read")(tmp_path / "model")
    with hub_of(NAME, tmp_path / "model") as hub:
        assert fingerprint(tmp_path, hub.url) == load_encoder(tmp_path / "model").fingerprint
        assert "onnx/model.onnx" not in hub.downloads


@pytest.mark.parametrize("is_there_before", [False, True])
def test_an_encoder_of_the_hub_says_what_it_has_learned_from(
    tmp_path: Path, is_there_before: bool
) -> None:
    folder = note_learned(write_folder(tmp_path / "model"), ["pay bill", "ship box"])
    script = (
        "from protolabel.encoders.provenance import folder_of, learned_from\n"
        f"print(learned_from(folder_of({NAME!r}, fetch=True)).digests.tolist())"
    )
    with hub_of(NAME, folder) as hub:
        if is_there_before:  # all but what training wrote, as other programs fetch it
            patterns = ["*.json", "model.safetensors", "*/config.json"]
            fetching = (
                f"import huggingface_hub as hub; hub.snapshot_download({NAME!r}, "
                f"allow_patterns={patterns}, ignore_patterns=['training.json'])"
            )
            assert run(tmp_path, hub.url, "-c", fetching).returncode == 0
        done = run(tmp_path, hub.url, "-c", script)
        hub.downloads.clear()
        assert run(tmp_path, hub.url, "-c", script).stdout == done.stdout
        assert hub.downloads == []
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(learned_texts(["pay bill", "ship box"]).digests.tolist())

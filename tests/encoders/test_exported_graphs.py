"""Encoders whose network is read as an exported graph, on random weights.

Their vectors are those of sentence-transformers, which runs the same folder through torch. A graph
with other inputs or outputs is refused by name.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from encoder_folders import SIZE, VOCABULARY, write_folder, write_json
from exported_folders import changed_config, expected, write_exported

from protolabel.encoders import compatible, load_encoder
from protolabel.encoders.text.encoder import TransformerEncoder
from protolabel.errors import EncoderError
from protolabel.training.learners.learnable import read_learnable

needs = pytest.mark.skipif(
    find_spec("sentence_transformers") is None or find_spec("onnx") is None,
    reason="sentence-transformers or onnx is not installed",
)
TEXTS = ["Pay bill", "box ship é work", "e", "pay bill . Sign ! a b c " * 2, "PAYS ships bill", "?"]
PROMPT = {"prompts": {"task": "pay: "}, "default_prompt_name": "task"}


def encoder(path: Path) -> TransformerEncoder:
    return TransformerEncoder(path, threads=1)


@pytest.fixture(scope="module")
def modern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small ModernBERT with an ONNX graph; tests change copies of it."""
    if find_spec("onnx") is None:
        pytest.skip("onnx is not installed")
    return write_exported(tmp_path_factory.mktemp("modern"), "ModernBert", pooling="cls")


@pytest.fixture
def copy(modern: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(modern, tmp_path / "copy"))


@needs
@pytest.mark.parametrize(
    ("network", "graph", "more"),
    [
        ("ModernBert", "model.onnx", {"pooling": "cls", "general": PROMPT}),
        ("Gemma3Text", "openvino/openvino_model.xml", {"dense": (24, 8), "general": PROMPT}),
        pytest.param("NomicBert", "onnx/model.onnx", {}, marks=pytest.mark.slow),
        pytest.param("Gte", "onnx/model.onnx", {"pooling": "cls"}, marks=pytest.mark.slow),
        pytest.param("XLMRoberta", "openvino_model.xml", {"pooling": "lasttoken"},
                     marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_an_exported_network_gives_the_vectors_of_sentence_transformers(
    tmp_path: Path, network: str, graph: str, more: dict[str, Any]
) -> None:
    write_exported(tmp_path, network, graph=graph, **more)
    vectors = expected(tmp_path, TEXTS)
    if network == "XLMRoberta":  # with weights it would be built from them
        built = encoder(tmp_path)
        (tmp_path / "model.safetensors").unlink()
        assert (built.encode(TEXTS) * vectors).sum(axis=1).min() > 0.9999
    read = encoder(tmp_path)
    assert read.fingerprint.startswith("exported-")
    assert read.fingerprint.endswith("/f32")
    assert np.abs(read.encode(TEXTS) - vectors).max() < 1e-5
    assert read.dim == vectors.shape[1]


def test_a_long_text_is_split_and_each_window_has_the_prompt(copy: Path) -> None:
    write_json(copy / "config_sentence_transformers.json", PROMPT)
    long = "box ship work " * 30
    encoded = encoder(copy).encode_documents([long])
    spans = encoded.passage_spans.tolist()
    assert (spans[0][0], spans[-1][1]) == (0, len(long))
    assert all(a[1] == b[0] for a, b in pairwise(spans))
    passages = [long[start:end] for start, end in spans]
    assert np.abs(encoded.passage_embeddings - encoder(copy).encode(passages)).max() < 1e-5


def drop_input(graph: Any) -> None:
    graph.graph.input.remove(graph.graph.input[1])


def rename(kind: str, name: str) -> Callable[[Any], None]:
    def change(graph: Any) -> None:
        port = getattr(graph.graph, kind)[-1]
        for node in graph.graph.node:
            ports = getattr(node, kind)
            for i, each in enumerate(ports):
                if each == port.name:
                    ports[i] = name
        port.name = name

    return change


def fix_shape(graph: Any) -> None:
    graph.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1


def foreign(graph: Any) -> None:
    graph.graph.node[-1].op_type = "Frobnicate"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (rename("input", "pixel_values"), "asks for the input pixel_values"),
        (rename("output", "sentence_embedding"), r"outputs sentence_embedding \[\?,\?,16\]"),
        (fix_shape, "takes input_ids of shape"),
        (foreign, "cannot be read"),
    ],
)
def test_a_graph_with_other_ends_is_refused(
    copy: Path, change: Callable[[Any], None], message: str
) -> None:
    import onnx

    graph = onnx.load(copy / "onnx" / "model.onnx")
    change(graph)
    onnx.save(graph, copy / "onnx" / "model.onnx")
    with pytest.raises(EncoderError, match=message) as caught:
        encoder(copy)
    assert caught.value.remedy


def cut_short(path: Path) -> None:
    whole = (path / "onnx" / "model.onnx").read_bytes()
    (path / "onnx" / "model.onnx").write_bytes(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (cut_short, "cannot be read"),
        (lambda p: (p / "onnx" / "model.onnx").write_bytes(b""), "cannot be read"),
        (lambda p: changed_config(p, vocab_size=None), "vocab_size of None"),
        (
            lambda p: changed_config(p, vocab_size=len(VOCABULARY) - 1),
            f"knows {len(VOCABULARY)} tokens",
        ),
        (lambda p: (p / "onnx" / "model.onnx").unlink(), "type 'modernbert'"),
        (lambda p: (p / "tokenizer.json").unlink(), "no tokenizer.json"),
    ],
)
def test_a_folder_that_lacks_what_its_graph_needs_is_refused(
    copy: Path, change: Callable[[Path], object], message: str
) -> None:
    change(copy)
    with pytest.raises(EncoderError, match=message) as caught:
        encoder(copy)
    assert caught.value.remedy


def test_a_folder_that_does_not_say_its_window_is_refused(copy: Path) -> None:
    (copy / "sentence_bert_config.json").unlink()
    assert encoder(copy).encode(["pay"]).shape == (1, SIZE)  # max_position_embeddings says it
    changed_config(copy, max_position_embeddings=None)
    with pytest.raises(EncoderError, match="how many tokens") as caught:
        encoder(copy)
    assert "sentence_bert_config.json" in caught.value.remedy
    write_json(copy / "sentence_bert_config.json", {"max_seq_length": 20})  # the advice
    assert encoder(copy).encode(["pay"]).shape == (1, SIZE)


def outside(path: Path) -> None:
    """Keep the weights in a file beside the graph, as large models do."""
    import onnx

    graph = onnx.load(path / "onnx" / "model.onnx")
    onnx.save(graph, path / "onnx" / "model.onnx", save_as_external_data=True,
              location="model.onnx_data", size_threshold=0)  # fmt: skip


def test_weights_in_a_file_of_their_own_are_part_of_the_fingerprint(copy: Path) -> None:
    vectors = encoder(copy).encode(TEXTS)
    outside(copy)
    before = encoder(copy)
    assert np.abs(before.encode(TEXTS) - vectors).max() < 1e-5
    data = copy / "onnx" / "model.onnx_data"
    weights = np.frombuffer(data.read_bytes(), np.float32).copy()
    weights[: weights.size // 2] *= np.float32(1.5)
    data.write_bytes(weights.tobytes())
    after = encoder(copy)
    assert np.abs(after.encode(TEXTS) - vectors).max() > 1e-3
    assert after.fingerprint != before.fingerprint
    data.unlink()
    with pytest.raises(EncoderError, match=r"model\.onnx_data is missing"):
        encoder(copy)


def test_files_that_are_links_into_a_cache_are_read(copy: Path) -> None:
    """As the hub's cache keeps them: each under its digest, and a link with its name."""
    outside(copy)
    vectors = encoder(copy).encode(TEXTS)
    (copy / "blobs").mkdir()
    for file in ("model.onnx", "model.onnx_data"):
        (copy / "onnx" / file).rename(copy / "blobs" / f"0123-{file}")
        (copy / "onnx" / file).symlink_to(Path("..") / "blobs" / f"0123-{file}")
    assert np.array_equal(encoder(copy).encode(TEXTS), vectors)
    assert sorted(file.name[:5] for file in (copy / "blobs").iterdir()) == ["0123-", "0123-"]


def test_weights_outside_the_folder_are_refused(copy: Path) -> None:
    outside(copy)
    graph = copy / "onnx" / "model.onnx"
    graph.write_bytes(graph.read_bytes().replace(b"model.onnx_data", b"../m.onnx_data0"))
    (copy / "onnx" / "model.onnx_data").rename(copy / "m.onnx_data0")
    with pytest.raises(EncoderError, match="keeps weights in"):
        encoder(copy)


def test_precisions_of_an_exported_network_do_not_mix(copy: Path) -> None:
    plain = encoder(copy)
    other = plain.fingerprint.replace("/f32", "/bf16")
    assert plain.variant(plain.fingerprint) is not None
    assert not compatible(plain.fingerprint, other)
    assert compatible("bert:0123456789abcdef/f32", "bert:0123456789abcdef/bf16")


def test_an_encoder_that_training_cannot_change_is_refused_by_it(
    copy: Path, tmp_path: Path
) -> None:
    with pytest.raises(EncoderError, match="an exported graph"):
        read_learnable(copy)
    prompted = write_folder(tmp_path / "prompted")
    write_json(prompted / "config_sentence_transformers.json", PROMPT)
    with pytest.raises(EncoderError, match="a prompt"):
        read_learnable(prompted)
    pooled = write_folder(tmp_path / "pooled")
    write_json(pooled / "1_Pooling" / "config.json", {"pooling_mode": "max"})
    with pytest.raises(EncoderError, match="pooling max"):
        read_learnable(pooled)
    assert load_encoder(pooled).dim == SIZE

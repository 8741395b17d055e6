"""The precisions of a sentence encoder: what each does to vectors, and which is taken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from encoder_folders import write_folder
from hypothesis import given, settings
from hypothesis import strategies as st

from protolabel.encoders import compatible, load_encoder
from protolabel.encoders.engine import engine, openvino
from protolabel.encoders.text.compression import compress_weights
from protolabel.encoders.text.encoder import TransformerEncoder
from protolabel.errors import EncoderError

CPU = Path("/proc/cpuinfo").read_text().split() if Path("/proc/cpuinfo").is_file() else []
VNNI = "avx512_vnni" in CPU or "avx_vnni" in CPU
TEXTS = ["pay bill", "box ship é work", "e", "pay bill . sign ! a b c"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(autouse=True)
def no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROTOLABEL_PRECISION", raising=False)


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, 2**31),
    st.sampled_from([(4, 8), (16, 5)]),
    st.sampled_from([0.0, 1e-9, 1.0, 1e6]),
    st.sampled_from([0.0, 3.0, -3.0]),
)
def test_a_compressed_matrix_is_near_the_matrix(
    seed: int, shape: tuple[int, int], size: float, shift: float
) -> None:
    """Within half a step of each row, where a step is its range, zero included, by 255."""
    rng = np.random.default_rng(seed)
    weight = (size * (rng.normal(size=shape) + shift)).astype(np.float32)
    ov = openvino()
    op = ov.opset13
    x = op.parameter([-1, shape[1]], np.float32)
    graph = ov.Model([op.result(op.matmul(x, op.constant(weight), False, True))], [x])
    assert compress_weights(graph) == 1
    exact = {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0}
    unit = np.eye(shape[1], dtype=np.float32)
    matrix = engine().compile_model(graph, "CPU", exact)(unit)[0].T
    rows = np.concatenate([weight, np.zeros((shape[0], 1), np.float32)], axis=1).astype(np.float64)
    step = (rows.max(axis=1) - rows.min(axis=1)) / 255
    assert (np.abs(matrix - weight) <= 1.01 * step[:, None] + 1e-12).all()


@pytest.mark.skipif(not VNNI, reason="this processor has no VNNI")
def test_8_bit_vectors_are_near_and_comparable(folder: Path) -> None:
    exact = TransformerEncoder(folder, precision="f32", threads=1)
    fast = TransformerEncoder(folder, precision="i8", threads=1)
    cosines = (fast.encode(TEXTS) * exact.encode(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.995  # 16 dimensions at random; real encoders are nearer
    assert fast.fingerprint == exact.fingerprint.replace("/f32", "/i8")
    assert compatible(fast.fingerprint, exact.fingerprint)
    assert np.abs(fast.encode(TEXTS[:1]) - fast.encode(TEXTS)[:1]).max() < 0.02


@pytest.mark.skipif(VNNI, reason="this processor has VNNI")
def test_8_bit_is_refused_where_the_processor_does_not_have_it(folder: Path) -> None:
    with pytest.raises(EncoderError, match="avx512_vnni"):
        TransformerEncoder(folder, precision="i8")


def test_auto_is_bf16_where_that_is_native_and_never_8_bits(folder: Path) -> None:
    """8 bits move BANKING77 by more than 0.2 points: decision 37 leaves them to who asks."""
    capabilities = engine().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    used = load_encoder(folder, threads=1).fingerprint.rpartition("/")[2]
    assert used == ("bf16" if "BF16" in capabilities else "f32")


def test_a_variable_says_what_auto_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    default = load_encoder(folder, threads=1).fingerprint
    monkeypatch.setenv("PROTOLABEL_PRECISION", "f32")
    assert load_encoder(folder, threads=1).fingerprint.endswith("/f32")
    monkeypatch.setenv("PROTOLABEL_PRECISION", "auto")
    assert load_encoder(folder, threads=1).fingerprint == default
    monkeypatch.setenv("PROTOLABEL_PRECISION", "f16")
    with pytest.raises(EncoderError, match="PROTOLABEL_PRECISION 'f16'") as caught:
        load_encoder(folder)
    assert "unset PROTOLABEL_PRECISION" in caught.value.remedy
    assert load_encoder(folder, precision="f32", threads=1).fingerprint.endswith("/f32")
    with pytest.raises(EncoderError, match="precision= 'int4'"):
        load_encoder(folder, precision="int4")  # type: ignore[arg-type]

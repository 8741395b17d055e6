"""The network of an encoder's folder, built or read, and compiled for this processor.

It chooses the precision. It knows no text: token numbers go in, unit vectors come out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from protolabel.encoders.engine import engine, openvino
from protolabel.encoders.fingerprint import EXPORTED
from protolabel.encoders.folder import CONFIG, read_tensors
from protolabel.encoders.text.architectures import read_sizes
from protolabel.encoders.text.exported import (
    pools_by_itself,
    read_exported,
    sentence_graph_of,
    width_of,
)
from protolabel.encoders.text.folder import ModelFolder
from protolabel.encoders.text.graph import build_graph
from protolabel.encoders.text.head import Dense
from protolabel.encoders.text.steps import read_dense
from protolabel.errors import EncoderError

Precision = Literal["auto", "f32", "bf16"]


@dataclass(frozen=True, eq=False)
class Network:
    """A graph from token numbers to unit vectors.

    ``graph``: OpenVINO's Model, with the inputs and the output that
    :func:`protolabel.encoders.text.graph.build_graph` describes. ``dim``: of its vectors.
    ``vocabulary``: tokens that it has a vector for. ``family``: the first word of a fingerprint.
    """

    graph: Any
    dim: int
    vocabulary: int
    family: str

    @property
    def exported(self) -> bool:
        """Whether another program made the graph."""
        return self.family.startswith(EXPORTED)


def read_network(folder: ModelFolder) -> Network:
    """Build the network of a folder from its weights, or read it as it was exported.

    Raises:
        EncoderError: weights and settings do not belong together, or the graph cannot be used.
    """
    family = str(folder.config.get("model_type"))
    if folder.exported is None:
        sizes = read_sizes(folder.config)
        tensors = read_tensors(folder.weights_path)
        dense = _dense(folder, sizes.size)
        graph = build_graph(sizes, tensors, pooling=folder.pooling, dense=dense)
        return Network(graph, _dim(sizes.size, dense), sizes.vocabulary, family)
    vocabulary = folder.config.get("vocab_size")
    if not isinstance(vocabulary, int) or vocabulary < 1:
        raise EncoderError(
            f"{folder.path / CONFIG} has a vocab_size of {vocabulary!r}",
            expected="how many tokens the network knows",
            remedy="write the number of its token vectors there",
        )
    read = read_exported(folder.exported)
    size = width_of(read, folder.exported)
    dense = [] if pools_by_itself(read, folder.exported) else _dense(folder, size)
    graph = sentence_graph_of(read, folder.exported, pooling=folder.pooling, dense=dense)
    return Network(graph, _dim(size, dense), vocabulary, EXPORTED + family)


def _dense(folder: ModelFolder, size: int) -> list[Dense]:
    steps: list[Dense] = []
    for path in folder.dense_paths:
        steps.append(read_dense(path, _dim(size, steps)))
    return steps


def _dim(size: int, dense: list[Dense]) -> int:
    return int(dense[-1].weight.shape[0]) if dense else size


def compiled(network: Network, precision: Precision, threads: int | None) -> tuple[Any, str]:
    """Compile for this processor; returns the compiled graph and the precision in use.

    A graph that was exported is computed in float32, unless bfloat16 is asked for: nobody has
    measured what it does to that network's vectors.

    Raises:
        EncoderError: a precision that does not exist or that this processor lacks; too few threads.
    """
    if precision not in ("auto", "f32", "bf16"):
        raise EncoderError(f"precision {precision!r}", expected="auto, f32 or bf16")
    ov, core = openvino(), engine()
    # What the engine would choose by itself is bf16 only where it is native.
    native = core.get_property("CPU", "INFERENCE_PRECISION_HINT") == ov.Type.bf16
    if precision == "bf16" and not native:
        raise EncoderError(
            "precision bf16 on a processor without bfloat16 arithmetic",
            expected="avx512_bf16 or amx_bf16",
            remedy="use precision='auto' or 'f32'; both kinds of vectors are comparable",
        )
    in_bf16 = precision == "bf16" or (precision == "auto" and not network.exported)
    used = "bf16" if native and in_bf16 else "f32"
    options: dict[str, Any] = {
        "INFERENCE_PRECISION_HINT": used,
        "PERFORMANCE_HINT": "THROUGHPUT",  # one request a stream; the engine picks how many
        "ENABLE_CPU_PINNING": False,  # or two processes of one thread each share one core
    }
    if threads is not None:
        if threads < 1:
            raise EncoderError(f"{threads} threads", expected="at least 1")
        options["INFERENCE_NUM_THREADS"] = threads
    return core.compile_model(network.graph, "CPU", options), used

"""The network of an encoder's folder, built from its weights or read as it was exported.

It knows no text: token numbers go in, unit vectors come out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
from protolabel.encoders.text.packing import ROOM
from protolabel.encoders.text.steps import read_dense
from protolabel.errors import EncoderError


@dataclass(frozen=True, eq=False)
class Network:
    """A graph from token numbers to unit vectors.

    ``graph``: OpenVINO's Model, with the inputs and the output that
    :func:`protolabel.encoders.text.graph.build_graph` describes. ``dim``: of its vectors.
    ``vocabulary``: tokens that it has a vector for. ``family``: the first word of a fingerprint.
    ``room``: tokens of a row that sequences share, 0 where each needs a row of its own.
    ``padding``: the token that counts no place, None where every token does.
    """

    graph: Any
    dim: int
    vocabulary: int
    family: str
    room: int = 0
    padding: int | None = None

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
        room = 0 if folder.pooling == "max" else ROOM
        padding = sizes.padding if sizes.family.after_padding else None
        dim = _dim(sizes.size, dense)
        return Network(graph, dim, sizes.vocabulary, family, room, padding)
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

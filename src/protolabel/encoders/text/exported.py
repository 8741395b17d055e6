"""Reads a graph that another program has exported: ONNX, or OpenVINO's own format.

It says where the graph is, which files decide its vectors, and what goes in and out of it. Pooling
and what follows are as the folder says (:mod:`head`). Nothing in a graph is executed but its
arithmetic: an operation that the engine does not have is refused.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from protolabel.encoders.engine import engine, openvino
from protolabel.encoders.folder import COPY_AGAIN
from protolabel.encoders.text.head import (
    Dense,
    Inputs,
    TokenPooling,
    graph_inputs,
    sentence_graph,
    unit_graph,
)
from protolabel.errors import EncoderError

if TYPE_CHECKING:
    Node = Any

GRAPHS = (
    "openvino/openvino_model.xml",
    "openvino_model.xml",
    "onnx/model.onnx",
    "model.onnx",
)
"""Where an exported graph may be in an encoder's folder; the first that is there is read."""

TOKENS = ("last_hidden_state", "token_embeddings")  # names of an output of token vectors
SENTENCE = "sentence_embedding"  # of an output that is pooled already
_INPUTS = ("input_ids", "attention_mask", "token_type_ids", "position_ids")
_EXPORT = "export it again with the inputs and outputs of sentence-transformers' ONNX exporter"
# In ONNX's bytes: the entry "location" of a tensor that is kept in another file, and its name.
_ELSEWHERE = re.compile(rb"\x0a\x08location\x12(.)", re.DOTALL)


def exported_graph(folder: Path) -> Path | None:
    """Return the path of the exported graph in an encoder's folder; None where it has none."""
    return next((folder / name for name in GRAPHS if (folder / name).is_file()), None)


def files_of(graph: Path) -> list[Path]:
    """Return the files that hold an exported graph: itself, and its weights where they are apart.

    Raises:
        EncoderError: a file of weights is missing, or outside the graph's folder.
    """
    names = [graph.with_suffix(".bin").name] if graph.suffix == ".xml" else _locations(graph)
    files = [graph, *(graph.parent / name for name in names)]
    for name, file in zip(["", *names], files, strict=True):
        if Path(name).name != name:
            raise EncoderError(
                f"{graph} keeps weights in {file}",
                expected="weights in the folder of the graph",
                remedy=COPY_AGAIN,
            )
        if not file.is_file():
            raise EncoderError(
                f"{file} is missing",
                expected=f"the weights that {graph.name} needs, beside it",
                remedy=COPY_AGAIN,
            )
    return files


def _locations(graph: Path) -> list[str]:
    """Return the names of the files in which an ONNX graph keeps weights: in order, each once."""
    if graph.stat().st_size == 0:  # which cannot be mapped, and is refused when it is read
        return []
    names = []
    with graph.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        for match in _ELSEWHERE.finditer(raw):
            size = match[1][0]
            names.append(raw[match.end() : match.end() + size].decode("utf-8", "replace"))
    return list(dict.fromkeys(names))


def read_exported(path: Path) -> Any:
    """Return an exported graph as OpenVINO reads it.

    Raises:
        EncoderError: it is damaged, or needs an operation that OpenVINO does not have.
    """
    files = files_of(path)
    try:
        with _side_by_side(files) as graph:
            return engine().read_model(graph)
    except Exception as error:  # the engine raises RuntimeError and its own kinds
        line = str(error).strip().splitlines()[-1][:200] if str(error).strip() else ""
        raise EncoderError(
            f"{path} cannot be read ({line})",
            expected="a whole graph of operations that OpenVINO has",
            remedy=COPY_AGAIN + ", or export it again",
        ) from error


@contextlib.contextmanager
def _side_by_side(files: Sequence[Path]) -> Iterator[Path]:
    """Yield the path of a graph whose weights lie beside it as files, and not as links elsewhere.

    The hub's cache keeps links, and the engine follows none out of the graph's folder.
    """
    if len(files) == 1 or not any(file.is_symlink() for file in files):
        yield files[0]
        return
    with contextlib.ExitStack() as stack:
        try:  # where the files are: there a second name costs nothing
            near = tempfile.TemporaryDirectory(dir=files[0].resolve().parent)
            folder = Path(stack.enter_context(near))
        except OSError:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for file in files:
            try:
                os.link(file.resolve(), folder / file.name)
            except OSError:
                shutil.copyfile(file, folder / file.name)
        yield folder / files[0].name


def sentence_graph_of(
    graph: Any, path: Path, *, pooling: TokenPooling, dense: Sequence[Dense]
) -> Any:
    """Return the graph of a sentence encoder around an exported one.

    Args:
        graph: as :func:`read_exported` returns it; it is changed.
        path: of its file, for messages.
        pooling: how token vectors are pooled; without effect where the graph pools by itself.
        dense: the layers after pooling, likewise.

    Returns:
        A graph with the inputs and the output of one that is built here (:mod:`graph`).

    Raises:
        EncoderError: the graph has other inputs or outputs, or takes one size of batch only.
    """
    batch = graph_inputs()
    _connect(graph, path, batch)
    port, of_tokens = _output(graph, path)
    vectors = openvino().opset13.convert(port.get_node().input_value(0), "f32")
    if of_tokens:
        return sentence_graph(batch, vectors, pooling=pooling, dense=dense)
    return unit_graph(batch, vectors)


def pools_by_itself(graph: Any, path: Path) -> bool:
    """Return whether a graph gives sentence vectors alone: pooling and Dense steps are in it."""
    return not _output(graph, path)[1]


def width_of(graph: Any, path: Path) -> int:
    """Return the dimensions of the vectors that a graph gives, before any Dense step.

    Raises:
        EncoderError: the graph does not say.
    """
    shape = _output(graph, path)[0].get_partial_shape()
    size = shape[len(shape) - 1]
    if size.is_dynamic:
        raise EncoderError(
            f"{path} does not say how many dimensions its vectors have",
            expected="a last axis of fixed size",
            remedy=_EXPORT,
        )
    return int(size.get_length())


def _connect(graph: Any, path: Path, batch: Inputs) -> None:
    """Feed the inputs of an exported graph from a batch of token sequences."""
    op = openvino().opset13
    feeds: Mapping[str, Node] = {
        "input_ids": batch.ids,
        "attention_mask": batch.real,
        "token_type_ids": op.multiply(batch.ids, np.int32(0)),
        "position_ids": batch.places,
    }
    inputs = {}
    for port in graph.inputs:
        names = [name for name in _INPUTS if name in port.get_names()]
        if not names:
            raise EncoderError(
                f"{path} asks for the input {port.get_any_name() if port.get_names() else '?'}",
                expected=f"inputs of {', '.join(_INPUTS)}",
                remedy=_EXPORT,
            )
        inputs[names[0]] = port
    for name in _INPUTS[:2]:
        if name not in inputs:
            raise EncoderError(
                f"{path} has no input {name}",
                expected="token numbers and a mask of those that are no padding",
                remedy=_EXPORT,
            )
    for name, port in inputs.items():
        shape = port.get_partial_shape()
        if len(shape) != 2 or not (shape[0].is_dynamic and shape[1].is_dynamic):
            raise EncoderError(
                f"{path} takes {name} of shape {shape} only",
                expected="any number of texts of any number of tokens",
                remedy="export it again with dynamic axes for the batch and the sequence",
            )
        feed = op.convert(feeds[name], port.get_element_type().to_string())
        for target in port.get_target_inputs():
            target.replace_source_output(feed.output(0))


def _output(graph: Any, path: Path) -> tuple[Any, bool]:
    """Return the output that is used, and whether it is of token vectors."""
    by_name = {name: port for port in graph.outputs for name in port.get_names()}
    named = next((by_name[name] for name in (*TOKENS, SENTENCE) if name in by_name), None)
    port = graph.outputs[0] if named is None and len(graph.outputs) == 1 else named
    of_tokens = port is not None and SENTENCE not in port.get_names()
    if port is None or len(port.get_partial_shape()) != (3 if of_tokens else 2):
        shapes = [
            f"{'/'.join(sorted(p.get_names())) or '?'} {p.get_partial_shape()}"
            for p in graph.outputs
        ]
        raise EncoderError(
            f"{path} has the outputs {', '.join(shapes)}",
            expected=f"{' or '.join(TOKENS)} of (texts, tokens, d), or {SENTENCE} of (texts, d)",
            remedy=_EXPORT,
        )
    return port, bool(of_tokens)

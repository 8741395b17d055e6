"""Encodes with another library, in that library's own environment; called by ``benchmarks.speed``.

``python -m benchmarks.speed_rivals LIBRARY FOLDER CACHE THREADS``: each by its defaults, with the
threads limited. FOLDER holds all-MiniLM-L6-v2. What a library exports from it is kept in CACHE:
``export FOLDER CACHE BACKEND`` makes it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from benchmarks.command_line import command_line
from benchmarks.speed_tasks import Action, serve

os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
NAME = "packaged/all-MiniLM-L6-v2"


def torch_threads(threads: int) -> None:
    """Limit torch."""
    import torch

    torch.set_num_threads(threads)


def by_torch(folder: Path, cache: Path, threads: int) -> Action:
    """sentence-transformers as it comes."""
    from sentence_transformers import SentenceTransformer

    torch_threads(threads)
    model = SentenceTransformer(str(folder), device="cpu")
    return lambda texts: model.encode(texts, show_progress_bar=False)


def by_setfit(folder: Path, cache: Path, threads: int) -> Action:
    """The ``encode`` of a SetFit model that was not trained."""
    from setfit import SetFitModel

    torch_threads(threads)
    model = SetFitModel.from_pretrained(str(folder), device="cpu")
    return lambda texts: model.encode(texts, show_progress_bar=False)


def by_onnx(folder: Path, cache: Path, threads: int) -> Action:
    """sentence-transformers on ONNX Runtime."""
    import onnxruntime
    from sentence_transformers import SentenceTransformer

    torch_threads(threads)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    more = {"session_options": options, "provider": "CPUExecutionProvider"}
    model = SentenceTransformer(
        str(exported(folder, cache, "onnx")), device="cpu", backend="onnx", model_kwargs=more
    )
    return lambda texts: model.encode(texts, show_progress_bar=False)


def by_openvino(folder: Path, cache: Path, threads: int) -> Action:
    """sentence-transformers on OpenVINO."""
    from sentence_transformers import SentenceTransformer

    torch_threads(threads)
    more = {"ov_config": {"INFERENCE_NUM_THREADS": threads}}
    model = SentenceTransformer(
        str(exported(folder, cache, "openvino")),
        device="cpu",
        backend="openvino",
        model_kwargs=more,
    )
    return lambda texts: model.encode(texts, show_progress_bar=False)


def by_fastembed(folder: Path, cache: Path, threads: int) -> Action:
    """fastembed with the network that sentence-transformers exported."""
    import numpy as np
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    TextEmbedding.add_custom_model(
        model=NAME,
        pooling=PoolingType.MEAN,
        normalization=True,
        sources=ModelSource(hf=NAME),
        dim=384,
        model_file="onnx/model.onnx",
    )
    place = exported(folder, cache, "onnx")
    model = TextEmbedding(NAME, specific_model_path=str(place), threads=threads)
    return lambda texts: np.stack(list(model.embed(texts)))


def exported(folder: Path, cache: Path, backend: Any) -> Path:
    """The model with its exported network; made once, and whole where it is."""
    place = cache / backend
    if not place.exists():
        from sentence_transformers import SentenceTransformer

        fresh = cache / f"{backend}.part"
        shutil.rmtree(fresh, ignore_errors=True)
        model = SentenceTransformer(
            str(folder), device="cpu", backend=backend, model_kwargs={"export": True}
        )
        model.save_pretrained(str(fresh))
        fresh.rename(place)
    return place


LIBRARIES = {
    "torch": by_torch,
    "setfit": by_setfit,
    "onnx": by_onnx,
    "openvino": by_openvino,
    "fastembed": by_fastembed,
}


def main() -> None:
    """Load the model, and encode what is asked."""
    parser = command_line(__doc__)
    parser.add_argument("library", metavar="LIBRARY", choices=[*LIBRARIES, "export"])
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    parser.add_argument("cache", metavar="CACHE", type=Path)
    parser.add_argument("last", metavar="THREADS")
    options = parser.parse_args()
    if options.library == "export":
        exported(options.folder, options.cache, options.last)
        return
    serve({"encode": LIBRARIES[options.library](options.folder, options.cache, int(options.last))})


if __name__ == "__main__":
    main()

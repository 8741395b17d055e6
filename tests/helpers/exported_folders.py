"""Folders of encoders on random weights, each with its network exported beside them.

The networks are those of transformers, so that sentence-transformers, the oracle, reads the same
folder through torch.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from encoder_folders import SIZE, VOCABULARY, write_json, write_tokenizer
from safetensors.numpy import save_file

NETWORKS: dict[str, dict[str, Any]] = {
    "ModernBert": {"local_attention": 8, "cls_token_id": 2, "sep_token_id": 3},
    "NomicBert": {},
    "Gte": {},
    "XLMRoberta": {"pad_token_id": 1},
    "Gemma3Text": {"num_key_value_heads": 2, "head_dim": 4, "sliding_window": 8,
                   "use_bidirectional_attention": True},
}  # fmt: skip
STEP = "sentence_transformers.models."
IDENTITY = "torch.nn.modules.linear.Identity"


def write_exported(
    path: Path,
    network: str,
    *,
    graph: str = "onnx/model.onnx",
    pooling: str = "mean",
    dense: tuple[int, ...] = (),
    general: dict[str, Any] | None = None,
) -> Path:
    """Write the folder of a network of transformers and its exported graph; returns ``path``."""
    path.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = _model(network)
        model.save_pretrained(path)
        (path / graph).parent.mkdir(exist_ok=True)
        _export(model, path / graph)
    write_tokenizer(path / "tokenizer.json")
    write_json(path / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast",
                                                "pad_token": "[PAD]"})  # fmt: skip
    write_json(path / "sentence_bert_config.json", {"max_seq_length": 24})
    write_json(path / "config_sentence_transformers.json", general or {})
    steps = ["Transformer", "Pooling", *("Dense" for _ in dense), "Normalize"]
    records = [
        {"idx": i, "name": str(i), "path": f"{i}_{kind}" if i else "", "type": STEP + kind}
        for i, kind in enumerate(steps)
    ]
    write_json(path / "modules.json", records)
    sizes = {"word_embedding_dimension": SIZE, "pooling_mode": pooling}
    write_json(path / "1_Pooling" / "config.json", sizes)
    size = SIZE
    for i, out in enumerate(dense, 2):
        write_json(path / f"{i}_Dense" / "config.json",
                   {"in_features": size, "out_features": out, "bias": False,
                    "activation_function": IDENTITY})  # fmt: skip
        weight = np.random.default_rng(i).normal(size=(out, size)).astype(np.float32)
        save_file({"linear.weight": weight}, path / f"{i}_Dense" / "model.safetensors")
        size = out
    return path


def expected(path: Path, texts: list[str]) -> np.ndarray:
    """Return the vectors of sentence-transformers, through torch."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(path), device="cpu", local_files_only=True)
        return np.asarray(model.encode(texts, show_progress_bar=False, normalize_embeddings=True))


def changed_config(path: Path, **changes: Any) -> None:
    """Change settings in a folder's config.json; None takes one out."""
    content = json.loads((path / "config.json").read_text()) | changes
    write_json(path / "config.json", {k: v for k, v in content.items() if v is not None})


def _model(network: str) -> Any:
    import torch
    import transformers

    sizes = {"vocab_size": len(VOCABULARY), "hidden_size": SIZE, "intermediate_size": 24,
             "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 40,
             "pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}  # fmt: skip
    config = getattr(transformers, network + "Config")(**(sizes | NETWORKS[network]))
    config._attn_implementation, config.use_cache = "eager", False
    torch.manual_seed(0)
    model = getattr(transformers, network + "Model")(config).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return model


def _export(model: Any, path: Path) -> None:
    """Export to ONNX or, by the name of the file, to OpenVINO's format."""
    import torch

    class States(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    ids = torch.randint(4, len(VOCABULARY), (2, 7))
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0  # so that the trace keeps what depends on padding
    names = ["input_ids", "attention_mask"]
    if path.suffix == ".xml":
        import openvino

        free = {0: torch.export.Dim("texts", max=512), 1: torch.export.Dim("tokens", min=5, max=40)}
        program = torch.export.export(States(), (ids, mask), dynamic_shapes=(free, free))
        graph = openvino.convert_model(program)
        graph.outputs[0].set_names({"last_hidden_state"})
        openvino.save_model(graph, path, compress_to_fp16=False)
        return
    axes = {name: {0: "texts", 1: "tokens"} for name in [*names, "last_hidden_state"]}
    torch.onnx.export(
        States(), (ids, mask), str(path), dynamo=False, opset_version=17, input_names=names,
        output_names=["last_hidden_state"], dynamic_axes=axes,
    )  # fmt: skip

"""Reads a sentence encoder's folder: settings and weights, checked. Builds nothing from them.

The layout is the one that sentence-transformers writes (and the Hugging Face hub serves)::

    config.json                        the architecture
    model.safetensors                  the weights; pickled weights (.bin) are never read
    onnx/model.onnx                    or the network, exported: :mod:`exported` says where else
    tokenizer.json                     the tokenizer, as the `tokenizers` library reads it
    tokenizer_config.json              optional: must not contradict tokenizer.json
    modules.json                       optional: which steps follow the transformer
    sentence_bert_config.json          optional: the window (else tokenizer_config.json)
    config_sentence_transformers.json  optional: prompts, of which the default one is used
    1_Pooling/config.json              optional: mean (the default), first token and others
    2_Dense/config.json                optional: a linear layer after pooling, with its safetensors
    3_Normalize/config.json            optional

A network of the BERT family is built from its weights. For any other network, and for a BERT folder
without weights, the exported graph is read. Anything that would make the vectors differ from the
folder's meaning is refused, never skipped:
:mod:`protolabel.encoders.text.settings` says which settings are understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from protolabel.encoders.folder import (
    CONFIG,
    COPY_AGAIN,
    WEIGHTS,
    digest_of_files,
    read_settings,
    refuse_adapters,
    require_weights,
)
from protolabel.encoders.text import files
from protolabel.encoders.text.architectures import FAMILIES, read_sizes
from protolabel.encoders.text.exported import GRAPHS, exported_graph, files_of
from protolabel.encoders.text.head import TokenPooling
from protolabel.encoders.text.settings import (
    ARCHITECTURE,
    MODEL_TYPE,
    NORMALIZE,
    SENTENCE,
    SENTENCE_TRANSFORMERS,
    check_kind,
)
from protolabel.encoders.text.steps import read_pooling, read_steps
from protolabel.encoders.text.tokenizer_settings import check_tokenizer_settings
from protolabel.errors import EncoderError


@dataclass(frozen=True)
class ModelFolder:
    """What a folder says.

    ``config`` is config.json as it stands; its meaning is
    :mod:`protolabel.encoders.text.architectures`'s. ``window``: most tokens in one pass, special
    tokens included, or None. ``normalizes``: whether the folder itself asks for unit length.
    ``prompt``: what comes before every text; mostly empty. ``exported``: the exported graph, where
    the network is read from it and not built from the weights. ``strips_ends``: whether white space
    at the end of a text gives no token, which tokenizer.json does not say.
    """

    path: Path
    config: Mapping[str, Any]
    pooling: TokenPooling
    window: int | None
    dense_paths: tuple[Path, ...]
    normalizes: bool
    prompt: str
    exported: Path | None
    strips_ends: bool = False

    @property
    def weights_path(self) -> Path:
        """Where the transformer's weights are."""
        return self.path / WEIGHTS

    @property
    def dense_path(self) -> Path | None:
        """Where the Dense step is, of a folder that has at most one."""
        return self.dense_paths[0] if self.dense_paths else None

    @property
    def tokenizer_path(self) -> Path:
        """Where the tokenizer is."""
        return self.path / files.TOKENIZER


def read_folder(path: Path) -> ModelFolder:
    """Read and check the settings of the encoder in ``path``; weights are read separately.

    Raises:
        EncoderError: a file is missing or damaged, or asks for something that is not supported.
    """
    refuse_adapters(path)
    config = read_settings(path / CONFIG, required=True)
    check_kind(path / CONFIG, "model_type", config.get("model_type"), MODEL_TYPE)
    exported = _exported_graph(path, config)
    if not (path / files.TOKENIZER).is_file():
        raise EncoderError(
            f"{path} has no tokenizer.json",
            expected="the file of the `tokenizers` library beside the weights",
            remedy="save the tokenizer again as a fast tokenizer, or download the model again",
        )
    steps = read_steps(path)
    if steps is None and "ForCausalLM" in str(config.get("architectures")):
        raise EncoderError(
            f"{path / CONFIG} is of a language model, which pools its last token",
            expected="a sentence encoder",
            remedy="pick an encoder that sentence-transformers has saved",
        )
    folders = dict(steps or ())
    pooling_path = folders.get("Pooling", path / "1_Pooling") / CONFIG
    pooling, counts_prompt = read_pooling(pooling_path, required=steps is not None)
    if steps is None and pooling != "mean":  # for which sentence-transformers takes the mean
        raise EncoderError(
            f"{pooling_path} asks for the pooling {pooling}, and {path} has no modules.json, which "
            "says whether there is a pooling step",
            expected="the whole folder, as sentence-transformers saves it",
            remedy=COPY_AGAIN,
        )
    if "Normalize" in folders:
        NORMALIZE.check(read_settings(folders["Normalize"] / CONFIG), folders["Normalize"] / CONFIG)
    sentence_path = next(
        (path / name for name in files.SENTENCE_CONFIGS if (path / name).is_file()),
        path / files.SENTENCE_CONFIGS[0],
    )
    sentence = read_settings(sentence_path)
    SENTENCE.check(sentence, sentence_path)
    tokens = read_settings(path / files.TOKENIZER_CONFIG)
    strips_ends = check_tokenizer_settings(path, tokens, config)
    return ModelFolder(
        path=path,
        config=config,
        pooling=pooling,
        window=_window(sentence.get("max_seq_length") or tokens.get("model_max_length"), path),
        dense_paths=tuple(folder for kind, folder in steps or () if kind == "Dense"),
        normalizes="Normalize" in folders,
        prompt=_prompt(path / files.SENTENCE_TRANSFORMERS, pooling_path, counts_prompt),
        exported=exported,
        strips_ends=strips_ends,
    )


def longest_window(folder: ModelFolder) -> int:
    """Return the tokens of the longest pass, special tokens included.

    Raises:
        EncoderError: an exported network whose folder does not say.
    """
    if folder.config.get("model_type") in FAMILIES:
        most = read_sizes(folder.config).window
        return min(folder.window or most, most)
    sizes = [folder.window, _window(folder.config.get("max_position_embeddings"), folder.path)]
    if not any(sizes):
        raise EncoderError(
            f"{folder.path} does not say how many tokens its network takes",
            expected=f"max_position_embeddings in {CONFIG}, or a window",
            remedy=f'write {{"max_seq_length": 512}} into {files.SENTENCE_CONFIGS[0]}, with its '
            "number",
        )
    return min(size for size in sizes if size)


def digest(folder: ModelFolder, extra: str) -> str:
    """Return the identity of the vectors: 16 hex digits over all that decides them.

    That is every file that is read for the numbers, and ``extra``: window, pooling, passage rule.
    """
    network = files_of(folder.exported) if folder.exported else [folder.weights_path]
    read = [*network, folder.tokenizer_path, folder.path / CONFIG]
    for step in folder.dense_paths:
        read += [step / WEIGHTS, step / CONFIG]
    return digest_of_files(read, extra)


def _exported_graph(path: Path, config: Mapping[str, Any]) -> Path | None:
    """Return the exported graph of a network that is not to be built from its weights.

    Raises:
        EncoderError: neither is available; or a setting of one that is to be built is unknown.
    """
    builds = config.get("model_type") in FAMILIES
    graph = exported_graph(path)
    if graph is not None and not (builds and (path / WEIGHTS).is_file()):
        return graph
    if not builds:
        raise EncoderError(
            f"the encoder is of type {str(config.get('model_type'))!r}, and {path} holds no "
            "exported graph",
            expected=f"one of {', '.join(FAMILIES)}; or the network exported to {GRAPHS[2]}",
            remedy=f"export it into that folder as {GRAPHS[2]}, pick another encoder, or wrap "
            "your own in CallableEncoder",
        )
    ARCHITECTURE.check(config, path / CONFIG)
    require_weights(path)
    return None


def _prompt(path: Path, pooling_path: Path, counts: bool) -> str:
    """Return the prompt that sentence-transformers puts before every text by default."""
    settings = read_settings(path)
    SENTENCE_TRANSFORMERS.check(settings, path)
    name, prompts = settings.get("default_prompt_name"), settings.get("prompts") or {}
    if not name:
        return ""
    prompt: str | None = prompts.get(name)
    if prompt is None:
        raise EncoderError(
            f"{path} names the default prompt {name!r}, which is not among its prompts",
            expected="a text by that name",
            remedy="set default_prompt_name to one of its prompts, or to null for none",
        )
    if prompt and not counts:
        raise EncoderError(
            f"{pooling_path} leaves the tokens of the prompt {name!r} out of the pooling",
            expected="include_prompt: true",
            remedy="pick another encoder",
        )
    return prompt


def _window(value: object, path: Path) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 1:
        raise EncoderError(
            f"{path} has a window of {value!r} tokens (max_seq_length or model_max_length)",
            expected="a positive number",
            remedy="mend that setting, or " + COPY_AGAIN,
        )
    # Some tokenizers say "no limit" with a number of thirty digits.
    return int(value) if value < 1e6 else None

"""Makes a static encoder from a sentence encoder: its vector of each token, and weights.

Every token of the vocabulary is encoded alone, in float32, and the mean of all is taken off. A
token weighs less the more frequent it is: vocabularies of WordPiece stand in order of frequency,
which Zipf's law turns into a probability.

Two machines make vectors that differ in the last digits. So the fingerprint is of what the encoder
was made from, and not of the file. There are no principal components: where two have nearly the
same weight, each machine would turn them its own way.

Source: model2vec (Tulkens and van Dongen 2024); weights of Arora et al. 2017, equation 2.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from protolabel.encoders.folder import CONFIG, WEIGHTS
from protolabel.encoders.made_folders import made_folder
from protolabel.encoders.static import MODEL_TYPE

if TYPE_CHECKING:
    from protolabel.encoders.text.encoder import TransformerEncoder
    from protolabel.encoders.text.folder import ModelFolder

TOKENIZER = "tokenizer.json"
_RARE = 1e-4  # a of the weight a / (a + p): the probability at which a token weighs half
_VERSION = 1  # of the rule; part of the key of a folder
_OF_LONG_TEXTS = ("window", "passages")  # rules that change no vector of a token alone


def static_folder(source: Path) -> Path:
    """Return the folder of the static encoder of a sentence encoder's; the first call makes it.

    It lies in the user's cache folder, and its name ends in the digest of all that its vectors were
    made from. Earlier versions left pooling and prompt out, and named theirs ``static-``.

    Raises:
        EncoderError: the sentence encoder cannot be read, or the cache folder not be written.
    """
    from protolabel.encoders.text.encoder import TransformerEncoder
    from protolabel.encoders.text.folder import digest, read_folder

    model = read_folder(source)

    def write(folder: Path) -> None:
        distil(TransformerEncoder(source, precision="f32"), folder)

    return made_folder(
        f"tokens-{digest(model, _rules(model))}",
        lambda folder: all((folder / name).is_file() for name in (WEIGHTS, CONFIG, TOKENIZER)),
        write,
        what="the static encoder cannot be written",
        room="50 megabytes",
    )


def distil(encoder: TransformerEncoder, folder: Path) -> None:
    """Write the static encoder of a sentence encoder into a new folder."""
    from safetensors.numpy import save_file

    from protolabel.encoders.text.tokenizer_file import read_tokenizer

    source = Path(encoder.folder)
    tokenizer = read_tokenizer(source / TOKENIZER)
    vectors = encoder.encode_tokens(tokenizer.get_vocab_size(with_added_tokens=True))
    ranks = np.arange(1, len(vectors) + 1)
    probability = 1 / ranks / (1 / ranks).sum()
    weights = (_RARE / (_RARE + probability)).astype(np.float32)
    for token in _special(tokenizer):
        weights[token] = 0
    folder.mkdir(parents=True)
    shutil.copyfile(source / TOKENIZER, folder / TOKENIZER)
    tensors = {"embeddings": vectors - vectors.mean(axis=0), "weights": weights}
    save_file(tensors, folder / WEIGHTS)
    config = {"model_type": MODEL_TYPE, "normalize": True, "distilled_from": encoder.fingerprint}
    (folder / CONFIG).write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


def _rules(folder: ModelFolder) -> str:
    """Return what decides the vectors of single tokens besides the files.

    A token alone fits every window. Of the mean without a prompt nothing is said: such encoders
    keep the fingerprint that they had.
    """
    from protolabel.encoders.text.encoder import rules_of, words_of

    rules = rules_of(folder).items() - {("pooling", "mean")}
    of_tokens = {name: value for name, value in sorted(rules) if name not in _OF_LONG_TEXTS}
    return " ".join(filter(None, (f"{_VERSION} {_RARE}", words_of(of_tokens))))


def _special(tokenizer: Any) -> list[int]:
    """Return the numbers of special tokens, which say nothing of a text."""
    added = tokenizer.get_added_tokens_decoder()
    return [number for number, token in added.items() if token.special]

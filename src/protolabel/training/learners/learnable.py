"""Reads the folder of an encoder that is to learn, and refuses one that cannot. Trains nothing."""

from __future__ import annotations

from pathlib import Path

from protolabel.encoders.text.folder import ModelFolder, read_folder
from protolabel.errors import EncoderError


def read_learnable(path: Path) -> ModelFolder:
    """Read the folder of an encoder whose weights training can change and write.

    Raises:
        EncoderError: the folder cannot be read, or it holds what training does not follow: an
            exported graph, a prompt, several Dense steps, or another pooling than mean and cls.
    """
    folder = read_folder(path)
    obstacles = [
        (folder.exported is not None, "an exported graph"),
        (bool(folder.prompt), "a prompt before every text"),
        (len(folder.dense_paths) > 1, "several Dense steps"),
        (folder.pooling not in ("mean", "cls"), f"the pooling {folder.pooling}"),
    ]
    for is_present, what in obstacles:
        if is_present:
            raise EncoderError(
                f"{path} has {what}, which training does not follow",
                expected="the weights of a BERT-family encoder, pooled by mean or cls, with at "
                "most one Dense step",
                remedy="train another encoder, such as all-MiniLM-L6-v2",
            )
    return folder

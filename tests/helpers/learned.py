"""Encoder folders that say what their encoder has learned from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from protolabel.copies.equality import text_digest
from protolabel.copies.learned_documents import LearnedDocuments
from protolabel.encoders.folder import TRAINING_FILE
from protolabel.encoders.provenance import LEARNED_FROM, write_learned_from


def learned_texts(texts: Sequence[str], labels: Sequence[int] | None = None) -> LearnedDocuments:
    """Return texts as learned documents, of one class where no labels say otherwise."""
    classes = np.array(labels or [0] * len(texts), np.int64)
    return LearnedDocuments.of(map(text_digest, texts), list(texts), classes)


def note_learned(folder: Path, texts: Sequence[str], **facts: object) -> Path:
    """Write into a folder that its encoder has learned from texts, and what else is so."""
    folder.mkdir(exist_ok=True)
    entry = write_learned_from(folder, learned_texts(texts))
    (folder / TRAINING_FILE).write_text(json.dumps({LEARNED_FROM: entry} | facts))
    return folder

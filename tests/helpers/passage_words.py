"""A toy encoder that splits texts into passages: each line is one, or each page."""

from __future__ import annotations

import re

import numpy as np
from fakes import WordEncoder

from protolabel.arithmetic.passages import pool_passages
from protolabel.types import Encoded


class PassageWords(WordEncoder):
    """Counts words; a text of more than one line has each line as a passage, pooled by length.

    ``by_pages``: each page is a passage.
    """

    def __init__(self, *, weighs: bool = True, by_pages: bool = False) -> None:
        super().__init__()
        self.weighs, self.by_pages = weighs, by_pages

    def encode_documents(self, texts):
        rows, owner, spans, embeddings, weights = [], [], [], [], []
        for i, text in enumerate(texts):
            pages = re.findall("[^\f]+\f?", text)
            lines = pages if self.by_pages else text.splitlines(keepends=True)
            vectors = self.encode(lines)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            sizes = np.array([len(line.split()) for line in lines])
            pooled = pool_passages(vectors, sizes, pooling="mean")
            embeddings.append(pooled.embedding)
            if len(lines) > 1:
                ends = np.cumsum([len(line) for line in lines])
                rows += list(vectors)
                owner += [i] * len(lines)
                spans += [(int(e) - len(line), int(e)) for e, line in zip(ends, lines, strict=True)]
                weights += list(pooled.weights)
        return Encoded(
            np.array(embeddings, np.float32),
            np.array(rows, np.float32).reshape(-1, self.dim),
            np.array(owner, np.int64),
            np.array(spans, np.int64).reshape(-1, 2),
            passage_weights=np.array(weights, np.float32) if self.weighs else None,
        )

"""A space's own examples are no new documents, whether they are texts, images or vectors."""

from __future__ import annotations

import numpy as np
import pytest
from pictures import drawn, write_folder

from protolabel import Example, LabelSpace
from protolabel.errors import InputError
from protolabel.evaluation.of_label_space import evaluate_space_on


def vectors(seed: int) -> list[Example]:
    rng = np.random.default_rng(seed)
    return [Example("ab"[i % 2], embedding=3 * rng.normal(size=5).astype("f4"), id=f"{seed} {i}")
            for i in range(20)]  # fmt: skip


def texts(seed: int) -> list[Example]:
    return [Example("ab"[i % 2], f"text {seed} number {i}", id=f"{seed} {i}") for i in range(20)]


def images(seed: int) -> list[Example]:
    kinds = ["bar", "dash"] * 6
    pictures = (drawn(kind, i, size=20 + seed) for i, kind in enumerate(kinds))
    return [Example(kind, image=picture, id=f"{seed} {i}")
            for i, (kind, picture) in enumerate(zip(kinds, pictures, strict=True))]  # fmt: skip


KINDS = {"vectors": vectors, "texts": texts, "images": images}


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_spaces_own_examples_are_left_out_of_its_evaluation(tmp_path, kind, metric):
    encoder = {
        "vectors": "precomputed:5",
        "texts": "hashing:64",
        "images": str(write_folder(tmp_path / "e")) if kind == "images" else "",
    }[kind]
    own, new = KINDS[kind](1), KINDS[kind](2)
    with LabelSpace.create(
        encoder=encoder, metric=metric, names_mean=False, background=False
    ) as space:
        space.add(own)
        with pytest.raises(InputError, match="all of which the label space or its encoder knows"):
            evaluate_space_on(space, own)
        result = evaluate_space_on(space, [*own, *new])
        assert result.examples == len(new)
        assert f"left out, examples of the label space: {len(own)} documents" in result.notes

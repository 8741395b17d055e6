"""Encoder folders that say one thing twice: read where both agree, else refused by name.

What transformers reads of a setting by another family's name is asked of transformers itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from encoder_folders import (
    HEADS,
    INNER,
    LAYERS,
    SIZE,
    random_tensors,
    settings,
    write_folder,
    write_json,
)

from protolabel.encoders import load_encoder
from protolabel.errors import EncoderError

OWN = {
    "hidden_size": ("dim", SIZE, 8),
    "num_hidden_layers": ("n_layers", LAYERS, 1),
    "num_attention_heads": ("n_heads", HEADS, 2),
    "intermediate_size": ("hidden_dim", INNER, 8),
    "hidden_act": ("activation", "gelu", "relu"),
}
NAMES: list[tuple[str, str, str, Any, Any]] = [
    (family, own, other, same, different)
    for first, (second, same, different) in OWN.items()
    for family, own, other in (
        ("distilbert", second, first),
        ("bert", first, second),
        ("roberta", first, second),
        ("mpnet", first, second),
    )
]
TEXTS = ["pay bill", "box ship work a b"]


@pytest.mark.parametrize(("family", "own", "other", "same", "different"), NAMES)
def test_a_setting_by_another_familys_name_is_refused_where_it_says_something_else(
    tmp_path: Path, family: str, own: str, other: str, same: object, different: object
) -> None:
    write_folder(tmp_path, family)
    expected = load_encoder(tmp_path).encode(TEXTS)
    write_json(tmp_path / "config.json", settings(family) | {other: same})
    assert np.array_equal(load_encoder(tmp_path).encode(TEXTS), expected)
    write_json(tmp_path / "config.json", settings(family) | {other: different})
    with pytest.raises(EncoderError) as caught:
        load_encoder(tmp_path)
    assert caught.value.got == f"config.json has {other}: {different!r}, and {own}: {same!r}"
    assert f"remove {other} from it" in caught.value.remedy


def test_no_setting_that_transformers_reads_by_two_names_is_followed_by_one_alone(
    tmp_path: Path,
) -> None:
    transformers = pytest.importorskip("transformers")
    n_names = 0
    for family in ("bert", "roberta", "xlm-roberta", "camembert", "distilbert", "mpnet"):
        names = transformers.AutoConfig.for_model(family).attribute_map
        for other, own in names.items():
            write_folder(tmp_path / own, family)
            changed = settings(family) | {other: 1}
            write_json(tmp_path / own / "config.json", changed)
            with pytest.raises(EncoderError, match=f"{other}: 1, and {own}: "):
                load_encoder(tmp_path / own)
            n_names += 1
    assert n_names >= 3


@pytest.mark.parametrize("family", ["bert", "roberta", "distilbert", "mpnet"])
@pytest.mark.parametrize(
    ("tensor", "second"),
    [
        ("embeddings.LayerNorm.weight", "embeddings.LayerNorm.gamma"),
        ("embeddings.word_embeddings.weight", "{}.embeddings.word_embeddings.weight"),
    ],
)
def test_a_tensor_by_two_names_is_refused_where_they_differ(
    tmp_path: Path, family: str, tensor: str, second: str
) -> None:
    tensors = random_tensors(family)
    second = second.format(family)
    expected = load_encoder(write_folder(tmp_path / "one", family, tensors=tensors)).encode(TEXTS)
    tensors[second] = tensors[tensor].copy()
    same = load_encoder(write_folder(tmp_path / "same", family, tensors=tensors))
    assert np.array_equal(same.encode(TEXTS), expected)
    tensors[second][0] += 1
    with pytest.raises(EncoderError, match=f"the weights have {tensor} twice"):
        load_encoder(write_folder(tmp_path / "two", family, tensors=tensors)).encode(TEXTS)

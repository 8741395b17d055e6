"""Files of torch in its older format: read without torch, and without carrying anything out."""

from __future__ import annotations

import io
import os
import pickle
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import torch

from protolabel.encoders.torch_file import read_torch_file
from protolabel.errors import EncoderError


def saved(content: object, *, old: bool = True) -> io.BytesIO:
    stream = io.BytesIO()
    torch.save(content, stream, _use_new_zipfile_serialization=not old)
    return stream


def test_tensors_are_those_of_torch() -> None:
    rng = torch.Generator().manual_seed(0)
    wide = torch.randn(4, 5, 6, generator=rng)
    tensors = OrderedDict(
        whole=wide, turned=wide.permute(2, 0, 1), part=wide[1:3, :, 2], one=torch.tensor(3.5),
        counted=torch.arange(7), empty=torch.zeros(0, 3),
    )  # fmt: skip
    tensors_read = read_torch_file(saved(tensors))
    assert list(tensors_read) == list(tensors)
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(tensors_read[name], tensor.numpy())
        assert tensors_read[name].dtype == tensor.numpy().dtype
    layer = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2)).state_dict()
    for name, values in read_torch_file(saved(layer)).items():
        np.testing.assert_array_equal(values, layer[name].numpy())


class Harmful:
    """What a pickle does when it is carried out: it makes a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self._path),)


@pytest.mark.parametrize("place", ["the first", "a tensor"])
def test_a_pickle_that_would_act_is_not_carried_out(tmp_path: Path, place: str) -> None:
    harm = Harmful(tmp_path / "made")
    if place == "the first":
        stream = io.BytesIO(pickle.dumps(harm, protocol=2) + saved({}).getvalue())
    else:
        stream = saved({"w": torch.zeros(2), "x": harm})
    with pytest.raises(EncoderError, match="cannot be read"):
        read_torch_file(stream)
    assert not (tmp_path / "made").exists()


def test_other_files_are_refused() -> None:
    whole = saved({"w": torch.zeros(200)}).getvalue()
    zipped = saved({"w": torch.zeros(2)}, old=False).getvalue()
    others = [b"", b"\x80\x02.", whole[:-1], whole[:100], zipped, pickle.dumps({"w": 1}, 4),
              saved([torch.zeros(2)]).getvalue(), saved({"w": "text"}).getvalue(),
              saved({"w": torch.zeros(2, dtype=torch.float64)}).getvalue()]  # fmt: skip
    for content in others:
        with pytest.raises(EncoderError, match="cannot be read"):
            read_torch_file(io.BytesIO(content))


def test_a_tensor_that_reaches_beyond_its_storage_is_refused() -> None:
    stream = saved({"w": torch.zeros(200)})
    content = stream.getvalue()
    shape = b"K\xc8\x85"  # 200, and a tuple of one
    assert content.count(shape) >= 1
    with pytest.raises(EncoderError, match="in a storage of 200"):
        read_torch_file(io.BytesIO(content.replace(shape, b"K\xc9\x85", 1)))

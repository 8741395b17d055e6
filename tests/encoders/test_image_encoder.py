"""The convolutional encoder against its formulas in plain loops; folders that do not hold up."""

from __future__ import annotations

import json
import zlib

import numpy as np
import pytest
from pictures import drawn, forward, grey, jpeg, random_tensors, settings, write_folder

from protolabel.encoders import Encoder, ImageEncoder, compatible, load_encoder, reads
from protolabel.encoders.image import encoder as module
from protolabel.encoders.image.encoder import ConvEncoder
from protolabel.encoders.image.pixels import arrays
from protolabel.errors import EncoderError, ImageError, InputError

SHAPES = {
    "grey": {},
    "colour": {"channels": 3, "image_size": 9, "background": "dark"},
    "three blocks, odd sides": {"image_size": 15, "n_blocks": 3, "width": 3},
}


@pytest.mark.parametrize("changed", SHAPES.values(), ids=SHAPES)
def test_vectors_are_the_formulas_by_loops(tmp_path, changed):
    config = settings(**changed)
    size, channels = config["image_size"], config["channels"]
    encoder = load_encoder(write_folder(tmp_path, **changed))
    pixels = np.random.default_rng(1).integers(0, 256, (3, size, size))
    encoded = encoder.encode_images([grey(p) for p in pixels])
    tensors = random_tensors(config)
    assert encoded.dtype == np.float32
    assert encoded.shape == (3, encoder.dim)
    for vector, p in zip(encoded, pixels, strict=True):
        ink = p / 255 if config["background"] == "dark" else 1 - p / 255
        expected = forward(tensors, np.stack([ink] * channels), config["n_blocks"])
        np.testing.assert_allclose(vector, expected, rtol=1e-4, atol=1e-5)


def test_the_papers_network_has_64_dimensions(tmp_path):
    shape = {"image_size": 28, "width": 64, "n_blocks": 4}
    encoder = ConvEncoder(write_folder(tmp_path, **shape))
    assert encoder.dim == 64
    data = drawn("ring", 0, size=28)
    ink = 1 - np.frombuffer(_pixels(data, 28), np.uint8).reshape(1, 28, 28) / 255
    expected = forward(random_tensors(settings(**shape)), ink, 4)
    np.testing.assert_allclose(encoder.encode_images([data])[0], expected, rtol=1e-3, atol=1e-4)


def _pixels(data: bytes, size: int) -> bytes:
    start = data.index(b"IDAT") + 4
    raw = zlib.decompressobj().decompress(data[start:])
    return b"".join(raw[i * (size + 1) + 1 : (i + 1) * (size + 1)] for i in range(size))


def looked_at(image: np.ndarray, view: list[list[float]]) -> np.ndarray:
    """Bilinear resampling of (side, side), place by place: 0 beyond the edges."""
    side = len(image)
    out = np.zeros_like(image)
    for row in range(side):
        for column in range(side):
            x, y = ((2 * at + 1) / side - 1 for at in (column, row))
            across, down = (
                ((line[0] * x + line[1] * y + line[2] + 1) * side - 1) / 2 for line in view
            )
            left, top = int(np.floor(across)), int(np.floor(down))
            for i, j in ((left, top), (left + 1, top), (left, top + 1), (left + 1, top + 1)):
                if 0 <= i < side and 0 <= j < side:
                    out[row, column] += image[j, i] * (1 - abs(across - i)) * (1 - abs(down - j))
    return out


@pytest.mark.parametrize("normalize", [False, True])
def test_views_are_averaged(tmp_path, monkeypatch, normalize):
    views = [[[1, 0, 0], [0, 1, 0]], [[0.9, -0.2, 0.1], [0.25, 1.1, -0.3]]]
    config = settings()
    size = config["image_size"]
    monkeypatch.setattr(module, "MOST_VALUES", 1)  # an image at a time
    encoder = load_encoder(write_folder(tmp_path, views=views, normalize=normalize))
    pixels = np.random.default_rng(1).integers(0, 256, (3, size, size))
    tensors = random_tensors(config)
    for vector, p in zip(encoder.encode_images([grey(p) for p in pixels]), pixels, strict=True):
        each = [
            forward(tensors, looked_at(1 - p / 255, view)[None], config["n_blocks"])
            for view in views
        ]
        expected = np.mean(each, axis=0)
        expected = expected / np.linalg.norm(expected) if normalize else expected
        np.testing.assert_allclose(vector, expected, rtol=1e-4, atol=1e-5)


def test_the_view_that_changes_nothing_is_none(tmp_path):
    plain = load_encoder(write_folder(tmp_path / "a")).encode_images([drawn("bar", 0)])
    same = load_encoder(write_folder(tmp_path / "b", views=[[[1, 0, 0], [0, 1, 0]]]))
    np.testing.assert_allclose(same.encode_images([drawn("bar", 0)]), plain, atol=1e-5)


def test_normalize_gives_unit_length(tmp_path):
    plain = load_encoder(write_folder(tmp_path / "a")).encode_images([drawn("bar", 0)])[0]
    unit = load_encoder(write_folder(tmp_path / "b", normalize=True))
    np.testing.assert_allclose(
        unit.encode_images([drawn("bar", 0)])[0], plain / np.linalg.norm(plain), atol=1e-6
    )


def test_one_is_many_at_any_batch_size(tmp_path, monkeypatch):
    folder = write_folder(tmp_path)
    data = [drawn(kind, seed) for seed in range(4) for kind in ("bar", "dash", "ring")]
    data.append(jpeg(np.eye(30) * 255))
    whole = ConvEncoder(folder).encode_images(data)
    monkeypatch.setattr(module, "MOST_VALUES", 12 * 12 * 5 * 3)  # three at once
    few = ConvEncoder(folder)
    sizes = []

    def counted(images, **how):
        sizes.append(len(images))
        return arrays(images, **how)

    monkeypatch.setattr(module, "arrays", counted)
    np.testing.assert_allclose(few.encode_images(data), whole, atol=1e-5)
    assert sizes == [3, 3, 3, 3, 1]
    np.testing.assert_allclose(few.encode_images(data[4:5])[0], whole[4], atol=1e-5)
    assert few.encode_images([]).shape == (0, few.dim)
    with pytest.raises(ImageError) as caught:
        few.encode_images([*data[:7], b"no image", *data[7:]])
    assert caught.value.position == 7
    with pytest.raises(InputError, match="list"):
        few.encode_images(data[0])


def test_identity(tmp_path):
    first = load_encoder(write_folder(tmp_path / "a"))
    again = load_encoder(write_folder(tmp_path / "b"))
    assert first.fingerprint == again.fingerprint
    assert first.fingerprint.startswith("conv4:")
    assert first.fingerprint.endswith("/f32")
    assert len(first.fingerprint) == len("conv4:/f32") + 16
    other = load_encoder(write_folder(tmp_path / "c", background="dark"))
    weights = load_encoder(write_folder(tmp_path / "d", tensors=random_tensors(settings(), 1)))
    assert len({e.fingerprint for e in (first, other, weights)}) == 3
    assert not compatible(first.fingerprint, other.fingerprint)
    assert isinstance(first, ImageEncoder)
    assert not isinstance(first, Encoder)
    assert reads(first) == "images"
    assert reads(load_encoder("hashing")) == "text"
    first.encode = lambda texts: None  # type: ignore[attr-defined]
    assert reads(first) == "text images"
    assert reads(load_encoder("precomputed:3")) == ""


def without(name: str) -> dict[str, np.ndarray]:
    return {k: v for k, v in random_tensors(settings()).items() if k != name}


def with_(name: str, value: np.ndarray) -> dict[str, np.ndarray]:
    return random_tensors(settings()) | {name: value.astype(np.float32)}


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        (without("blocks.1.conv.bias"), "blocks.1.conv.bias is missing"),
        (without("blocks.0.norm.running_var"), "running_var is missing"),
        (with_("blocks.0.conv.weight", np.ones((5, 3, 3, 3))), r"shape \(5, 3, 3, 3\)"),
        (with_("blocks.1.norm.running_mean", np.ones(4)), r"has shape \(4,\)"),
        (with_("blocks.0.norm.running_var", -np.ones(5)), "zero or more"),
    ],
)
def test_tensors_that_do_not_fit(tmp_path, tensors, message):
    with pytest.raises(EncoderError, match=message):
        load_encoder(write_folder(tmp_path, tensors=tensors))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"image_size": "28"}, "image_size: '28'.*whole number"),
        ({"image_size": 3}, "image_size: 3.*at least 4"),
        ({"channels": 2}, "channels: 2.*1 or 3"),
        ({"width": None}, "has no width"),
        ({"n_blocks": True}, "n_blocks: True"),
        ({"background": "grey"}, "light or dark"),
        ({"normalize": 1}, "true or false"),
        ({"views": [[[1, 0, 0]]]}, "views: .*two rows of three numbers"),
        ({"views": [[[1, 0, 0], [0, 1, "0"]]]}, "two rows of three numbers"),
        ({"views": [[[1, 0, 0], [0, 1, 1e9]]]}, "two rows of three numbers"),
        ({"views": 3}, "two rows of three numbers"),
    ],
)
def test_settings_that_cannot_be_used(tmp_path, changed, message):
    folder = write_folder(tmp_path)
    (folder / "config.json").write_text(json.dumps(settings(**changed)))
    with pytest.raises(EncoderError, match=message):
        load_encoder(folder)


def test_half_written_folders(tmp_path):
    folder = write_folder(tmp_path)
    weights = folder / "model.safetensors"
    whole = weights.read_bytes()
    for size in (0, 5, 200, len(whole) - 1):
        weights.write_bytes(whole[:size])
        with pytest.raises(EncoderError, match="not a whole safetensors file"):
            load_encoder(folder)
    weights.unlink()
    with pytest.raises(EncoderError, match=r"has no model\.safetensors.*train"):
        load_encoder(folder)
    (folder / "config.json").write_text('{"model_type": "con')
    with pytest.raises(EncoderError, match="whole JSON"):
        load_encoder(folder)
    with pytest.raises(EncoderError, match="0 threads"):
        load_encoder(write_folder(tmp_path / "x"), threads=0)

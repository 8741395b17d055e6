"""The Conv4 that learns against torch's own layers in the paper's order, and as it is written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from pictures import grey
from torch import nn

from protolabel.encoders import load_encoder
from protolabel.training.learners.augment import GRID, Augmentation, warped
from protolabel.training.learners.conv4 import Conv4

torch.set_num_threads(1)

SHAPES = {
    "the paper's": {"image_size": 28, "width": 8},
    "odd sides": {"image_size": 15, "n_blocks": 3, "width": 5},
    "colour, odd sides": {"image_size": 21, "channels": 3, "n_blocks": 2, "width": 4},
    "one block": {"image_size": 7, "n_blocks": 1, "width": 6},
}


class Reference(nn.Module):
    """Convolution, batch norm, ReLU, pool: section 3.1 of Snell et al. 2017, as torch has them."""

    def __init__(self, channels, width, n_blocks):
        super().__init__()
        self.blocks = nn.ModuleList()
        for i in range(n_blocks):
            block = nn.Module()
            block.conv = nn.Conv2d(channels if i == 0 else width, width, 3, padding=1)
            block.norm = nn.BatchNorm2d(width)
            self.blocks.append(block)

    def forward(self, x):
        for block in self.blocks:
            x = nn.functional.max_pool2d(torch.relu(block.norm(block.conv(x))), 2)
        return x.flatten(1)


def pair(seed=0, **shape):
    """A Conv4 and its reference with the same random weights, and some of them below zero."""
    torch.manual_seed(seed)
    ours = Conv4(**shape)
    with torch.no_grad():
        for norm in ours.norms():
            norm.weight.uniform_(-1.5, 1.5)
            norm.bias.uniform_(-0.5, 0.5)
            norm.running_mean.uniform_(-0.3, 0.3)
            norm.running_var.uniform_(0.5, 1.5)
        for block in ours.blocks:
            block.conv.bias.uniform_(-0.5, 0.5)
    theirs = Reference(shape.get("channels", 1), shape["width"], shape.get("n_blocks", 4))
    missing = theirs.load_state_dict(ours.state_dict(), strict=False)
    assert not missing.unexpected_keys
    assert all(name.endswith("num_batches_tracked") for name in missing.missing_keys)
    return ours, theirs


def images(n, shape, seed=1):
    size, channels = shape["image_size"], shape.get("channels", 1)
    generator = torch.Generator().manual_seed(seed)
    noise = torch.rand(n, channels, size, size, generator=generator)
    return (noise > 0.6).float() * (0.5 + noise / 2)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_training_is_the_reference(shape):
    """Output and gradients of every parameter, relative to the largest: float32 either way."""
    ours, theirs = pair(**shape)
    x = images(24, shape)
    vectors, expected = ours.train()(x), theirs.train()(x)
    assert vectors.shape == (24, ours.dim)
    torch.testing.assert_close(vectors, expected, rtol=1e-4, atol=2e-5)
    weight = torch.randn(vectors.shape, generator=torch.Generator().manual_seed(2))
    (vectors * weight).sum().backward()
    (expected * weight).sum().backward()
    theirs_by_name = dict(theirs.named_parameters())
    for name, parameter in ours.named_parameters():
        grad = theirs_by_name[name].grad
        mine = torch.zeros_like(grad) if parameter.grad is None else parameter.grad
        # A bias before batch norm changes nothing: its gradient is rounding, in both.
        scale = 1.0 if name.endswith("conv.bias") else float(grad.abs().max())
        assert float((mine - grad).abs().max()) < 2e-4 * scale, name


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_running_statistics_are_the_references(shape):
    """Over three steps of one episode each, as torch keeps them."""
    ours, theirs = pair(**shape)
    ours.train()
    theirs.train()
    for seed in range(3):
        x = images(10, shape, seed)
        ours(x)
        theirs(x)
        ours.take_statistics(ours.statistics())
    expected = theirs.state_dict()
    for name, value in ours.state_dict().items():
        torch.testing.assert_close(value, expected[name], rtol=1e-4, atol=1e-5, msg=name)
    torch.testing.assert_close(ours.eval()(x), theirs.eval()(x), rtol=1e-4, atol=2e-5)


def test_statistics_of_several_episodes_are_summed_and_then_gone():
    shape = SHAPES["odd sides"]
    ours, _ = pair(**shape)
    ours.train()
    kept = []
    for seed in range(3):
        ours(images(6 + seed, shape, seed))
        _, same = pair(**shape)
        same.train()
        for block in same.blocks:
            block.norm.momentum = 1.0
        same(images(6 + seed, shape, seed))
        kept.append([(b.norm.running_mean, b.norm.running_var) for b in same.blocks])
    sums = ours.statistics()
    assert sums.shape == (2, 3, 5)
    for which in (0, 1):
        for block in range(3):
            expected = sum(k[block][which] for k in kept)
            torch.testing.assert_close(sums[which, block], expected, rtol=1e-4, atol=1e-5)
    again = ours.statistics()
    assert again.shape == sums.shape  # a process without an episode adds nothing
    assert not again.any()


def test_evaluation_leaves_the_statistics_alone():
    shape = SHAPES["odd sides"]
    ours, theirs = pair(**shape)
    before = {k: v.clone() for k, v in ours.state_dict().items()}
    x = images(5, shape)
    torch.testing.assert_close(ours.eval()(x), theirs.eval()(x), rtol=1e-4, atol=2e-5)
    assert all(torch.equal(v, before[k]) for k, v in ours.state_dict().items())
    assert not ours.statistics().any()


def test_embedding_all_is_embedding_each_and_keeps_the_mode():
    shape = SHAPES["odd sides"]
    ours, _ = pair(**shape)
    prepared = ours.prepare((images(9, shape)[:, 0].numpy() * 255).astype(np.uint8))
    ours.train()
    rows = np.array([4, 1, 8, 4])
    vectors = ours.embed_all(prepared, rows, batch=3)
    assert ours.training
    alone = [ours.embed_all(prepared, rows[i : i + 1])[0] for i in range(4)]
    np.testing.assert_allclose(vectors, alone, atol=1e-5)


@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize("size", [28, 17])
def test_the_written_folder_gives_the_same_vectors(tmp_path, normalize, size):
    """From image files, after steps of training: within 1e-4 of the largest component."""
    shape = {"image_size": size, "width": 6, "normalize": normalize}
    ours, _ = pair(**shape)
    ours.train()
    optimizer = torch.optim.AdamW(ours.parameters(), lr=1e-2)
    for seed in range(3):
        ours(images(12, shape, seed)).square().sum().backward()
        optimizer.step()
        ours.take_statistics(ours.statistics())
    ours.write(tmp_path)
    encoder = load_encoder(tmp_path)
    pixels = np.random.default_rng(3).integers(0, 256, (7, size, size)).astype(np.uint8)
    vectors = encoder.encode_images([grey(p) for p in pixels])
    expected = ours.embed_all(ours.prepare(255 - pixels), np.arange(7))
    assert encoder.dim == ours.dim
    np.testing.assert_allclose(vectors, expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("normalize", [False, True])
def test_the_written_folder_looks_at_the_same_views(tmp_path, normalize):
    images = np.random.default_rng(0).integers(0, 256, (5, 16, 16)).astype(np.uint8)
    form = {"image_size": 16, "width": 6, "normalize": normalize}
    torch.manual_seed(0)
    one = Conv4(**form)
    torch.manual_seed(0)
    several = Conv4(**form, views=Augmentation(turn=30).views(4))
    several.write(tmp_path)
    encoder = load_encoder(tmp_path)
    vectors = encoder.encode_images([grey(255 - image) for image in images])
    rows = np.arange(5)
    expected = several.embed_all(several.prepare(images), rows)
    np.testing.assert_allclose(vectors, expected, atol=2e-5)
    assert np.abs(expected - one.embed_all(one.prepare(images), rows)).max() > 1e-3


def test_bfloat16_is_near():
    shape = SHAPES["the paper's"]
    ours, theirs = pair(**shape)
    fast = Conv4(bf16=True, **shape)
    fast.load_state_dict(ours.state_dict())
    x = images(24, shape)
    vectors, expected = fast.train()(x).detach(), theirs.train()(x).detach()
    assert vectors.dtype == torch.float32
    cosines = nn.functional.cosine_similarity(vectors, expected, dim=1)
    assert float(cosines.min()) > 0.999


def test_prepared_images_are_eight_bits():
    ours = Conv4(image_size=16)
    as_float = ours.prepare(np.linspace(0, 1, 512, dtype=np.float32).reshape(2, 16, 16))
    as_bytes = ours.prepare((np.arange(512) // 2).astype(np.uint8).reshape(2, 16, 16))
    assert as_float.shape == as_bytes.shape == (2, 1, 16, 16)
    assert as_float.dtype == as_bytes.dtype == torch.uint8
    assert int((as_float.int() - as_bytes.int()).abs().max()) <= 1


def test_augmentation_follows_from_its_generator_and_moves_a_little():
    x = torch.zeros(40, 1, 28, 28)
    x[:, :, 8:20, 12:16] = 1.0
    some = Augmentation()

    def drawn(seed, augmentation=some):
        return augmentation(x, torch.Generator().manual_seed(seed))

    assert torch.equal(drawn(1), drawn(1))
    assert not torch.equal(drawn(1), drawn(2))
    assert drawn(1).shape == x.shape
    ink = drawn(1).sum(dim=(1, 2, 3)) / x.sum(dim=(1, 2, 3))
    assert float(ink.min()) > 0.6  # 0.9 x 0.9, and a shear
    assert float(ink.max()) < 1.5
    torch.testing.assert_close(drawn(1, Augmentation(share=0.0)), x, atol=1e-5, rtol=0)
    still = Augmentation(turn=0, scale=0, shear=0, shift=0, bend=0)
    torch.testing.assert_close(drawn(1, still), x, atol=1e-5, rtol=0)
    half = (drawn(1, Augmentation(share=0.5)) - x).abs().amax(dim=(1, 2, 3)) > 0.01
    assert 8 < int(half.sum()) < 32
    bent = drawn(1, replace(still, bend=0.02))
    assert float((bent - x).abs().amax(dim=(1, 2, 3)).min()) > 0.05
    assert torch.equal(bent, drawn(1, replace(still, bend=0.02)))
    torch.testing.assert_close(drawn(1, Augmentation(bend=0.1, share=0)), x, atol=1e-5, rtol=0)


def test_bends_are_displacements_on_a_grid():
    """Equal ones everywhere are a shift; one of a single point leaves the far corner alone."""
    x = torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    same = torch.tensor([[1.0, 0, 0], [0, 1, 0]]).expand(2, 2, 3)
    right = torch.zeros(2, 2, GRID, GRID)
    right[:, 0] = 2 * 3 / 28  # places go from -1 to 1: each pixel from three to its right
    torch.testing.assert_close(warped(x, same, right)[..., :-3], x[..., 3:], atol=1e-5, rtol=0)
    corner = torch.zeros(2, 2, GRID, GRID)
    corner[:, :, 0, 0] = 0.3
    moved = warped(x, same, corner)
    torch.testing.assert_close(moved[..., 14:, 14:], x[..., 14:, 14:], atol=1e-5, rtol=0)
    assert float((moved - x)[..., :4, :4].abs().max()) > 0.1


def test_augmentation_is_of_training_alone():
    ours = Conv4(image_size=16, width=4, augmentation=Augmentation(turn=40))
    prepared = ours.prepare(np.random.default_rng(0).integers(0, 256, (3, 16, 16)).astype(np.uint8))
    rows = np.arange(3)
    ours.eval()
    plain = ours.embed(prepared, rows, None)
    assert torch.equal(plain, ours.embed(prepared, rows, None))
    changed = ours.embed(prepared, rows, torch.Generator().manual_seed(0))
    assert not torch.allclose(plain, changed, atol=1e-3)

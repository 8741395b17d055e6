"""Loads an encoder by its name, or takes a caller's for one. Importing it loads no engine."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from protolabel.arithmetic.passages import DEFAULT_POOLING, Pooling
from protolabel.encoders.fingerprint import compatible
from protolabel.encoders.locate import DEFAULT, STATIC, kind_of, locate, locate_recorded
from protolabel.encoders.members import check_members
from protolabel.encoders.probes import is_probed
from protolabel.encoders.protocol import AnyEncoder, Encoder, ImageEncoder
from protolabel.encoders.wrappers import CallableEncoder, PrecomputedEncoder
from protolabel.errors import EncoderError, EncoderNotFoundError
from protolabel.system import begun_ahead

if TYPE_CHECKING:
    from protolabel.encoders.text.precision import Precision


def _hashing(argument: str) -> Encoder:
    from protolabel.encoders.hashing import DIM, HashingEncoder

    return HashingEncoder(_dim("hashing", argument) if argument else DIM)


def _precomputed_encoder(argument: str) -> Encoder:
    return PrecomputedEncoder(_dim("precomputed", argument))


def _static(argument: str) -> Encoder:
    from protolabel.encoders.distillation import static_folder
    from protolabel.encoders.static import StaticEncoder

    source = locate(argument or DEFAULT)
    folder = static_folder(source)
    return StaticEncoder(folder, f"static:{folder.name.rpartition('-')[2]}", source)


def _service(scheme: str) -> Callable[[str], Encoder]:
    def loaded(argument: str) -> Encoder:
        from protolabel.encoders.service import ServiceEncoder

        return ServiceEncoder(f"{scheme}:{argument}")

    return loaded


# How each kind of ``locate.KINDS`` is loaded; any other name is a folder or a model's.
_KINDS: dict[str, Callable[[str], Encoder]] = {
    "hashing": _hashing,
    "precomputed": _precomputed_encoder,
    STATIC: _static,
    "http": _service("http"),
    "https": _service("https"),
}
_SERVICES = ("http", "https")
_IMAGE_TYPES = ("conv4", "efficientnet-lite0")


def load_encoder(
    name_or_path: str | Path = DEFAULT,
    *,
    precision: Precision = "auto",
    threads: int | None = None,
    pooling: Pooling | None = None,
) -> AnyEncoder:
    """Return the encoder of a name or folder.

    A name on the Hugging Face hub is downloaded only where it is given in full, ``owner/name``, and
    no package and no local cache has it. Nothing else uses the network.

    Args:
        name_or_path: ``hashing``, ``hashing:<dim>``, ``precomputed:<dim>``, ``static``,
            ``static:<name>``, ``http://host/v1#model`` for a service, a folder (its config.json
            says of what: a sentence encoder, a static one, or one of images), or a sentence
            encoder's name.
        precision: of sentence encoders: see :mod:`protolabel.encoders.text.precision`.
        threads: processor threads of sentence and image encoders; all cores when None.
        pooling: how a sentence encoder makes one vector of the passages of a long text:
            ``beginnings`` (the beginning at several scales, and the whole; the rule when None),
            ``mean`` (every token weighs the same) or ``early`` (earlier passages weigh more).

    Raises:
        EncoderNotFoundError: no encoder has that name.
        EncoderError: what answers cannot be used.
    """
    if not isinstance(name_or_path, str | Path):
        raise EncoderError(
            f"an encoder named {repr(name_or_path)[:60]}",
            expected="its name (a str), or its folder",
        )
    if pooling is not None and pooling not in get_args(Pooling):
        raise EncoderError(f"pooling {pooling!r}", expected=" or ".join(get_args(Pooling)))
    kind = kind_of(name_or_path)
    if kind is not None:
        _require_passages(pooling, os.fspath(name_or_path))
        return _KINDS[kind](os.fspath(name_or_path).partition(":")[2])
    folder = locate(name_or_path, fetch=True)
    from protolabel.encoders.folder import read_settings

    model_type = read_settings(folder / "config.json").get("model_type")
    if model_type in (*_IMAGE_TYPES, "model2vec"):
        _require_passages(pooling, os.fspath(name_or_path))
    if model_type in _IMAGE_TYPES:
        from protolabel.encoders.image.encoder import ConvEncoder

        return ConvEncoder(folder, threads=threads)
    if model_type == "model2vec":
        from protolabel.encoders.static import StaticEncoder

        return StaticEncoder(folder)
    from protolabel.encoders.text.encoder import TransformerEncoder

    return TransformerEncoder(
        folder, precision=precision, threads=threads, pooling=pooling or DEFAULT_POOLING
    )


def _require_passages(pooling: Pooling | None, name: str) -> None:
    if pooling is not None:
        raise EncoderError(
            f"pooling {pooling!r} for {name!r}, which does not split texts",
            expected="a sentence encoder",
            remedy="leave out the pooling",
        )


def load_recorded(name: str, where: str, *, pooling: Pooling | None = None) -> AnyEncoder:
    """Return the encoder that a label space's file names. Never uses the network.

    It may be loaded already, or be about to: see :func:`load_recorded_ahead`.

    ``pooling``: as :func:`load_encoder` takes it.

    Raises:
        EncoderNotFoundError: it is not where the file says, or it is a service; the message says
            how to give it.
        EncoderError: it cannot be used.
    """
    ahead = begun_ahead.result_of(_key(name)) if pooling is None else None
    return _load_recorded(name, where, pooling) if ahead is None else cast(AnyEncoder, ahead)


def load_recorded_ahead(name: str, where: str) -> None:
    """Begin to load, in a thread, what :func:`load_recorded` will be asked for."""
    begun_ahead.begin(_key(name), lambda: _load_recorded(name, where, None))


def _key(name: str) -> tuple[str, ...]:
    return "encoder", name


def _load_recorded(name: str, where: str, pooling: Pooling | None) -> AnyEncoder:
    if name.partition(":")[0] in _SERVICES:
        raise EncoderNotFoundError(
            f"{where} names its encoder {name!r}, a service, which is asked only where you name it",
            expected="its name with each call, since documents are sent to it",
            remedy="give its name: LabelSpace(path, encoder=...)",
            command=f"add --encoder {shlex.quote(name)} to the command",
        )
    if (kind := kind_of(name)) is not None:
        if kind == STATIC and (argument := name.partition(":")[2]):
            locate_recorded(argument, where, kind=f"{STATIC}:")
        return load_encoder(name, pooling=pooling)
    return load_encoder(locate_recorded(name, where), pooling=pooling)


def variant_of(encoder: AnyEncoder, fingerprint: str) -> AnyEncoder:
    """Return the same network with the pooling rule of a fingerprint, or else the encoder itself.

    A label space keeps the rule that its vectors were made by. Its file names the encoder, and its
    fingerprint says which rule. A service or a function whose vectors differ from the first ones in
    rounding gets the fingerprint of these, by which the cache knows its vectors.
    """
    variant = getattr(encoder, "variant", None)
    is_usable = compatible(encoder.fingerprint, fingerprint) and not is_probed(encoder.fingerprint)
    if variant is None or encoder.fingerprint == fingerprint or is_usable:
        return encoder
    other: AnyEncoder | None = variant(fingerprint)
    return encoder if other is None else other


def as_encoder(encoder: object) -> AnyEncoder:
    """Take as an encoder what a caller gave for one.

    A name or a folder is loaded; an encoder stays what it is; of any other object its ``encode``
    is the function, such as that of sentence-transformers and model2vec; and a function from a
    list of texts to vectors will do.

    Raises:
        EncoderNotFoundError: nothing answers to that name.
        EncoderError: none of these, or its output cannot be used.
    """
    if isinstance(encoder, str | os.PathLike):
        return load_encoder(encoder if isinstance(encoder, str) else Path(encoder))
    is_class = isinstance(encoder, type)
    if isinstance(encoder, Encoder | ImageEncoder) and not is_class:
        check_members(encoder)
        return encoder
    function = getattr(encoder, "encode", None) or encoder
    if callable(function) and not is_class:
        return CallableEncoder(function)
    raise EncoderError(
        f"an encoder of type {type(encoder).__name__}",
        expected="a name, a folder, an encoder, an object with `encode`, or a function from a list "
        "of texts to vectors",
        remedy="give one of these as `encoder`",
    )


def name_of_encoder(encoder: object) -> str:
    """Return the name of an encoder as a file should record it; empty for an object.

    A folder becomes an absolute path, which holds in any working directory.
    """
    if not isinstance(encoder, str | os.PathLike):
        return ""
    name = str(os.fspath(encoder))
    kind = kind_of(encoder) if isinstance(encoder, str) else None
    if kind not in (None, STATIC):
        return name
    before = f"{STATIC}:" * (kind == STATIC)
    folder = os.path.expanduser(name.partition(":")[2] if kind else name)
    return f"{before}{os.path.abspath(folder)}" if os.path.isdir(folder) else name


def _dim(kind: str, argument: str) -> int:
    if argument.isascii() and argument.isdigit() and int(argument) > 0:
        return int(argument)
    raise EncoderError(
        f"the encoder {kind}:{argument}", expected=f"{kind}:<dimensions>, such as {kind}:384"
    )

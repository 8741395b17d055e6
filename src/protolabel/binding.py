"""Who and what a label space is opened with: the encoder it is bound to, and the user's name."""

from __future__ import annotations

import getpass
import os
from contextlib import suppress
from pathlib import Path

from protolabel.encoders import AnyEncoder, ImageEncoder, load_encoder
from protolabel.errors import EncoderNotFoundError


def bound_encoder(given: str | AnyEncoder | None, stored: str, *, cache: bool) -> AnyEncoder:
    """The encoder given, or the one whose name the file holds; with the embedding cache or not.

    The cache is for texts: an encoder that reads images goes without.

    Raises EncoderNotFoundError where there is neither.
    """
    if given is None and not stored:
        raise EncoderNotFoundError(
            "no encoder given, and the label space was made with one that has no name",
            expected="the encoder object that it was made with",
            remedy="LabelSpace(path, encoder=...)",
        )
    if given is None or isinstance(given, str):
        given = load_encoder(given or stored)
    where = cache_path() if cache else None
    if where is None or isinstance(given, ImageEncoder):
        return given
    from protolabel.encoders.cache import CachedEncoder

    return CachedEncoder(given, where)


def cache_path() -> Path | None:
    """The file of the embedding cache: ``$PROTOLABEL_CACHE``, or the user's cache folder; None if
    the variable says ``off`` or the folder cannot be made.
    """
    told = os.environ.get("PROTOLABEL_CACHE", "")
    if told.lower() == "off":
        return None
    if told:
        return Path(told)
    import platformdirs

    with suppress(OSError):
        folder = platformdirs.user_cache_path("protolabel", ensure_exists=True)
        return folder / "embeddings.sqlite"
    return None


def name_of(who: str | None) -> str:
    """Who makes the changes: as given, ``$PROTOLABEL_USER``, or the name of the user."""
    if who:
        return who
    with suppress(Exception):  # no passwd entry: a container, say
        return os.environ.get("PROTOLABEL_USER") or getpass.getuser()
    return "unknown"

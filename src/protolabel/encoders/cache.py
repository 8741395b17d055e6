"""An encoder that looks texts up in the embedding cache before it encodes them.

So no text is encoded twice, in this process or another. :mod:`protolabel.encoders.cache_file` keeps
the rows.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from protolabel.arrays import Embeddings
from protolabel.encoders.cache_file import FORMAT, SETTING, CacheFile
from protolabel.encoders.protocol import AnyEncoder, Encoder, ImageEncoder
from protolabel.errors import TextError
from protolabel.types import Encoded

_OFF, _ON = ("off", "0", "false", "no"), ("on", "1", "true", "yes")
MOST_BYTES = 512 * 2**20  # of embeddings; the least recently used go first


class CachedEncoder:
    """An encoder that looks a text up before it encodes it. Threads and processes may share it.

    An entry's key is made of the encoder's fingerprint, which names weights, tokenizer, pooling,
    passages and precision, and of the text.
    """

    def __init__(
        self,
        encoder: Encoder,
        path: str | Path,
        *,
        most_bytes: int = MOST_BYTES,
        is_named: bool = True,
    ) -> None:
        self._encoder = encoder
        self._file = CacheFile(Path(path), encoder.dim, most_bytes, is_named=is_named)

    @property
    def dim(self) -> int:
        """Dimensions d of an embedding."""
        return self._encoder.dim

    @property
    def fingerprint(self) -> str:
        """That of the encoder underneath."""
        return self._encoder.fingerprint

    @property
    def normalizes(self) -> bool:
        """Whether the encoder underneath is meant to give vectors of unit length."""
        return getattr(self._encoder, "normalizes", True)

    @property
    def folder(self) -> str:
        """Where the encoder underneath is; empty where it comes from no folder."""
        return getattr(self._encoder, "folder", "")

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Embed texts whole: (n, d) float32. What is new is encoded together, each text once."""
        return self.encode_documents(texts).embeddings

    def encode_documents(self, texts: Sequence[str]) -> Encoded:
        """Embed as the encoder underneath does, with passages where it knows them."""
        from protolabel.encoders import encode_documents

        keys = [self._key(text) for text in texts]
        entries = self._file.entries(list(dict.fromkeys(keys)))
        new = {k: t for k, t in zip(keys, texts, strict=True) if k not in entries}
        if new:
            try:
                fresh = encode_documents(self._encoder, list(new.values()))
            except TextError as error:
                raise error.at(keys.index(list(new)[error.position])) from error
            additions = {key: fresh.take(slice(i, i + 1)) for i, key in enumerate(new)}
            self._file.keep(additions)
            entries |= additions
        return Encoded.join([entries[key] for key in keys], self.dim)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _key(self, text: str) -> bytes:
        name = f"{FORMAT} {self.fingerprint}\0".encode()
        return hashlib.sha256(name + text.encode("utf-8", "surrogatepass")).digest()


def with_cache(encoder: AnyEncoder) -> AnyEncoder:
    """Wrap an encoder so that its embeddings are kept between processes, unless caching is off.

    The cache is for texts: an encoder that reads images goes without.
    """
    where = cache_path()
    if where is None or isinstance(encoder, ImageEncoder):
        return encoder
    return CachedEncoder(encoder, where, is_named=bool(_named_file()))


def cache_path() -> Path | None:
    """Return the file of the embedding cache: ``$PROTOLABEL_CACHE``, or the user's cache folder.

    None if the variable says ``off``, ``0``, ``false`` or ``no``, or the folder cannot be made.
    """
    name = _named_file()
    if name is None:
        return None
    if name:
        return Path(name)
    import platformdirs

    with suppress(OSError):
        folder = platformdirs.user_cache_path("protolabel", ensure_exists=True)
        return folder / "embeddings.sqlite"
    return None


def _named_file() -> str | None:
    """Return the file that the variable names; empty for the usual one, None for no cache."""
    setting = os.environ.get(SETTING, "")
    word = setting.lower()
    return None if word in _OFF else "" if word in _ON else setting

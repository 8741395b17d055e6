"""Which encoder serves which encoding of an open label space.

A label space may be moved from one encoder to another while it is open, here or in another process,
and earlier versions stay in the encoding that they were made in. Which encoder may serve which
encoding is decided here alone.
"""

from __future__ import annotations

import threading

from protolabel.arrays import Metric
from protolabel.copies.learned_documents import Provenance
from protolabel.encoders import (
    AnyEncoder,
    CallableEncoder,
    as_encoder,
    compatible,
    load_encoder,
    load_recorded,
    variant_of,
)
from protolabel.encoders.cache import with_cache
from protolabel.encoders.embedder import Embedder
from protolabel.encoders.mismatch import check_fingerprint, moved_on
from protolabel.encoders.provenance import provenance_of
from protolabel.errors import EncoderNotFoundError
from protolabel.types import VectorSpace


class Binding:
    """Hands out the embedder of each encoding of one label space.

    ``encoder``: the encoder, or its name, that the caller opened the label space with; it must be
    that of the encoding in force then, ``opened``. Encoders of other encodings are loaded by the
    name in the file, unless the caller gave an object and another process has moved the label space
    away from it: that is an EncoderMismatchError at the next text, not a silent change of encoder.
    """

    def __init__(
        self,
        encoder: str | AnyEncoder | None,
        opened: VectorSpace,
        *,
        metric: Metric,
        where: str,
        cache: bool,
    ) -> None:
        if encoder is not None and not isinstance(encoder, str):
            encoder = variant_of(as_encoder(encoder), opened.fingerprint)
        self._name = encoder if isinstance(encoder, str) else None  # not loaded yet
        self._opened, self._cache = opened, cache
        self._metric: Metric = metric
        self._where = where
        self._own = {opened.number}  # encodings that the caller knows of
        self._encoders: list[AnyEncoder] = []  # loaded, or given as objects
        self._caller_encoder: AnyEncoder | None = None
        self.is_function = isinstance(encoder, CallableEncoder)  # a caller's own
        self._pinned = encoder is not None and not isinstance(encoder, str)
        if encoder is not None and not isinstance(encoder, str):
            check_fingerprint(encoder, opened.fingerprint, where)
            self._caller_encoder = self.learn(encoder)
        self._embedders: dict[tuple[int, bool], Embedder] = {}
        self._lock, self._loading = threading.Lock(), threading.Lock()

    def embedder(self, encoding: VectorSpace, *, in_force: bool) -> Embedder:
        """Return the embedder of an encoding; ``in_force``: whether it is, or an earlier one."""
        replaced = in_force and encoding.number not in self._own
        with self._lock:
            key = (encoding.number, replaced)
            if key not in self._embedders:
                self._embedders[key] = Embedder(
                    lambda: self._encoder(encoding, replaced),
                    encoding,
                    metric=self._metric,
                    where=self._where,
                    replaced=replaced,
                )
            return self._embedders[key]

    def drafted(self, encoding: VectorSpace, encoder: AnyEncoder) -> Embedder:
        """Return an embedder for an encoding that may not be in the file yet."""
        return Embedder(lambda: encoder, encoding, metric=self._metric, where=self._where)

    def cached(self, encoder: AnyEncoder) -> AnyEncoder:
        """Return the encoder with the embedding cache, if the label space uses one."""
        return with_cache(encoder) if self._cache else encoder

    def learn(self, encoder: AnyEncoder) -> AnyEncoder:
        """Remember an encoder for the encodings that it serves, in place of one of its kind."""
        cached = self.cached(encoder)
        others = [e for e in self._encoders if e.fingerprint != cached.fingerprint]
        self._encoders = [*others, cached]
        return cached

    def encoder_of(self, fingerprint: str, name: str) -> AnyEncoder:
        """Return the encoder of a fingerprint: the one learned last, or loaded by its name."""
        for encoder in reversed(self._encoders):
            if compatible(encoder.fingerprint, fingerprint):
                return encoder
        if not name:
            raise EncoderNotFoundError(
                f"no encoder of {fingerprint} at hand",
                expected="the encoder object, or its name",
                remedy="LabelSpace.reencode(encoder)",
                command="name it with --encoder",
            )
        return self.learn(variant_of(load_encoder(name), fingerprint))

    def provenance(self, encoding: VectorSpace) -> Provenance:
        """Return which documents the encoder of an encoding has learned from.

        Its folder is the one that it was loaded from or that the caller named, or else the one that
        the file names.
        """
        fingerprint = encoding.fingerprint
        serving = [e for e in self._encoders if compatible(e.fingerprint, fingerprint)]
        named = [self._name] if self._name and encoding.number == self._opened.number else []
        return provenance_of(*reversed(serving), *named, encoding.encoder)

    def own(self, encoding: int) -> None:
        """Note that the caller has moved the label space to this encoding."""
        with self._lock:
            self._own.add(encoding)

    def _encoder(self, encoding: VectorSpace, replaced: bool) -> AnyEncoder:
        with self._loading:
            if self._name is not None:
                loaded = variant_of(load_encoder(self._name), self._opened.fingerprint)
                self._caller_encoder, self._name = self.learn(loaded), None
            for encoder in self._encoders:
                if compatible(encoder.fingerprint, encoding.fingerprint):
                    return encoder
            if self._caller_encoder is not None and encoding.number == self._opened.number:
                return self._caller_encoder  # not the label space's own: the embedder says so
            if replaced and self._pinned and self._caller_encoder is not None:
                got = f"encoder {self._caller_encoder.fingerprint}"
                raise moved_on(got, encoding.fingerprint, self._where)
            if not encoding.encoder:
                raise EncoderNotFoundError(
                    f"no encoder of {encoding.fingerprint} given, and it has no name in the file",
                    expected="the encoder object that the label space was made with",
                    remedy="LabelSpace(path, encoder=...)",
                    command="add --encoder FOLDER to the command, if it is an encoder in a folder; "
                    "a function can be given in Python alone",
                )
            loaded = load_recorded(encoding.encoder, self._where)
            return self.learn(variant_of(loaded, encoding.fingerprint))

"""What a service allows: its bounds, its address, who may ask. No secrets, and no state."""

from __future__ import annotations

from dataclasses import dataclass

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one request, and all requests together, may ask for.

    Attributes:
        body_bytes: of the body of a request.
        documents: in the body of one request; a stream may have more.
        waiting: documents that wait for the encoder; more are refused with 503.
        batch: documents that are encoded together.
        batch_characters: of the texts that are encoded together; a longer one is alone.
        text_characters: of one text.
        files: files that are read at once; others wait.
        files_waiting: files that wait to be read; more are refused with 503.
        unknown_bytes: of the body of a request without a key, where keys are asked for.
        stream_batch: lines of a stream that are answered together.
        body_seconds: within which a body must have come.
        line_bytes: of one line of a stream.
        requests_a_minute: of one key or, without keys, of one address; 0 for no limit.
    """

    body_bytes: int = 32 * 2**20
    documents: int = 1024
    waiting: int = 4096
    batch: int = 256
    batch_characters: int = 400_000
    text_characters: int = 1_000_000
    files: int = 2
    files_waiting: int = 32
    unknown_bytes: int = 8 * 1024
    stream_batch: int = 64
    body_seconds: float = 60.0
    line_bytes: int = 8 * 2**20
    requests_a_minute: int = 0


@dataclass(frozen=True, slots=True)
class Options:
    """How a service is reached.

    Attributes:
        host: the address that it listens at.
        port: 0 takes a free one.
        hosts: names in the ``Host`` header that are answered beside the loopback's own.
        keys_path: the file of keys; empty where anybody on this machine may ask.
        bounds: what requests may ask for.
        read_only: whether changes are refused.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    hosts: tuple[str, ...] = ()
    keys_path: str = ""
    bounds: Bounds = Bounds()
    read_only: bool = False

    @property
    def is_local(self) -> bool:
        """Whether nobody outside of this machine can reach it."""
        return self.host in LOOPBACK

    def answers_to(self, host: str) -> bool:
        """Return whether a ``Host`` header, with or without a port, names this service."""
        name = host.rsplit(":", 1)[0] if not host.endswith("]") and ":" in host else host
        return name.lower() in LOOPBACK | {self.host.lower(), *(h.lower() for h in self.hosts)}

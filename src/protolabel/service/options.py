"""How a service is reached: its address, who may ask. Its bounds are in ``limits``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from protolabel.service.limits import Bounds

REVIEW_BELOW = 0.95
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})


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
        telemetry: the address of an OpenTelemetry collector; empty for none.
        encoders: names and folders that a label space may be moved onto by a request.
        workers: processes that answer.
        follow: a folder whose documents come to the inbox by themselves; empty for none.
        follow_reading: how its files are read, by the names of the readers' arguments.
        review_below: documents of a smaller chance are looked at one by one: the page offers to
            accept the others together.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    hosts: tuple[str, ...] = ()
    keys_path: str = ""
    bounds: Bounds = field(default_factory=Bounds)
    read_only: bool = False
    telemetry: str = ""
    encoders: tuple[str, ...] = ()
    workers: int = 1
    follow: str = ""
    follow_reading: Mapping[str, str] = field(default_factory=dict)
    review_below: float = REVIEW_BELOW

    @property
    def is_local(self) -> bool:
        """Whether nobody outside of this machine can reach it."""
        return self.host in LOOPBACK

    def answers_to(self, host: str) -> bool:
        """Return whether a ``Host`` header, with or without a port, names this service."""
        name = host.rsplit(":", 1)[0] if not host.endswith("]") and ":" in host else host
        return name.lower() in LOOPBACK | {self.host.lower(), *(h.lower() for h in self.hosts)}

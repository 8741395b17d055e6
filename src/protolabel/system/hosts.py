"""What an HTTP address is, and which hosts are this machine: no proxy is asked for those."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit


def is_this_machine(host: str | None) -> bool:
    """Return whether a host of an address is the loopback: ``localhost``, ``127.0.0.1``, ``::1``.

    A name that only a resolver could tell is not.
    """
    if host is None or host.lower() == "localhost":
        return host is not None
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    inner = getattr(address, "ipv4_mapped", None)
    return (inner or address).is_loopback


def http_address(text: str) -> SplitResult | None:
    """Return the parts of an address that HTTP can be sent to; None for one that is none.

    It begins with ``http://`` or ``https://`` and has a host that can be looked up. A port, if it
    has one, is 1 to 65535. What else it may have is decided by whoever asks.
    """
    try:
        parts = urlsplit(text)
        (parts.hostname or "").encode("idna")
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname and is_port else None

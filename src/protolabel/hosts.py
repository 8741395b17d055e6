"""Which hosts are this machine: what is sent there passes no network, and no proxy is asked."""

from __future__ import annotations

import ipaddress


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

"""What ``benchmarks.million_documents`` reads of a process at work and of its answers."""

from __future__ import annotations

from pathlib import Path


def memory(process: int) -> int:
    """Bytes of memory that a process holds of its own."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((1024 * int(x.split()[1]) for x in lines if x.startswith("RssAnon")), 0)


def answered(out: Path) -> int:
    """How many answers a file holds."""
    with open(out, "rb") as file:
        return sum(piece.count(b"\n") for piece in iter(lambda: file.read(2**20), b""))

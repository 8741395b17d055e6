"""The instruction sets of x86 processors in order, and processes that see fewer of them.

``instruction_mask.c`` answers CPUID without what is hidden, so that a process sees the processor of
a laptop on one with more. It needs Linux, a processor that can fault CPUID, and ``cc``.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from benchmarks.results import CACHE

# In order, each with the flag of Linux; the position is the level of instruction_mask.c.
SETS = {
    "AVX2": "avx2",
    "AVX2 VNNI": "avx_vnni",
    "AVX-512": "avx512bw",
    "AVX-512 VNNI": "avx512_vnni",
    "AVX-512 bfloat16": "avx512_bf16",
    "AMX": "amx_bf16",
}
WITHOUT_VNNI = ("AVX2", "AVX-512")
HIDDEN = "INSTRUCTION_SET_LEVEL"  # the variable of a process that sees fewer
SOURCE = Path(__file__).parent / "instruction_mask.c"


def flags() -> list[str]:
    """What this processor has, in the words of Linux."""
    return Path("/proc/cpuinfo").read_text(encoding="utf-8").split()


def own_set() -> str:
    """The highest instruction set that this processor has."""
    own = flags()
    return next((name for name, flag in reversed(SETS.items()) if flag in own), "other")


def below(name: str) -> list[str]:
    """The instruction sets below one; none where they cannot be hidden."""
    if name not in SETS or "cpuid_fault" not in flags():
        return []
    return [other for other in list(SETS)[: list(SETS).index(name)] if SETS[other] in flags()]


def hiding(limit: str | None) -> dict[str, str]:
    """The variables of a process that sees no more than one instruction set; none for all."""
    if limit is None:
        return {}
    library = CACHE / "instruction_mask.so"
    if not library.exists() or library.stat().st_mtime < SOURCE.stat().st_mtime:
        command = ["cc", "-O2", "-shared", "-fPIC", str(SOURCE), "-o", str(library)]
        subprocess.run(command, check=True)
    return {"LD_PRELOAD": str(library), HIDDEN: str(list(SETS).index(limit))}

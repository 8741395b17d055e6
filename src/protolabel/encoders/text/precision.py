"""Compiles a network for this processor, in a precision that the processor is fast in.

| precision | products of matrices | needs | default |
|---|---|---|---|
| ``f32`` | 32-bit floats | | where no other is available |
| ``bf16`` | 16-bit floats | AVX-512 bfloat16, AMX, or such of Arm | where a processor has them |
| ``i8`` | 8-bit integers, with scales | VNNI, of AVX-512 or AVX2 | never |

What the precisions do to vectors and to accuracy, and why 8 bits wait until they are asked for:
docs/decisions/0002 and 0037.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from protolabel.encoders.engine import engine, openvino, thread_options
from protolabel.encoders.text.compression import GROUP, compress_weights
from protolabel.encoders.text.network import Network
from protolabel.errors import EncoderError

Precision = Literal["auto", "f32", "bf16", "i8"]

SETTING = "PROTOLABEL_PRECISION"  # the variable that says what "auto" is


def compiled(network: Network, precision: Precision, threads: int | None) -> tuple[Any, str]:
    """Compile for this processor; returns the compiled graph and the precision in use.

    "auto" is what the variable ``PROTOLABEL_PRECISION`` says, or else bf16 where this processor
    multiplies in it natively, and f32 where it does not. Of a graph that was exported it is f32:
    nobody has measured what others do to that network's vectors.

    Raises:
        EncoderError: a precision that does not exist or that is not to be had; too few threads.
    """
    mode, source = precision, "precision="
    if precision == "auto" and os.environ.get(SETTING) and not network.exported:
        mode, source = os.environ[SETTING], SETTING  # type: ignore[assignment]
    if mode not in get_args(Precision):
        raise EncoderError(
            f"{source} {mode!r}",
            expected=" or ".join(get_args(Precision)),
            remedy=f"give one of these, or unset {SETTING}",
        )
    if mode == "auto":
        mode = "bf16" if _is_native("bf16") and not network.exported else "f32"
    elif not _is_native(mode):
        raise EncoderError(
            f"the precision {mode} on a processor without {_ARITHMETIC[mode]}",
            expected=f"{_ARITHMETIC[mode]}, or another precision",
            remedy="use the precision auto or f32; vectors of all three are comparable",
        )
    if mode == "i8" and network.exported:
        raise EncoderError(
            "the precision i8 for a network that was exported",
            expected="one whose weights are in model.safetensors",
            remedy="use the precision auto or f32",
        )
    used = "bf16" if mode == "bf16" or (mode == "i8" and _is_native("bf16")) else "f32"
    options: dict[str, Any] = {
        "INFERENCE_PRECISION_HINT": used,
        "PERFORMANCE_HINT": "THROUGHPUT",  # one request a stream; the engine picks how many
        "ENABLE_CPU_PINNING": False,  # or two processes of one thread each share one core
    }
    if mode == "i8":
        compress_weights(network.graph)
        options["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = GROUP
    options |= thread_options(threads)
    return engine().compile_model(network.graph, "CPU", options), mode


_VNNI = frozenset({"avx512_vnni", "avx_vnni"})
_ARITHMETIC = {
    "f32": "",
    "bf16": "bfloat16 (avx512_bf16 or amx_bf16)",
    "i8": "VNNI (avx512_vnni or avx_vnni)",
}


@functools.cache
def _is_native(precision: str) -> bool:
    """Return whether this processor multiplies in a precision by instructions of its own."""
    if precision == "bf16":  # what the engine would choose by itself
        return bool(
            engine().get_property("CPU", "INFERENCE_PRECISION_HINT") == openvino().Type.bf16
        )
    return precision == "f32" or not _VNNI.isdisjoint(_flags())


@functools.cache
def _flags() -> Sequence[str]:
    """Return what instructions this processor has, as Linux names them; none elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return next((line.split() for line in lines if line.startswith("flags")), [])

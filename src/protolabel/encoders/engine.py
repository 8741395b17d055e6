"""The inference engine of this process: one for all encoders. It knows no encoder.

Nothing else in the package imports OpenVINO, so that its telemetry is off in one place.
"""

from __future__ import annotations

import functools
import sys
import threading
from typing import Any

_TELEMETRY = "openvino_telemetry"
_IMPORT = threading.Lock()


@functools.cache
def engine() -> Any:
    """Return OpenVINO's ``Core``: the same one each time, kept until the process ends.

    With AMX, each Core installs a signal stack on the thread that first uses it, and restores the
    previous one when it is destroyed. When two Cores end out of order, the restored stack is one
    that no longer exists, and the next Ctrl-C is a crash. So there is one Core, and it stays.
    """
    return openvino().Core()


def openvino() -> Any:
    """Import OpenVINO without its telemetry, and return the module.

    On import, OpenVINO sends an event to an analytics host and writes a client id into the home
    folder, unless its package ``openvino_telemetry`` is missing; then it uses a stub of its own
    that does nothing. So the package is hidden while OpenVINO is imported, and only then. Where
    the caller has imported OpenVINO before, nothing is left to hide.
    """
    with _IMPORT:
        if "openvino" in sys.modules:
            import openvino as module

            return module
        visible = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_telemetry(name)}
        sys.modules[_TELEMETRY] = None  # type: ignore[assignment]  # the import system's "missing"
        try:
            import openvino as module
        finally:
            del sys.modules[_TELEMETRY]
            sys.modules.update(visible)
        return module


def _is_telemetry(name: str) -> bool:
    return name == _TELEMETRY or name.startswith(_TELEMETRY + ".")

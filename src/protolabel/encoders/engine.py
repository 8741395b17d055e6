"""The inference engine of this process: one for all encoders. It knows no encoder.

Nothing else in the package imports OpenVINO, so that its telemetry is off in one place.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.util import LazyLoader, find_spec, module_from_spec
from types import ModuleType
from typing import Any

from protolabel.errors import EncoderError

_TELEMETRY = "openvino_telemetry"
_CONVERTER = "openvino.tools.ovc"
_IMPORT = threading.Lock()


@functools.cache
def engine() -> Any:
    """Return OpenVINO's ``Core``: the same one each time, kept until the process ends.

    With AMX, each Core installs a signal stack on the thread that first uses it, and restores the
    previous one when it is destroyed. When two Cores end out of order, the restored stack is one
    that no longer exists, and the next Ctrl-C is a crash. So there is one Core, and it stays.
    """
    return openvino().Core()


def thread_options(threads: int | None) -> dict[str, Any]:
    """Return the engine's options for so many threads; None leaves the number to the engine.

    Raises:
        EncoderError: fewer than one.
    """
    if threads is None:
        return {}
    if threads < 1:
        raise EncoderError(f"{threads} threads", expected="at least 1")
    return {"INFERENCE_NUM_THREADS": threads}


def openvino() -> Any:
    """Import OpenVINO without its telemetry and its converter, and return the module.

    On import, OpenVINO sends an event to an analytics host and writes a client id into the home
    folder, unless its package ``openvino_telemetry`` is missing; then it uses a stub of its own
    that does nothing. So the package is hidden while OpenVINO is imported, and only then. Where
    the caller has imported OpenVINO before, nothing is left to hide.

    The converter of other formats takes half of OpenVINO's own import, and is not used here. It is
    imported when somebody first uses it, again without the telemetry.
    """
    with _IMPORT:
        if "openvino" in sys.modules:
            import openvino as module

            return module
        with _without_telemetry():
            sys.modules[_CONVERTER] = None  # type: ignore[assignment]  # the import system's "missing"
            try:
                import openvino as module
            finally:
                del sys.modules[_CONVERTER]
        _convert_later(module)
        return module


@contextmanager
def _without_telemetry() -> Iterator[None]:
    visible = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_telemetry(name)}
    sys.modules[_TELEMETRY] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[_TELEMETRY]
        sys.modules.update(visible)


class _QuietLoader(Loader):
    """Loads a module without the telemetry."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Leave it to the loader."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Load the module."""
        with _without_telemetry():
            self._loader.exec_module(module)


def _convert_later(module: Any) -> None:
    """Put the converter where it belongs, to be loaded when an attribute of it is first used."""
    spec = find_spec(_CONVERTER)
    if spec is None or spec.loader is None:  # an OpenVINO without it
        return
    spec.loader = LazyLoader(_QuietLoader(spec.loader))
    converter = module_from_spec(spec)
    sys.modules[_CONVERTER] = module.tools.ovc = converter
    spec.loader.exec_module(converter)

    def value_of(name: str) -> Any:
        if name != "convert_model":
            raise AttributeError(f"module 'openvino' has no attribute {name!r}")
        return converter.convert_model

    module.__getattr__ = value_of


def _is_telemetry(name: str) -> bool:
    return name == _TELEMETRY or name.startswith(_TELEMETRY + ".")

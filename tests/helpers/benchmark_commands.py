"""Runs benchmarks' command lines in one process, which may change nothing in the project.

``python benchmark_commands.py PROJECT NAME ...`` gives each module ``--help``, an option that there
is not, and, where its help has no positional argument, a word. It prints how they ended, as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import runpy
import sys
import warnings
from pathlib import Path

CHANGES = {"os.mkdir", "os.remove", "os.rename", "sqlite3.connect"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Project:
    """A folder in which any change is refused and noted."""

    def __init__(self, root: Path) -> None:
        self.root, self.changes = root, list[str]()

    def watch(self, event: str, arguments: tuple[object, ...]) -> None:
        """Look at what Python is about to do."""
        if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & WRITES):
            return
        if event != "open" and event not in CHANGES:
            return
        if not isinstance(arguments[0], str | os.PathLike):
            return
        if Path(os.path.abspath(arguments[0])).is_relative_to(self.root):
            self.changes.append(f"{event} {arguments[0]}")
            raise PermissionError(f"a command line changes {arguments[0]}")


def ended(project: Project, name: str, argument: str) -> dict[str, object]:
    """Exit code, what was printed, and what would have been changed."""
    project.changes = []
    sys.argv = [name, argument]
    code: object = 0
    with (
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as errors,
    ):
        try:
            runpy.run_module(name, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            code = end.code or 0
        except ModuleNotFoundError as error:
            code = f"lacks {error.name}"
        except Exception as error:
            code = repr(error)
    printed = out.getvalue() if code == 0 else errors.getvalue()
    return {"code": code, "printed": printed, "changes": project.changes}


def main() -> None:
    """Run each module."""
    warnings.simplefilter("ignore")
    root = Path(sys.argv[1])
    names, project = sys.argv[2:], Project(root)
    sys.path.insert(0, str(root))
    sys.addaudithook(project.watch)
    ends: dict[str, dict[str, dict[str, object]]] = {}
    for name in names:
        own = ends[name] = {"--help": ended(project, name, "--help")}
        own["--no-such-option"] = ended(project, name, "--no-such-option")
        if "positional arguments" not in str(own["--help"]["printed"]):
            own["word"] = ended(project, name, "word")
    print(json.dumps(ends))


if __name__ == "__main__":
    main()

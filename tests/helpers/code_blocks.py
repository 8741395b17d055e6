"""Runs the code blocks of a page of documentation, in the order in which they stand.

Sybil finds the blocks. Python blocks of one page share their names. In a console block each line
that begins with ``$`` is a command; the lines under it are what it prints, where ``...`` stands for
anything. A block is left out only by ``<!-- skip: next "why" -->`` in front of it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from unittest import SkipTest

from prepared_commands import write_program
from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "COLUMNS": "100",
    "PYTHONWARNINGS": "error",
}


def shell_environment(folder: Path) -> dict[str, str]:
    """Return the environment of the pages: commands that start at once and share embeddings."""
    write_program(folder / "protolabel")
    return ENVIRONMENT | {
        "PATH": f"{folder}{os.pathsep}{ENVIRONMENT['PATH']}",
        "PROTOLABEL_CACHE": str(folder / "embeddings.sqlite"),
    }


def run_page(page: Path, folder: Path, environment: dict[str, str]) -> int:
    """Run every block of a page in a folder that holds ``examples/``; return how many ran."""
    (folder / "examples").symlink_to(ROOT / "examples")

    def run_sh(example: Example) -> None:  # Sybil takes what an evaluator returns for a failure
        run_script(example.parsed, folder, environment)

    languages = {
        "sh": run_sh,
        "console": lambda example: run_console(example.parsed, folder, environment),
        "json": lambda example: check_json(example.parsed),
        "jsonl": lambda example: check_json_lines(example.parsed),
    }
    parsers = [CodeBlockParser(language, run) for language, run in languages.items()]
    sybil = Sybil([*parsers, PythonCodeBlockParser(), SkipParser()], pattern="*.md")
    here = Path.cwd()
    os.chdir(folder)
    try:
        return sum(evaluate(example) for example in sybil.parse(page).examples())
    finally:
        os.chdir(here)


def evaluate(example: Example) -> bool:
    """Run one block; return False where the page says why it is left out."""
    try:
        example.evaluate()
    except SkipTest:
        return False
    return True


def run_script(script: str, folder: Path, environment: dict[str, str]) -> str:
    """Run a script as ``bash -e`` does, and return what it printed."""
    process = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, f"{script}\n{process.stdout}\n{process.stderr}"
    return process.stdout


def run_console(block: str, folder: Path, environment: dict[str, str]) -> None:
    """Run the commands of a console block and compare what they print."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        n = 1
        while lines[n - 1].endswith("\\"):
            n += 1
        expected = "\n".join(line.rstrip() for line in lines[n:]).strip()
        script = "\n".join(lines[:n])
        # Notes go to stderr; people see both.
        is_plain = n == 1 and "|" not in script
        output = run_script(f"{script} 2>&1" if is_plain else script, folder, environment)
        printed = "\n".join(line.rstrip() for line in output.splitlines()).strip()
        pattern = ".*".join(re.escape(piece) for piece in expected.split("..."))
        if expected:
            assert re.fullmatch(pattern, printed, re.DOTALL), f"$ {script}\n{printed}"


def check_json(block: str) -> None:
    json.loads(block)


def check_json_lines(block: str) -> None:
    for line in block.splitlines():
        json.loads(line)

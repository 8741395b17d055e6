"""The commands of ``benchmarks/``: what they say of themselves, refuse, and keep."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
HELPER = Path(__file__).parent / "helpers" / "benchmark_commands.py"
COMMANDS = [
    f"benchmarks.{path.stem}"
    for path in sorted((ROOT / "benchmarks").glob("*.py"))
    if '\nif __name__ == "__main__":' in path.read_text(encoding="utf-8")
]


def test_a_command_line_that_asks_for_help_or_is_wrong_measures_and_writes_nothing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-B", str(HELPER), str(ROOT), *COMMANDS],
        env={**os.environ, "PROTOLABEL_DATA": str(tmp_path)},  # no data, should one begin to work
        capture_output=True,
        text=True,
        check=True,
    )
    ends = json.loads(done.stdout)
    wrong = [
        f"{name} {argument}: {end}"
        for name, by_argument in ends.items()
        for argument, end in by_argument.items()
        if not is_right(name, argument, end)
    ]
    assert wrong == []
    assert list(ends) == COMMANDS


def is_right(name: str, argument: str, end: dict) -> bool:
    """Whether a command ended as it should; a rival's package is in an environment of its own."""
    if str(end["code"]).startswith("lacks ") and "rival" in name:
        return True
    code, words = (0, ["--help"]) if argument == "--help" else (2, [argument, "are required"])
    says = end["printed"].startswith("usage: ") and any(word in end["printed"] for word in words)
    return end["code"] == code and says and not end["changes"]


TORN = """
import resource, sys
from pathlib import Path
from benchmarks.results import kept_result
place = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
kept_result(place, lambda: list(range(10_000)))
"""


def test_a_run_that_ends_while_it_keeps_a_result_leaves_none(tmp_path):
    place = tmp_path / "draw.json"
    done = subprocess.run([sys.executable, "-c", TORN, str(place)], cwd=ROOT, capture_output=True)
    assert b"File too large" in done.stderr
    assert list(tmp_path.glob("*.json")) == []


TABLES = """
import sys
from pathlib import Path
from benchmarks.command_line import command_line, tables_option
parser = command_line("A benchmark.")
tables_option(parser, Path(sys.argv[1]))
print(parser.parse_args(sys.argv[2:]).tables)
"""


def test_tables_of_nothing_are_refused(tmp_path):
    """They would replace a page of figures by an empty one."""
    asked = [sys.executable, "-c", TABLES, str(tmp_path)]
    refused = subprocess.run([*asked, "--tables"], cwd=ROOT, capture_output=True, text=True)
    assert refused.returncode == 2
    assert "nothing is kept" in refused.stderr
    (tmp_path / "draw.json").write_text("{}")
    for words, expected in (([], "False"), (["--tables"], "True")):
        done = subprocess.run([*asked, *words], cwd=ROOT, capture_output=True, text=True)
        assert done.stdout.strip() == expected


SESSION = """
import time
from benchmarks.keyboard import Query, Work, check_stored
documents = {"a": Query("text", "bill", "bill"), "b": Query("text", "cv", "bill")}
check_stored(documents, {"a": "bill", "b": "cv"})
for stored in ({"a": "bill", "b": "bill"}, {"a": "bill"}, {"a": "bill", "b": None}):
    try:
        check_stored(documents, stored)
    except AssertionError as error:
        assert "1 of 2" in str(error), error
    else:
        raise SystemExit(f"not refused: {stored}")
work = Work()
for name, kind, keys in (("a", "accepted", 1), ("b", "corrected", 4), ("b", "corrected", 1)):
    work.pressed[kind] += keys
    work.note_decision(name, kind, time.perf_counter())
found = work.figures(6.0, 12.0)
assert (found.per_minute, found.stored_per_minute) == (20.0, 10.0), found  # two documents
assert (found.again, found.keys, found.keys_to_correct) == (1, 6, 2.5), found
"""


def test_a_keyboard_session_counts_documents_once_and_refuses_what_was_stored_wrong():
    done = subprocess.run([sys.executable, "-c", SESSION], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

"""Runs `label --sort-into` again and again, killed before each operation on a file in turn.

A process of its own: it forks, and the child kills itself with SIGKILL before its n-th operation.
Then another child runs the same command to its end. What is wrong after either is printed as JSON.

    python killed_sorting.py HOW SPACE INBOX OUT
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

OPERATIONS = {"open", "os.link", "os.remove", "os.rename", "os.symlink", "os.mkdir", "os.truncate"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
FILES = {
    "a.txt": b"please pay bill 1\n",
    "sub/a.txt": b"I apply for job 2\n",
    "b.txt": b"please pay bill 3\n",
    "bad.txt": b"\0\1\2",
}


def fill(inbox: Path) -> None:
    for name, content in FILES.items():
        (inbox / name).parent.mkdir(parents=True, exist_ok=True)
        (inbox / name).write_bytes(content)


def child(arguments: list[str], kill_at: int | None, places: tuple[str, ...]) -> int:
    """Run the command in a fork; return its exit status as `os.waitpid` gives it."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    count = 0

    def hook(event: str, details: tuple[Any, ...]) -> None:
        nonlocal count
        if event not in OPERATIONS or (event == "open" and not details[2] & WRITES):
            return
        if any(str(d).startswith(places) for d in details):
            count += 1
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    from protolabel.cli import exit_code_of

    with (
        open(os.devnull, "w") as nothing,
        contextlib.redirect_stdout(nothing),
        contextlib.redirect_stderr(nothing),
    ):
        code = exit_code_of(arguments)
    os._exit(code)


def contents(folder: Path) -> list[bytes]:
    return sorted(
        path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".protolabel" not in path.relative_to(folder).parts
    )


def wrong_after_a_kill(inbox: Path, out: Path) -> list[str]:
    left = set(contents(inbox)) | set(contents(out))
    return [f"lost: {content!r}" for content in FILES.values() if content not in left]


def wrong_at_the_end(how: str, inbox: Path, out: Path) -> list[str]:
    problems = []
    if contents(out) != sorted(FILES.values()):
        problems.append(f"sorted: {contents(out)}")
    if contents(inbox) != ([] if how == "move" else sorted(FILES.values())):
        problems.append(f"left: {contents(inbox)}")
    names = {path.name for path in out.rglob("*") if path.is_file()}
    if names != {"a.txt", "b.txt", "bad.txt", "journal.jsonl", "lock"}:
        problems.append(f"names: {sorted(names)}")
    return problems


def main(how: str, space: str, inbox: Path, out: Path) -> None:
    import protolabel.cli  # noqa: F401 - imported once, before the forks

    arguments = ["label", space, str(inbox), "--sort-into", str(out), "--by", how]
    problems: list[str] = []
    for kill_at in range(1, 1000):
        for folder in (inbox, out):
            shutil.rmtree(folder, ignore_errors=True)
        fill(inbox)
        status = child(arguments, kill_at, (str(inbox), str(out)))
        if os.WIFEXITED(status):
            break
        problems += [f"{kill_at}: {p}" for p in wrong_after_a_kill(inbox, out)]
        child(arguments, None, (str(inbox), str(out)))
        problems += [f"{kill_at}: {p}" for p in wrong_at_the_end(how, inbox, out)]
    print(json.dumps({"kills": kill_at - 1, "code": os.WEXITSTATUS(status), "problems": problems}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))

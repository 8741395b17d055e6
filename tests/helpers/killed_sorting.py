"""Runs `label --sort-into` again and again, killed before each operation on a file in turn.

A process of its own: it forks, and the child kills itself with SIGKILL before its n-th operation.
Then another child runs the same command to its end. What is wrong after either is printed as JSON.

    python killed_sorting.py HOW SPACE INBOX OUT [LATER_SPACE]

With a later state of the label space, the files are sorted once before; then one of them changes,
and the run that is killed answers all of them anew.
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
CHANGED = {"b.txt": b"I apply for job 33\n"}


def fill(inbox: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
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


class Scene:
    """Files that are sorted; ``later``: after they were sorted once, and one changed."""

    def __init__(self, how: str, space: str, inbox: Path, out: Path, later: str | None) -> None:
        self.how, self.inbox, self.out = how, inbox, out
        self.places = (str(inbox), str(out))
        self.command = ["label", space, str(inbox), "--sort-into", str(out), "--by", how]
        self.left = dict(FILES)
        self.contents = list(FILES.values())
        self.later = later
        if later is not None:
            fill(inbox, FILES)
            child(self.command, None, self.places)
            if how != "move":
                self.left |= CHANGED
                self.contents += CHANGED.values()  # and what they held before
                fill(inbox, CHANGED)
            self.command[1] = later
            self.command += ["--again", "all"]
            shutil.move(out, f"{out}.before")
            shutil.move(inbox, f"{inbox}.before")

    def set_up(self) -> None:
        for folder in (self.inbox, self.out):
            shutil.rmtree(folder, ignore_errors=True)
        if self.later is None:
            fill(self.inbox, FILES)
            return
        shutil.copytree(f"{self.inbox}.before", self.inbox)
        shutil.copytree(f"{self.out}.before", self.out)

    def wrong_after_a_kill(self) -> list[str]:
        left = set(contents(self.inbox)) | set(contents(self.out))
        return [f"lost: {content!r}" for content in self.contents if content not in left]

    def wrong_at_the_end(self) -> list[str]:
        problems = []
        if contents(self.out) != sorted(self.contents):
            problems.append(f"sorted: {contents(self.out)}")
        if contents(self.inbox) != ([] if self.how == "move" else sorted(self.left.values())):
            problems.append(f"left: {contents(self.inbox)}")
        names = {path.name for path in self.out.rglob("*") if path.is_file()}
        if names != {"a.txt", "b.txt", "bad.txt", "journal.jsonl", "lock"}:
            problems.append(f"names: {sorted(names)}")
        if self.later is not None:
            places = {p.parent.name for p in self.out.rglob("*.txt") if b"apply" in p.read_bytes()}
            if not places <= {"job", "sub"}:
                problems.append(f"not moved: {places}")
        return problems


def main(scene: Scene) -> None:
    import protolabel.cli  # noqa: F401 - imported once, before the forks

    problems: list[str] = []
    for kill_at in range(1, 1000):
        scene.set_up()
        status = child(scene.command, kill_at, scene.places)
        if os.WIFEXITED(status):
            break
        problems += [f"{kill_at}: {p}" for p in scene.wrong_after_a_kill()]
        child(scene.command, None, scene.places)
        problems += [f"{kill_at}: {p}" for p in scene.wrong_at_the_end()]
    problems += [f"whole: {p}" for p in scene.wrong_at_the_end()]
    print(json.dumps({"kills": kill_at - 1, "code": os.WEXITSTATUS(status), "problems": problems}))


if __name__ == "__main__":
    how, space, inbox, out, *later = sys.argv[1:]
    main(Scene(how, space, Path(inbox), Path(out), later[0] if later else None))

"""Follows advice to the letter: provokes an error, carries out its remedy, and sees that it works.

A case registers the remedies that it follows. It meets each of them on the command line or in
Python, and then continues until the original request works.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from commands import ENVIRONMENT, call
from remedies import matches

from protolabel.errors import ProtolabelError
from protolabel.readers import read_documents, read_examples
from protolabel.types import Document, Example

COMMAND = re.compile(r"`(protolabel [^`]+)`|(protolabel [a-z]+ (?:'[^']*'|[^\\s;,)]+).*?)(?:$|;)")
OPTION = re.compile(r"(?<![\w-])--[a-z]")
PARAMETER = re.compile(r"(?<![\w-])[a-z_]+=(?=$|[\s),;:])|LabelSpace|label_many|Document\(")
WHOLE_COMMAND = re.compile(r"\b(protolabel|pip|rm|mkdir|iconv|ls|chmod)\b.*")


@dataclass
class Desk:
    """A folder with a small label space, and the remedies that were met there.

    Attributes:
        folder: is the working folder.
        space: of the classes invoice (two examples), cv (one, with an id of its own) and letter.
        met: each remedy that an error has named.
    """

    folder: Path
    space: Path
    met: list[str] = field(default_factory=list)

    def refused(self, *command: object, code: int = 2, stdin: str | bytes = "") -> str:
        """Run a command that is refused; return its remedy."""
        error = call(*command, code=code, stdin=stdin).stderr
        _, mark, remedy = error.strip().rpartition("to fix it: ")
        assert mark, error
        assert not PARAMETER.search(remedy), f"a parameter of Python at the command line: {remedy}"
        self.met.append(remedy)
        return remedy

    def raised(self, action: Callable[[], object]) -> str:
        """Call what is refused; return its remedy."""
        with pytest.raises(ProtolabelError) as caught:
            action()
        remedy = caught.value.remedy
        assert remedy, caught.value
        options = OPTION.search(WHOLE_COMMAND.sub("", remedy))
        assert not options, f"an option of the command line in Python: {remedy}"
        self.met.append(remedy)
        return remedy

    def obeyed(self, remedy: str) -> str:
        """Run the protolabel command of a remedy; return what it printed."""
        match = COMMAND.search(remedy)
        assert match, remedy
        words = shlex.split(match[1] or match[2])
        return call(*words[1:]).stdout

    def in_a_shell(self, remedy: str, program: str) -> None:
        """Run the part of a remedy that begins with the name of a program, in a shell."""
        match = re.search(rf"\b{program} [^`;]*", remedy)
        assert match, remedy
        done = subprocess.run(
            ["bash", "-ec", match[0]], cwd=self.folder, env=ENVIRONMENT, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{match[0]}\n{done.stderr}"

    def file(self, name: str, content: str | bytes = "") -> Path:
        """Write a file in the folder, and the folders above it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def copy(self, name: str) -> Path:
        """Copy the label space."""
        return Path(shutil.copyfile(self.space, self.folder / name))


def documents(*sources: object, **options: object) -> list[Document]:
    """Read documents to the end."""
    return list(read_documents(list(map(str, sources)), **options))


def examples(*sources: object, **options: object) -> list[Example]:
    """Read examples to the end."""
    return list(read_examples(list(map(str, sources)), **options))


Case = Callable[[Desk], None]


class Cases(dict[str, tuple[Case, tuple[str, ...]]]):
    """What does the advice of each remedy, by the name of the case."""

    def of(self, *templates: str) -> Callable[[Case], Case]:
        """Register what does the advice of these remedies."""

        def register(case: Case) -> Case:
            self[case.__name__] = (case, templates)
            return case

        return register

    def run(self, name: str, desk: Desk) -> None:
        """Run a case, and hold it to the remedies that it is registered for."""
        case, templates = self[name]
        case(desk)
        for template in templates:
            assert any(matches(template, remedy) for remedy in desk.met), (template, desk.met)

    def templates(self) -> Iterable[str]:
        """Return the remedies of all cases."""
        return [template for _, templates in self.values() for template in templates]

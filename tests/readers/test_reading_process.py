"""The process that reads files of other programs: ended where it hangs, and never left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest
from office_files import mail, zipped
from sources import write

from protolabel.errors import InputError, TemporaryFolderError
from protolabel.readers import read_documents
from protolabel.readers.formats.extraction import Request
from protolabel.readers.formats.extractor import Extractor

pytestmark = pytest.mark.slow

PAGE = b"<!DOCTYPE html><html><body>Pay two</body></html>"


def stalled(tmp_path) -> Request:
    """Return a request that never ends: its file is a pipe that nobody writes to."""
    os.mkfifo(tmp_path / "pipe")
    return Request("html", str(tmp_path / "pipe"), str(tmp_path), 1000)


def test_a_file_that_stalls_its_reader_is_named_and_the_next_one_is_read(tmp_path):
    extractor = Extractor(seconds=3)
    page = Request("html", str(write(tmp_path / "a.html", PAGE)), str(tmp_path), 1000)
    try:
        assert extractor.extract(page, "a.html").text
        first = extractor.pid
        with pytest.raises(InputError, match=r"^slow\.html: not read after 3 seconds"):
            extractor.extract(stalled(tmp_path), "slow.html")
        assert extractor.pid is None
        assert extractor.extract(page, "a.html").text
        assert extractor.pid != first
    finally:
        extractor.close()


def test_a_file_that_crashes_its_reader_is_named_and_the_next_one_is_read(tmp_path):
    extractor = Extractor()
    page = Request("html", str(write(tmp_path / "a.html", PAGE)), str(tmp_path), 1000)
    request = stalled(tmp_path)

    def crash() -> None:
        while extractor.pid is None:
            time.sleep(0.01)
        os.kill(extractor.pid, 11)

    thread = threading.Thread(target=crash)
    thread.start()
    try:
        with pytest.raises(InputError, match=r"bad\.html: .*SIGSEGV"):
            extractor.extract(request, "bad.html")
        assert extractor.extract(page, "a.html").text
    finally:
        extractor.close()
        thread.join()


def test_no_process_is_left_behind(tmp_path):
    write(tmp_path / "a.html", PAGE)
    write(tmp_path / "b.html", PAGE)
    before = children(os.getpid())  # of other tests, such as the resource tracker of Python
    stream = read_documents(tmp_path)
    next(stream)
    pids = children(os.getpid()) - before
    assert len(pids) == 1
    stream.close()  # type: ignore[attr-defined]
    assert not children(os.getpid()) & pids
    assert not [name for name in os.listdir(tmp_path) if name.startswith("protolabel-")]


def children(pid: int) -> set[str]:
    """Return the ids of the processes of Python that a process has started."""
    listing = subprocess.run(
        ["ps", "-o", "pid=,comm=", "--ppid", str(pid)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return {line.split()[0] for line in listing.stdout.splitlines() if "python" in line}


def test_nothing_in_the_folder_that_we_stand_in_is_run(tmp_path):
    write(tmp_path / "a.html", PAGE)
    for name in ("html.py", "email.py", "protolabel.py", "sitecustomize.py"):
        write(tmp_path / name, b"open('executed', 'w')\n")
    script = (
        "import sys; sys.path = [p for p in sys.path if p]\n"
        "from protolabel.readers import read_documents; print(len(list(read_documents('a.html'))))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", script], cwd=tmp_path, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout == "1\n"
    assert not (tmp_path / "executed").exists()


IDLE = """
import sys, time
from protolabel.readers import read_documents
stream = read_documents(sys.argv[1])
next(stream)
print("ready", flush=True)
time.sleep(600)
"""
BUSY = """
import sys, threading, time
from protolabel.readers.formats.extraction import Request
from protolabel.readers.formats.extractor import Extractor
extractor = Extractor()
with extractor.folder() as folder:
    request = Request("html", sys.argv[1], folder, 1000)
    threading.Thread(target=extractor.extract, args=(request, "a"), daemon=True).start()
    print("ready", flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
@pytest.mark.parametrize("script", [IDLE, BUSY], ids=["idle", "busy"])
@pytest.mark.parametrize("signal_number", [9, 15])
def test_a_signal_leaves_no_process_and_no_temporary_folder(tmp_path, signal_number, script):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    if script is BUSY:
        os.mkfifo(tmp_path / "pipe")  # whoever opens it waits
        source = tmp_path / "pipe"
    else:
        source = write(tmp_path / "a.zip", zipped({f"{n}.txt": b"text" for n in range(3)}))
    with subprocess.Popen(
        [sys.executable, "-c", script, str(source)],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"TMPDIR": str(temporary)},
    ) as parent:  # fmt: skip
        try:
            assert parent.stdout is not None
            assert parent.stdout.readline() == "ready\n"
            pids = children(parent.pid)
            assert pids
            assert os.listdir(temporary)
        finally:
            parent.send_signal(signal_number)
    deadline = time.monotonic() + 60
    while os.listdir(temporary) or any(os.path.exists(f"/proc/{pid}") for pid in pids):
        assert time.monotonic() < deadline, "something is left"
        time.sleep(0.05)


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
def test_a_kill_the_moment_the_temporary_folder_appears_leaves_nothing(tmp_path):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    source = write(tmp_path / "a.zip", zipped({f"{n}.txt": b"text" for n in range(3)}))
    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", IDLE, str(source)],
            stdout=subprocess.DEVNULL, env=os.environ | {"TMPDIR": str(temporary)},
        ) as parent:  # fmt: skip
            while parent.poll() is None and not list(temporary.glob("protolabel-*")):
                pass
            parent.kill()
        deadline = time.monotonic() + 60
        while list(temporary.glob("protolabel-*")):  # Python's own trial file may be there
            assert time.monotonic() < deadline, "something is left"
            time.sleep(0.05)


# -- the temporary folder ---------------------------------------------------------------------


ATTACHED = mail("Order", "See below", a_txt=b"attached text")
INSIDE = {
    "a.zip": zipped({"a.txt": b"text"}),
    "a.eml": ATTACHED.as_bytes(),
    "a.mbox": b"From a@b Thu Jan  1 00:00:00 2026\n" + ATTACHED.as_bytes(),
}


@pytest.mark.parametrize("name", INSIDE)
def test_a_missing_temporary_folder_is_not_blamed_on_a_document(tmp_path, monkeypatch, name):
    path = write(tmp_path / name, INSIDE[name])
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    bad = []
    with pytest.raises(TemporaryFolderError, match="TMPDIR") as caught:
        list(read_documents(path, on_unreadable=bad.append))
    assert not bad
    assert name not in caught.value.got


@pytest.mark.skipif(sys.platform != "linux", reason="needs a bound of file sizes")
@pytest.mark.parametrize("name", INSIDE)
def test_a_full_temporary_folder_is_not_blamed_on_a_document(tmp_path, name):
    path = write(tmp_path / name, INSIDE[name])
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=False,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout == "no document is at fault\n", done.stderr
    assert not [entry for entry in os.listdir(tmp_path) if entry.startswith("protolabel-")]


FULL = """
import resource, signal, sys
from protolabel.errors import TemporaryFolderError
from protolabel.readers import read_documents
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # each write fails as on a full disk
try:
    list(read_documents(sys.argv[1], on_unreadable=print))
except TemporaryFolderError:
    sys.stderr.write("stopped")
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    print("no document is at fault")
"""


def test_no_thread_goes_on_reading_when_the_process_has_ended(tmp_path):
    """Its pipe's number may be that of the next process, whose answer it would take away."""
    page = Request("html", str(write(tmp_path / "a.html", PAGE)), str(tmp_path), 1000)
    before = threading.active_count()
    for _ in range(20):
        extractor = Extractor(seconds=30)
        assert extractor.extract(page, "a.html").text
        extractor.close()
        assert threading.active_count() == before

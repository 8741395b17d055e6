"""Label Studio, driven by keyboard as ``benchmarks.desk`` drives the desk; called by it.

``make .bench/label_studio/.ready`` installs it into an environment of its own. It is started as
its command starts it, with its SQLite file in a fresh folder, and tells nobody of its use: what
would report usage, errors or its version is switched off.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from playwright.sync_api import Page, expect

from benchmarks.keyboard import Figures, Query, Work, check_stored
from benchmarks.results import CACHE

COMMAND = CACHE / "label_studio" / "bin" / "label-studio"
ABSENT = (
    f"{COMMAND.relative_to(CACHE.parent)} is absent; `make .bench/label_studio/.ready` makes it"
)
PERSON, PASSWORD, TOKEN = "person@example.org", "a password", "0123456789abcdef" * 2
SILENT = {
    "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
    "LABEL_STUDIO_SENTRY_DSN": "",
    "LABEL_STUDIO_FRONTEND_SENTRY_DSN": "",
    "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
    "LABEL_STUDIO_FEATURE_FLAGS_OFFLINE": "true",
}
ANSWERED = {"model_version": "protolabel", "show_collab_predictions": True}
TITLE = ".lsf-main-view__annotation h3"
CHOICE = ".lsf-choices input"
CHOSEN = f"{CHOICE}:checked"
NEXT_DOCUMENT = """([before, titled, ready]) => {
  const title = document.querySelector(titled);
  if (!title) return document.body.textContent.includes("No More Tasks Left in Queue");
  return title.textContent !== before && document.querySelector(ready) !== null;
}"""


@dataclass
class LabelStudio:
    """Asks one Label Studio on this machine."""

    port: int

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request as its user; return the answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.loads(reply.read())

    def version(self) -> str:
        """Return its version."""
        return str(self.ask("GET", "/api/version")["release"])


@contextmanager
def label_studio() -> Iterator[LabelStudio]:
    """Serve in a fresh folder with one user until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    user = ["--username", PERSON, "--password", PASSWORD, "--user-token", TOKEN]
    address = ["--internal-host", "127.0.0.1", "--port", str(port)]
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [COMMAND, "start", "--no-browser", "--enable-legacy-api-token", *address, *user],
            env=os.environ | SILENT | {"LABEL_STUDIO_BASE_DATA_DIR": folder},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            server = LabelStudio(port)
            if not _is_up(server, process):
                log.seek(0)
                raise AssertionError(f"no Label Studio: {log.read()[-2000:]}")
            yield server
        finally:
            process.terminate()
            process.communicate(timeout=60)


def _is_up(server: LabelStudio, process: subprocess.Popen[bytes]) -> bool:
    """Wait until it answers; False if it has ended, or does not in five minutes."""
    deadline = time.monotonic() + 300
    while process.poll() is None and time.monotonic() < deadline:
        try:
            server.ask("GET", "/api/projects")
        except OSError:
            time.sleep(0.5)
        else:
            return True
    return False


def make_project(server: LabelStudio, documents: Mapping[str, Query], *, answered: bool) -> int:
    """Import the documents, with protolabel's answers as predictions or without; return its id.

    Each class has a digit as its hotkey.
    """
    labels = _labels(documents)
    choices = "".join(
        f"<Choice value={quoteattr(label)} hotkey={quoteattr(_digit(labels, label))}/>"
        for label in labels
    )
    config = (
        '<View><Header value="$name"/><Text name="text" value="$text"/>'
        f'<Choices name="kind" toName="text" choice="single-radio">{choices}</Choices></View>'
    )
    project = {"title": "bank", "label_config": config, "sampling": "Sequential sampling"}
    number = int(server.ask("POST", "/api/projects", project | ANSWERED)["id"])
    tasks: list[dict[str, Any]] = []
    for name, document in documents.items():
        task: dict[str, Any] = {"data": {"name": name, "text": document.text}}
        if answered:
            value = {"choices": [document.nearest]}
            result = {"from_name": "kind", "to_name": "text", "type": "choices", "value": value}
            task["predictions"] = [{"model_version": "protolabel", "result": [result]}]
        tasks.append(task)
    server.ask("POST", f"/api/projects/{number}/import", tasks)
    return number


def _labels(documents: Mapping[str, Query]) -> list[str]:
    return sorted({label for query in documents.values() for label in (query.label, query.nearest)})


def _digit(labels: list[str], label: str) -> str:
    """Return the hotkey of a class: 1 to 9, and 0 for the tenth."""
    assert len(labels) <= 10, f"got {len(labels)} classes, expected a digit for each"
    return str((labels.index(label) + 1) % 10)


def sign_in(page: Page, server: LabelStudio) -> None:
    """Sign in as its user."""
    page.goto(f"http://127.0.0.1:{server.port}/user/login/")
    page.fill("[name=email]", PERSON)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#app-settings")).to_be_attached()


def label_stream(
    page: Page, server: LabelStudio, documents: Mapping[str, Query], *, answered: bool
) -> Figures:
    """Decide all documents of a new project in its label stream; return what it took.

    A digit chooses a class, Control+Enter submits. It shows the next document once it has stored
    the last, so that the two times are one.
    """
    number = make_project(server, documents, answered=answered)
    labels = _labels(documents)
    page.goto(f"http://127.0.0.1:{server.port}/projects/{number}/data?labeling=1")
    ready = CHOSEN if answered else CHOICE
    page.wait_for_function(NEXT_DOCUMENT, arg=["", TITLE, ready], timeout=60_000)
    title, chosen = page.locator(TITLE), page.locator(CHOSEN)
    work = Work()
    while title.count():
        name = title.inner_text()
        label = documents[name].label
        if answered and chosen.get_attribute("name") == label:
            kind, sequence = "accepted", ["Control+Enter"]
        else:
            kind, sequence = "corrected", [_digit(labels, label), "Control+Enter"]
        for key in sequence:
            page.keyboard.press(key)
        since = time.perf_counter()
        work.pressed[kind] += len(sequence)
        page.wait_for_function(NEXT_DOCUMENT, arg=[name, TITLE, ready], timeout=20_000)
        work.note_decision(name, kind, since)
    seconds = time.perf_counter() - work.start
    check_stored(documents, labels_of(server, number))
    return work.figures(seconds, seconds)


def labels_of(server: LabelStudio, number: int) -> dict[str, str | None]:
    """Return the class that each document of a project has, by its name; None for not just one."""
    path = f"/api/tasks?project={number}&fields=all&page_size=1000"
    labels: dict[str, str | None] = {}
    for task in server.ask("GET", path)["tasks"]:
        results = [result for entry in task["annotations"] for result in entry["result"]]
        names = [name for result in results for name in result["value"]["choices"]]
        labels[task["data"]["name"]] = names[0] if len(names) == 1 else None
    return labels


def asked_elsewhere(addresses: list[str]) -> list[str]:
    """Return the addresses that are not of this machine."""
    here = ("http://127.0.0.1:", "data:", "blob:")
    return [address for address in addresses if not address.startswith(here)]

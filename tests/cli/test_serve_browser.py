"""Whether `protolabel serve` opens a browser: only if asked, or where a person sits at a screen."""

from __future__ import annotations

import sys
import time

import pytest
from service_process import make_space, service

from protolabel.cli import serve as command


@pytest.fixture
def browser(tmp_path):
    """A browser that writes down which address it was sent to."""
    place = tmp_path / "address"
    script = tmp_path / "browser.py"
    script.write_text(f"import sys; open({str(place)!r}, 'w').write(sys.argv[1])")
    return place, {"BROWSER": f"{sys.executable} {script} %s"}


@pytest.mark.parametrize("options", [["--browser"], ["--no-browser"], []], ids=str)
def test_the_page_opens_where_it_is_asked_for(tmp_path, browser, options):
    place, environment = browser
    space = make_space(tmp_path / "mail.space")
    with service(str(space), *options, environment=environment) as client:
        until = time.monotonic() + (20 if options == ["--browser"] else 0.5)
        while not (place.exists() and place.read_text()) and time.monotonic() < until:
            time.sleep(0.05)
        opened = place.read_text() if place.exists() else ""
        assert opened == (f"http://127.0.0.1:{client.port}/" if options == ["--browser"] else "")


@pytest.mark.parametrize(
    ("terminal", "environment", "screen"),
    [
        (True, {"DISPLAY": ":0"}, True),
        (True, {"WAYLAND_DISPLAY": "wayland-0"}, True),
        (True, {}, False),
        (False, {"DISPLAY": ":0"}, False),
        (True, {"DISPLAY": ":0", "SSH_CONNECTION": "somewhere"}, False),
    ],
)
def test_a_screen_is_a_terminal_with_a_display_that_is_near(
    monkeypatch, terminal, environment, screen
):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    assert command.has_screen() is screen

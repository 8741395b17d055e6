"""What a person sees while a change is made, and which buttons have something to do."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service_process import make_space, service

from desk import desk
from protolabel import LabelSpace

LANGUAGES = [
    ("en-GB", "Create the", "Creating the classes"),
    ("de-DE", "anlegen", "werden angelegt"),
]


@pytest.mark.parametrize(("language", "button", "words"), LANGUAGES)
def test_classes_that_are_being_created_are_said_to_be(browser, tmp_path, language, button, words):
    """Before, only the button turned grey, as it was before anything was typed."""
    path = tmp_path / "mail.space"
    LabelSpace.create(path, encoder="hashing").close()
    with (
        service(str(path), "--no-browser") as client,
        desk(browser, client, language=language) as one,
    ):
        one.open()
        routes = []
        one.page.route("**/v1/spaces/mail/changes", lambda route: routes.append(route))
        form = one.page.locator("form.describe")
        for n, name in enumerate(("invoice", "cv")):
            form.locator(".row").nth(n).locator("input").first.fill(name)
        one.button(button).click()
        expect(form).to_have_attribute("aria-busy", "true")
        expect(form.get_by_role("status")).to_contain_text(words)
        one.until("() => true")
        for route in routes:
            route.continue_()
        expect(form).to_have_attribute("aria-busy", "false")
        expect(form.get_by_role("status")).to_have_count(0)
        one.page.goto("about:blank")
        one.open()  # without a view in the address, as somebody who comes back
        expect(one.page.locator(".step.now h2")).to_contain_text(
            "Show a few" if language == "en-GB" else "Beispiele"
        )


@pytest.mark.slow
def test_undo_and_redo_can_be_pressed_where_there_is_something_to_take_back(browser, tmp_path):
    """Before, *Redo* led to an error in red."""
    path = tmp_path / "mail.space"
    LabelSpace.create(path, encoder="hashing").close()
    with service(str(path), "--no-browser") as client, desk(browser, client) as one:
        one.open("history")
        undo, redo = one.button("Undo"), one.button("Redo")
        expect(one.page.locator(".changes li")).to_have_count(1)
        expect(undo).to_be_disabled()
        expect(redo).to_be_disabled()
        body = {"kind": "describe", "texts": {"invoice": "a bill"}}
        assert client.post("/v1/spaces/mail/changes", body).status == 200
        one.open("classes").open("history")
        expect(redo).to_be_disabled()
        undo.click()
        expect(redo).to_be_enabled()
        expect(undo).to_be_disabled()
        redo.click()
        expect(redo).to_be_disabled()
        expect(undo).to_be_enabled()


def test_the_banner_of_unreadable_files_is_even(browser, tmp_path):
    path = make_space(tmp_path / "mail.space")
    empty = tmp_path / "empty.txt"
    empty.touch()
    with service(str(path), "--no-browser") as client, desk(browser, client) as one:
        one.open("inbox")
        one.page.locator("input[type=file]").first.set_input_files(str(empty))
        banner = one.page.locator(".banner.bad")
        summary = banner.locator("summary").bounding_box()
        button = banner.get_by_role("button").bounding_box()
        assert summary is not None
        assert button is not None
        middles = [box["y"] + box["height"] / 2 for box in (summary, button)]
        assert abs(middles[0] - middles[1]) < 2

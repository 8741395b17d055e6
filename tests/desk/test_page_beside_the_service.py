"""What the page words or shortens itself agrees with what the service says."""

from __future__ import annotations

from playwright.sync_api import expect
from service_process import make_space, service
from several_letters import make_letters

from desk import desk, needs_chromium
from protolabel import LabelSpace

pytestmark = needs_chromium
FAR = "zebra giraffe okapi fee"
SMILE = "\U0001f600"  # two units of a string of JavaScript


def test_the_reason_of_several_labels_compares_no_score_with_a_chance(browser, tmp_path):
    """Before, the German page said "below the threshold" of a score and a least chance."""
    path = make_letters(tmp_path / "mail.space")
    with service(str(path), "--no-browser") as client:
        body = {"documents": [{"id": "far", "text": FAR}]}
        (answer,) = client.post("/v1/spaces/mail/inbox", body).json["documents"]
        answer = answer["answer"]
        assert answer["label"] is None
        assert answer["score"] < answer["threshold"]
        with desk(browser, client, language="de-DE") as person:
            person.open("inbox")
            person.page.locator(".rows .title").get_by_text("far", exact=True).click()
            expect(person.page.locator(".document .reason").last).to_have_text(answer["reason"])


def test_a_text_that_is_shortened_ends_with_a_whole_character(browser, tmp_path):
    """Before, a picture of two units was cut in half."""
    path = make_space(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
    with service(str(path), "--no-browser") as client:
        long = f"please pay {SMILE * 400}"
        example = {"label": "invoice", "text": long}
        change = {"kind": "add", "examples": [example]}
        assert client.post("/v1/spaces/mail/changes", change).status == 200
        texts = {"pasted 0123abcd": f"pay {SMILE * 399}", "pasted 0123abce": f"fees {SMILE * 399}"}
        waiting = {"documents": [{"id": name, "text": text} for name, text in texts.items()]}
        assert client.post("/v1/spaces/mail/inbox", waiting).status == 200
        with desk(browser, client) as person:
            for view in ("inbox", "classes"):
                person.open(view)
                expect(person.page.locator("main")).to_contain_text(SMILE)
                assert person.page.evaluate("() => document.body.textContent.isWellFormed()"), view

"""*Keep texts*: of the documents that the page has now, too, and it says of which it cannot."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from service_process import make_space, service

from desk import needs_chromium, quiet_desk
from protolabel import Document, LabelSpace

pytestmark = [needs_chromium, pytest.mark.slow]
SPACE = "/v1/spaces/mail"
TEXTS = {f"{name}.txt": f"please pay the {name} bill" for name in ("first", "second", "third")}
KEPT = "Texts of documents are kept in the label space from now on"


@pytest.fixture
def mail(tmp_path, request):
    """A label space that remembers as the test says, with a document from before."""
    path = make_space(tmp_path / "mail.space")
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember(request.param)
        list(space.label_many([Document("old.txt", "an old letter", source="old.txt")]))
    return path


@pytest.fixture
def client(mail):
    with service(str(mail), "--no-browser") as one:
        yield one


@pytest.fixture
def person(browser, client):
    with quiet_desk(browser, client) as one:
        yield one


def add(person, texts=TEXTS):
    """Add files at the open inbox, and wait until they are listed."""
    files = [
        {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
        for name, text in texts.items()
    ]
    person.page.locator(".list .adding input[type=file]").first.set_input_files(files)
    expect(person.page.locator(".rows li")).to_have_count(len(files))


def count(person, name):
    return person.page.locator(".tabs button", has_text=name).locator(".count")


@pytest.mark.parametrize("mail", ["answers", "off"], indirect=True)
def test_the_documents_of_the_page_are_kept_with_their_texts(person):
    """Before, they could not be decided any more after the page was loaded again."""
    page = person.open("inbox").page
    add(person)
    person.keys("a")
    expect(count(person, "Decided")).to_have_text("1")
    titles = page.locator(".rows .title").all_inner_texts()
    person.button("Keep texts").click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    expect(page.locator(".hint")).to_have_count(0)
    assert page.locator(".rows .title").all_inner_texts() == titles
    page.reload()
    expect(count(person, "To decide")).to_have_text("2")
    assert page.locator(".rows .title").all_inner_texts() == titles
    expect(page.locator("article.document")).to_contain_text(TEXTS[titles[0]])
    person.keys("a")
    expect(count(person, "To decide")).to_have_text("1")


@pytest.mark.parametrize("mail", ["answers"], indirect=True)
def test_the_page_says_how_texts_come_that_it_has_not(person):
    """Before, it said that texts are kept, and nothing of those that are not."""
    page = person.open("inbox").page
    add(person)
    expect(page.locator(".hint")).to_contain_text("keeps also the 3 texts that this page has now")
    person.button("Keep texts").click()
    expect(
        page.get_by_text("1 document that came before has no text: add its file")
    ).to_be_visible()
    notice = page.locator(".notice", has_text="cannot be decided here")
    expect(notice).to_contain_text("add their files")
    add(person, TEXTS | {"old.txt": "an old letter"})
    expect(count(person, "To decide")).to_have_text("4")
    expect(notice).to_have_count(0)


@pytest.mark.parametrize("mail", ["answers"], indirect=True)
def test_the_page_of_another_person_offers_to_keep_its_texts_too(person, client):
    page = person.open("inbox").page
    add(person)
    assert client.post(f"{SPACE}/remember", {"what": "text"}).status == 200
    expect(page.locator(".hint")).to_contain_text("The texts of 3 documents are on this page alone")
    person.button("Keep texts").click()
    expect(page.locator(".hint")).to_have_count(0)
    page.reload()
    expect(count(person, "To decide")).to_have_text("3")

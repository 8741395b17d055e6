"""Documents that come by other doors than this page appear on it by themselves."""

from __future__ import annotations

import pytest
from commands import call
from playwright.sync_api import expect
from service_process import make_space, service

from desk import desk, needs_chromium
from protolabel import Document, LabelSpace
from protolabel.service.keys import add_key

pytestmark = [needs_chromium, pytest.mark.slow]
SPACE = "/v1/spaces/mail"
SOON = 15_000  # milliseconds


def a_space(path, remember="text", *ids):
    make_space(path)
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember(remember)
        list(space.label_many([Document(one, f"please pay the rest {one}") for one in ids]))
    return path


def count(person, name):
    return person.page.locator(".tabs button", has_text=name).locator(".count")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_documents_of_every_door_appear_in_the_inbox_that_is_open(browser, tmp_path, workers):
    """Before, an open page showed them after a reload or a decision alone."""
    path, folder = a_space(tmp_path / "mail.space"), tmp_path / "in"
    folder.mkdir()
    with (
        service(str(path), "--follow", str(folder), "--workers", workers) as client,
        desk(browser, client) as one,
    ):
        one.open("inbox")
        expect(count(one, "All")).to_have_text("0")
        (folder / "a.txt").write_text("please pay the bill", encoding="utf-8")
        expect(count(one, "To decide")).to_have_text("1", timeout=SOON)
        client.post(f"{SPACE}/label", {"documents": [{"id": "b", "text": "my work so far"}]})
        expect(count(one, "To decide")).to_have_text("2", timeout=SOON)
        file = tmp_path / "c.txt"
        file.write_text("my work and my life", encoding="utf-8")
        call("label", path, str(file))
        expect(count(one, "To decide")).to_have_text("3", timeout=SOON)
        with desk(browser, client) as other:
            other.open("inbox")
            other.keys("p")
            other.page.locator("textarea").fill("the rest of my work")
            other.keys("Control+Enter")
            expect(count(one, "To decide")).to_have_text("4", timeout=SOON)
        assert not one.trouble


def test_what_arrives_keeps_the_place_and_asks_for_the_list_once(browser, tmp_path):
    path = a_space(tmp_path / "mail.space", "text", *"abcdef")
    with service(str(path)) as client, desk(browser, client) as one:
        one.open("inbox")
        title = one.page.locator("article.document h2")
        expect(title).to_have_text("f")  # the newest, which nobody has chosen
        client.post(f"{SPACE}/label", {"documents": [{"id": "g", "text": "my work so far"}]})
        expect(one.page.locator(".rows .title").first).to_have_text("g", timeout=SOON)
        expect(title).to_have_text("f")
        expect(one.page.locator("[aria-current=true] .title")).to_have_text("f")
        lists = [url for url in one.requests if "/inbox?" in url]
        one.page.wait_for_timeout(9_000)
        assert [url for url in one.requests if "/inbox?" in url] == lists
        assert len(lists) == 2
        one.keys("a", "j", "a")  # f and d; what comes while they are on their way loses neither
        client.post(f"{SPACE}/label", {"documents": [{"id": "h", "text": "my life so far"}]})
        expect(count(one, "Decided")).to_have_text("2")
        expect(count(one, "To decide")).to_have_text("6", timeout=SOON)
        expect(count(one, "Decided")).to_have_text("2")
        assert not one.trouble


def test_documents_of_this_page_beyond_the_list_are_not_labelled_again_and_again(browser, tmp_path):
    """Answering them again puts them on top; nothing but a change asks for that."""
    path = a_space(tmp_path / "mail.space")
    with service(str(path)) as client, desk(browser, client) as one:
        one.page.route(
            "**/inbox?limit=*",
            lambda route: route.continue_(url=route.request.url.replace("limit=500", "limit=2")),
        )
        one.open("inbox")
        for n in range(4):
            one.keys("p")
            one.page.locator("textarea").fill(f"please pay bill {n}")
            one.keys("Control+Enter")
            expect(count(one, "All")).to_have_text(str(n + 1))
        one.page.wait_for_timeout(9_000)
        before = len(one.requests)
        one.page.wait_for_timeout(9_000)
        later = [url for url in one.requests[before:] if "inbox" in url]
        assert not later


def test_the_unknown_and_the_map_show_what_arrives_and_keep_what_is_chosen(browser, office, client):
    body = {"documents": [{"id": f"stranger {n}", "text": f"xyzzy plugh {n}"} for n in range(2)]}
    with desk(browser, client, "office") as one:
        one.open("map")
        drawing = one.page.locator(".drawing canvas")
        points = drawing.get_attribute("aria-label")
        one.keys("l")
        box = drawing.bounding_box()
        corners = [
            (4, 4),
            (box["width"] - 4, 4),
            (box["width"] - 4, box["height"] - 4),
            (4, box["height"] - 4),
        ]
        one.page.mouse.move(box["x"] + 4, box["y"] + 4)
        one.page.mouse.down()
        for x, y in corners[1:]:
            one.page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
        one.page.mouse.up()
        chosen = one.page.locator(".chosen > strong")
        expect(chosen).to_be_visible()
        words = chosen.inner_text()
        client.post("/v1/spaces/office/label", body)
        expect(drawing).not_to_have_attribute("aria-label", points, timeout=SOON)
        expect(chosen).to_have_text(words)
        one.open("unknown")
        rows = one.page.locator(".groups li")
        expect(rows.first).to_be_visible()
        n = rows.count()
        group = one.page.locator(".group").first
        in_group = group.locator("li").count()
        group.get_by_role("checkbox").first.check()
        name = one.page.get_by_label("Name of the class")
        name.fill("Riddle")
        title = group.locator("li strong").first.inner_text()
        (key,) = [one["key"] for one in client.get("/v1/spaces/office/inbox").json["documents"]
                  if one["id"] == title]  # fmt: skip
        text = client.get(f"/v1/spaces/office/inbox/{key}").json["text"]
        more = [{"id": f"more {n}", "text": text} for n in range(2)]
        client.post("/v1/spaces/office/label", {"documents": more})
        expect(rows).to_have_count(n + 2, timeout=SOON)
        expect(name).to_have_value("Riddle")
        expect(group.locator("li")).to_have_count(in_group + 2)
        assert group.locator("input:checked").count() == 1  # what comes is nobody's choice yet
        assert not one.trouble


def test_a_folder_whose_texts_are_not_kept_is_said_and_one_button_makes_it_decidable(
    browser, tmp_path
):
    """Before, *Keep texts* helped later files alone, and the page said nothing of the folder."""
    path, folder = a_space(tmp_path / "mail.space", "answers"), tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("please pay the bill", encoding="utf-8")
    with service(str(path), "--follow", str(folder)) as client, desk(browser, client) as one:
        one.open("inbox")
        expect(count(one, "All")).to_have_text("1", timeout=SOON)
        expect(count(one, "To decide")).to_have_text("0")
        card = one.page.locator(".hint")
        expect(card).to_contain_text("the folder that the service follows")
        assert not one.axe()
        card.get_by_role("button", name="Keep texts").click()
        expect(count(one, "To decide")).to_have_text("1", timeout=SOON)
        expect(one.page.locator("article.document")).to_contain_text("please pay the bill")
        expect(card).to_have_count(0)
        one.keys("a")
        expect(count(one, "Decided")).to_have_text("1")
        one.until(f"() => fetch('{SPACE}').then(r => r.json()).then(j => j.examples === 3)")
        assert not one.trouble


def test_who_may_not_keep_texts_reads_who_may(browser, tmp_path):
    path, folder = a_space(tmp_path / "mail.space", "answers"), tmp_path / "in"
    folder.mkdir()
    key = add_key(tmp_path / "keys.json", "ben", "curate")
    keys = ("--keys", str(tmp_path / "keys.json"))
    with service(str(path), "--follow", str(folder), *keys) as client, desk(browser, client) as one:
        one.page.goto(one.address)
        one.page.get_by_label("Key").fill(key)
        one.keys("Enter")
        card = one.page.locator(".hint")
        expect(card).to_contain_text("the role admin")
        expect(card.get_by_role("button")).to_have_count(0)


def test_a_file_of_the_folder_that_cannot_be_read_is_named_while_it_lies_there(browser, tmp_path):
    """Before, the page never asked for it: a letter whose scan had failed was just not seen."""
    path, folder = a_space(tmp_path / "mail.space"), tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("please pay the bill", encoding="utf-8")
    with service(str(path), "--follow", str(folder)) as client, desk(browser, client) as one:
        one.open("inbox")
        expect(count(one, "All")).to_have_text("1", timeout=SOON)
        banner = one.page.locator(".banner.bad")
        expect(banner).to_have_count(0)
        (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
        expect(banner).to_contain_text("1 file of the folder", timeout=SOON)
        banner.locator("summary").click()
        expect(banner.locator("li")).to_contain_text("broken.pdf: ")
        assert banner.locator("li").inner_text().count("broken.pdf") == 1
        assert not one.axe()
        (folder / "broken.pdf").unlink()
        expect(banner).to_have_count(0, timeout=SOON)
        assert client.get(f"{SPACE}/followed").json["unreadable"] == []
        assert not one.trouble

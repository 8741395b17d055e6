"""A file that is larger than the service takes: what the page says of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from desk import needs_chromium

pytestmark = [needs_chromium, pytest.mark.slow]


def test_a_file_that_is_too_large_is_said_to_be_in_words_of_the_page(person, tmp_path):
    """Before, it advised to send fewer documents, or a stream of JSON lines."""
    file = tmp_path / "big.txt"
    file.write_bytes(b"please pay the bill\n" * (33 * 2**20 // 20 + 1))
    person.open("inbox")
    person.page.locator(".list .adding input[type=file]").first.set_input_files(file)
    banner = person.page.locator(".banner.bad")
    banner.locator("summary").click()
    expect(banner).to_contain_text("big.txt: the file is larger than 33 MB")
    expect(banner).to_contain_text("split it into smaller files")
    expect(banner).not_to_contain_text("x-ndjson")


def test_a_text_that_is_too_long_is_no_file_that_is_too_large_and_stops_no_other(person, tmp_path):
    """Before, a text of 1,200,000 characters made both files larger than 1 MB."""
    files = [tmp_path / "short.txt", tmp_path / "long.txt"]
    files[0].write_text("please pay the bill")
    files[1].write_text("please pay the bill\n" * 60_000)
    person.open("inbox")
    person.page.locator(".list .adding input[type=file]").first.set_input_files(files)
    banner = person.page.locator(".banner.bad")
    banner.locator("summary").click()
    expect(banner.locator("li")).to_have_count(1)
    expect(banner).to_contain_text(
        "long.txt: the text is longer than this page takes at once; split"
    )
    expect(person.page.locator(".rows .title", has_text="short.txt")).to_have_count(1)

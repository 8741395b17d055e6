"""A search in the inbox over HTTP: words of names and texts, whatever their case."""

from __future__ import annotations

import pytest
from service_process import make_space, service

from protolabel import LabelSpace
from protolabel.service.keys import add_key

SPACE = "/v1/spaces/mail"
LETTERS = {
    "scans/Bill 7.txt": "please pay this bill for the BÄCKEREI in Strasse 9",
    "cv anna.txt": "my skills and " + "work so far " * 60 + "in Reykjavík",
    "c.txt": "pay the rent",
}


@pytest.fixture
def path(tmp_path):
    return make_space(tmp_path / "mail.space", remember="text")


@pytest.fixture
def keys(own):
    """The keys of the letters, by their names; the last one is the newest."""
    documents = [{"id": name, "source": name, "text": text} for name, text in LETTERS.items()]
    reply = own.post(f"{SPACE}/inbox", {"documents": documents})
    return {one["id"]: one["key"] for one in reply.json["documents"]}


def names(own, keys, words, limit=""):
    reply = own.get(f"{SPACE}/search?words={words}{limit}")
    assert reply.status == 200, reply.body
    by_key = {key: name for name, key in keys.items()}
    return [by_key[key] for key in reply.json["keys"]], reply.json["matches"], reply.json["total"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("PAY", ["c.txt", "scans/Bill 7.txt"]),
        ("b%C3%A4ckerei", ["scans/Bill 7.txt"]),
        ("stra%C3%9Fe", ["scans/Bill 7.txt"]),  # as equal documents are folded
        ("reykjav%C3%ADk", ["cv anna.txt"]),  # far behind what the list shows of a text
        ("scans", ["scans/Bill 7.txt"]),
        ("rent%20C.TXT", ["c.txt"]),  # one word of the text, one of the name
        ("bill%20rent", []),
        ("%20", ["c.txt", "cv anna.txt", "scans/Bill 7.txt"]),
    ],
)
def test_each_word_is_in_the_name_or_the_text_and_the_newest_document_is_the_first(
    own, keys, words, expected
):
    assert names(own, keys, words) == (expected, len(expected), 3)


def test_a_limit_keeps_the_newest_and_says_how_many_there_are(own, keys):
    assert names(own, keys, "pay", "&limit=1") == (["c.txt"], 2, 3)
    assert own.get(f"{SPACE}/search").status == 422
    assert own.get(f"{SPACE}/search?words=").status == 422


def test_where_no_texts_are_kept_names_alone_are_searched(own, path, keys):
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("answers")
    assert names(own, keys, "pay") == ([], 0, 3)
    assert names(own, keys, "cv") == (["cv anna.txt"], 1, 3)


def test_whoever_may_not_see_words_cannot_guess_them(path, tmp_path):
    file = tmp_path / "keys.json"
    secrets = {role: add_key(file, role, role) for role in ("read", "label")}
    with service(str(path), "--no-browser", "--keys", str(file)) as client:
        statuses = {
            role: client.ask(
                "GET", f"{SPACE}/search?words=pay", None, {"Authorization": f"Bearer {secret}"}
            ).status
            for role, secret in secrets.items()
        }
    assert statuses == {"read": 403, "label": 200}

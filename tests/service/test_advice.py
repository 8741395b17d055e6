"""Advice over HTTP names requests of the service, not commands of a machine that is elsewhere."""

from __future__ import annotations

import json
import re
import sys
from typing import get_args

import pytest
from common_words import make_common
from own_service import served
from remedies import remedies
from service_process import make_space
from service_routes import routes

from protolabel.service.advice import over_http
from protolabel.service.bodies import ChangeBody
from protolabel.system.extras import EXTRAS, install_line
from protolabel.words.quotations import without_quotations

OWN = ("cli/", "batch/", "training/")  # whose errors no request meets
ADVICE = [one for one, files in remedies().items() if not all(f.startswith(OWN) for f in files)]
COMMANDS = [one.replace("{}", "x") for one in ADVICE if re.search(r"protolabel [a-z]+\b", one)]
NO_COMMAND = ("the protolabel that exported it",)


@pytest.mark.parametrize(
    "advice", [one for one in COMMANDS if not any(n in one for n in NO_COMMAND)]
)
def test_a_command_becomes_a_request_or_is_the_operators(advice):
    words = over_http(advice)
    assert over_http(words) == words
    commands = re.findall(
        r"`protolabel [a-z]+[^`]*`", words
    )  # one, or several that belong together
    assert len(commands) == words.count("on the machine of the service")
    assert len(re.findall(r"protolabel [a-z]+", words)) == " ".join(commands).count("protolabel ")
    kinds = get_args(ChangeBody.model_fields["kind"].annotation)
    assert set(re.findall(r"the change `(\w+)`", words)) <= set(kinds)
    there = {(method, path.rpartition("/")[2]) for method, path, _ in routes()}
    assert set(re.findall(r"`(GET|POST) \.\.\./(\w+)`", words)) <= there
    assert words != advice or commands


def test_words_that_are_no_command_stay():
    for advice in ("use another protolabel, or a newer one", "see `protolabel`", "write to us"):
        assert over_http(advice) == advice


def test_the_advice_of_an_answer_can_be_followed_with_a_request(tmp_path):
    with served(make_space(tmp_path / "mail.space")) as ask:
        refused = ask("GET", "/history/99/moved")
        assert refused.json()["remedy"] == "see `GET .../history`"
        assert "version 99" in json.dumps(refused.json())
        ask("POST", "/changes", {"kind": "retire", "labels": ["cv"]})
        refused = ask("POST", "/changes", {"kind": "rename", "old": "cv", "new": "invoice"})
        assert refused.json()["remedy"] == "merge instead: the change `merge`"


@pytest.mark.parametrize("route", [
    "/label", "/label/stream", "/explain", "/inbox", "GET /inbox", "GET ", "/preview",
    "GET /suggestions?declined=true",
])  # fmt: skip
def test_reasons_name_requests_as_well(tmp_path, route):
    path = make_common(tmp_path / "mail.space")
    document = {"id": "bill", "text": "pay the bill"}
    target = {"kind": "configure", "values": {"target": "errors 10%"}}
    with served(path) as ask:
        ask("POST", "/label", {"documents": [document]})  # has an answer without the target
        if route != "/preview":
            assert ask("POST", "/changes", target).status_code == 200
        bodies = {
            "/label/stream": json.dumps(document).encode(),
            "/explain": {"document": document},
            "/preview": target,
        }
        method, _, below = route.rpartition(" ")
        body = None if method else bodies.get(route, {"documents": [document]})
        reply = ask(method or "POST", below, body)
        assert reply.status_code == 200
        assert "or fewer strangers in the stream (the change `configure`)" in reply.text
        assert "protolabel set" not in reply.text


@pytest.mark.parametrize("keyword", ["remedy", "expected"])
@pytest.mark.slow
def test_of_words_of_our_own_nothing_is_cut(keyword):
    """Before: the extra to install read as "[20 characters]", and so did an example of a target."""
    words = [
        one.replace("{}", "")
        for one, files in remedies((keyword,)).items()
        if not all(file.startswith(OWN) for file in files)
    ]
    assert len(words) > 100
    assert [one for one in words if without_quotations(one) != one] == []


@pytest.mark.parametrize("extra", EXTRAS)
def test_a_command_that_installs_an_extra_is_whole_and_the_operators(extra):
    advice = f"run `{install_line(extra, ['torch'])}`"
    assert over_http(without_quotations(advice)) == f"{advice} on the machine of the service"
    assert over_http(over_http(advice)) == over_http(advice)


def test_whoever_looks_for_groups_without_the_extra_reads_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with served(make_space(tmp_path / "mail.space")) as ask:
        refused = ask("POST", "/discover")
    assert (refused.status_code, refused.json()["remedy"]) == (
        501, "run `pip install 'protolabel[discover]'` on the machine of the service",
    )  # fmt: skip

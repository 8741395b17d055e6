"""A fitted threshold that answers most strangers: the service says the share, once."""

from __future__ import annotations

import pytest
from common_words import make_common
from service_process import service

from protolabel import LabelSpace
from protolabel.label_space.answer_path.declining import Declining

SPACE = "/v1/spaces/mail"


@pytest.fixture
def path(tmp_path):
    return make_common(tmp_path / "mail.space")


def share(client):
    return client.get(SPACE).json["answered_strangers"]


def test_the_share_is_that_of_the_sentence(own, path):
    with LabelSpace(path, background=False) as space:
        sentence = Declining.of(space.view()).few
    assert f"answers {share(own):.0%} of the simulated strangers" in sentence


@pytest.mark.parametrize("values", [{"threshold": "0.2"}, {"target": "errors 20%"}])
def test_it_is_null_where_a_person_has_decided(own, values):
    assert share(own) is not None
    body = {"kind": "configure", "values": values}
    assert own.post(f"{SPACE}/changes", body).status == 200
    assert share(own) is None


def test_it_is_null_where_nothing_says_it(tmp_path):
    with LabelSpace.create(tmp_path / "new.space", encoder="hashing", background=False) as space:
        space.add(["pay the bill", "my skills"], ["invoice", "cv"])
    with service(str(tmp_path / "new.space"), "--no-browser") as client:
        assert client.get("/v1/spaces/new").json["answered_strangers"] is None

"""A request with a key is carried out by one sending at a time, also of another process."""

from __future__ import annotations

import subprocess
import sys

import pytest

from protolabel.errors import RepeatedKeyError
from protolabel.service.side.act_table import Act, ActReply, ActTable
from protolabel.service.side.claim_table import ClaimTable
from protolabel.service.side.side_file import SideFile

HOLDER = """
import sys
from protolabel.service.side.claim_table import ClaimTable
from protolabel.service.side.side_file import SideFile
print(ClaimTable(SideFile(sys.argv[1], "identity")).take("k", "digest"), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def side(tmp_path):
    return SideFile(tmp_path / "mail.space", "identity")


@pytest.fixture
def claims(side):
    return ClaimTable(side)


def test_a_key_has_one_claim_until_it_is_released(claims):
    first = claims.take("k", "digest")
    assert first
    assert not claims.take("k", "digest")
    assert claims.take("other", "digest")
    claims.release("k", first)
    second = claims.take("k", "digest")
    claims.release("k", first)  # which is not the present one
    assert second
    assert not claims.take("k", "digest")


def test_another_request_with_the_key_is_refused(claims):
    claims.take("k", "digest")
    with pytest.raises(RepeatedKeyError, match="is being carried out"):
        claims.take("k", "another")


def test_the_label_space_of_another_identity_has_its_own_keys(claims, tmp_path):
    claims.take("k", "digest")
    other = ClaimTable(SideFile(tmp_path / "mail.space", "another"))
    assert other.take("k", "another")


def test_the_answer_ends_the_claim(claims, side):
    claims.take("k", "digest")
    records = ActTable(side)
    records.add(Act("forget", "forgot 1 document", "anna", 1), ActReply("k", "digest", 1, "", {}))
    assert claims.take("k", "digest")


def test_a_claim_of_another_process_counts_until_that_has_ended(claims, tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "mail.space")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline().strip()
    assert not claims.take("k", "digest")
    holder.kill()
    holder.communicate()
    if sys.platform != "win32":  # where nobody can see that it has ended
        assert claims.take("k", "digest")


def test_a_claim_that_nobody_releases_counts_for_a_while(claims, side):
    claims.take("k", "digest")
    with side.writing() as db:
        db.execute("UPDATE claims SET at = at - 3600")
    assert claims.take("k", "digest")

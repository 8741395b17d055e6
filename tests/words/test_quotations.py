"""Which quotations of a message stay: short plain names, and no text that may be a document."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protolabel.words.quotations import is_plain_name, without_quotations
from protolabel.words.text import brief_repr

PLAIN = ["text", "data.body.html", "Consumer complaint narrative", "E-Mail (privat)", "e7",
         "客户留言", "カテゴリー", "고객 메시지",
         "ticket_message_body_text", "文本 text"]  # fmt: skip
CONTENT = ["Dear Dr Smith I am ill", "medical\nDear Dr Smith", "hans@example.org",
           "ill, please help", "4929123412341234", "AT611904300234573201",
           "it's Dr Smith's letter, \"quoted\"", "Donaudampfschifffahrt" * 3,
           "我昨天去医院检查结果是艾滋病阳性请帮助", "昨日病院で検査を受けました",
           "我查出 HIV 阳性 请帮助",
           "어제병원에서양성입니다", "เมอวานผมไปหาหมอ", "IamHIVpositiveandIneedhelp",
           "I_am_HIV_positive_help", "ill/positive/needs/help/now/please"]  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_a_short_plain_name_stays(name):
    assert is_plain_name(name)
    message = f"x.csv:1: no field among its fields ({name!r}, 'label'); the table's own {name!r}"
    assert without_quotations(message) == message


@pytest.mark.parametrize("text", CONTENT)
@pytest.mark.parametrize("quote", [repr, json.dumps, brief_repr, lambda text: f"b{text!r}"])
def test_of_any_other_text_the_length_is_left(text, quote):
    message = f"Bob's file.csv:1: no text among ({quote(text)}, 'label'); expected {quote(text)}"
    assert without_quotations(message).startswith("Bob's file.csv:1: no text among ([")
    assert without_quotations(message).count(" characters]") == 2
    assert "'label'" in without_quotations(message)


@given(st.lists(st.text(), min_size=1, max_size=4), st.sampled_from([repr, brief_repr]))
def test_no_text_spoils_the_reading_of_the_next(texts, quote):
    """Whatever stands in a quotation, the next one is read as one."""
    listed = without_quotations(", ".join(map(quote, [*texts, "Dear Dr Smith I am ill", "label"])))
    assert listed.endswith(", [22 characters], 'label'")


def test_what_is_never_closed_is_left_out_to_the_end():
    assert (
        without_quotations("'image' is {'Dear': 'Dr Smith...")
        == "'image' is {'Dear': [11 characters]"
    )


@pytest.mark.parametrize("words", [
    "at most 10,485,760 bytes", "'text' is a number (12)", 'one object, such as {"text": "..."}',
    "one label: '1' (on) or '0' (off)", "(',' expected after '\"')",
])  # fmt: skip
def test_other_words_stay(words):
    assert without_quotations(words) == words


def test_a_long_number_alone_is_content():
    assert without_quotations("'text' is a number (4929123412341234)") == (
        "'text' is a number (16 characters)"
    )

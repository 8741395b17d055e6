"""What a reader of the document does not see is left out, in every format; nothing else is lost."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from office_files import A, docx, odt, zipped

from protolabel.readers import read_documents
from protolabel.readers.formats.web import page_text


def text_of(tmp_path, name: str, content: bytes) -> str:
    (tmp_path / name).write_bytes(content)
    (document,) = read_documents(tmp_path / name)
    return " ".join((document.text or "").split())


def page(source: str) -> str:
    return " ".join(page_text(source, 10**7).split())


RUN = "<w:r>{}<w:t>{}</w:t></w:r>"
STYLES = (
    '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:style w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:styleId="B"><w:basedOn w:val="H"/></w:style>'
    '<w:style w:styleId="N"><w:basedOn w:val="H"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style>'
    "</w:styles>"
)
HIDDEN = {
    "deleted.docx": docx(
        body="<w:p><w:r><w:t>seen</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        '<w:r><w:instrText> INCLUDEPICTURE "http://127.0.0.1:9/x" </w:instrText></w:r></w:p>'
    ),
    "moved.docx": docx(
        body="<w:p><w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom>"
        "<w:moveTo><w:r><w:t>seen</w:t></w:r></w:moveTo></w:p>"
    ),
    "vanish.docx": docx(
        body="<w:p>" + RUN.format("<w:rPr><w:vanish/></w:rPr>", "gone")
        + RUN.format('<w:rPr><w:vanish w:val="0"/></w:rPr>', "se") + RUN.format("", "en") + "</w:p>"
    ),
    "mark.docx": docx(
        body="<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>" + RUN.format("", "seen") + "</w:p>"
    ),
    "styles.docx": docx(
        body="".join(
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>' + RUN.format("", text) + "</w:p>"
            for style, text in (("B", "gone"), ("N", "seen"), ("H", "gone"))
        ),
        **{"word/styles.xml": STYLES},
    ),
    "utf16.docx": docx(
        body='<w:p><w:pPr><w:pStyle w:val="B"/></w:pPr>' + RUN.format("", "gone") + "</w:p>"
        "<w:p>" + RUN.format("", "seen") + "</w:p>",
        **{"word/styles.xml": f'<?xml version="1.0" encoding="utf-16"?>{STYLES}'.encode("utf-16")},
    ),
    "field.odt": odt('seen<text:hidden-text text:is-hidden="true">gone</text:hidden-text>'),
    "v.rtf": rb"{\rtf1 {\v gone {\b gone} gone\par}seen\v  gone\'e4\u228 ?\v0{\deleted gone}}",
    "plain.rtf": rb"{\rtf1 \v gone\plain  seen}",
    "display.html": b"<body><p>seen</p><div style='color:red; DISPLAY : none'><div>gone</div>gone"
    b"</div><span hidden>gone</span><p style='visibility:hidden'>gone",
    "p.html": b"<body><p hidden>gone<p>seen</p>",
    "void.html": b"<body><input hidden><img style='display:none'>seen</body>",
    "whole.html": b"<body style='display:none'>seen</body>",
    "svg.html": b"<body><svg><title>gone</title><text>gone</text></svg>seen<select><option>gone"
    b"</select></body>",
}  # fmt: skip


def styled_odt() -> bytes:
    """Return a text with one hidden style and a hidden section."""
    return zipped({
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": '<d xmlns:office="urn:o" xmlns:text="urn:t" xmlns:style="urn:s">'
        '<office:automatic-styles><style:style style:name="T1"><style:text-properties '
        'text:display="none"/></style:style><style:style style:name="T2"><style:text-properties/>'
        "</style:style></office:automatic-styles><office:body>"
        '<text:p><text:span text:style-name="T2">seen</text:span>'
        '<text:span text:style-name="T1">gone</text:span></text:p>'
        '<text:section text:display="none"><text:p>gone</text:p></text:section>'
        "</office:body></d>",
    })  # fmt: skip


HIDDEN["span.odt"] = styled_odt()


def hidden_slides() -> bytes:
    slide = '<p:sld xmlns:p="urn:p" xmlns:a="{}"{}>{}</p:sld>'
    words = "<a:p><a:r><a:t>{}</a:t></a:r></a:p>"
    shape = '<p:sp><p:nvSpPr><p:cNvPr id="1"{}/></p:nvSpPr><p:txBody>{}</p:txBody></p:sp>'
    shapes = shape.format("", words.format("seen")) + shape.format(
        ' hidden="1"', words.format("gone")
    )
    return zipped({
        "ppt/presentation.xml": "<p/>",
        "ppt/slides/slide1.xml": slide.format(A, "", shapes),
        "ppt/slides/slide2.xml": slide.format(A, ' show="0"', words.format("gone")),
    })  # fmt: skip


HIDDEN["slides.pptx"] = hidden_slides()


@pytest.mark.parametrize("name", HIDDEN)
def test_hidden_text_is_left_out_in_every_format(tmp_path, name):
    assert text_of(tmp_path, name, HIDDEN[name]) == "seen"


@pytest.mark.parametrize(
    "source",
    [
        "<html><head><title>Bill</title><p>Pay <b>two</b>",
        "<html><head><title>Bill</title><meta name=a><div>Pay two</div></html>",
        "<title>Bill</title>Pay two",
        "<title>Bill</title><body><svg><path d=1><p>Pay two</p></body>",
        "<title>Bill</title><body><svg> Pay two",
        "<title>Bill</title><body><select><p>Pay two</p>",
        "<title>Bill</title><body><table><tr><td><select></td><td>Pay two</table>",
        "<title>Bill</title><body><object>Pay two</body>",
        "<title>Bill</title><body><math>Pay two",
        "<title>Bill</title><template>Pay two",
        "<title>Bill</title><noscript><body>Pay two",
        "<title>Bill</title><body><div hidden>Pay two",
        "<title>Bill</title><body><p>Pay <a href='x>two</a></p>",
        "<title>Bill</title><body><![whatever[x]>Pay two",
        "<title>Bill</title><body><![CDATA[Pay]]> two",
        "<title>Bill</title><body>Pay two<a href=",
        "<title>Bill</title><body>Pay two<!-- and never closed",
    ],
)
def test_a_page_whose_tags_are_never_closed_keeps_its_text(source):
    assert page(source).startswith("Bill Pay two")


@pytest.mark.parametrize(
    ("source", "visible"),
    [
        ("<ul><li>one<li hidden>two<li>three</ul>", "one three"),
        ("<ul><li>one<li hidden>two<ul><li>x<li>y</ul>z<li>three</ul>", "one three"),
        ("<ul><li>one<li hidden>two</ul>three", "one three"),
        ("<ol><li hidden>one</li><li>two</ol>", "two"),
        ("<p>after<div hidden>x</div>VISIBLE", "after VISIBLE"),
        ("<table><tr><td>a<td hidden>b<td>c</table>", "a c"),
        ("<table><tr hidden><td>a<tr><td>b</table>", "b"),
        ("<table><tr><td>a<td hidden>b<table><tr><td>x</table>y<tr><td>c</table>d", "a c d"),
        ("<dl><dt>a<dd hidden>b<dt>c</dl>d", "a c d"),
        ("mid<span hidden>x</span>dle", "middle"),
    ],
)
def test_what_ends_a_hidden_element_without_an_end_tag_is_shown_and_joins_no_words(source, visible):
    assert page(source) == visible


@pytest.mark.parametrize(
    "source",
    ["<a " * 200_000, "<a " * 200_000 + ">text", "<a b='" * 100_000, "</" * 200_000,
     "<!--" * 200_000, "<svg>" * 100_000 + "</math>" * 100_000, "<![" * 200_000, "<?" * 200_000,
     "&" * 500_000, "<a href='x>" * 50_000, "<p hidden>" * 100_000, "<script>" * 100_000],
    ids=lambda source: source[:8],
)  # fmt: skip
def test_a_page_of_broken_tags_is_read_in_time_that_grows_with_its_length(source, monkeypatch):
    """Of a page twice as long the parser looks at twice as many characters, not at four times."""
    lengths = []
    look = HTMLParser.goahead

    def noted(parser: HTMLParser, end: bool) -> None:
        lengths.append(len(parser.rawdata))
        look(parser, end)

    monkeypatch.setattr(HTMLParser, "goahead", noted)
    page(source)
    once = sum(lengths)
    page(source + source)
    assert once >= len(source)
    assert sum(lengths) - once < 2.75 * once


def test_a_long_tag_is_no_broken_one():
    picture = '<img src="data:image/png;base64,' + "A" * 3_000_000 + '">'
    assert page(f"<body>before {picture} after") == "before after"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (rb"\u-10179?\u-8704?", "\N{GRINNING FACE}"),
        (rb"\u55357?\u56832?", "\N{GRINNING FACE}"),
        (rb"\uc0\u-10179 \u-8704 ", "\N{GRINNING FACE}"),
        (rb"\u-10179?", "\ufffd"),
    ],
)
def test_two_halves_of_a_character_are_one_and_a_lone_half_is_replaced(written, text, tmp_path):
    (tmp_path / "a.rtf").write_bytes(rb"{\rtf1 seen " + written + rb"too}")
    (document,) = read_documents([str(tmp_path / "a.rtf")])
    assert document.text == f"seen {text}too"

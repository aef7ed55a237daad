import json

import pytest

from loramake.errors import SourceError
from loramake.readers.mineru import read
from loramake.readers.parsed import Refused
from loramake.recipe.source import Source

TABLE = '<html><body><table><tr><td rowspan="2">Pin</td><td>Use</td></tr><tr><td>a|b</td></tr></table></body></html>'
PIPES = "| Pin | Use |\n| --- | --- |\n|  | a\\|b |"


def reading(folder, blocks, **limit):
    path = folder / "a_content_list.json"
    path.write_text(blocks if isinstance(blocks, str) else json.dumps(blocks), encoding="utf-8")
    return read(path, Source(mineru=["*"], limit=limit))


def text(folder, *blocks):
    return reading(folder, list(blocks)).parsed[0].text


def spans(*texts):
    return [{"type": "text", "content": said} for said in texts]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"type": "text", "text": "A gain of $A = 1$. \nMore "}, "A gain of $A = 1$.\nMore"),
        ({"type": "text", "text": "# 1 is the pin"}, "\\# 1 is the pin"),
        ({"type": "text", "text": "Pin\nConfiguration ", "text_level": 2}, "## Pin Configuration"),
        ({"type": "text", "text": "Body", "text_level": 0}, "Body"),
        ({"type": "title", "text": "Title"}, "# Title"),
        ({"type": "image", "img_path": "images/a.jpg", "image_caption": []}, "![](images/a.jpg)"),
        (
            {"type": "image", "img_path": "images/a.jpg", "img_caption": ["Fig. [1]", "Top"], "img_footnote": ["Note"]},
            "![Fig. \\[1\\] Top](images/a.jpg)\n\nNote",
        ),
        ({"type": "image", "img_path": "", "image_caption": ["Fig. 1"]}, "Fig. 1"),
        (
            {"type": "chart", "img_path": "images/a.jpg", "chart_caption": ["Fig."], "content": "| a |\n|---|\n| 1 |"},
            "![Fig.](images/a.jpg)\n\n| a |\n|---|\n| 1 |",
        ),
        (
            {"type": "table", "table_body": TABLE, "table_caption": ["Table 1"], "table_footnote": ["n.c."]},
            f"Table 1\n\n{PIPES}\n\nn.c.",
        ),
        ({"type": "table", "table_body": "| a |\n|---|"}, "| a |\n|---|"),
        ({"type": "table", "img_path": "images/t.jpg", "table_caption": ["Table 1"]}, "![Table 1](images/t.jpg)"),
        ({"type": "equation", "text": "$$\nV = I R\n$$", "img_path": "images/e.jpg"}, "$$\nV = I R\n$$"),
        ({"type": "equation", "text": "V = I R"}, "$$\nV = I R\n$$"),
        ({"type": "equation", "text": "\\[V\\]"}, "$$\nV\n$$"),
        ({"type": "equation", "text": "", "img_path": "images/e.jpg"}, "![](images/e.jpg)"),
        (
            {"type": "list", "list_items": ["one", "2. two", "• three", "[4] four", ""]},
            "- one\n2. two\n- three\n[4] four",
        ),
        (
            {"type": "code", "code_body": "```c\nint  x; \n```", "guess_lang": "c", "code_caption": ["Listing 1"]},
            "Listing 1\n\n```c\nint  x;\n```",
        ),
        ({"type": "code", "sub_type": "algorithm", "code_body": "1: go", "guess_lang": "txt"}, "```\n1: go\n```"),
        ({"type": "page_footnote", "text": "* Discontinued"}, "* Discontinued"),
        ({"type": "new_kind", "text": "Kept"}, "Kept"),
        ({"text": "Kept"}, "Kept"),
        ({"type": "text", "text": "a\fb"}, "a\nb"),
    ],
)
def test_what_blocks_become(tmp_path, block, expected):
    assert text(tmp_path, {**block, "page_idx": 0}) == expected


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"type": "title", "content": {"title_content": spans("Pins"), "level": 2}}, "## Pins"),
        (
            {
                "type": "paragraph",
                "content": {
                    "paragraph_content": [
                        *spans("See "),
                        {"type": "equation_inline", "content": " A "},
                        {"type": "code_inline", "content": "x()"},
                    ]
                },
            },
            "See $A$`x()`",
        ),
        ({"type": "equation_interline", "content": {"math_content": "V"}}, "$$\nV\n$$"),
        (
            {
                "type": "image",
                "content": {
                    "image_source": {"path": "images/a.jpg"},
                    "image_caption": spans("Fig. ", "1"),
                    "content": "what a model saw",
                },
            },
            "![Fig. 1](images/a.jpg)",
        ),
        ({"type": "table", "content": {"table_caption": spans("T"), "html": TABLE}}, f"T\n\n{PIPES}"),
        ({"type": "list", "content": {"list_items": [{"item_content": spans("a", "b")}]}}, "- ab"),
        ({"type": "code", "content": {"code_content": spans("int x;"), "code_language": "c"}}, "```c\nint x;\n```"),
        ({"type": "algorithm", "content": {"algorithm_content": spans("1: go")}}, "```\n1: go\n```"),
        ({"type": "page_footnote", "content": {"page_footnote_content": spans("Note")}}, "Note"),
    ],
)
def test_what_blocks_of_the_second_version_become(tmp_path, block, expected):
    assert text(tmp_path, [], [block]) == expected


def test_pages_sections_and_pictures_are_kept(tmp_path):
    blocks = [
        {"type": "header", "text": "ACME", "page_idx": 1},
        {"type": "text", "text": "LM358", "text_level": 1, "page_idx": 1},
        {"type": "page_number", "text": "2", "page_idx": 1},
        {"type": "image", "img_path": "images/a.jpg", "page_idx": 3},
        {"type": "text", "text": "Pin Configuration", "text_level": 2, "page_idx": 3},
    ]
    (parsed,) = reading(tmp_path, blocks).parsed
    assert parsed.text == "# LM358\f\f![](images/a.jpg)\n\n## Pin Configuration"
    assert (parsed.page, parsed.section) == (2, "LM358")
    assert parsed.meta == {
        "blocks": {"header": 1, "image": 1, "page_number": 1, "text": 2},
        "images": ["images/a.jpg"],
        "sections": [
            {"title": "LM358", "level": 1, "page": 2},
            {"title": "Pin Configuration", "level": 2, "page": 4},
        ],
    }


def test_a_bad_block_spoils_no_other(tmp_path):
    good = {"type": "text", "text": "a", "page_idx": 0}
    far = {"type": "text", "text": "b", "page_idx": 10**9}
    result = reading(tmp_path, [good, "b", {"type": 1}, far, {**good, "page_idx": "x"}], pages=10)
    assert result.parsed[0].text == "a\n\na"
    assert result.refused == [
        Refused("block 2", "bad_block: no object with a type"),
        Refused("block 3", "bad_block: no object with a type"),
        Refused("block 4", "too_many_pages: page 1000000001, of 10 at most"),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "empty"),
        ("[]", "no_text"),
        ('[{"type": "header", "text": "a"}]', "no_text"),
        ('{"pdf_info": []}', "no_list"),
        ('[{"type": "text"', "bad_json"),
        ("[" * 10_000, "too_deep"),
    ],
)
def test_a_file_without_text_is_refused(tmp_path, content, reason):
    with pytest.raises(SourceError) as refused:
        reading(tmp_path, content)
    assert refused.value.reason == reason

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loramake.readers.prose import below, without_comments

FENCED = "```html\n<!-- code -->\n# no heading\n```"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <!-- b --> c", "a  c"),
        ("<!-- Say\n\nwhy -->\n\n## Why\n\n<!-- x -->\n\nIt leaked.", "## Why\n\nIt leaked."),
        (FENCED, FENCED),
        ("`<!-- code -->` and <!-- x -->", "`<!-- code -->` and"),
        ("<!-- it never ends", "<!-- it never ends"),
        ("<!-- a --> b <!-- it never ends", "b <!-- it never ends"),
        ("<!--\n```\n-->\nb", "b"),
        ("a --> b", "a --> b"),
        ("", ""),
    ],
)
def test_comments_of_templates_are_left_out(text, expected):
    assert without_comments(text) == expected


@pytest.mark.parametrize(
    ("level", "text", "expected"),
    [
        (1, "# Why\n\n## How", "## Why\n\n### How"),
        (1, "## Why", "## Why"),
        (3, "# Why\n###### How", "#### Why\n###### How"),
        (1, f"# Why\n{FENCED}", f"## Why\n{FENCED}"),
        (1, "#12 is no heading\n#", "#12 is no heading\n#"),
        (1, "~~~\n# code\n~~~~\n# Why", "~~~\n# code\n~~~~\n## Why"),
        (1, "```\n# never closed", "```\n# never closed"),
        (1, "", ""),
    ],
)
def test_headings_rank_below(level, text, expected):
    assert below(level, text) == expected


@settings(deadline=None)
@given(st.text(alphabet="a#` \n~-<>!"))
def test_nothing_but_comments_and_ranks_is_changed(text):
    if "<!--" not in text:
        assert without_comments(text) == text
    assert below(1, text).replace("#", "").split() == text.replace("#", "").split()

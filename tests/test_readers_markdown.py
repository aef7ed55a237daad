import json

import pytest

from loramake.errors import SourceError
from loramake.readers.markdown import read, split_front_matter
from loramake.recipe.source import Source

FRONT_MATTER = """\
---
title: Expenses
author: Ada Quill
date: 2024-01-31
language: en
tags: [money, travel]
review: {when: 2025-01-31, by: Tom, score: .nan}
---

# Another title
"""


def parsed(tmp_path, text):
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    return read(path, Source(files=["*"])).parsed[0]


def test_front_matter_goes_into_the_fields(tmp_path):
    page = parsed(tmp_path, FRONT_MATTER)
    assert page.text == "# Another title\n"
    assert (page.section, page.author, page.date, page.language) == ("Expenses", "Ada Quill", "2024-01-31", "en")
    assert page.meta == {"tags": ["money", "travel"], "review": {"when": "2025-01-31", "by": "Tom", "score": "nan"}}


def test_the_text_is_kept_as_it_is(tmp_path):
    text = "\n\nSome  *words*,\n\n\n```\n# code\n```\n\n## Heading\n<b>html</b>\n"
    page = parsed(tmp_path, text)
    assert page.text == text
    assert (page.section, page.author, page.date, page.meta) == ("Heading", None, None, {})


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: [unclosed\n---\ntext",
        "---\n- a\n- list\n---\ntext",
        "---\ntitle: never closed\ntext",
        "---\na: &x [1]\nb: [*x, *x]\n---\ntext",
        "---\nwhen: 2024-99-99\n---\ntext",
        "---\nx: !!python/object/apply:os.system [echo]\n---\ntext",
        "---\n? [a, b]\n: {x\n---\ntext",
        "---\n" + "[" * 3000 + "\n---\ntext",
        "---\nlong: " + "x" * 70_000 + "\n---\ntext",
        "---\n\nA rule above, and no front matter.\n\n---\n",
        "a\n---\nb: c\n---\n",
    ],
)
def test_broken_front_matter_is_text(front):
    assert split_front_matter(front) == ({}, front)


@pytest.mark.parametrize(
    ("front", "meta"),
    [
        ("", {}),
        ("2: two\n2024-01-31: day\ntrue: yes\n", {"2": "two", "2024-01-31": "day", "True": True}),
        ("key: !!binary aGk=\n", {"key": "b'hi'"}),
        ("key: !!set {b, a}\n", {"key": ["a", "b"]}),
    ],
)
def test_front_matter_is_fit_for_json(front, meta):
    values, text = split_front_matter(f"---\n{front}---\ntext")
    assert json.loads(json.dumps(values, allow_nan=False)) == meta
    assert text == ("text" if front else "---\n---\ntext")


def test_several_authors_are_one_line_and_an_unreadable_date_stays_in_meta(tmp_path):
    page = parsed(tmp_path, "---\nauthor: [Ada, Tom]\ndate: some day\n---\ntext")
    assert (page.author, page.date, page.meta) == ("Ada, Tom", None, {"date": "some day"})


@pytest.mark.parametrize(("text", "reason"), [("", "empty"), ("---\ntitle: x\n---\n\n", "no_text")])
def test_a_page_without_text_is_refused(tmp_path, text, reason):
    with pytest.raises(SourceError) as refused:
        parsed(tmp_path, text)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("Title\n=====\n\nwords", "# Title\n\nwords"),
        ("words\n\n  A *part*  \n---\nmore", "words\n\n## A *part*\nmore"),
        ("# One\nTwo\n---", "# One\n## Two"),
    ],
)
def test_underlined_headings_are_marked_like_others(tmp_path, text, heading):
    assert parsed(tmp_path, text).text == heading


@pytest.mark.parametrize(
    "text",
    [
        "two lines\nof a paragraph\n---\n",
        "words\n\n---\n\nwords",
        "- item\n---\n",
        "> quoted\n---\n",
        "    code\n---\n",
        "a | b\n--- | ---\n1 | 2",
        "| a |\n|---|\n",
        "```\nTitle\n=====\n```",
        "x\n-\n",
        "---\nno: front matter\n---",
    ],
)
def test_other_lines_of_dashes_stay(tmp_path, text):
    assert parsed(tmp_path, f"first\n\n{text}").text == f"first\n\n{text}"


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("a <!-- not shown --> b", "a  b"),
        ("a\n\n<!--\nnot\n\nshown -->\n\nb", "a\n\n\nb"),
        ("<!-- toc -->\n# Title", "# Title"),
        ("a <!-- x --> <!-- y -->\nb", "a  \nb"),
        ("```\n<!-- code -->\n```\n<!-- x -->", "```\n<!-- code -->\n```\n"),
        ("<!--\n```\nx\n```\n-->\nb", "b"),
        ("write `<!-- -->` so", "write `<!-- -->` so"),
        ("``` <!-- x --> ```", "``` <!-- x --> ```"),
        ("a <!-- ` --> b ` <!-- c -->", "a  b ` "),
        ("a <!-- never ends", "a <!-- never ends"),
        ("a --> b <!-- c", "a --> b <!-- c"),
        ("```\nnever closed <!-- x -->", "```\nnever closed "),
    ],
)
def test_comments_are_left_out_but_not_those_in_code(tmp_path, text, without):
    assert parsed(tmp_path, f"words\n{text}").text == f"words\n{without}"


def test_many_comments_that_never_end_take_no_time(tmp_path):
    text = "<!-- x -->" + "<!-- " * 200_000 + "```\n" * 1_001 + "`" * 10_001
    assert parsed(tmp_path, text).text == text[len("<!-- x -->") :]


def test_front_matter_may_be_toml(tmp_path):
    front = '+++\ntitle = "Pumps"\ndate = 2024-01-31\nweight = 3\nat = 10:30:00\n+++\n\nwords'
    page = parsed(tmp_path, front)
    assert (page.text, page.section, page.date) == ("words", "Pumps", "2024-01-31")
    assert page.meta == {"weight": 3, "at": "10:30:00"}
    assert parsed(tmp_path, "+++\nno toml\n+++\nwords").text == "+++\nno toml\n+++\nwords"


@pytest.mark.parametrize(
    ("front", "author", "language", "meta"),
    [
        ("lang: de-DE\nauthors: [{name: Ada}, Tom]", "Ada, Tom", "de", {}),
        ("language: English\nauthor: {mail: x}", None, None, {"language": "English", "author": {"mail": "x"}}),
    ],
)
def test_authors_and_language_are_written_in_many_ways(tmp_path, front, author, language, meta):
    page = parsed(tmp_path, f"---\n{front}\n---\nwords")
    assert (page.author, page.language, page.meta) == (author, language, meta)

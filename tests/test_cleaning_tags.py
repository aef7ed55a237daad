import time

import pytest

from loramake.cleaning.tags import tokens


@pytest.mark.parametrize(
    "text",
    [
        "a < b && c > d",
        "x <b && c> d and a<b",
        "List<String> and vector<b> and Map<K, V>",
        "#include <stdio.h>",
        "see <https://example.org> and <EMAIL_1>, <SECRET_2>",
        "usage: git show <object>... [<source>] <path>",
        "?a=1&copy=2&lt=3",
        "p = &sum; q = &int;",
        "```html\n<p>shown</p>\n```",
        "use `<b>` and ``<p>`` here &",
        "How to:\n\n    <ul>\n      <li>&amp;</li>\n    </ul>",
        "for (i = 0; i <n; i++)",
        "if (a <b and title='x> y') >",
    ],
)
def test_what_is_no_html(text):
    assert tokens(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("<b>x</b>", ["b", "b"]),
        ("one<br>two<P>three", ["br", "p"]),
        ("<a href='x>y'>l", ["a"]),
        ("<A HREF=x>l</A>", ["a", "a"]),
        ("a &amp; b &#8212; &uuml;", ["&", "&", "&"]),
        ("<i>x</i> &sum;", ["i", "i", "&"]),
        ("<!-- <b> --><hr/>", ["!", "hr"]),
        ("<!DOCTYPE html><html>x</html>", ["!", "html", "html"]),
        ('<ac:link x="1"/><![CDATA[<b>]]>', ["ac:link", "["]),
        ("`<b>` <b>x</b>", ["b", "b"]),
    ],
)
def test_what_is_html(text, names):
    assert [name for _, _, name, _ in tokens(text)] == names


@pytest.mark.parametrize(
    "piece", ["<", "<p ", "<!--", "`", "`` ` ", "&", "&#1", "<b a='", "<a", "</p>", "``a", "<![CDATA["]
)
def test_a_million_hostile_characters_take_linear_time(piece):
    begin = time.process_time()
    tokens(piece * (1_000_000 // len(piece)))
    assert time.process_time() - begin < 3

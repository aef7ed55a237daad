import pytest
from bs4 import BeautifulSoup

from loramake.readers.html_blocks import blocks_of


def blocks(markup):
    return blocks_of(BeautifulSoup(f"<html><body>{markup}</body></html>", "lxml").body)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>one <b>bold</b>, <i>two</i>\n words</p>", ["one bold, two words"]),
        ("<p>10<sup>5</sup> m<sup>−2</sup>, the 5<sup>th</sup></p>", ["10^5 m^−2, the 5th"]),
        ("<p><sup>3</sup> See there.<sup><a href=#n1>[1]</a></sup></p>", ["3 See there.[1]"]),
        ("a<a href=x>link</a>ed <code>word</code>", ["alinked word"]),
        ("<div>one<div>two</div>three</div>", ["one", "two", "three"]),
        ("<a href=x><p>block in inline</p></a>after", ["block in inline", "after"]),
        ("<p>line<br>break<br/></p>", ["line\nbreak"]),
        ("<p>a\u00a0b \u2003 c</p>", ["a b c"]),
        ("<dl><dt>term</dt><dd>meaning</dd></dl>", ["term", "meaning"]),
        ("<p> </p><p></p>", []),
        ("<p># 5 is no heading</p>", ["\\# 5 is no heading"]),
        ("<p>a<!-- comment --><span hidden>b</span><span aria-hidden=true>c</span></p>", ["a"]),
        ("<blockquote><p>said</p><p>so<br>twice</p></blockquote>", ["> said", "> so\n> twice"]),
    ],
)
def test_inline_tags_never_break_lines_and_blocks_always_do(markup, expected):
    assert blocks(markup) == expected


@pytest.mark.parametrize(
    ("markup", "heading"),
    [
        ("<h1>One</h1>", "# One"),
        ("<h6>Six<br>lines</h6>", "###### Six lines"),
        ("<h2>Tides<a class=headerlink href=#t title=Permalink>¶</a></h2>", "## Tides"),
        ("<h2><a href=#t>#</a> Tides</h2>", "## Tides"),
        ("<article><header><h2>Own</h2><p>by Ada</p></header></article>", "## Own"),
    ],
)
def test_headings_are_marked(markup, heading):
    assert blocks(markup) == [heading]


def test_a_list_is_one_block_with_its_items_marked():
    markup = "<ul><li>one</li><li><p>two</p><p>more</p><ol><li>a</li><li>b</li></ol></li></ul>"
    assert blocks(markup) == ["- one\n- two\n  more\n  1. a\n  2. b"]


def test_a_list_loses_nothing_that_stands_between_its_items():
    assert blocks("<ul><li>one</li><ul><li>nested</li></ul><div>stray</div></ul>") == ["- one\n  - nested\n  stray"]


def test_code_in_a_list_stands_as_a_block_of_its_own():
    markup = "<ol><li>Run<pre>make  all</pre>twice</li><li>Wait</li></ol>"
    assert blocks(markup) == ["1. Run", "```\nmake  all\n```", "   twice\n2. Wait"]


@pytest.mark.parametrize(
    ("markup", "code"),
    [
        ("<pre>\n a  <b>b</b>\n\n   c\n</pre>", "```\n a  b\n\n   c\n```"),
        ('<pre><code class="language-python">x = "&lt;"</code></pre>', '```python\nx = "<"\n```'),
        ('<div class="highlight-sh notranslate"><div><pre>ls</pre></div></div>', "```sh\nls\n```"),
        ('<div class="highlight-default"><div><pre>ls</pre></div></div>', "```\nls\n```"),
        ('<pre><span class="linenos">1 </span>ls</pre>', "```\nls\n```"),
        ("<pre># no heading<br>two</pre>", "```\n# no heading\ntwo\n```"),
        ("<pre>```\nnested\n```</pre>", "````\n```\nnested\n```\n````"),
    ],
)
def test_code_is_fenced_as_it_stands(markup, code):
    assert blocks(markup) == [code]


def test_a_table_keeps_its_rows():
    markup = """<table><caption>Prices</caption><thead><tr><th>Item<th>Price</thead>
        <tr><td>Bolt<td><p>2</p><p>pounds</p><tr><td>Nut | washer<td></table>"""
    table = "| Item | Price |\n| --- | --- |\n| Bolt | 2 pounds |\n| Nut \\| washer |  |"
    assert blocks(markup) == ["Prices", table]


def test_merged_cells_are_not_repeated():
    markup = """<table><tr><th colspan=2>AB<th>C<tr><td rowspan=2>a<td>b<td rowspan=2>c<tr><td>d
        <tr><td>e<td colspan=99999999>f</table>"""
    rows = blocks(markup)[0].split("\n")
    assert rows[0] == "| AB |  | C |"
    assert rows[2:] == ["| a | b | c |", "|  | d |  |", "| e | f |  |"]


@pytest.mark.parametrize(
    "markup",
    [
        "<table role=presentation><tr><td>a<tr><td>b</table>",
        "<table><tr><td>a<td>b</table>",
        "<table><tr><td>a<tr><td><table><tr><td>b</table></table>",
    ],
)
def test_a_table_that_only_lays_out_the_page_gives_its_blocks(markup):
    assert blocks(markup) == ["a", "b"]


def test_listings_with_numbered_lines_keep_the_code_alone():
    markup = "<table><tr><td class=linenos><pre>1\n2</pre><td><pre>a\nb</pre></table>"
    assert blocks(markup) == ["```\na\nb\n```"]


def test_formulas_are_not_said_twice():
    markup = "<p>so <math><mi>x</mi><annotation encoding=TeX>\\x</annotation></math>.</p>"
    assert blocks(markup) == ["so x."]


NAVIGATION = "<div class=navheader><a href=p.html>Prev</a> Tides</div><ol class=breadcrumb><li>Home</ol>"


def test_navigation_that_is_known_by_its_class_is_dropped():
    assert blocks(f"{NAVIGATION}<p>words</p><div class=navfooter>Next</div>") == ["words"]


CONTENTS = "<p>Contents</p><ul><li><a href={0}#ebb>The ebb</a><li><a href={1}#flood>The flood</a></ul>"


@pytest.mark.parametrize("box", ["div class=toc", "div id=toc", "div class='contents topic'", "section role=doc-toc"])
@pytest.mark.parametrize("page", ["", "tides.html"])
def test_contents_of_the_page_itself_are_dropped(box, page):
    markup = f"<{box}>{CONTENTS.format(page, page)}</{box.split()[0]}><h2>The ebb</h2><h2>The flood</h2>"
    assert blocks(markup) == ["## The ebb", "## The flood"]


@pytest.mark.parametrize(
    "markup",
    [
        f"<div class=toc>{CONTENTS.format('ebb.html', 'flood.html')}</div>",
        f"<div class=other>{CONTENTS.format('', '')}</div>",
        f"<div class=contents>{CONTENTS.format('', '')}<p>and a page full of words that are no links at all</p></div>",
    ],
)
def test_contents_that_are_all_there_is_stay(markup):
    assert blocks(markup)[:2] == ["Contents", "- The ebb\n- The flood"]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<aside class='footnote brackets' role=doc-footnote><p>See there.</p></aside>", ["See there."]),
        ("<aside class='admonition note'><p>Mind the tide.</p></aside>", ["Mind the tide."]),
        ("<aside class=sidebar><p>Subscribe</p></aside>", []),
        ("<aside><p>Advertisement</p></aside>", []),
    ],
)
def test_asides_that_belong_to_the_text_stay(markup, expected):
    assert blocks(markup) == expected

import re
import time
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loramake.errors import SourceError
from loramake.readers.storage import blocks_of


def said(markup):
    return "\n\n".join(blocks_of(markup))


def macro(name, body="", /, **parameters):
    given = "".join(f'<ac:parameter ac:name="{key}">{value}</ac:parameter>' for key, value in parameters.items())
    return f'<ac:structured-macro ac:name="{name}" ac:schema-version="1">{given}{body}</ac:structured-macro>'


def rich(body):
    return f"<ac:rich-text-body>{body}</ac:rich-text-body>"


def plain(body):
    return f"<ac:plain-text-body><![CDATA[{body}]]></ac:plain-text-body>"


def panel(kind, content, fallback):
    node = (
        f'<ac:adf-node type="panel"><ac:adf-attribute key="panel-type">{kind}</ac:adf-attribute>{content}</ac:adf-node>'
    )
    return f"<ac:adf-extension>{node}<ac:adf-fallback>{fallback}</ac:adf-fallback></ac:adf-extension>"


@pytest.mark.parametrize(
    ("markup", "markdown"),
    [
        ("<strong>bold </strong>and <em>em</em>, <u>under</u>", "**bold** and *em*, under"),
        ('<span style="text-decoration: line-through;">gone</span> <del>too</del>', "~~gone~~ ~~too~~"),
        ("<code>x  =  y</code> <strong>a<em>b</em></strong>", "`x = y` **a*b***"),
        ("10<sup>6</sup> H<sub>2</sub>O <big>big</big>", "10^6 H2O big"),
        ("one<br/>two \n\t three&nbsp;four", "one\ntwo three four"),
        ("a &mdash; b &lt;c&gt; &amp; &#8364; &bogus; AT&T &eacute;", "a — b <c> & € &bogus; AT&T é"),
        ('<a href="https://example.org/a?b=1&amp;c=2">site</a>', "[site](https://example.org/a?b=1&c=2)"),
        ('<a href="#part">part</a> <a href="/wiki/x">page</a>', "part page"),
        ('<ac:link><ri:page ri:content-title="Tides" ri:space-key="D" /></ac:link>', "Tides"),
        (
            '<ac:link><ri:page ri:content-title="T"/>'
            "<ac:plain-text-link-body><![CDATA[a <text>]]></ac:plain-text-link-body></ac:link>",
            "a <text>",
        ),
        (
            '<ac:link><ri:page ri:content-title="T"/><ac:link-body>Some <strong>rich</strong></ac:link-body></ac:link>',
            "Some **rich**",
        ),
        ('<ac:link><ri:blog-post ri:content-title="News" ri:posting-day="2012/01/30"/></ac:link>', "News"),
        (
            '<ac:link><ri:attachment ri:filename="a.pdf"><ri:page ri:content-title="T"/></ri:attachment></ac:link>',
            "a.pdf",
        ),
        (
            '<ac:link><ri:user ri:userkey="2c9" /></ac:link> <ac:link><ri:user ri:account-id="5b1"/></ac:link>',
            "@2c9 @5b1",
        ),
        ('<ac:link><ri:space ri:space-key="TST"/></ac:link> <ac:link ac:anchor="here"></ac:link>', "TST here"),
        ('<ac:link><ri:shortcut ri:key="jira" ri:parameter="T-1"/></ac:link>', "T-1"),
        ('<ac:image ac:alt="A buoy"><ri:attachment ri:filename="a.png"/></ac:image>', "![A buoy]"),
        ('<ac:image ac:width="5"><ri:attachment ri:filename="a.png"/></ac:image>', "![a.png]"),
        (
            '<ac:image><ri:url ri:value="https://example.org/a.png"/><ac:caption><p>Fig. 1</p></ac:caption></ac:image>',
            "![https://example.org/a.png]\n\nFig. 1",
        ),
        (
            '<ac:emoticon ac:name="tick"/> '
            '<ac:emoticon ac:name="blue-star" ac:emoji-shortname=":shield:" ac:emoji-fallback="🛡"/>',
            "✅ 🛡",
        ),
        ('<ac:emoticon ac:name="ours"/>', ":ours:"),
        ('Due <time datetime="2024-01-31" />', "Due 2024-01-31"),
        ("<ac:inline-comment-marker ac:ref='1'>marked</ac:inline-comment-marker> text", "marked text"),
        ("<ac:placeholder>Write here</ac:placeholder>", "Write here"),
        ("It is " + macro("status", colour="Green", title="DONE"), "It is DONE"),
        ("See " + macro("jira", server="S", key="T-1"), "See T-1"),
        (macro("jira", jqlQuery="project = T"), "Jira issues: project = T"),
        (macro("mathinline", "", body="x^2"), "$x^2$"),
    ],
)
def test_what_a_line_says(markup, markdown):
    assert said(f"<p>{markup}</p>") == markdown


@pytest.mark.parametrize(
    ("markup", "markdown"),
    [
        ("<h2>The <strong>tides</strong></h2><p># text</p>", "## The tides\n\n\\# text"),
        (f"<p>one {macro('anchor', **{'': 'x'})} two<br/><br/><br/><br/>three</p>", "one two\n\nthree"),
        ("<p>one</p>\n<p> </p>\n<p>two</p>", "one\n\ntwo"),
        ("<blockquote><p>one</p><p>two</p></blockquote>", "> one\n>\n> two"),
        ("<pre>a\n  b<br/>c</pre><hr/>", "```\na\n  b\nc\n```\n\n---"),
        (
            macro("code", plain("if (a < b && c) {}\n# y"), language="java", title="A.java"),
            "**A.java**\n\n```java\nif (a < b && c) {}\n# y\n```",
        ),
        (macro("code", plain("a]]]]><![CDATA[>b &amp; <p>"), language="none"), "```\na]]>b &amp; <p>\n```"),
        (macro("noformat", plain("  raw\n text")), "```\n  raw\n text\n```"),
        (macro("plantuml", plain("a -> b")), "```plantuml\na -> b\n```"),
        (macro("info", rich("<p>Mind it</p>"), title="Tip of the day"), "> **Info:** Tip of the day\n>\n> Mind it"),
        (macro("warning", rich("<p>Mind it</p>" + macro("code", plain("x")))), "> **Warning:** Mind it\n\n```\nx\n```"),
        (macro("panel", rich("<p>body</p>"), title="Head", borderStyle="solid"), "> **Head**\n>\n> body"),
        (macro("expand", rich("<p>inside</p>"), title="More"), "**More**\n\ninside"),
        (macro("toc", maxLevel="3") + macro("children") + macro("anchor", **{"": "x"}), ""),
        (macro("excerpt", rich("<p>short</p>"), hidden="true"), "short"),
        (macro("include", **{"": '<ac:link><ri:page ri:content-title="Rules"/></ac:link>'}), "Included: Rules"),
        (macro("view-file", name='<ri:attachment ri:filename="a.pdf"/>', height="250"), "**a.pdf**"),
        (macro("drawio", diagramName="Harbour", revision="3"), "**Harbour**"),
        (macro("novelty", rich("<p>body</p>"), title="Title", width="300"), "**Title**\n\nbody"),
        (macro("html", plain("<p>one</p><p>two</p>")), "one\n\ntwo"),
        (macro("markdown", plain("# one\n\n* two")), "# one\n\n* two"),
        (panel("note", "<ac:adf-content><p>once</p></ac:adf-content>", "<div><p>once</p></div>"), "> **Note:** once"),
        (panel("note", "", "<p>stands in</p>"), "stands in"),
        (
            '<ac:adf-extension><ac:adf-node type="decision-list"><ac:adf-node type="decision-item">'
            '<ac:adf-attribute key="state">DECIDED</ac:adf-attribute>'
            "<ac:adf-content>go</ac:adf-content></ac:adf-node></ac:adf-node><ac:adf-fallback><ul><li>go</li></ul></ac:adf-fallback></ac:adf-extension>",
            "- Decision: go",
        ),
        (
            '<ac:layout><ac:layout-section ac:type="two_equal"><ac:layout-cell><p>l</p></ac:layout-cell>'
            "<ac:layout-cell><p>r</p></ac:layout-cell></ac:layout-section></ac:layout>",
            "l\n\nr",
        ),
        (
            macro("section", rich(macro("column", rich("<p>l</p>"), width="50%") + macro("column", rich("<p>r</p>")))),
            "l\n\nr",
        ),
        (
            '<ac:macro ac:name="noformat"><ac:plain-text-body><![CDATA[old]]></ac:plain-text-body></ac:macro>',
            "```\nold\n```",
        ),
        ("<x:novelty>kept <y>too</y></x:novelty>", "kept too"),
        ('<p xmlns:ac="http://atlassian.com/content"><ac:emoticon ac:name="smile"/></p>', "🙂"),
        ("", ""),
    ],
)
def test_what_a_block_says(markup, markdown):
    assert said(markup) == markdown


def test_lists_nest_and_code_in_them_stands_alone():
    code = macro("code", plain("x"))
    markup = f"<ul><li><p>one</p><ol start='3'><li>three</li><li>{code}four</li></ol></li>\n<li>two</li></ul>"
    assert said(markup) == "- one\n  3. three\n\n```\nx\n```\n\n  4. four\n- two"


def test_tasks_say_how_they_stand():
    task = "<ac:task><ac:task-status>{}</ac:task-status><ac:task-body>{}</ac:task-body></ac:task>"
    inner = f"<ac:task-list>{task.format('incomplete', 'part')}</ac:task-list>"
    tasks = task.format("complete", "<span>did</span>") + task.format("incomplete", "do" + inner)
    assert said(f"<ac:task-list>{tasks}</ac:task-list>") == "- [x] did\n- [ ] do\n  - [ ] part"


def test_a_table_keeps_its_merged_cells_in_their_columns():
    head = "<colgroup><col/></colgroup><tbody><tr><th><strong>Berth</strong></th><th>Depth</th><th>Note</th></tr>"
    first = "<tr><td rowspan='2'>A</td><td>9</td><td><p>mud</p><ul><li>soft</li></ul></td></tr>"
    rows = f"{first}<tr><td colspan='2'>both</td></tr>"
    assert said(f"<table>{head}{rows}</tbody></table>") == (
        "| Berth | Depth | Note |\n| --- | --- | --- |\n| A | 9 | mud - soft |\n|  | both |  |"
    )


def test_a_table_in_a_table_is_told_cell_by_cell():
    inner = "<table><tr><td>n1</td><td>n2</td></tr><tr><td>n3</td><td>n4</td></tr></table>"
    markup = f"<table><tbody><tr><th>Key</th><th>Value</th></tr><tr><td>a</td><td>{inner}</td></tr></tbody></table>"
    assert said(markup) == "Key: a\n\nValue:\n\n| n1 | n2 |\n| --- | --- |\n| n3 | n4 |"


@pytest.mark.parametrize(
    ("markup", "markdown"),
    [
        ("<p>one<br>two</p><p>three</p>", "one\ntwo\n\nthree"),
        ("<p>one</p></p> two <p>three", "one\n\ntwo\n\nthree"),
        ("<ul><li>one<li>two</ul>three", "- one\n- two\n\nthree"),
        (
            "<p>a < b</p><p>c</b></p>" + macro("code", plain("x < <y>"), language="sql"),
            "a < b\n\nc\n\n```sql\nx < <y>\n```",
        ),
        ('<p><ac:link><ri:page ri:content-title="T"/></ac:link> one', "T one"),
        ("<p>one <b>two</p> three", "one **two**\n\nthree"),
        ("<p>one\x0b\ud800two</p>", "onetwo"),
        ("one &#0; &#xD800; &#99999999; two", "one &#99999999; two"),
        ('<?xml version="1.0"?><p>one</p>', "one"),
    ],
)
def test_what_is_no_xml_keeps_its_text(markup, markdown):
    assert said(markup) == markdown


def test_entities_are_not_expanded():
    laughs = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]><p>&b;&c;</p>'
    assert "haha" not in said(laughs)
    assert "root:" not in said(laughs)


@pytest.mark.parametrize("levels", [150, 1000, 100_000])
@pytest.mark.parametrize("end", ["</div>", ""])
def test_what_is_nested_too_deeply_is_refused(levels, end):
    with pytest.raises(SourceError) as refused:
        said("<div>" * levels + "x" + end * levels)
    assert refused.value.reason == "too_deep"


@pytest.mark.parametrize(
    "tag", ["ul", "blockquote", "ac:rich-text-body", "ac:adf-node", "strong", "ac:link", "h1", "table"]
)
def test_what_is_nested_deeply_is_read(tag):
    assert "x" in said(f"<{tag}>" * 95 + "x" + f"</{tag}>" * 95)


def test_macros_nest_deeply():
    markup = "x"
    for _ in range(48):
        markup = macro("expand", rich(markup))
    assert said(markup) == "x"


def test_a_huge_table_takes_seconds_at_most():
    row = "<tr><td colspan='1000' rowspan='99'>x</td>" + "<td><p>y</p></td>" * 10 + "</tr>"
    begun = time.process_time()
    assert said(f"<table>{row * 2000}</table>").count("y") == 20_000
    assert time.process_time() - begun < 20


WORD = "?"
leaf = st.sampled_from(
    [
        WORD,
        f" {WORD} {WORD} ",
        f"&ldquo;{WORD}&hellip;",
        f"<strong>{WORD}</strong>",
        f"<em>{WORD} <code>{WORD}</code></em>",
        f"1<sup>{WORD}</sup>",
        f'<a href="https://example.org">{WORD}</a>',
        "<br/>",
        f'<time datetime="{WORD}"/>',
        f'<ac:emoticon ac:name="x" ac:emoji-fallback="{WORD}"/>',
        f'<ac:link><ri:page ri:content-title="{WORD}"/></ac:link>',
        f'<ac:link><ri:user ri:username="{WORD}"/></ac:link>',
        f"<ac:link><ac:plain-text-link-body><![CDATA[{WORD} < {WORD}]]></ac:plain-text-link-body></ac:link>",
        f"<ac:link><ri:page ri:content-title='x'/><ac:link-body><b>{WORD}</b></ac:link-body></ac:link>",
        f'<ac:image><ri:attachment ri:filename="{WORD}.png"/><ac:caption>{WORD}</ac:caption></ac:image>',
        macro("status", title=WORD),
        macro("jira", key=WORD),
        f"<ac:placeholder>{WORD}</ac:placeholder>",
        f"<novelty>{WORD}</novelty>",
    ]
)
line = st.lists(leaf, max_size=4).map("".join)
block = st.one_of(
    line,
    line.map(lambda inside: f"<p>{inside}</p>"),
    st.builds(lambda inside, level: f"<h{level}>{inside}</h{level}>", line, st.integers(1, 6)),
    st.sampled_from(
        [
            "<hr/>",
            f"<pre>{WORD}\n {WORD}</pre>",
            macro("code", plain(f"{WORD} <&> {WORD}\n{WORD}"), title=WORD, language="java"),
            macro("noformat", plain(f"{WORD}]]]]><![CDATA[>{WORD}")),
            macro("novelty", plain(WORD), title=WORD),
            macro("markdown", plain(f"* {WORD}")),
        ]
    ),
)


def containers(inner):
    some = st.lists(inner, max_size=3).map("".join)
    items = st.lists(some.map(lambda inside: f"<li>{inside}</li>"), max_size=3).map("".join)
    tasks = st.lists(
        some.map(
            lambda inside: (
                f"<ac:task><ac:task-status>complete</ac:task-status><ac:task-body>{inside}</ac:task-body></ac:task>"
            )
        ),
        max_size=3,
    ).map("".join)
    boxes = ["div", "blockquote", "ac:layout-cell", "span", "strong", "novelty", "li", "ac:rich-text-body"]
    return st.one_of(
        st.builds(lambda tag, inside: f"<{tag}>{inside}</{tag}>", st.sampled_from(boxes), some),
        st.builds(lambda tag, inside: f"<{tag}>{inside}</{tag}>", st.sampled_from(["ul", "ol"]), items),
        tasks.map(lambda inside: f"<ac:task-list>{inside}</ac:task-list>"),
        st.builds(
            lambda name, inside: macro(name, rich(inside), title=WORD),
            st.sampled_from(["info", "panel", "expand", "novelty", "warning"]),
            some,
        ),
        st.builds(lambda name, inside: macro(name, rich(inside)), st.sampled_from(["excerpt", "section", "tip"]), some),
        some.map(lambda inside: panel("note", f"<ac:adf-content>{inside}</ac:adf-content>", "")),
    )


def tables(inner):
    cell = st.builds(
        lambda tag, inside, width, height: f"<{tag} colspan='{width}' rowspan='{height}'>{inside}</{tag}>",
        st.sampled_from(["td", "th"]),
        st.lists(inner, max_size=2).map("".join),
        st.integers(0, 3),
        st.integers(0, 3),
    )
    rows = st.lists(st.lists(cell, max_size=4).map(lambda cells: f"<tr>{''.join(cells)}</tr>"), max_size=4)
    return rows.map(lambda found: f"<table><tbody>{''.join(found)}</tbody></table>")


def numbered(markup):
    """The markup with a word of its own in every place, and those words in order."""
    numbers = count()
    written = re.sub(re.escape(WORD), lambda _: f"w{next(numbers)}w", markup)
    return written, [f"w{number}w" for number in range(next(numbers))]


def words(markdown):
    return re.findall(r"w\d+w", markdown)


flat = st.lists(st.recursive(block, containers, max_leaves=20), max_size=4).map("".join)
tabular = st.lists(st.recursive(block, lambda inner: containers(inner) | tables(inner), max_leaves=30), max_size=3)


@settings(max_examples=300, deadline=None)
@given(flat)
def test_every_word_is_said_once_and_in_order(markup):
    written, expected = numbered(markup)
    markdown = said(written)
    assert words(markdown) == expected
    assert markdown == said(written)


@settings(max_examples=200, deadline=None)
@given(tabular)
def test_no_word_in_a_table_is_lost(markup):
    written, expected = numbered("".join(markup))
    assert set(expected) <= set(words(said(written)))


@settings(max_examples=200, deadline=None)
@given(flat, st.data())
def test_no_word_is_lost_where_tags_are_missing(markup, data):
    written, expected = numbered(markup)
    tags = list(re.finditer(r"</?(?:p|div|strong|em|li|ul|ol|h\d|span|td|tr|blockquote)>", written))
    if tags:
        tag = data.draw(st.sampled_from(tags))
        written = written[: tag.start()] + written[tag.end() :]
    assert set(expected) <= set(words(said(written)))

import json
import re
import time
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loramake.errors import SourceError
from loramake.readers.adf import blocks_of, is_document


def text(said, *marks):
    return {"type": "text", "text": said, "marks": [m if isinstance(m, dict) else {"type": m} for m in marks]}


def node(kind, *content, **attrs):
    inside = [text(child) if isinstance(child, str) else child for child in content]
    return {"type": kind, **({"attrs": attrs} if attrs else {}), **({"content": inside} if inside else {})}


def p(*content):
    return node("paragraph", *content)


def said(*content):
    return "\n\n".join(blocks_of({"version": 1, "type": "doc", "content": list(content)}))


def link(address):
    return {"type": "link", "attrs": {"href": address}}


SUPERSCRIPT = {"type": "subsup", "attrs": {"type": "sup"}}


@pytest.mark.parametrize(
    ("content", "markdown"),
    [
        ([text("plain")], "plain"),
        ([text("a "), text("bold ", "strong"), text("both", "strong", "em"), text(" z")], "a **bold *both*** z"),
        ([text("gone", "strike"), text(" under", "underline")], "~~gone~~ under"),
        ([text("x = `y`", "code")], "`` x = `y` ``"),
        ([text("site", link("https://example.org/a")), text("!")], "[site](https://example.org/a)!"),
        ([text("https://example.org", link("https://example.org"))], "https://example.org"),
        ([text("one "), text("two", link("#")), text(" three", link("#"), "em")], "one [two *three*](#)"),
        (
            [text("10"), text("6", SUPERSCRIPT), text(" H"), text("2", {"type": "subsup", "attrs": {"type": "sub"}})],
            "10^6 H2",
        ),
        ([text("one"), node("hardBreak"), text("two  ")], "one\ntwo"),
        ([text("# no heading")], "\\# no heading"),
        ([text("```"), node("hardBreak"), text("no fence")], "\\```\nno fence"),
        (
            [node("mention", id="5b1", text="@Ada Quill"), text(" and "), node("mention", id="5b2")],
            "@Ada Quill and @5b2",
        ),
        ([node("emoji", shortName=":smile:", text="😄"), node("emoji", shortName=":ours:")], "😄:ours:"),
        ([node("date", timestamp="1582152559000")], "2020-02-19"),
        ([node("date", timestamp="soon")], "soon"),
        ([text("It is "), node("status", text="IN PROGRESS", color="blue")], "It is IN PROGRESS"),
        ([node("inlineCard", url="https://example.org/T-1")], "https://example.org/T-1"),
        ([node("inlineCard", data={"@id": "https://example.org/T-2", "name": "T-2"})], "https://example.org/T-2"),
        ([node("placeholder", text="Write here")], "Write here"),
        ([node("mediaInline", type="file", id="1", alt="log.txt")], "![log.txt]"),
        (
            [
                text("See "),
                node("inlineExtension", extensionKey="jira", parameters={"macroParams": {"key": {"value": "T-3"}}}),
            ],
            "See T-3",
        ),
    ],
)
def test_what_a_line_says(content, markdown):
    assert said(p(*content)) == markdown


@pytest.mark.parametrize(
    ("block", "markdown"),
    [
        (node("heading", text("Tides", "strong"), level=2), "## Tides"),
        (node("codeBlock", "int x;\n# y", language="Java"), "```java\nint x;\n# y\n```"),
        (node("codeBlock", "```", language="plain text"), "````\n```\n````"),
        (node("rule"), "---"),
        (node("blockquote", p("one"), p("two")), "> one\n>\n> two"),
        (node("panel", p("Mind it"), p("two"), panelType="warning"), "> **Warning:** Mind it\n>\n> two"),
        (node("panel", node("heading", "H", level=3), panelType="info"), "> **Info:**\n>\n> ### H"),
        (node("panel", p("bare"), panelType="custom", panelIcon=":x:"), "> bare"),
        (node("expand", p("inside"), title="More"), "**More**\n\ninside"),
        (node("nestedExpand", p("inside"), title=""), "inside"),
        (
            node("mediaSingle", node("media", type="file", id="1", alt="a.png"), node("caption", "Fig. 1")),
            "![a.png]\n\nFig. 1",
        ),
        (node("mediaGroup", node("media", alt="a"), node("media", alt="b"), node("media", id="1")), "![a]\n\n![b]"),
        (node("media", type="external", url="https://example.org/a.png"), "![https://example.org/a.png]"),
        (node("blockCard", url="https://example.org"), "https://example.org"),
        (node("layoutSection", node("layoutColumn", p("l"), width=50), node("layoutColumn", p("r"))), "l\n\nr"),
        (node("extension", extensionKey="toc"), ""),
        (node("extension", extensionKey="x", text="A chart", parameters={}), "**A chart**"),
        (
            node("extension", extensionKey="noformat", parameters={"macroParams": {"__bodyContent": {"value": "raw"}}}),
            "```\nraw\n```",
        ),
        (
            node(
                "bodiedExtension", p("body"), extensionKey="info", parameters={"macroParams": {"title": {"value": "T"}}}
            ),
            "> **Info:** T\n>\n> body",
        ),
        (node("multiBodiedExtension", node("extensionFrame", p("tab")), extensionKey="tabs"), "tab"),
        (node("bodiedSyncBlock", p("shared"), resourceId="1"), "shared"),
        (node("novelty", text="kept"), "kept"),
        (node("novelty", p("kept"), node("novelty", "too")), "kept\n\ntoo"),
        (text("bare text"), "bare text"),
        ({"text": "without a type"}, "without a type"),
    ],
)
def test_what_a_block_says(block, markdown):
    assert said(block) == markdown


def test_lists_nest_and_code_in_them_stands_alone():
    deep = node("orderedList", node("listItem", p("three"), p("more")), node("listItem", p("four")), order=3)
    document = node("bulletList", node("listItem", p("one"), node("codeBlock", "x"), deep), node("listItem", p("two")))
    assert said(document) == "- one\n\n```\nx\n```\n\n  3. three\n     more\n  4. four\n- two"


def test_tasks_and_decisions_say_how_they_stand():
    tasks = node(
        "taskList", node("taskItem", "did", state="DONE"), node("taskList", node("taskItem", "do", state="TODO"))
    )
    assert said(tasks) == "- [x] did\n  - [ ] do"
    decisions = node(
        "decisionList", node("decisionItem", "go", state="DECIDED"), node("decisionItem", "?", state="UNDECIDED")
    )
    assert said(decisions) == "- Decision: go\n- Undecided: ?"


def row(*cells, kind="tableCell"):
    return node("tableRow", *(cell if isinstance(cell, dict) else node(kind, p(cell)) for cell in cells))


def test_a_table_keeps_its_merged_cells_in_their_columns():
    head = row(node("tableHeader", p(text("Berth", "strong"))), "Depth", "Note", kind="tableHeader")
    tall = row(
        node("tableCell", p("A|1"), rowspan=2),
        "9",
        node("tableCell", p("mud"), node("bulletList", node("listItem", p("soft")))),
    )
    wide = row(node("tableCell", p("both"), colspan=2))
    assert said(node("table", head, tall, wide)) == (
        "| Berth | Depth | Note |\n| --- | --- | --- |\n| A\\|1 | 9 | mud - soft |\n|  | both |  |"
    )


def test_a_table_that_holds_code_or_a_table_is_told_cell_by_cell():
    code = node("tableCell", p("as in"), node("codeBlock", "a: 1\nb: 2", language="yaml"))
    inner = node("table", row("n1", "n2"), row("n3", "n4"))
    table = node(
        "table",
        row("Key", "Example", "Unused", kind="tableHeader"),
        row("port", code),
        row(node("tableCell", inner), "end"),
    )
    assert said(table) == (
        "Unused\n\nKey: port\n\nExample: as in\n\n```yaml\na: 1\nb: 2\n```\n\n"
        "Key:\n\n| n1 | n2 |\n| --- | --- |\n| n3 | n4 |\n\nExample: end"
    )


def test_one_line_of_code_stays_in_its_cell():
    table = node("table", row("Key", "Example"), row("port", node("tableCell", node("codeBlock", "a: 1"))))
    assert said(table) == "| Key | Example |\n| --- | --- |\n| port | `a: 1` |"


@pytest.mark.parametrize(
    ("value", "it_is"), [({"type": "doc", "content": []}, True), ({"type": "doc"}, False), ("doc", False)]
)
def test_a_document_is_known_by_its_type(value, it_is):
    assert is_document(value) == it_is


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": 5, "content": "x"},
        {"type": "text", "text": 5, "marks": 7},
        {"type": "text", "text": "x", "marks": [None, {"type": []}, {"type": "link", "attrs": []}]},
        {"type": "heading", "attrs": {"level": "high"}},
        {"type": "orderedList", "attrs": {"order": -1}, "content": [None, 3, [], {"content": {}}]},
        {
            "type": "table",
            "content": [{"type": "tableRow", "content": [{"type": "tableCell", "attrs": {"colspan": 10**9}}]}],
        },
        {"type": "table", "content": ["stray", {"type": "paragraph", "content": ["row"]}]},
        {"type": "date", "attrs": {"timestamp": 1e300}},
        {"type": "extension", "attrs": {"parameters": {"macroParams": {"a": None, "title": {"value": [1]}}}}},
        {"type": "inlineCard", "attrs": {"data": "x"}},
    ],
)
def test_wrong_nodes_do_no_harm(wrong):
    assert said(wrong, p("after")).endswith("after")


@pytest.mark.parametrize("value", [None, [], "doc", 5])
def test_what_is_no_node_says_nothing(value):
    assert blocks_of(value) == []


def test_a_document_that_is_nested_too_deeply_is_refused():
    document = p("x")
    for _ in range(10_000):
        document = {"type": "blockquote", "content": [document]}
    with pytest.raises(SourceError) as refused:
        said(document)
    assert refused.value.reason == "too_deep"


@pytest.mark.parametrize("kind", ["bulletList", "panel", "blockquote", "expand", "bodiedExtension", "novelty"])
def test_a_document_that_is_nested_deeply_is_read(kind):
    document = p("x")
    for _ in range(77):
        document = node(kind, document)
    assert "x" in said(document)


def test_a_huge_table_takes_seconds_at_most():
    begun = time.process_time()
    table = node("table", *(row(node("tableCell", p("x"), colspan=1000, rowspan=9), *"abcdefgh") for _ in range(2000)))
    assert said(table).count("h") == 2000
    assert time.process_time() - begun < 20


WORD = "?"
leaf = st.one_of(
    st.builds(
        lambda marks: text(WORD, *marks), st.lists(st.sampled_from(["strong", "em", "strike", "code"]), unique=True)
    ),
    st.just(text(f"{WORD} {WORD}", link("https://example.org"))),
    st.just(text(f" {WORD} ", "strong")),
    st.just(node("hardBreak")),
    st.just(node("mention", text=f"@{WORD}")),
    st.just(node("emoji", shortName=f":{WORD}:")),
    st.just(node("status", text=WORD)),
    st.just(node("date", timestamp=WORD)),
    st.just(node("placeholder", text=WORD)),
    st.just(node("inlineCard", url=f"https://example.org/{WORD}")),
    st.just(node("mediaInline", alt=WORD)),
    st.just(node("inlineExtension", extensionKey="x", text=WORD)),
    st.just(node("novelty", text=WORD)),
)
line = st.lists(leaf, max_size=4)
blocks = st.one_of(
    st.builds(lambda inside: node("paragraph", *inside), line),
    st.builds(lambda inside, level: node("heading", *inside, level=level), line, st.integers(-1, 9)),
    st.just(node("codeBlock", f"{WORD}\n {WORD}", language="java")),
    st.just(node("codeBlock", WORD)),
    st.just(node("rule")),
    st.just(node("media", alt=WORD)),
    st.just(node("blockCard", url=f"https://example.org/{WORD}")),
    st.just(node("extension", extensionKey="x", text=WORD)),
    leaf,
)


def containers(inner):
    some = st.lists(inner, max_size=4)
    kinds = [
        "blockquote",
        "listItem",
        "layoutSection",
        "layoutColumn",
        "mediaSingle",
        "caption",
        "novelty",
        "bodiedSyncBlock",
    ]
    lists = ["bulletList", "orderedList", "taskList", "decisionList"]
    items = ["listItem", "taskItem", "blockTaskItem", "decisionItem", "bulletList", "taskList", "paragraph"]
    item = st.builds(lambda kind, inside: node(kind, *inside), st.sampled_from(items), some)
    return st.one_of(
        st.builds(lambda kind, inside: node(kind, *inside), st.sampled_from(kinds), some),
        st.builds(lambda kind, inside: node(kind, *inside), st.sampled_from(lists), st.lists(item, max_size=4)),
        st.builds(
            lambda kind, inside: node(kind, *inside, title=WORD), st.sampled_from(["expand", "nestedExpand"]), some
        ),
        st.builds(
            lambda kind, inside: node("panel", *inside, panelType=kind), st.sampled_from(["info", "error", "x"]), some
        ),
        st.builds(lambda inside: node("bodiedExtension", *inside, extensionKey="x", text=WORD), some),
    )


def tables(inner):
    cell = st.builds(
        lambda kind, inside, width, height: node(kind, *inside, colspan=width, rowspan=height),
        st.sampled_from(["tableCell", "tableHeader"]),
        st.lists(inner, max_size=3),
        st.integers(1, 3),
        st.integers(1, 3),
    )
    rows = st.lists(st.builds(lambda cells: node("tableRow", *cells), st.lists(cell, max_size=4)), max_size=4)
    return st.builds(lambda found: node("table", *found), rows)


def numbered(document):
    """The document with a word of its own in every place, and those words in order."""
    numbers = count()
    written = re.sub(re.escape(WORD), lambda _: f"w{next(numbers)}w", json.dumps(document))
    return json.loads(written), [f"w{number}w" for number in range(next(numbers))]


def words(markdown):
    return re.findall(r"w\d+w", markdown)


flat = st.lists(st.recursive(blocks, containers, max_leaves=25), max_size=5)
tabular = st.lists(st.recursive(blocks, lambda inner: containers(inner) | tables(inner), max_leaves=40), max_size=4)


@settings(max_examples=300, deadline=None)
@given(flat)
def test_every_word_is_said_once_and_in_order(content):
    document, expected = numbered(content)
    markdown = said(*document)
    assert words(markdown) == expected
    assert markdown == said(*document)


@settings(max_examples=200, deadline=None)
@given(tabular)
def test_no_word_in_a_table_is_lost(content):
    document, expected = numbered(content)
    assert set(expected) <= set(words(said(*document)))

import pytest

from loramake.readers import rich_text
from loramake.readers.rich_text import CODE, EMPHASIS, STRONG, STRUCK, Cell, Run, Verbatim


def run(text, *marks, link=""):
    return Run(text, frozenset(marks), link)


@pytest.mark.parametrize(
    ("runs", "markdown"),
    [
        ([], ""),
        ([run("a"), run("b", STRONG), run("c", STRONG, EMPHASIS)], "a**b*c***"),
        ([run(" a ", STRONG), run("b", STRUCK)], " **a** ~~b~~"),
        ([run("a", CODE), run("b", CODE)], "`ab`"),
        ([run("`", CODE), run(" "), run("  ", STRONG)], "`` ` ``   "),
        ([run(" a ", link="x"), run("b", EMPHASIS, link="x"), run("c", link="y")], " [a *b*](x)[c](y)"),
        ([run("x", link="x"), run(" ", link="y"), run("z", CODE, link="z")], "x `z`"),
    ],
)
def test_runs_are_marked_close_to_their_words(runs, markdown):
    assert rich_text.inline(runs) == markdown


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        (" a \nb ", [" a\nb"]),
        ("\n \n", []),
        ("# a", ["\\# a"]),
        ("a\n  ~~~\nb", ["a\n\\  ~~~\nb"]),
        ("a\fb\vc", ["a b c"]),
    ],
)
def test_a_paragraph_passes_for_nothing_but_text(text, blocks):
    assert rich_text.paragraph(text) == blocks


def test_a_heading_is_one_line_without_bold_face():
    assert rich_text.heading(9, "a **b**\nc") == ["###### a b c"]
    assert rich_text.heading(1, " ") == []


@pytest.mark.parametrize(
    ("text", "language", "blocks"),
    [
        ("\nx\n", "C++", ["```c++\nx\n```"]),
        (" ", "c", []),
        ("x", "plain text", ["```\nx\n```"]),
        ("x", "java; title", ["```\nx\n```"]),
        ("a\r\nb\fc", "", ["```\na\nb c\n```"]),
    ],
)
def test_code_names_its_language(text, language, blocks):
    assert rich_text.code(text, language) == blocks


def test_items_are_indented_and_code_among_them_is_not():
    items = [("-", ["a\nb", Verbatim("```\nx\n```"), "c"]), ("10.", ["d", "- e"]), ("", ["f"]), ("-", [])]
    assert rich_text.listed(items) == ["- a\n  b", "```\nx\n```", "  c\n10. d\n    - e\n  f"]


def test_an_item_that_is_a_list_has_no_mark_of_its_own():
    items = [("-", ["- a\n- b"]), ("1.", ["1. c"]), ("- [x]", ["- d"]), ("-", ["e", "- f"])]
    assert rich_text.listed(items) == ["  - a\n  - b\n   1. c\n- [x] - d\n- e\n  - f"]


def test_quotations_are_marked_line_by_line_and_code_in_them_is_not():
    assert rich_text.quoted(["a\n\nb", "c", Verbatim("| d |"), "e"]) == ["> a\n>\n> b\n>\n> c", "| d |", "> e"]


@pytest.mark.parametrize(
    ("label", "title", "blocks", "quotation"),
    [
        ("Note", "", ["a", "b"], ["> **Note:** a\n>\n> b"]),
        ("Note", "T\nU", ["a"], ["> **Note:** T U\n>\n> a"]),
        ("Note", "", ["- a"], ["> **Note:**\n>\n> - a"]),
        ("Note", "", [], ["> **Note:**"]),
        ("", "T", ["a"], ["> **T**\n>\n> a"]),
        ("", "", ["a"], ["> a"]),
        ("", "", [], []),
    ],
)
def test_a_callout_begins_with_its_label(label, title, blocks, quotation):
    assert rich_text.callout(label, title, blocks) == quotation


@pytest.mark.parametrize(
    ("blocks", "below", "demoted"),
    [
        (["# a", "text", "### b"], 1, ["## a", "text", "#### b"]),
        (["## a", "# b"], 2, ["#### a", "### b"]),
        (["### a"], 1, ["### a"]),
        (["# a"], 0, ["# a"]),
        (["\\# a", "- # b", Verbatim("# c\nd")], 3, ["\\# a", "- # b", "# c\nd"]),
    ],
)
def test_headings_go_below_the_one_above_them(blocks, below, demoted):
    assert rich_text.demoted(blocks, below) == demoted


def cells(*texts):
    return [text if isinstance(text, Cell) else Cell([text] if text else []) for text in texts]


@pytest.mark.parametrize(
    ("rows", "blocks"),
    [
        ([], []),
        ([cells("", "")], []),
        ([cells("a", "b")], ["a", "b"]),
        ([cells("a"), cells("b")], ["a", "b"]),
        ([cells("**a**", "b"), cells("**c**", "# d")], ["| a | b |\n| --- | --- |\n| **c** | d |"]),
        ([cells(Cell(["a"], 2), "b"), cells("c", "d", "e")], ["| a |  | b |\n| --- | --- | --- |\n| c | d | e |"]),
        ([cells(Cell(["a"], 1, 2), "b"), cells("c")], ["| a | b |\n| --- | --- |\n|  | c |"]),
        ([cells("a", Cell([Verbatim("```c\nx\n```")])), cells("b", "c")], ["| a | `x` |\n| --- | --- |\n| b | c |"]),
        (
            [cells("a", "b"), cells("c", Cell(["- d", Verbatim("```\n1\n2\n```")]))],
            ["a: c", "b:", "- d", "```\n1\n2\n```"],
        ),
        (
            [cells("a", "b"), cells("", Cell([Verbatim("| 1 |")])), cells("", "c", "d")],
            ["a", "b:", "| 1 |", "b: c", "d"],
        ),
        ([cells("a", Cell([Verbatim("| 1 |")])), cells("c", "d")], ["a", "| 1 |", "c", "d"]),
    ],
)
def test_tables(rows, blocks):
    assert rich_text.table(rows) == blocks

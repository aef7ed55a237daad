from loramake.readers import rich_text
from loramake.readers.paragraphs import Notes, Paragraph, blocks_of


def item(text, depth=1, label="-"):
    return Paragraph(text, depth=depth, label=label)


def test_headings_paragraphs_lists_and_listings():
    flow = [
        Paragraph("Scope", level=2, label="1.1"),
        Paragraph(" # no heading "),
        item("one"),
        item("two\nlines", label="2."),
        Paragraph("a = 1", is_code=True),
        Paragraph("", is_code=True),
        Paragraph("b = 2", is_code=True),
        Paragraph(""),
    ]
    assert blocks_of(flow) == ["## 1.1 Scope", "\\# no heading", "- one\n2. two\n  lines", "```\na = 1\n\nb = 2\n```"]


def test_an_item_is_one_step_deeper_than_the_one_that_it_belongs_to():
    flow = [item("a", 3), item("b", 5), item("c", 4), item("d", 1)]
    assert blocks_of(flow) == ["- a\n  - b\n  - c\n- d"]


def test_an_item_without_a_label_goes_on_with_the_one_above():
    assert blocks_of([item("a", label="1."), item("more", label="")]) == ["1. a\n  more"]


def test_a_list_goes_on_after_code_and_ends_with_a_paragraph():
    code = Paragraph("make", is_code=True)
    flow = [item("a"), item("b", 2), code, item("c", 2), Paragraph("words"), item("d", 2)]
    assert blocks_of(flow) == ["- a\n  - b", "```\nmake\n```", "  - c", "words", "- d"]


def test_tables_stand_where_they_stood():
    table = rich_text.Verbatim("| a |\n| --- |")
    assert blocks_of([Paragraph("x"), [table], [], Paragraph("y")]) == ["x", table, "y"]


def test_notes_are_numbered_in_the_order_of_their_calls():
    notes = Notes()
    assert [notes.mark("b"), notes.mark("a"), notes.mark("b")] == ["[^1]", "[^2]", "[^1]"]
    assert notes.unsaid() == ["b", "a"]
    notes.say("a", ["first\nline", "second"])
    notes.say("b", [])
    notes.say("never called", ["x"])
    assert notes.blocks() == ["[^2]: first\n    line\n\n    second"]

from loramake.readers.paragraphs import Paragraph
from loramake.readers.rtf_story import Story


def test_words_make_up_a_paragraph_and_its_label():
    story = Story()
    story.say("1.\t", is_code=False, is_label=True)
    story.say("a ", is_code=True)
    story.say("b", is_code=True)
    assert story.has_words
    assert story.words() == ("a b", "1.", True)
    assert not story.has_words


def test_one_word_that_is_no_code_makes_a_paragraph_of_text():
    story = Story()
    for word, is_code in [("a", True), ("b", False), ("c", True)]:
        story.say(word, is_code=is_code)
    assert story.words() == ("abc", "", False)


def test_tables_end_where_text_goes_on():
    story = Story()
    for text in ("a", "b"):
        for cell in (text, text.upper()):
            story.end_paragraph(Paragraph(cell), 1)
            story.end_cell(1)
        story.end_row(1)
    story.end_paragraph(Paragraph("after"), 0)
    assert story.blocks() == ["| a | A |\n| --- | --- |\n| b | B |", "after"]


def test_a_table_that_never_ends_is_read():
    story = Story()
    story.end_paragraph(Paragraph("a"), 1)
    assert story.blocks() == ["a"]


def test_tables_inside_one_another_have_an_end():
    story = Story()
    story.end_paragraph(Paragraph("a"), 10**9)
    assert story.blocks() == ["a"]

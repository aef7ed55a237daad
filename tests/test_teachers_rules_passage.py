"""Reading a passage, and its sentences."""

import pytest

from loramake.teachers.rules.passage import Block, plain, read_blocks, split_field
from loramake.teachers.rules.sentences import is_sound, opening, split_sentences, stands_alone, with_follower

TEXT = """\
# Ropes
Ropes are **long**
and [strong](https://example.com "why").
- One
  goes on
- Two
1. First
2) Second
| A | B |
|---|:-:|
| a\\|b | `c` |
```
code | is | left out
```
Owner: Ada Quill
Room: 12\f> quoted
"""


def test_the_blocks_of_a_passage():
    assert read_blocks(TEXT) == [
        Block("heading", ("Ropes",)),
        Block("prose", ("Ropes are long and strong.",)),
        Block("bullets", ("One goes on", "Two")),
        Block("steps", ("First", "Second")),
        Block("table", rows=(("A", "B"), ("a|b", "c"))),
        Block("prose", ("Owner: Ada Quill Room: 12 quoted",)),
    ]


def test_a_list_may_have_empty_lines_and_wrapped_items():
    assert read_blocks("1. Push it in. The head\nmust stand up.\n\n2. Wait.\n\nDone.") == [
        Block("steps", ("Push it in. The head must stand up.", "Wait.")),
        Block("prose", ("Done.",)),
    ]
    assert read_blocks("4. Wait.\n5. Go.") == [Block("steps", ("Wait.", "Go."), number=4)]


def test_a_paragraph_of_fields_is_a_list():
    assert read_blocks("Owner: Ada Quill\nRoom: 12\n") == [Block("bullets", ("Owner: Ada Quill", "Room: 12"))]


@pytest.mark.parametrize(
    "code", ["```\nx\n", "~~~py\nx\n~~~", "    x = 1\n", ">>> x\n", "$ make\n", "---\n", "* * *\n"]
)
def test_code_and_rules_are_left_out(code: str):
    assert read_blocks(code) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("**bold**, *thin*, _thin_ and `code`", "bold, thin, thin and code"),
        ("__init__ and snake_case_name and 2 * 3 * 4", "__init__ and snake_case_name and 2 * 3 * 4"),
        ("a ![picture](x.png) and a note[^1] or [2] ¶", "a and a note or"),
        ("1 &lt; 2 <b>bold</b> \\* star", "1 < 2 bold * star"),
    ],
)
def test_marks_are_taken_away(line: str, expected: str):
    assert plain(line) == expected


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ("Owner: Ada", ("Owner", "Ada")),
        ("**Owner:** Ada", ("Owner", "Ada")),
        ("**Owner**: [Ada](x)", ("Owner", "Ada")),
        ("**Per diem** – a daily sum", ("Per diem", "a daily sum")),
        ("10:30 is early", None),
        ("https://example.com", None),
        ("owner: ada", None),
    ],
)
def test_a_field_is_split(item: str, field: tuple[str, str] | None):
    assert split_field(item) == field


@pytest.mark.parametrize(
    ("paragraph", "sentences"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("See e.g. Dr. Quill at 3.5 m. Next.", ["See e.g. Dr. Quill at 3.5 m.", "Next."]),
        ('He said "no." Then he left.', ['He said "no."', "Then he left."]),
        ("Version 3.4. It works.", ["Version 3.4.", "It works."]),
        ("", []),
    ],
)
def test_a_paragraph_is_split_into_sentences(paragraph: str, sentences: list[str]):
    assert split_sentences(paragraph) == sentences


@pytest.mark.parametrize(
    ("sentence", "sound"),
    [
        ("Ropes are long.", True),
        ("ropes are long.", False),
        ("Ropes are long", False),
        ("Ropes.", False),
        ("Ropes (the long ones are long.", False),
        ("Call rope.cut(2) for a short one.", False),
        ("Set rope_length = 3 there.", False),
        (f"Ropes are {'very ' * 80}long.", False),
    ],
)
def test_a_sound_sentence_is_whole_prose(sentence: str, sound: bool):
    assert is_sound(sentence) == sound


def test_a_sentence_that_points_back_does_not_stand_alone():
    assert (
        stands_alone("Ropes are long.")
        and not stands_alone("They are long.")
        and not stands_alone("But ropes are long.")
    )


def test_a_sentence_brings_the_one_that_goes_on_about_it():
    sentences = ["Ropes are long.", "They are strong too.", "Sails are wide."]
    assert [with_follower(sentences, n) for n in (0, 1)] == [
        "Ropes are long. They are strong too.",
        "They are strong too.",
    ]


def test_an_opening_ends_before_what_is_not_sound():
    assert (
        opening(["Ropes are long.", "They are strong.", "see x = 1", "More of it."])
        == "Ropes are long. They are strong."
    )
    assert opening(["They are strong."]) == opening([]) == ""

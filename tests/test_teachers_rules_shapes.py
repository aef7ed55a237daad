"""Headings, lists, fields and tables -> questions."""

import pytest

from loramake.teachers.rules.fields import propose_from_fields
from loramake.teachers.rules.lists import propose_from_bullets, propose_from_steps
from loramake.teachers.rules.tables import propose_from_table
from loramake.teachers.rules.titles import about, clean_title, propose_from_heading, title_question, topic_inside


def pairs(proposals) -> list[tuple[str, str]]:
    return [(proposal.question, proposal.answer) for proposal in proposals]


@pytest.mark.parametrize(
    ("title", "question"),
    [
        ("How do I claim?", "How do I claim?"),
        ("How to claim your money back", "How do I claim my money back?"),
        ("How long we keep things", "How long do we keep things?"),
        ("How the support desk works", "How does the support desk work?"),
        ("Who may give a discount", "Who may give a discount?"),
        ("What we do not pay for", "What do we not pay for?"),
        ("When something goes wrong", "What happens when something goes wrong?"),
        ("Reset your password", "How do I reset my password?"),
        ("How to claim", ""),
        ("Parental leave", ""),
        ("", ""),
    ],
)
def test_a_heading_may_be_a_question(title: str, question: str):
    assert title_question(title) == question


@pytest.mark.parametrize(
    ("title", "question"),
    [
        ("Parental leave", "What should I know about parental leave?"),
        ("6.1.2. The Search Path", "Can you tell me about the search path?"),
        ("Before you book", "What should I do before I book?"),
        ("After the flood", "What happens after the flood?"),
        ("shutil — High-level file operations", "What should I know about shutil?"),
        ("Introduction", ""),
        ("Welcome to the yard", ""),
        ("The link breaks every few minutes", ""),
        ("The dir() Function", ""),
        ("Lost, stolen, broken", ""),
    ],
)
def test_a_heading_may_name_something(title: str, question: str):
    assert about(title, "") == question


def test_a_heading_is_answered_with_the_opening_of_its_section():
    assert pairs(propose_from_heading("Care of ropes", "Ropes last.", "")) == [
        ("Can you tell me about care of ropes?", "Ropes last.")
    ]
    assert pairs(propose_from_heading("Care of ropes", "", "")) == []


@pytest.mark.parametrize(
    ("title", "cleaned"), [("2.1 Scope", "Scope"), ("Chapter 4: Ropes", "Ropes"), ("A — B", "A"), ("Ropes:", "Ropes")]
)
def test_numbers_and_subtitles_are_no_part_of_a_title(title: str, cleaned: str):
    assert clean_title(title) == cleaned


@pytest.mark.parametrize(
    ("title", "text", "topic"),
    [
        ("Support desk", "The support desk answers.", "the support desk"),
        ("People team", "Ask the People team.", "the People team"),
        ("Workshop", "", "the workshop"),
        ("Aldermouth", "", "Aldermouth"),
        ("Overview", "", ""),
    ],
)
def test_a_heading_inside_a_sentence(title: str, text: str, topic: str):
    assert topic_inside(title, text) == topic


@pytest.mark.parametrize(
    ("item", "question", "answer"),
    [
        ("Head: Ada Quill", "Who is the head of the yard?", "The head of the yard is Ada Quill."),
        ("First aider: Ada", "Who is the first aider for the yard?", "The first aider for the yard is Ada."),
        (
            "Opening hours: 8 to 5",
            "What are the opening hours of the yard?",
            "The opening hours of the yard are 8 to 5.",
        ),
        ("Desks: 38", "How many desks does the yard have?", "The yard has 38 desks."),
        ("Looks after: boats", "What does the yard look after?", "The yard looks after boats."),
        (
            "Email: a@b.example",
            "What is the email address of the yard?",
            "The email address of the yard is a@b.example.",
        ),
        ("Deadline: Friday", "When is the deadline for the yard?", "The deadline for the yard is Friday."),
        ("Keys: in the cupboard", "Where are the keys of the yard?", "The keys of the yard are in the cupboard."),
        ("**Ballast**: a weight below deck", "What is ballast?", "Ballast is a weight below deck."),
    ],
)
def test_a_field_has_a_question(item: str, question: str, answer: str):
    assert pairs(propose_from_fields([item], "the yard")) == [(question, answer)]


@pytest.mark.parametrize(
    "item",
    ["Note: read this", "Up to 5 percent: everybody", "Report a lost device: at once", "No field here", "If so: go"],
)
def test_what_only_looks_like_a_field_has_none(item: str):
    assert pairs(propose_from_fields([item], "the yard")) == []


def test_a_field_of_nothing_has_no_question():
    assert pairs(propose_from_fields(["Head: Ada Quill"], "")) == []


TABLE = [
    ["Kind", "Limit", "Paid days"],
    ["Own car", "0.45 pounds a mile", "2"],
    ["Books and courses", "800 pounds", "1"],
]


def test_the_cells_of_a_table_have_questions():
    assert pairs(propose_from_table(TABLE, "", ""))[:2] == [
        ("What is the limit for own car?", "The limit for own car is 0.45 pounds a mile."),
        ("How many paid days are there for own car?", "There are 2 paid days for own car."),
    ]


def test_rows_take_turns_at_their_columns():
    questions = [question for question, _ in pairs(propose_from_table(TABLE, "", ""))]
    assert questions[2] == "How many paid days are there for books and courses?"


@pytest.mark.parametrize(
    ("rows", "question", "answer"),
    [
        ([["Word", "Meaning"], ["must", "do it"]], 'What does the word "must" mean?', 'The word "must" means do it.'),
        ([["Level", "Title"], ["1", "Mate"]], "What is the title for level 1?", "The title for level 1 is Mate."),
        (
            [["Item", "Price"], ["Rope, new", "14"]],
            'What is the price of "Rope, new"?',
            'The price of "Rope, new" is 14.',
        ),
        ([["Product", "Measures"], ["Rill", "depth"]], "What does Rill measure?", "Rill measures depth."),
        (
            [["Day", "Who watches"], ["May", "Ada"]],
            'What is listed for "May" under "Rota"?',
            'Under "Rota", the entry for "May" reads "Ada".',
        ),
        (
            [["Role", "Keys", "Cash"], ["Mate", "yes", "no"]],
            'What is listed for "Mate" under "Rota"?',
            'Under "Rota", the entries for "Mate" are keys: yes; cash: no.',
        ),
    ],
)
def test_a_row_has_a_question(rows: list, question: str, answer: str):
    assert pairs(propose_from_table(rows, "Rota", ""))[0] == (question, answer)


@pytest.mark.parametrize(
    "rows", [[], [["A", "B"]], [["A"], ["a"]], [["", "B"], ["a", "b"]], [["A", "B"], ["a"], ["", "b"]]]
)
def test_what_is_no_table_has_none(rows: list):
    assert pairs(propose_from_table(rows, "Rota", "")) == []


def test_steps_are_an_answer_together():
    assert pairs(propose_from_steps(["Open `it`.", "Close it."], "Reset your password")) == [
        ("How do I reset my password?", "1. Open it.\n2. Close it.")
    ]
    assert [q for q, _ in pairs(propose_from_steps(["Open it.", "Close it."], "How to claim"))] == [
        'What are the steps under "How to claim"?'
    ]
    assert [q for q, _ in pairs(propose_from_steps(["A rope.", "A sail."], "On board"))] == [
        'What is listed under "On board"?'
    ]


def test_bullets_that_are_sentences_answer_their_heading():
    items = ["Lock the door at night.", "Never leave the stove alone."]
    assert pairs(propose_from_bullets(items, "Safety at home", "")) == [
        ("What should I know about safety at home?", "- Lock the door at night.\n- Never leave the stove alone.")
    ]
    assert pairs(propose_from_bullets(["ropes", "sails"], "Safety at home", "")) == []

"""A little English."""

import pytest

from loramake.teachers.rules.english import Statement, base_form, in_first_person, is_english, is_plural, lowered, parse


@pytest.mark.parametrize(
    ("clause", "statement"),
    [
        ("Your manager answers within a day", ("Your manager", "does", "answer within a day", False)),
        ("Seven people answer them", ("Seven people", "do", "answer them", False)),
        ("We do not pay fines", ("We", "do", "pay fines", True)),
        ("A key cannot be shared", ("A key", "can", "be shared", True)),
        ("An update never begins at night", None),
        ("The note has been read", ("The note", "has", "been read", False)),
        ("The person on triage reads tickets", ("The person on triage", "does", "read tickets", False)),
        ("Larkmoor Instruments makes sensors", ("Larkmoor Instruments", "does", "make sensors", False)),
        ("Units that are late do not count", None),
        ("It is late", None),
        ("Press the button", None),
        ("The support desk returns are many", ("The support desk returns", "are", "many", False)),
    ],
)
def test_a_statement_is_taken_apart_or_left_alone(clause: str, statement: tuple | None):
    found = parse(clause)
    assert (found and (found.subject, found.fronted, found.rest, found.negated)) == statement
    assert found is None or isinstance(found, Statement)


@pytest.mark.parametrize(
    ("verb", "base"),
    [("tries", "try"), ("has", "have"), ("passes", "pass"), ("locks", "lock"), ("does", "do"), ("glows", None)],
)
def test_the_base_of_a_verb(verb: str, base: str | None):
    assert base_form(verb) == base


@pytest.mark.parametrize(
    ("phrase", "plural"),
    [
        ("the desk", False),
        ("people", True),
        ("keys of a gateway", True),
        ("a key of gateways", False),
        ("jury and judge", True),
        ("glass", False),
    ],
)
def test_plural(phrase: str, plural: bool):
    assert is_plural(phrase) == plural


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("The desk", "", "the desk"),
        ("Parental leave", "", "parental leave"),
        ("Backups", "", "backups"),
        ("VAT number", "", "VAT number"),
        ("Hanna Brandt", "", "Hanna Brandt"),
        ("Cairn", "we sell Cairn", "Cairn"),
        ("Radio", "mail radio@larkmoor.example", "Radio"),
        ("Leave", "much leave", "leave"),
        ("Firmware for Sedge", "", "firmware for Sedge"),
    ],
)
def test_a_phrase_inside_a_sentence(phrase: str, text: str, expected: str):
    assert lowered(phrase, text) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("What should you do if you lose your card?", "What should I do if I lose my card?"),
        ("what happens if you are ill?", "What happens if I am ill?"),
        ("When are you paid?", "When am I paid?"),
        ("Who writes to you?", "Who writes to me?"),
        ("What happens if you’re late?", "What happens if I’m late?"),
        ("Do you wash yourself?", "Do I wash myself?"),
    ],
)
def test_the_reader_asks_for_himself(asked: str, expected: str):
    assert in_first_person(asked) == expected


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("The rope is on the deck, and the die is cast.", True),
        ("Die Winde ist eine Trommel, und der Mast ist nicht von Holz.", False),
        ("La voile est une toile que le vent pousse dans les ports.", False),
        ("Канат лежит на палубе.", False),
        ("42", True),
    ],
)
def test_what_passes_for_english(text: str, english: bool):
    assert is_english(text) == english

"""Sentences -> questions."""

import pytest

from loramake.teachers.rules.pairs import Rank
from loramake.teachers.rules.prose import is_natural, propose_from_prose


def best(sentence: str, text: str = "") -> str:
    """The best question about a sentence, or ""."""
    proposals = sorted(propose_from_prose(sentence, text or sentence), key=lambda proposal: proposal.rank)
    return proposals[0].question if proposals else ""


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        # what it is
        ("A gateway is a box that stands between many sensors.", "What is a gateway?"),
        ("Sedge is our soil probe.", "What is Sedge?"),
        ("Packages are a way of structuring modules.", "What are packages?"),
        ("A priority is how soon a ticket must be answered: urgent or low.", "What is a priority?"),
        ("On request means that the customer has allowed it.", 'What does "on request" mean?'),
        ("The desk is the only team that speaks to customers.", "Which team speaks to customers?"),
        ("The form contains the name of a friend.", "What does the form contain?"),
        # what to do
        ("If you lose the card, block it in the app.", "What should I do if I lose the card?"),
        ("When a parcel is late, the desk writes to the customer.", "What happens when a parcel is late?"),
        ("To undo a release, type this into a terminal.", "How do I undo a release?"),
        # how many, how long, when
        ("Parental leave is 20 weeks at full pay.", "How long is parental leave?"),
        (
            "Up to five days can be carried over into the next year.",
            "How many days can be carried over into the next year?",
        ),
        ("You have 28 days of holiday a year.", "How many days of holiday do I have a year?"),
        ("The form has twelve questions and takes half an hour.", "How many questions does the form have?"),
        ("The screen locks after five minutes.", "When does the screen lock?"),
        ("A lost device must be reported within one hour.", "How soon must a lost device be reported?"),
        ("Cairn is released every Thursday at ten o'clock.", "When is Cairn released?"),
        ("The pay is looked at once a year, in April.", "How often is the pay looked at?"),
        ("Backups live for 35 days.", "How long do backups live?"),
        ("A request may ask for 31 days.", "Can a request ask for 31 days?"),
        ("The receipts are due by the fifth of the month.", "By when are the receipts due?"),
        ("Laptops are encrypted when you get them.", "When are laptops encrypted?"),
        # who, how, why
        ("Hanna Brandt can allow an exception, in writing.", "Who can allow an exception?"),
        ("Only Luis and Ruth may drive the truck.", "Who may drive the truck?"),
        ("The release is checked by the on-call engineer.", "Who is the release checked by?"),
        ("Payments are confirmed by telephone.", "How are payments confirmed?"),
        ("Backups are kept far away because the river rises.", "Why are backups kept far away?"),
        # whether
        ("You may swap weeks as you like.", "Can I swap weeks as I like?"),
        ("You do not have to say what you have.", "Do I have to say what I have?"),
        ("The lead does not type commands; the lead listens.", "Does the lead type commands?"),
        ("Lithium cells have to be taken out.", "Do lithium cells have to be taken out?"),
        ("A claim can also be sent by mail, which is handy.", "Can a claim also be sent by mail?"),
    ],
)
def test_a_plain_sentence_has_a_question(sentence: str, question: str):
    assert best(sentence) == question


@pytest.mark.parametrize(
    "sentence",
    [
        "It is a box that stands between many sensors.",
        "This means that the desk waits.",
        "However, a gateway is a box.",
        "Praise is a comment, too.",
        "The rule is a short one.",
        "If they cancel late, we give the money back.",
        "If it is none of the four, it is an incident.",
        "Say what the reader will see when it has worked.",
        "Wear closed shoes.",
        "When you come back you may work four days a week for six months, at full pay.",
        "What we do not expect is that you mend things at night.",
        "Anything up to 50 pounds you may buy without asking.",
        "See the section about ropes, which is below.",
        "Is a gateway a box?",
        "a gateway is a box that is not a sentence",
        "The `fib()` function returns a list of numbers (see above.",
        "Raises an auditing event.",
        "Some rules do not fit some work.",
    ],
)
def test_a_sentence_that_leans_on_others_or_is_none_is_left_alone(sentence: str):
    assert best(sentence) == ""


def test_the_answer_is_the_sentence_and_what_goes_on_about_it():
    (proposal,) = propose_from_prose("A winch is a drum of steel. It pulls the boat. Ropes are dear.", "")
    assert proposal.answer == "A winch is a drum of steel. It pulls the boat."
    assert (proposal.rank, proposal.fact) == (Rank.DEFINITION, "A winch is a drum of steel.")


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Drift is a slow change. Much drift is common.", "What is drift?"),
        ("Cairn is a web service. We sell Cairn to farms.", "What is Cairn?"),
        ("Calibration is a comparison with a reference.", "What is calibration?"),
    ],
)
def test_a_name_keeps_its_capital_and_a_common_word_does_not(text: str, question: str):
    assert best(text.split(". ")[0].rstrip(".") + ".", text) == question


@pytest.mark.parametrize(
    ("question", "natural"),
    [
        ("What is a winch?", True),
        ("What is it?", False),
        ("What should you do if both are asleep?", False),
        ("Can a request be sent to?", False),
        ("What happens if a customer sends one?", False),
        (f"What is {'very ' * 30}long?", False),
    ],
)
def test_a_natural_question_names_its_subject_and_ends_well(question: str, natural: bool):
    assert is_natural(question) == natural

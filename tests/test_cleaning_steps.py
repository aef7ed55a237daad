import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loramake.cleaning.steps import clean_document, why_unfit
from loramake.recipe.cleaning import Clean, Keep, Step
from loramake.records import Document

STANDARD = Clean().steps
PIECES = [
    "word",
    "Wörter",
    " ",
    "\t",
    "\n\n\n",
    "\f",
    "# Head\n",
    "- ",
    "<p>",
    "<b>",
    "</b>",
    "<br>",
    "&amp;",
    "&lt;",
    "`",
]
PIECES += [
    "ann@example.org",
    "password=x1y2z3",
    "+49 30 1234567",
    "e\u0301",
    "\u00a0",
    "```\n",
    "a < b",
    "<EMAIL_1>",
    "👩",
]


def document(text: str, **more) -> Document:
    return Document(id="d", text=text, source="s", path="p", sha256="0", reader="r", **more)


@pytest.mark.parametrize(
    ("keep", "text", "reason"),
    [
        (Keep(min_chars=5), "hi", "too_short"),
        (Keep(min_chars=5), "hello", None),
        (Keep(max_chars=30), "x" * 31, "too_long"),
        (Keep(min_chars=0), " \n\f", "empty"),
        (None, "hi", None),
    ],
)
def test_why_unfit(keep, text, reason):
    assert why_unfit(text, keep) == reason


def test_the_standard_steps():
    dirty = "<h1>Mail</h1>\r\n<p>Write  to\u200b ann@example.org,&nbsp;please.</p>"
    outcome = clean_document(STANDARD, document(dirty))
    assert outcome.document.text == "# Mail\n\nWrite to <EMAIL_1>, please."
    assert outcome.document.section == "Mail"
    assert outcome.reason is None
    assert outcome.masked == {"email": 1}
    assert outcome.changed == (True, True, True, True, False, False)


@pytest.mark.parametrize(
    ("text", "section"),
    [("# Team of ann@x.org\n\nand more words here", "Team of <EMAIL_1>"), ("Team, and  more words here", "Kept")],
)
def test_the_section_changes_when_its_heading_does(text, section):
    assert clean_document(STANDARD, document(text, section="Kept")).document.section == section


def test_what_is_masked_in_the_text_is_masked_beside_it():
    given = document("From ann@x.org to bob@x.org", author="Bob <bob@x.org>", meta={"cc": ["eve@x.org"], "n": 1})
    kept = clean_document(STANDARD, given).document
    assert (kept.author, kept.meta) == ("Bob <<EMAIL_2>>", {"cc": ["<EMAIL_3>"], "n": 1})


@pytest.mark.parametrize(
    "steps",
    [
        [Step(keep=Keep(min_chars=99)), Step(whitespace="collapse"), Step(mask=["email"])],
        [Step(mask=["email"]), Step(keep=Keep(min_chars=99))],
    ],
)
def test_a_dropped_document_keeps_its_text_but_not_what_is_to_be_masked(steps):
    outcome = clean_document(steps, document("a  b c@x.org"))
    assert (outcome.reason, outcome.document.text) == ("too_short", "a  b <EMAIL_1>")


@pytest.mark.parametrize("steps", [[], STANDARD, [Step(html="strip"), Step(keep=Keep(min_chars=0))]])
def test_an_empty_document_is_dropped(steps):
    assert clean_document(steps, document(" \n")).reason == "empty"
    assert not steps or clean_document(steps, document("<p></p>")).reason == "empty"


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
@settings(max_examples=50, deadline=None)
def test_cleaning_twice_is_cleaning_once(text):
    once = clean_document(STANDARD[:4], document(text)).document
    assert clean_document(STANDARD[:4], once).document == once

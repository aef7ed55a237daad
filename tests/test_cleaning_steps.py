import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loramake.cleaning.steps import clean_document, why_unfit
from loramake.recipe.cleaning import Clean, Keep, Step
from loramake.records import Document, dialogue

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


def test_what_stands_beside_the_text_is_cleaned_like_it():
    meta = {"to": "ann\u200b@x.org", "why": "a  <b>b</b>", "phone": "030 1234567", "ann@x.org": [{"deep": "eve@x.org"}]}
    kept = clean_document(STANDARD, document("From ann@x.org, with many words.", meta=meta)).document
    assert kept.meta == {
        "to": "<EMAIL_1>",
        "why": "a b",
        "phone": "<PHONE_1>",
        "<EMAIL_1>": [{"deep": "<EMAIL_2>"}],
    }


def conversation(*contents, **meta):
    turns = ["user", "assistant"] * len(contents)
    messages = [{"role": role, "content": content} for role, content in zip(turns, contents, strict=False)]
    return document(dialogue(messages), meta={**meta, "messages": messages})


def test_every_message_is_cleaned_and_names_stay_the_same():
    given = conversation(
        "Is  <b>ann@x.org</b> or bob@x.org there?", "ann\u200b@x.org is; <EMAIL_4> is not.", by="bob@x.org"
    )
    outcome = clean_document(STANDARD, given)
    first, second = outcome.document.meta["messages"]
    assert first["content"] == "Is <EMAIL_5> or <EMAIL_6> there?"
    assert second["content"] == "<EMAIL_5> is; <EMAIL_4> is not."
    assert outcome.document.meta["by"] == "<EMAIL_6>"
    assert outcome.document.text == f"User:\n{first['content']}\n\nAssistant:\n{second['content']}"
    assert outcome.document.id != given.id and outcome.changed == (True, True, True, True, False, False)
    assert clean_document(STANDARD, outcome.document).document == outcome.document


def test_a_fence_does_not_reach_from_message_to_message():
    given = conversation("```\na  b", "c  d\n```")
    messages = clean_document([Step(whitespace="collapse")], given).document.meta["messages"]
    assert [message["content"] for message in messages] == ["```\na b", "c d\n```"]


def test_a_conversation_of_which_a_message_is_emptied_is_dropped():
    outcome = clean_document(STANDARD, conversation("Who is it? ann@x.org?", "<p> </p>"))
    assert (outcome.reason, outcome.document.meta["messages"][0]["content"]) == (
        "empty_message",
        "Who is it? <EMAIL_1>?",
    )


def test_messages_that_are_not_what_a_document_says_are_fields():
    messages = [{"role": "user", "content": "ann@x.org"}]
    kept = clean_document(STANDARD, document("A text of its own, and long.", meta={"messages": messages})).document
    assert kept.text == "A text of its own, and long."
    assert kept.meta == {"messages": [{"role": "user", "content": "<EMAIL_1>"}]}


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

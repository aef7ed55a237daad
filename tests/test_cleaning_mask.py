import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loramake.cleaning.mask import Masker
from loramake.recipe.cleaning import Mask

ALL = Mask(rules=["all"])

PIECES = [
    *("word", " ", "\n", "ann@example.org", "+49 30 1234567", "0171 234567", "555-123-4567", "password=", "x1y2z3x1"),
    *(
        "token: ",
        "tel ",
        "://u:",
        "@",
        ".",
        ":",
        '"',
        "'",
        "/",
        "1",
        "<EMAIL_1>",
        "<PASSWORD_9>",
        "(at)",
        "dot",
        "secret",
    ),
]


def mask(text: str) -> str:
    return Masker().mask(text, ALL)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("ann@x.org, bob@x.org, Ann@x.org", "<EMAIL_1>, <EMAIL_2>, <EMAIL_1>"),
        ("mail a@x.org or +49 30 1234567", "mail <EMAIL_1> or <PHONE_1>"),
        ("<EMAIL_1> wrote to ann@x.org", "<EMAIL_1> wrote to <EMAIL_2>"),
        ("ftp://me:s3cret@host.org/", "ftp://me:<PASSWORD_1>@host.org/"),
        ("password=ann@x.org", "password=<PASSWORD_1>"),
        ("nothing here", "nothing here"),
    ],
)
def test_placeholders(text, masked):
    assert mask(text) == masked


def test_only_the_kinds_that_are_asked_for_are_masked():
    masker = Masker()
    assert masker.mask("a@x.org password=s3cret1", Mask(rules=["secret"])) == "a@x.org password=<PASSWORD_1>"
    assert masker.counts == {"password": 1}


@pytest.mark.parametrize(
    ("allow", "masked"),
    [
        (None, "<EMAIL_1> and <EMAIL_2>"),
        (["*@x.org"], "a@x.org and <EMAIL_1>"),
        (["A@X.ORG"], "a@x.org and <EMAIL_1>"),
        (["*"], "a@x.org and b@y.org"),
    ],
)
def test_what_is_allowed_stays(allow, masked):
    assert Masker().mask("a@x.org and b@y.org", Mask(rules=["email"], allow=allow)) == masked


def test_a_value_has_one_number_in_all_texts_of_a_document():
    masker = Masker()
    masker.mask("a@x.org b@x.org", ALL)
    assert masker.mask_value({"to": ["b@x.org", 7, None], "cc": "c@x.org"}, ALL) == {
        "to": ["<EMAIL_2>", 7, None],
        "cc": "<EMAIL_3>",
    }


def test_the_name_of_a_field_tells_what_it_holds():
    record = {"phone": "5551234567", "order": "5551234567", "api_token": "x1y2z3x1", "pass": "yes"}
    assert Masker().mask_value(record, ALL) == {
        "phone": "<PHONE_1>",
        "order": "5551234567",
        "api_token": "<PASSWORD_1>",
        "pass": "yes",
    }


@given(st.lists(st.sampled_from(PIECES), max_size=15).map("".join))
@settings(max_examples=50, deadline=None)
def test_masking_twice_is_masking_once(text):
    assert mask(mask(text)) == mask(text)


@given(
    st.from_regex(r"\A[A-Za-z][A-Za-z0-9]{6,20}[0-9]\Z"),
    st.sampled_from(["password={}", 'api_key: "{}"', "<password>{}</password>", "ftp://me:{}@host/", "--token {}"]),
    st.sampled_from(["", "Deploy with ", "line one\n", "key: value, "]),
)
@settings(max_examples=50, deadline=None)
def test_a_planted_secret_never_survives(secret, setting, before):
    assert secret not in mask(before + setting.format(secret))

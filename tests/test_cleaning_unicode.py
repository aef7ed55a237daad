import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loramake.cleaning.unicode import normalise

MOJIBAKE = st.text("aé\u00b8\u00c2\u009a\u00c3\u00e2\u20ac\u2122\ufb01\u0153\u00a9\n", max_size=20)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("plain\n\ttext\fpage", "plain\n\ttext\fpage"),
        ("a\r\nb\rc\x0bd\u2028e\x85f", "a\nb\nc\nd\ne\nf"),
        ("nul\x00 bell\x07 del\x7f", "nul bell del"),
        ("e\u0301", "é"),
        ("e\u200b\u0301", "é"),
        ("\ufeffsoft\u00adhyphen\ufffeend", "softhyphenend"),
        ("ad\u202emin\u2069\u200f", "admin"),
        ("10\u00a0000\u202f€", "10 000 €"),
        ("icon \ue000\U000f0000", "icon "),
        ("tag\U000e0041\U000e007f", "tag"),
        ("half\ud83d", "half"),
        ("ﬁ ① Ａ", "ﬁ ① Ａ"),
        ("日本\u3000語", "日本\u3000語"),
    ],
)
def test_nfc(text, clean):
    assert normalise(text, "nfc") == clean


def test_nfkc_folds_what_only_looks_different():
    assert normalise("ﬁ ① Ａ", "nfkc") == "fi 1 A"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("👩\u200d💻 ❤️\u200d🔥", "👩\u200d💻 ❤️\u200d🔥"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u200dnn@exa\u200cmple.org", "ann@example.org"),
        ("\u200dpass\u200d\u200dword\u200d", "password"),
    ],
)
def test_joiners_stay_where_a_script_needs_them(text, clean):
    assert normalise(text, "nfc") == clean


@given(st.text(max_size=50) | MOJIBAKE, st.sampled_from(["nfc", "nfkc"]))
@example("\u00b8\u00c2\u009a", "nfkc")
@settings(max_examples=200, deadline=None)
def test_normalising_twice_is_normalising_once(text, form):
    assert normalise(normalise(text, form), form) == normalise(text, form)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("The cafÃ© is open.", "The café is open."),
        ("It â€œworksâ€\u009d â€“ mostly.", "It “works” – mostly."),
        ("first line\nGrÃ¼ÃŸe aus KÃ¶ln", "first line\nGrüße aus Köln"),
        ("Le château est là, même l’été.", "Le château est là, même l’été."),
        ("L’Île-de-France, São Paulo, Ångström", "L’Île-de-France, São Paulo, Ångström"),
        ("«Â» is a letter between quotes", "«Â» is a letter between quotes"),
    ],
)
def test_what_was_decoded_wrongly_is_mended(text, mended):
    assert normalise(text, "nfc") == mended
    assert normalise(mended, "nfc") == mended

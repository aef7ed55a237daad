import pytest

from loramake.cleaning.guesses import has_symbol, is_metavariable, is_path, is_random, is_reference, is_sample


@pytest.mark.parametrize(
    ("guess", "yes", "no"),
    [
        (is_reference, "$PW ${PW} $(pw) %PW% {{pw}} <pw> **** xxxxxx ... vault://x @PW@ <KEY_1>", "$ecr3t! hunter2 x1"),
        (is_sample, "string changeme your_key required|min:8 your-key-here True)[0 my-token", "hunter2 changed2 mylar"),
        (is_path, "/etc/x ./x ~/x C:\\x os.environ[ https://x tokens[0] Jobs[-1].Id", "a/b+c hunter2 x[yz"),
        (is_metavariable, "FILE DB_PASSWORD DATEI\\fP", "File A1"),
        (has_symbol, "p@ss 1234567 a=b", "word! 12345 end."),
        (
            is_random,
            "8f3a61c09b7de254 a1B2c3D4e5F6g7H8 qWeRtYuIoPaSdFgHjKl",
            "shopping-cart-items-v2 getUserNameFrom a1b2",
        ),
    ],
)
def test_guesses(guess, yes, no):
    assert [word for word in yes.split() if not guess(word)] == []
    assert [word for word in no.split() if guess(word)] == []

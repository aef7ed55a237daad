import pytest

from loramake.cleaning.checksums import is_ean, is_luhn, is_mod_11_10, is_mod_97, is_verhoeff


@pytest.mark.parametrize(
    ("is_right", "number"),
    [
        (is_luhn, "79927398713"),
        (is_luhn, "4111111111111111"),
        (is_mod_97, "DE89370400440532013000"),
        (is_mod_97, "GB82WEST12345698765432"),
        (is_mod_11_10, "86095742719"),
        (is_verhoeff, "2363"),
        (is_verhoeff, "234123412346"),
        (is_ean, "7569217076985"),
    ],
)
def test_published_examples_are_right_and_no_other_last_digit_is(is_right, number):
    assert [digit for digit in "0123456789" if is_right(number[:-1] + digit)] == [number[-1]]

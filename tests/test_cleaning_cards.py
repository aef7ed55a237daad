import time

import pytest

from loramake.cleaning.cards import find_cards


def found(text: str) -> list[str]:
    return [text[entry.start : entry.end] for entry in find_cards(text)]


@pytest.mark.parametrize(
    "number",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "5555555555554444",
        "2223 0031 2200 3222",
        "378282246310005",
        "3782 822463 10005",
        "6011111111111117",
        "30569309025904",
        "3056 930902 5904",
        "3530111333300000",
        "6200 0000 0000 0005",
    ],
)
@pytest.mark.parametrize(
    "setting", ["card {} exp 04/27", "{}", "paid with {}, twice", "pan={}&cvc=123", '"{}"', "| 10294 | {} |"]
)
def test_a_card_is_known_by_issuer_length_and_check_digit(setting, number):
    assert found(setting.format(number)) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",  # check digit
        "1111 1111 1111 1117 9111 1111 1111 1119",  # no issuer
        "411111111111111 41111111111111111",  # length
        "4111 11111111 1111",
        "0.4111111111111111 x4111111111111111 4111111111111111-2",
        "order number 4111111111111111, tracking id: 4111111111111111, invoice 4111-1111-1111-1111",
        "imei=4111111111111111 serial 4111111111111111",
        "**** **** **** 1111 4444 4444 4444 4444",
        "9999 4111 1111 1111 1111",  # in the middle of more groups
    ],
)
def test_other_numbers_are_left_alone(text):
    assert found(text) == []


def test_a_card_is_found_before_another_number():
    assert found("JCB: 3530 1113 3330 0000 12 items") == ["3530 1113 3330 0000"]


def test_two_spellings_have_one_value():
    assert {entry.value for entry in find_cards("4111-1111-1111-1111 / 4111 1111 1111 1111")} == {"4111111111111111"}


@pytest.mark.parametrize("piece", ["4", "4111 ", "4111-", "4111111111111111 ", "2 ", "37"])
def test_a_million_hostile_characters_take_linear_time(piece):
    begin = time.process_time()
    list(find_cards(piece * (1_000_000 // len(piece))))
    assert time.process_time() - begin < 3

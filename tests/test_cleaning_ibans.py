import time

import pytest

from loramake.cleaning.ibans import find_ibans


def found(text: str) -> list[str]:
    return [text[entry.start : entry.end] for entry in find_ibans(text)]


@pytest.mark.parametrize(
    "iban",
    [
        "DE89370400440532013000",
        "DE89 3704 0044 0532 0130 00",
        "DE89-3704-0044-0532-0130-00",
        "de89370400440532013000",
        "GB82WEST12345698765432",
        "FR14 2004 1010 0505 0001 3M02 606",
        "NO9386011117947",
        "MT84MALT011000012345MTLCAST001S",
        "BR1800360305000010009795493C1",
    ],
)
@pytest.mark.parametrize(
    "setting", ["IBAN: {}", "an {}, BIC X", '{{"iban": "{}"}}', "{} BIC MARKDEFF", "iban={}&x=1", "| {} |"]
)
def test_an_iban_is_found_with_its_gaps_and_nothing_else(setting, iban):
    assert found(setting.format(iban)) == [iban]


@pytest.mark.parametrize(
    "text",
    [
        "DE88 3704 0044 0532 0130 00",  # check digits
        "DE89 3704 0044 0532 0130 0",  # length
        "DE8937040044053201300012",
        "XDE89370400440532013000",
        "DE89  3704 0044 0532 0130 00",
        "DE89 3704-0044 0532-0130 00",
        "ZZ89370400440532013000",
        "GB2LABS2024RELEASE0001 DEUTDEFF500",
    ],
)
def test_what_only_looks_like_one(text):
    assert found(text) == []


def test_two_spellings_have_one_value():
    spellings = "DE89 3704 0044 0532 0130 00 / de89370400440532013000"
    assert {entry.value for entry in find_ibans(spellings)} == {"DE89370400440532013000"}


@pytest.mark.parametrize("piece", ["DE", "DE89", "DE89 ", "DE00 1", "A1", "de00", "AB12 3"])
def test_a_million_hostile_characters_take_linear_time(piece):
    begin = time.process_time()
    list(find_ibans(piece * (1_000_000 // len(piece))))
    assert time.process_time() - begin < 3

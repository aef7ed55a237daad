import time

import pytest

from loramake.cleaning.national_ids import find_national_ids


def found(text: str) -> list[str]:
    return [text[entry.start : entry.end] for entry in dict.fromkeys(find_national_ids(text))]


# The states and the registries publish these as examples.
PLAIN = [
    "536-90-4399",
    "AB 12 34 56 C",
    "36 574 261 809",
    "2 95 10 99 126 111 93",
    "295109912611193",
    "54362315K",
    "54362315-K",
    "X2482300W",
    "X-2482300-W",
    "RCCMNL83S18D969H",
    "756.9217.0769.85",
    "7569217076985",
    "390.533.447-05",
]
NAMED = [
    ("SSN", "536 90 4399"),
    ("social security number:", "536904399"),
    ("ITIN", "912-78-1234"),
    ("userSsn=", "536904399"),
    ("NI no.", "AB123456C"),
    ("nino:", "ab 12 34 56 c"),
    ("Steuer-ID:", "86095742719"),
    ("IdNr.", "47036892816"),
    ("dni", "54362315k"),
    ("codice fiscale", "rccmnl83s18d969h"),
    ("BSN", "111222333"),
    ("burgerservicenummer:", "111.222.333"),
    ("PESEL:", "44051401359"),
    ("cpf", "39053344705"),
    ("Aadhaar No:", "2341 2341 2346"),
    ("PAN:", "ABCPE1234F"),
    ("Social Insurance Number", "046 454 286"),
]


@pytest.mark.parametrize("number", PLAIN)
@pytest.mark.parametrize("setting", ["{}", "of Ms Doe ({}), born", "| J. Doe | {} |", '"{}"', "row;{};Doe"])
def test_a_number_is_known_by_form_and_check_digit(setting, number):
    assert found(setting.format(number)) == [number]


@pytest.mark.parametrize(("word", "number"), NAMED)
def test_a_weaker_number_is_known_by_the_word_before_it(word, number):
    assert found(f"{word} {number}, as we were told") == [number]
    if "-" not in number:
        assert found(f"delivered {number} of them") == []


@pytest.mark.parametrize(
    "text",
    [
        "000-12-3456 666-12-3456 123-00-4567 123-45-0000 123-456-789",
        "SSN XXX-XX-1234, social security reform",
        "QQ 12 34 56 C and AB 12 34 56 X",
        "36 574 261 800 and Steuer-ID 12345678901",
        "2 95 13 99 126 111 93 and 295109912611194",
        "54362315A X2482300A 00000000T",
        "RCCMNL83S18D969A",
        "756.9217.0769.84",
        "390.533.447-00 111.111.111-11",
        "BSN 123456789, PESEL 44051401358, Aadhaar 2341 2341 2345",
        "a Japan 123 pan, PAN: personal area network",
        "v1.536-90-43991 x536-90-4399",
    ],
)
def test_what_only_looks_like_one(text):
    assert found(text) == []


def test_two_spellings_have_one_value():
    assert {entry.value for entry in find_national_ids("54362315-K / 54362315K")} == {"54362315K"}


@pytest.mark.parametrize(
    "piece",
    ["1", "123-45-", "12 345 678 ", "ABCDEF12", "12345678", "756.", "ssn ", "bsn 123456789 ", "pan ABCPE1234F "],
)
def test_a_million_hostile_characters_take_linear_time(piece):
    begin = time.process_time()
    list(find_national_ids(piece * (1_000_000 // len(piece))))
    assert time.process_time() - begin < 3

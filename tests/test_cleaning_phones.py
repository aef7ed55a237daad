import time

import pytest

from loramake.cleaning.phones import find_phones


def found(text: str) -> list[str]:
    return [text[entry.start : entry.end] for entry in find_phones(text)]


@pytest.mark.parametrize(
    "number",
    [
        "+49 30 1234567",
        "+49 (0)30 1234567",
        "+1 (555) 123-4567",
        "+442071838750",
        "0049 30 1234567",
        "(555) 123-4567",
        "555-123-4567",
        "555.123.4567",
        "1-800-555-0199",
        "030 1234567",
        "(030) 123456",
        "089/1234567",
        "020 7946 0958",
        "07911 123456",
        "01 23 45 67 89",
        "079 123 45 67",
        "0470 12 34 56",
        "06-12345678",
        "03-1234-5678",
        "(11) 91234-5678",
        "8 (495) 555-01-42",
        "+1 (212) 555-0147 ext. 204",
        "020 7946 0123 x44",
        "0039 06 5550142",
    ],
)
def test_a_number_is_known_by_its_form(number):
    assert found(f"Ring us ({number}) today.") == [number] or found(f"Ask {number}, please") == [number]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("tel: 5551234567", "5551234567"),
        ("call 5551234567 now", "5551234567"),
        ("Phone: 912 345 678.", "912 345 678"),
        ('{"mobile_number": "5557654321"}', "5557654321"),
        ("<homePhone>5551112222</homePhone>", "5551112222"),
        ("Tel.030/1234567", "030/1234567"),
        ("Phone:\n  5551234567", "5551234567"),
        ("Numer telefonu: 601 555 123", "601 555 123"),
        ("fijo 91 555 01 43", "91 555 01 43"),
        ("手机13800138000", "13800138000"),
        ("Phone: 5551234567 ext. 204", "5551234567 ext. 204"),
    ],
)
def test_a_number_is_known_by_the_word_before_it(text, number):
    assert found(text) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-02 01/02/2024 02.01.2024 2024-01-02T10:11:12+0000 20240102123456",
        "1.2.3.4 10.0.19041.1234 192.168.100.200 version 3.11.2 v1.0.0-rc.1",
        "ABC-12345 PROJ-0123-456789 d41d8cd98f00b204e9800998ecf8427e",
        "550e8400-e29b-41d4-a716-446655440000 978-0-306-40615-7",
        "$1,234,567.00 1234567890 12 345 678 EUR 1.234.567,89",
        "52.520008, 13.404954 1990-2000 2001-2010 @@ -10,7 +10,7 @@",
        "0010 0020 0030 0040 0100 0200 0300 01 02 03 04 05 06 07 08",
        "4111 1111 1111 1111 0x1234567890 012 013 023 123 Boston, MA 02111-1307",
        "Tue Apr 19 14:11:06 2005 -0700",
        "the mmap() system call.\n\n00000000 %*ph\t12345678 made by call #1233329",
        "SKU 0800-1122-33, part no. 555-123-4567, order 030 1234567, sledz@MOBIL-400-586",
        "0034 0001 00 0035 0002 00 00",
        "call 1000000 times; call on 2024-01-02; phone 3.14159265; tel 12345",
    ],
)
def test_other_numbers_are_left_alone(text):
    assert found(text) == []


def test_numbers_side_by_side_are_told_apart():
    assert found("030 1234567 / 0171 2345678") == ["030 1234567", "0171 2345678"]
    assert found("+49 30 1234567+49 30 7654321") == ["+49 30 1234567", "+49 30 7654321"]


def test_two_spellings_have_one_value():
    assert {entry.value for entry in find_phones("+49 30 1234567, +49-30-1234567")} == {"49301234567"}


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "+1", "(0", "0123 ", "12-", "555-", "+49 ", "() ", "0049 ", "tel ", "call 12345"]
)
def test_a_million_hostile_characters_take_linear_time(piece):
    begin = time.process_time()
    list(find_phones(piece * (1_000_000 // len(piece))))
    assert time.process_time() - begin < 3

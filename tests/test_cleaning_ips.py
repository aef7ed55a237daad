import time

import pytest

from loramake.cleaning.ips import find_ips


def found(text: str) -> list[str]:
    return [text[entry.start : entry.end] for entry in find_ips(text)]


@pytest.mark.parametrize(
    "address",
    ["84.172.19.203", "5.9.14.66", "2a02:8109:9ec0:2f18:d5a1:7e02:9b44:31c6", "2003:e4::1c", "2a01:4f8:c17:b8f::"],
)
@pytest.mark.parametrize(
    "setting", ["client {} connected", "IP: {}", '{{"remote_addr": "{}"}}', "ping {}", "the server ({}) is down"]
)
def test_an_address_is_known_in_its_context(setting, address):
    assert found(setting.format(address)) == [address]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ('84.172.19.203 - - [12/Mar/2024] "GET /"', "84.172.19.203"),
        ("http://5.9.14.66:8080/admin", "5.9.14.66"),
        ("5.9.14.66:443 <- 10.0.0.1:52011", "5.9.14.66"),
        ("route add 151.101.65.140/32", "151.101.65.140"),
        ("[2a02:8109::1]:51532", "2a02:8109::1"),
        ("user 4412 (109.250.33.71)", "109.250.33.71"),
    ],
)
def test_form_or_place_can_be_enough(text, address):
    assert found(text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1 0.0.0.0 10.1.2.3 172.16.0.1 192.168.178.1 169.254.169.254 100.64.1.7 255.255.255.0 224.0.0.251",
        "192.0.2.10 198.51.100.7 203.0.113.45 2001:db8::1",
        "::1 fe80::1 ff02::1 fd00::1 cafe::babe",
        "nameserver 8.8.8.8 and 1.1.1.1 and 2606:4700:4700::1111",
        "version 2.4.1.8, section 4.2.1.3, § 3.1.2.4, v1.14.0.2, Chrome/120.0.0.109",
        'AssemblyVersion("1.0.0.0") OID 1.3.6.1.4.1.311 bump to 1.1.99.1',
        "300.1.2.3 84.172.19.256 84.172.019.203 1.2.3 libx.so.84.172.19.203.1",
        "from 93.184.216.0/24",
        "12:34:56 00:1b:44:11:3a:b7 std::vector 2024:03:11 10:11:12",
    ],
)
def test_no_address_of_a_person(text):
    assert found(text) == []


def test_two_spellings_have_one_value():
    assert {entry.value for entry in find_ips("2003:e4:0:0::1c / 2003:E4::1C")} == {"2003:e4::1c"}


@pytest.mark.parametrize("piece", ["1.", "1.2.3.4 ", "84.172.19.203 ", "2001:", "2a02::", "12:", ":", "2:"])
def test_a_million_hostile_characters_take_linear_time(piece):
    begin = time.process_time()
    list(find_ips(piece * (1_000_000 // len(piece))))
    assert time.process_time() - begin < 5

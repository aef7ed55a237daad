import time

import pytest

from loramake.cleaning.private_keys import find_private_keys

NOISE = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0"
NAMES = [
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
    "PGP PRIVATE KEY BLOCK",
]


def rest(text: str) -> str:
    (found,) = find_private_keys(text)
    return text[: found.start] + text[found.end :]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("line", ["\n", "\r\n", "\\n", "\n    ", "\n> "])
def test_a_block_goes_with_header_and_footer(line, name):
    block = line.join([f"-----BEGIN {name}-----", NOISE, NOISE, "a1B2==", f"-----END {name}-----"])
    assert rest(f"before\n{block}\nafter") == "before\n\nafter"


def test_what_describes_a_key_goes_with_it():
    lines = ["-----BEGIN RSA PRIVATE KEY-----", "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,AB", "", NOISE]
    assert rest("\n".join([*lines, "That is all."])) == "\nThat is all."


@pytest.mark.parametrize("end", ["\nThe end.", "\n[...]", "", '"', "\n-----BEGIN CERTIFICATE-----"])
def test_a_block_that_is_cut_short_goes_as_far_as_it_looks_like_one(end):
    assert rest(f"-----BEGIN PRIVATE KEY-----\n{NOISE}\n{NOISE}{end}") == end


def test_two_blocks_are_two():
    block = f"-----BEGIN PRIVATE KEY-----\n{NOISE}\n"
    assert len(list(find_private_keys(block + block + "-----END PRIVATE KEY-----"))) == 2


def test_the_keys_of_ssh_putty_and_wireguard():
    ssh = f"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n{NOISE}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----"
    putty = f"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\n{NOISE}\nPrivate-MAC: {NOISE}"
    assert (rest(f"a\n{ssh}\nb"), rest(f"a\n{putty}\n\nb")) == ("a\n\nb", "a\n\n\nb")
    assert rest(f"PrivateKey = {NOISE}a1E=\nAddress = 10.0.0.2") == "PrivateKey = \nAddress = 10.0.0.2"


@pytest.mark.parametrize(
    "text",
    [
        f"-----BEGIN PUBLIC KEY-----\n{NOISE}\n-----END PUBLIC KEY-----",
        f"-----BEGIN CERTIFICATE-----\n{NOISE}\n-----END CERTIFICATE-----",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nx",
        "The file begins with BEGIN RSA PRIVATE KEY.",
        "PrivateKey = <your key>\nprivate-key = /etc/key.pem",
    ],
)
def test_what_is_no_private_key(text):
    assert list(find_private_keys(text)) == []


PIECES = ["-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n", "PrivateKey = "]


@pytest.mark.parametrize("piece", [*PIECES, "PuTTY-User-Key-File-2: a\n", "-----BEGIN PRIVATE KEY-----" + "\n" * 99])
def test_a_million_hostile_characters_take_linear_time(piece):
    begin = time.process_time()
    list(find_private_keys(piece * (1_000_000 // len(piece))))
    assert time.process_time() - begin < 3

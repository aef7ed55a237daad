import time
from base64 import b64encode

import pytest

from loramake.cleaning.logins import find_logins

BASIC = b64encode(b"jenkins:b3aver").decode()


def found(text: str) -> list[str]:
    return [text[entry.start : entry.end] for entry in find_logins(text)]


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("postgres://user:hunter2@host/db", "hunter2"),
        ("redis://:hunter2@localhost:6379", "hunter2"),
        ("mysql://root:p@ss@host/db", "p@ss"),
        ("jdbc:mysql://a:b1c2@h", "b1c2"),
        (f"Authorization: Basic {BASIC}", BASIC),
        (f'{{"auths": {{"x": {{"auth": "{BASIC}"}}}}}}', BASIC),
        ("machine x login y password hunter2", "hunter2"),
        ("machine x\n  login y\n  password hunter2\n", "hunter2"),
        ('ConvertTo-SecureString "hunter2" -AsPlainText', "hunter2"),
        ("requirepass hunter2", "hunter2"),
        ("CREATE USER 'a'@'%' IDENTIFIED BY 'hunter2';", "hunter2"),
        ("create user a identified with x by 'hunter2'", "hunter2"),
        ("ALTER ROLE a WITH LOGIN PASSWORD 'hunter2'", "hunter2"),
        ("admin:$apr1$k2VbQ3dN$Hc9w0o9mJ1tVbq5vZ3p1d/", "$apr1$k2VbQ3dN$Hc9w0o9mJ1tVbq5vZ3p1d/"),
        ("pbkdf2_sha256$600000$abcdefgh$" + "ab1" * 9, "pbkdf2_sha256$600000$abcdefgh$" + "ab1" * 9),
        ("userPassword:: {SSHA}" + "ab1" * 9, "{SSHA}" + "ab1" * 9),
    ],
)
def test_only_the_password_is_found(text, password):
    assert found(text) == [password]


def test_a_column_of_passwords():
    assert found("| System | Password |\n|---|:-:|\n| Wiki | `w1k1` |\n| Jira |  |\n\n| a | b2 |") == ["w1k1"]


@pytest.mark.parametrize(
    "text",
    [
        "http://host:8080/a@b ssh://git@host.org/x http://user:$PW@host postgres://user:password@host",
        "Basic Examples, Basic Authentication, Authorization: Basic <credentials>",
        "https://user:***@host https://u:<PASSWORD_1>@host",
        "IDENTIFIED BY PASSWORD; PASSWORD '********'",
        "costs $1 or $2, $1$ and $x$",
        "the login and the password differ; login x password y",
        "| Password | Rule |\n| must be long | 1 |",
    ],
)
def test_no_passwords(text):
    assert found(text) == []


PIECES = [
    "://a:",
    "://",
    "Basic ",
    "Authorization: ",
    "machine a login b password ",
    '"auth": "',
    "IDENTIFIED BY ",
    "$1$",
]


@pytest.mark.parametrize("piece", [*PIECES, "|--", "|-\n", "|", "| password |\n|---|\n", "{SHA}"])
def test_a_million_hostile_characters_take_linear_time(piece):
    begin = time.process_time()
    list(find_logins(piece * (1_000_000 // len(piece))))
    assert time.process_time() - begin < 4

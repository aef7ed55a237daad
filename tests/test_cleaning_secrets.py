import time

import pytest

from loramake.cleaning.secrets import find_secrets


def found(text: str) -> list[str]:
    return [text[entry.start : entry.end] for entry in find_secrets(text)]


@pytest.mark.parametrize(
    "setting",
    [
        "password={}",
        "PASSWORD: {}",
        "passwd: '{}'",
        "Passwort = {}",
        'api_key: "{}"',
        "'api-key' => '{}',",
        '{{"password": "{}"}}',
        '{{\\"password\\": \\"{}\\"}}',
        "export GITHUB_TOKEN={}",
        "token: {}",
        "client_secret='{}'",
        "spring.datasource.password={}",
        "<password>{}</password>",
        '<property name="password" value="{}"/>',
        "- name: DB_PASSWORD\n  value: {}",
        "--password {} --verbose",
        "--db-token={}",
        "Pwd={};Server=x",
        "?access_token={}&page=1",
        "-H 'X-Api-Key: {}'",
        "Authorization: Bearer {}",
        '"Authorization": "Basic {}"',
        "postgres://user:{}@host/db",
        "redis://:{}@localhost:6379",
        "curl -u user:{} https://x.org",
        "curl https://x.org \\\n  --user 'user:{}'",
        "mysql -u root -p{} db",
        "sshpass -p '{}' ssh host",
        "machine x login y password {}",
        "//registry.example/:_authToken={}",
        "The password is {}.",
        "Password is '{}', remember it",
    ],
)
def test_only_the_secret_is_found(setting):
    assert found(setting.format("hunter2X9")) == ["hunter2X9"]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ('password = "correct horse"', "correct horse"),
        ('"password": "a\\"b-c9"', 'a\\"b-c9'),
        ("password: $ecr3t!x", "$ecr3t!x"),
        ("POSTGRES_PASSWORD=swordfish", "swordfish"),
        ("password: swordfish  # changed", "swordfish"),
        ('secret="swordfish"', "swordfish"),
        ("mysql://root:p@ss@host/db", "p@ss"),
    ],
)
def test_a_secret_needs_no_digit_where_it_is_set_plainly(text, secret):
    assert found(text) == [secret]


@pytest.mark.parametrize(
    "text",
    [
        "password: string\npassword: required\npassword: null",
        "The password: it must be long. The password is wrong. The secret is out.",
        "password = get_password() or getpass.getpass()",
        "password=${PASS} password=$PW password: {{ pw }} password: <your password>",
        'api_key=os.environ["KEY"] token = self.token token=token',
        'max_tokens: 1024 token_type: "bearer" tokenizer: "bert-base-123"',
        "password_min_length: 8 password_file=/run/secrets/x",
        "password: '********' --password PASSWORD --token TOKEN",
        "pass: 3 passed: 10 bypass=1 compass: north",
        "http://host:8080/a@b ssh://git@host.org/x http://user:$PW@host",
        "curl -u user https://x.org and mysql -p db",
        "cryptedpasswd = pwd.getpwnam(username)[1]",
        "tokens :token:`~grammar:wildcard_pattern1`",
    ],
)
def test_words_references_and_types_are_no_secrets(text):
    assert found(text) == []


HOSTILE = [
    "password=",
    "password=a",
    "password: ",
    "token ",
    "secret is ",
    'pass="',
    'password="a\\',
    "://a:",
    "curl -u ",
]
HOSTILE += [
    "mysql -p",
    "Bearer ",
    "Authorization: ",
    "login a password ",
    '"auth": "',
    "api-",
    "name: password\n value: ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_million_hostile_characters_take_linear_time(piece):
    begin = time.process_time()
    list(find_secrets(piece * (1_000_000 // len(piece))))
    assert time.process_time() - begin < 5

import time

import pytest

from loramake.cleaning.passwords import find_passwords


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in dict.fromkeys(entry[:2] for entry in find_passwords(text))]


@pytest.mark.parametrize(
    "setting",
    [
        "password={}",
        "PASSWORD: {}",
        "passwd: '{}'",
        "Passwort = {}",
        "mot de passe : {}",
        "Пароль: {}",
        "密码：{}",
        '{{"password": "{}"}}',
        '{{\\"password\\": \\"{}\\"}}',
        "export DB_PASSWORD={}",
        "spring.datasource.password={}",
        "<password>{}</password>",
        '<user name="x" password="{}"/>',
        '<property name="password" value="{}"/>',
        "- name: DB_PASSWORD\n  value: {}",
        "password: |\n  {}",
        "**Password:** {}",
        "define('DB_PASSWORD', '{}');",
        'password: str = "{}"',
        "?user=x&password={}&y=1",
        "Server=db;Uid=web;Pwd={};Database=web",
        "--password {} --verbose",
        "--db-password={}",
        "user: guest, pw: {}",
        'psk="{}"',
        "The password is {}.",
        "The password for the staging box is {}, keep it.",
        "I changed the admin password to {} today",
        "Das Passwort lautet {} und gilt bis Freitag.",
        "La contraseña del wifi es {}.",
        "Password is '{}', remember it",
        'api_key: "{}"',
        "token: {}",
        "client_secret='{}'",
        "-H 'X-Api-Key: {}'",
        "Authorization: Bearer {}",
    ],
)
def test_only_the_password_is_found(setting):
    assert found(setting.format("hunter2X9")) == ["hunter2X9"]


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ('password = "correct horse"', "correct horse"),
        ('"password": "a\\"b-c9"', 'a\\"b-c9'),
        ("password: $ecr3t!x", "$ecr3t!x"),
        ("POSTGRES_PASSWORD=swordfish", "swordfish"),
        ("password: swordfish  # changed", "swordfish"),
        ('secret="swordfish"', "swordfish"),
        ("pvkPassword: $2b$12$" + "a" * 22, "$2b$12$" + "a" * 22),
        ('password = "ends with a sign!"', "ends with a sign!"),
        ("token password: hunter2X9", "hunter2X9"),
    ],
)
def test_a_password_needs_no_digit_where_it_is_set_plainly(text, password):
    assert found(text) == [password]


@pytest.mark.parametrize(
    "text",
    [
        "password: string\npassword: required|min:8\npassword: null\npassword: ''",
        "The password: it must be long. The password is wrong. The secret is out. Your password to the site.",
        "password = get_password() or getpass.getpass()",
        "password=${PASS} password=$PW password: {{ pw }} password: <your password> password=%PASSWORD%",
        'api_key=os.environ["KEY"] token = self.token token=token token = tokens[0]',
        'max_tokens: 1024 token_type: "bearer" tokenizer: "bert-base-123"',
        "password_min_length: 8 password_file=/run/secrets/x password=changeme",
        "password: '********' --password PASSWORD --token TOKEN password: xxxxxxxx",
        "pass: 3 passed: 10 bypass=1 compass: north PWD=/srv/app",
        "cryptedpasswd = pwd.getpwnam(username)[1]",
        "tokens :token:`~grammar:wildcard_pattern1`",
        "account:password:UID:GID:directory:shell",
        'def add(self, password: Callable[..., str], pw: Optional[str]): "password", "username"',
        '<label for="password">Kennung</label> <input type="password">',
        '"password": "Private key password 1", "nextToken": "abc1234x"',
        'password: <PASSWORD_1> password="<PASSWORD_1>" token: <KEY_2>',
    ],
)
def test_words_references_and_types_are_no_passwords(text):
    assert found(text) == []


HOSTILE = [
    "password=",
    "password=a",
    "password: ",
    "password: \n ",
    "token ",
    "secret is ",
    'pass="',
    'password="a\\',
    "key",
]
HOSTILE += [
    "<password>",
    "pass:",
    "the password for x ",
    "name: password\n value: ",
    "_auth",
    "mot de passe",
    "PrivateKey = ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_million_hostile_characters_take_linear_time(piece):
    begin = time.process_time()
    list(find_passwords(piece * (1_000_000 // len(piece))))
    assert time.process_time() - begin < 6

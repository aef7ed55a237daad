import time

import pytest

from loramake.cleaning.emails import find_emails


def found(text: str) -> list[str]:
    return [text[entry.start : entry.end] for entry in find_emails(text)]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        (
            "Write to ann@example.org, or o'neil+x@mail.example.co.uk.",
            ["ann@example.org", "o'neil+x@mail.example.co.uk"],
        ),
        ("<ann@x.org> 'bob@x.org' **eve@x.org**", ["ann@x.org", "bob@x.org", "eve@x.org"]),
        ("mail=ann@x.org mailto:bob@x.org", ["ann@x.org", "bob@x.org"]),
        ("jürgen@müller.de 用户@例子.公司", ["jürgen@müller.de", "用户@例子.公司"]),
        ("请联系ann@example.com谢谢", ["ann@example.com"]),
        (
            '"ann lee"@example.org ann%40example.org ann&#64;x.org',
            ['"ann lee"@example.org', "ann%40example.org", "ann&#64;x.org"],
        ),
        ("root@[192.168.0.1]", ["root@[192.168.0.1]"]),
        ("ann [at] example [dot] org", ["ann [at] example [dot] org"]),
        ("ann(at)example.org, bob {at} x {dot} de", ["ann(at)example.org", "bob {at} x {dot} de"]),
        ("hello {at} kite {dot} studio", ["hello {at} kite {dot} studio"]),
        ("ann at example dot com; bob AT x DOT org", ["ann at example dot com", "bob AT x DOT org"]),
    ],
)
def test_addresses(text, addresses):
    assert found(text) == addresses


@pytest.mark.parametrize(
    "text",
    [
        "icon@2x.png lodash@4.17.21 pkg@1.2.rc @types/node",
        "git@github.com:a/b.git ssh://git@host.org/x getty@tty1.service",
        "@app.route @dataclass a @ b root@localhost",
        "look at example dot com. Meet at noon dot. Array[at] foo.bar",
        "connect the dots at point A dot B",
        "@@ -1,2 +1,2 @@ x@@y.z",
    ],
)
def test_no_addresses(text):
    assert found(text) == []


def test_two_spellings_have_one_value():
    spellings = "Ann@Example.org ann@example.org ann(at)example(dot)org"
    assert {entry.value for entry in find_emails(spellings)} == {"ann@example.org"}


@pytest.mark.parametrize(
    "piece", ["a", "@", "a@", "a@b.", "a.", "a@a.a", "é@é.", "(at)", " at a dot ", "[at]a[dot]", "@a-a-a-"]
)
def test_a_million_hostile_characters_take_linear_time(piece):
    begin = time.process_time()
    list(find_emails(piece * (1_000_000 // len(piece))))
    assert time.process_time() - begin < 3

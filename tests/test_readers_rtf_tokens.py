import pytest

from loramake.readers.rtf_tokens import character_set, code_page, tokens


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"{\\b1 x}", ["{", ("b", 1), "x", "}"]),
        (b"\\li-360\\par\r\ny", [("li", -360), ("par", None), "y"]),
        (b"\\'e9\\~", ["é", "~"]),
        (b"\\bin3 {}{x", ["x"]),
        (b"\\bin-3 x\\bin", [("bin", -3), "x", ("bin", None)]),
        (b"\\", []),
        (b"a\\", ["a"]),
        (b"\\'zz", ["'", "zz"]),
    ],
)
def test_tokens(data, found):
    made = [(token.text, token.value) if token.kind == "word" else token.text for token in tokens(data)]
    assert made == found


@pytest.mark.parametrize(("number", "name"), [(1251, "cp1251"), (10000, "mac-roman"), (65001, "utf-8"), (1, "cp1252")])
def test_code_pages(number, name):
    assert code_page(number) == name


@pytest.mark.parametrize(("number", "name"), [(0, None), (204, "cp1251"), (128, "cp932"), (99, None)])
def test_character_sets(number, name):
    assert character_set(number) == name
    assert name is None or "x".encode(name)

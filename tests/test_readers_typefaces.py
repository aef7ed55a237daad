import pytest

from loramake.readers.typefaces import is_typewriter


@pytest.mark.parametrize(
    ("name", "answer"),
    [("Consolas", True), ("DejaVu Sans Mono", True), ("JetBrainsMono", True), ("Monotype Corsiva", False)],
)
def test_typefaces_of_code(name, answer):
    assert is_typewriter(name) is answer

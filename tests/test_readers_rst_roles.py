import pytest

from loramake.readers.rst import doctree
from loramake.readers.rst_roles import said
from loramake.readers.rst_tree import text_of


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("title <target>", "title"),
        ("~a.b.c", "c"),
        ("~a::b", "b"),
        ("!x", "x"),
        ("!", "!"),
        ("~", "~"),
        ("a < b", "a < b"),
    ],
)
def test_what_a_reader_sees(text, seen):
    assert said(text) == seen


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (":py:func:`~os.path.join`", "`join`"),
        (":ref:`the text <target>`", "the text"),
        (":doc:`/guide/start`", "/guide/start"),
        (":unheard:of:`words`", "`words`"),
        (":pep:`8`, :rfc:`822`", "PEP 8, RFC 822"),
        ("`title`", "title"),
        ("H\\ :sub:`2`\\ O, x\\ :sup:`2`", "H2O, x^2"),
        (":math:`x^2`", "$x^2$"),
    ],
)
def test_roles_keep_their_text(written, text):
    assert text_of(doctree(written), budget=0) == text

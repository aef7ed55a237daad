import pytest

from loramake.readers.rst import doctree
from loramake.readers.rst_tree import text_of


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (".. note:: Mind\n   :odd: option\n\n   the gap.", "> **Note:** Mind\n>\n> the gap."),
        (".. versionadded:: 3.4 The *thing*.", "> **Added in version 3.4:** The *thing*."),
        (".. deprecated:: 3.5\n\n   Use b.", "> **Deprecated since version 3.5:** Use b."),
        (".. seealso:: that", "> **See also:** that"),
        (".. admonition:: My title\n\n   text", "> **My title**\n>\n> text"),
        (".. py:function:: f(*args)\n   :noindex:\n\n   Says.", "`f(*args)`\n\nSays."),
        (".. automodule:: a.b\n   :members:", "`a.b`"),
        (".. odd-thing:: arg *em*\n   :opt: v\n\n   Content.", "arg *em*\n\nContent."),
        (".. odd-thing::\n\n   Content.", "Content."),
        (".. code-block:: python\n   :linenos:\n\n   x = 1", "```python\nx = 1\n```"),
        (".. code::\n\n   x = 1", "```\nx = 1\n```"),
        (".. code-block:: c\n   :caption: Say *it*\n\n   x;", "Say *it*\n\n```c\nx;\n```"),
        (".. image:: a/pic.png\n   :width: odd", "pic.png"),
        (".. figure:: pic.png\n   :alt: A cat\n\n   Caption", "A cat\n\nCaption"),
        (".. only:: html\n\n   text", "text"),
        (".. highlight:: c\n\ntext", "text"),
        (".. rubric:: Notes", "**Notes**"),
    ],
)
def test_directives(written, text):
    assert text_of(doctree(written), budget=0) == text


@pytest.mark.parametrize(
    "written",
    [
        ".. csv-table::\n   :header: a, b\n\n   1, 2",
        ".. list-table::\n   :header-rows: 1\n\n   * - a\n     - b\n   * - 1\n     - 2",
        ".. flat-table::\n   :odd: x\n\n   * - a\n     - b\n   * - 1\n     - 2",
    ],
)
def test_tables(written):
    assert text_of(doctree(written), budget=0) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_a_cell_of_a_flat_table_covers_columns():
    written = ".. flat-table::\n\n   * - :cspan:`1` both\n     - c\n   * - 1\n     - 2\n     - 3"
    assert text_of(doctree(written), budget=0) == "| both |  | c |\n| --- | --- | --- |\n| 1 | 2 | 3 |"

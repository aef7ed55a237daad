import pytest

from loramake.errors import SourceError
from loramake.readers.storage_tree import DEEPEST, Element, tree_of


def test_names_keep_their_prefix():
    tree = tree_of('<ac:link ac:anchor="a"><ri:page ri:content-title="T"/>x</ac:link>y')
    page = Element("ri:page", {"ri:content-title": "T"})
    assert tree == Element(
        "root", {}, [Element("root", {}, [Element("ac:link", {"ac:anchor": "a"}, [page, "x"]), "y"])]
    )


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a &amp; b &lt; &eacute;&#233;&#xe9;", "a & b < ééé"),
        ("<![CDATA[a &amp; <b>]]>", "a &amp; <b>"),
        ("<p>a<!-- b -->c<?d e?>f</p>", "acf"),
        ("<x:a y:b='1'>c</x:a>", "c"),
        ("".join(f"<n{number}:a>b</n{number}:a>" for number in range(70)), "b" * 70),
        ("<p>a</p></p>b &nope; <![CDATA[<c> &amp;]]>", "ab &nope; <c> &amp;"),
        ("<ri:page ri:content-title='T'/>a < b", "a < b"),
        ("<![CDATA[never closed", "never closed"),
        ("", ""),
    ],
)
def test_all_text_is_there(markup, text):
    assert tree_of(markup).text() == text


@pytest.mark.parametrize("end", ["</p>", ""])
def test_depth_is_limited(end):
    assert tree_of("<p>" * (DEEPEST - 3) + "x" + "</p>" * (DEEPEST - 3)).text() == "x"
    with pytest.raises(SourceError, match="more than 100 elements inside one another"):
        tree_of("<b>" * 300 + "x" + end)

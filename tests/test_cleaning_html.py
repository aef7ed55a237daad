import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loramake.cleaning.html import strip_html

PIECES = str.split(
    "word <b> </b> <p> </p> <br> &amp; &lt; &gt; &amp;lt; &sum; ``` ` `` <pre> </pre> <code> </code> <li> <ul> </ul>"
    " <h2> </h2> <td> <tr> <script> </script> <!-- --> <![CDATA[ ]]> < & ; <EMAIL_1>"
)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello <b>big</b> world</p><p>Two</p>", "Hello big world\n\nTwo"),
        ("one<br>two<br/>\nthree", "one\ntwo\nthree"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<h2>\n Long\n title</h2>body", "## Long title\n\nbody"),
        ("<ul><li>a</li><li><p>b</p><ul><li>c</li></ul></li></ul>d", "- a\n- b\n\n  - c\n\nd"),
        ("<ul><li></li><li>x</ul>", "- x"),
        ("<table><tr><th>k</th><th>v</th></tr>\n<tr><td>1<td>2</table>", "k | v\n1 | 2"),
        ("a<script>if (x<b) '</p>'</script>b<style>p{}</style>c<!-- no -->d", "abcd"),
        ("AT&amp;T &euro;5 &lt;3 caf&eacute;", "AT&T €5 <3 café"),
        ("<pre>if (a &lt; b)\n  x();</pre>then", "```\nif (a < b)\n  x();\n```\n\nthen"),
        ("call <code>List&lt;String&gt;</code> twice", "call `List<String>` twice"),
        ("<b>Use</b> &lt;i&gt;x&lt;/i&gt; and &amp;amp;", "Use `<i>`x`</i>` and `&amp;`"),
        ("<ac:macro x='1'><![CDATA[a <b>\nc]]></ac:macro>", "```\na <b>\nc\n```"),
        ("<p>one</p>\f<p>two</p>", "one\n\n\f\n\ntwo"),
    ],
)
def test_html_becomes_text(html, text):
    assert strip_html(html) == text


@pytest.mark.parametrize(
    "text",
    ["", "plain", "a < b && c > d\n\n\n  x  ", "# Title\n\n- `List<String>`\n\n```\n<p>\n```\n", "x <EMAIL_1>\n"],
)
def test_text_without_html_is_left_alone(text):
    assert strip_html(text) is text


@given(st.lists(st.sampled_from([*PIECES, " ", "\n", "\n\n", "\f", "    "]), max_size=20).map("".join))
@settings(max_examples=50, deadline=None)
def test_stripping_twice_is_stripping_once(text):
    assert strip_html(strip_html(text)) == strip_html(text)


@pytest.mark.parametrize("piece", ["<p>", "<td>x", "<script>", "<code>", "<pre>`", "&lt;b&gt;", "<li>", "<br>"])
def test_a_million_characters_of_tags_take_linear_time(piece):
    begin = time.process_time()
    strip_html(piece * (1_000_000 // len(piece)) + "</b>")
    assert time.process_time() - begin < 8

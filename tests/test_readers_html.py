import pytest

from loramake.errors import SourceError
from loramake.readers.html import read
from loramake.recipe.source import Source

PAGE = """\
<!DOCTYPE html>
<html lang="en-GB">
<head><title>Tides |
 Harbour</title><meta name="author" content="Ada Quill"><meta name="date" content="2024-01-31"></head>
<body>
<header><h1>The harbour</h1></header><nav><a href="/">Home</a></nav>
<main><h1>Tides</h1><p>High water <b>comes</b> twice.</p></main>
<aside>Advertisement</aside><footer>Imprint</footer><script>alert("x")</script>
</body></html>
"""


def parsed(tmp_path, page, name="page.html"):
    path = tmp_path / name
    path.write_bytes(page if isinstance(page, bytes) else page.encode())
    return read(path, Source(files=["*"])).parsed[0]


def test_the_main_content_is_kept_and_the_rest_is_not(tmp_path):
    page = parsed(tmp_path, PAGE)
    assert page.text == "# Tides\n\nHigh water comes twice."
    assert (page.section, page.author, page.date, page.language) == ("Tides | Harbour", "Ada Quill", "2024-01-31", "en")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<div>menu</div><main><p>words</p></main>", "words"),
        ("<div>menu</div><div role=main><p>words</p></div>", "words"),
        ("<div>menu</div><article><p>words</p></article>", "words"),
        ("<article>one</article><article>two</article>", "one\n\ntwo"),
        ("<main> </main><p>words</p>", "words"),
        ("<p>words</p>", "words"),
        ("<form action=/><h1>Page</h1><p>words</p><select><option>no</select></form>", "# Page\n\nwords"),
        ("words without any tag", "words without any tag"),
    ],
)
def test_where_the_content_is(tmp_path, body, text):
    assert parsed(tmp_path, f"<html><body>{body}</body></html>").text == text


def test_the_first_heading_stands_in_for_a_title(tmp_path):
    page = parsed(tmp_path, "<h2>Tides</h2><p>words")
    assert (page.section, page.author, page.date, page.language) == ("Tides", None, None, None)


@pytest.mark.parametrize(
    "page",
    [
        "<p>Grüße – €</p>".encode(),
        "<p>Grüße – €</p>".encode("utf-16"),
        b"<p>Gr\xfc\xdfe \x96 \x80</p>",
        b"<meta charset=iso-8859-1><p>Gr\xfc\xdfe \x96 \x80</p>",
        b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1252"><p>Gr\xfc\xdfe \x96 \x80</p>',
        b'<?xml version="1.0" encoding="windows-1252"?><html><p>Gr\xfc\xdfe \x96 \x80</p></html>',
        '<meta charset="windows-1252"><p>Grüße – €</p>'.encode("utf-8-sig"),
        '<meta charset="utf-16"><p>Grüße – €</p>'.encode(),
    ],
)
def test_a_page_is_read_whatever_its_encoding(tmp_path, page):
    assert parsed(tmp_path, page).text == "Grüße – €"


@pytest.mark.parametrize(
    "page", ["index.html", "https://example.org/a", '<?xml version="1.0"?><a><b>words</b></a>', "<![CDATA[x]]> words"]
)
def test_odd_pages_give_text_and_no_warning(tmp_path, page):
    assert parsed(tmp_path, page).text


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (b"", "empty"),
        (b"<html><body><script>x</script><nav>menu</nav></body></html>", "no_text"),
        (b"%PDF-1.7\n\0\0\x01\x02", "binary"),
    ],
)
def test_a_page_without_text_is_refused(tmp_path, page, reason):
    with pytest.raises(SourceError) as refused:
        parsed(tmp_path, page)
    assert refused.value.reason == reason

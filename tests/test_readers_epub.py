import zipfile

import pytest

from loramake.errors import SourceError
from loramake.readers.epub import read
from loramake.recipe.source import Source

CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
METADATA = """<dc:title>The yard</dc:title><dc:title>A subtitle</dc:title>
<dc:creator>Ada Quill</dc:creator><dc:creator>Tom Reed</dc:creator><dc:language>de-DE</dc:language>
<dc:date opf:event="modification">2024-05-01</dc:date><dc:date opf:event="publication">2020</dc:date>"""


def book(path, chapters, *, metadata="", items="", refs="", guide="", container=CONTAINER, **members):
    names = [f"<item id='{n}' href='{n}.xhtml' media-type='application/xhtml+xml'/>" for n in chapters]
    spine = "".join(f"<itemref idref='{name}'/>" for name in chapters)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:opf="http://www.idpf.org/2007/opf">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>'
        f"<manifest>{''.join(names)}{items}</manifest><spine>{refs}{spine}</spine><guide>{guide}</guide></package>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {"META-INF/container.xml": container, "OPS/book.opf": package, **members}.items():
            archive.writestr(name, data)
        for name, data in chapters.items():
            archive.writestr(f"OPS/{name}.xhtml", data if isinstance(data, bytes) else page(data))
    return path


def page(body):
    names = 'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
    return f'<?xml version="1.0"?><!DOCTYPE html><html {names}><head><title/></head><body>{body}</body></html>'


def parsed(tmp_path, chapters, **more):
    return read(book(tmp_path / "a.epub", chapters, **more), Source(files=["*"])).parsed[0]


def test_chapters_come_in_the_order_of_the_spine(tmp_path):
    made = parsed(tmp_path, {"z": "<h1>One</h1><p>a</p>", "a": "<h1>Two</h1><ul><li>b</li></ul>"})
    assert made.text == "# One\n\na\n\n# Two\n\n- b"
    assert (made.section, made.author, made.date, made.language) == ("One", None, None, None)


def test_title_authors_date_and_language_are_those_of_the_book(tmp_path):
    made = parsed(tmp_path, {"a": "<p>x</p>"}, metadata=METADATA)
    assert (made.section, made.author, made.date, made.language) == ("The yard", "Ada Quill, Tom Reed", "2020", "de")


@pytest.mark.parametrize("language", ["und", "", "eng", "C"])
def test_a_language_without_a_code_of_two_letters_is_unknown(tmp_path, language):
    assert parsed(tmp_path, {"a": "<p>x</p>"}, metadata=f"<dc:language>{language}</dc:language>").language is None


def test_navigation_contents_and_pictures_are_left_out(tmp_path):
    made = parsed(
        tmp_path,
        {"a": "<p>words</p>", "toc": "<p>contents</p>"},
        items='<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        '<item id="p" href="p.svg" media-type="image/svg+xml"/>',
        refs='<itemref idref="n"/><itemref idref="p"/><itemref idref="gone"/><itemref idref="a"/>',
        guide='<reference type="toc" href="toc.xhtml#top"/>',
        **{"OPS/nav.xhtml": page("<p>navigation</p>"), "OPS/p.svg": "<svg/>"},
    )
    assert made.text == "words"


def test_notes_are_called_in_the_text_and_stand_at_its_end(tmp_path):
    made = parsed(
        tmp_path,
        {
            "a": '<p>one<a epub:type="noteref" href="#n1">1</a> two<a role="doc-noteref" href="notes.xhtml#n2">2</a>'
            '</p><aside epub:type="footnote" id="n1"><p>first</p></aside>'
            '<aside epub:type="footnote" id="n9"><p>never called</p></aside><aside><p>beside</p></aside>',
            "b": '<p>three<a class="footnote-ref" href="#n3">1</a></p>'
            '<ol><li id="n3"><p>third<a class="footnote-back" href="#x">up</a></p></li></ol>',
            "notes": '<section><div epub:type="endnote" id="n2"><p>second</p></div></section>',
        },
    )
    assert made.text.split("\n\n") == [
        *("one[^1] two[^2]", "never called", "three[^3]"),
        *("[^1]: first", "[^2]: second", "[^3]: third"),
    ]


def test_equations_are_what_the_book_says_beside_them(tmp_path):
    tex = '<math><semantics><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation></semantics></math>'
    made = parsed(tmp_path, {"a": f'<p>{tex}, <math alttext="a/b"><mi>a</mi></math>, <math><mi>c</mi></math></p>'})
    assert made.text == "x^2, a/b, c"


def test_xhtml_is_not_mistaken_for_html(tmp_path):
    made = parsed(tmp_path, {"a": '<p>a<a id="x"/>b<br/>c</p><script src="x"/><p title="a > b"/><p>d</p>'})
    assert made.text == "ab\nc\n\nd"


def test_a_chapter_says_its_encoding(tmp_path):
    data = '<?xml version="1.0" encoding="iso-8859-1"?><html><body><p>naïve</p></body></html>'.encode("latin-1")
    assert parsed(tmp_path, {"a": data}).text == "naïve"


def locked(algorithm):
    data = f'<EncryptedData><EncryptionMethod Algorithm="{algorithm}"/>{{}}</EncryptedData>'
    places = ("OPS/a.xhtml", "OPS/font.otf")
    rows = "".join(data.format(f'<CipherData><CipherReference URI="{place}"/></CipherData>') for place in places)
    return {"META-INF/encryption.xml": f"<encryption>{rows}</encryption>"}


def test_a_locked_book_is_refused(tmp_path):
    with pytest.raises(SourceError) as refused:
        parsed(tmp_path, {"a": "<p>x</p>"}, **locked("http://www.w3.org/2001/04/xmlenc#aes128-cbc"))
    assert refused.value.reason == "encrypted"


def test_mangled_fonts_lock_nothing(tmp_path):
    assert parsed(tmp_path, {"a": "<p>x</p>"}, **locked("http://www.idpf.org/2008/embedding")).text == "x"


def test_a_chapter_that_is_missing_or_broken_is_refused_alone(tmp_path):
    spine = '<itemref idref="gone"/>'
    items = '<item id="gone" href="gone.xhtml" media-type="application/xhtml+xml"/>'
    path = book(tmp_path / "a.epub", {"a": "<p>x</p>", "b": b"\0\1\2\0"}, refs=spine, items=items)
    made = read(path, Source(files=["*"]))
    assert [refused.part for refused in made.refused] == ["chapter OPS/gone.xhtml", "chapter OPS/b.xhtml"]
    assert made.parsed[0].text == "x"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, "no_text"),
        ({"container": "<container/>"}, "damaged"),
        ({"OPS/book.opf": "<package>"}, "damaged"),
        ({"OPS/book.opf": '<!DOCTYPE a [<!ENTITY x "ha">]><a>&x;</a>'}, "entities"),
    ],
)
def test_a_broken_book_is_refused(tmp_path, more, reason):
    with pytest.raises(SourceError) as refused:
        parsed(tmp_path, {"a": "<p> </p>"}, **more)
    assert refused.value.reason == reason


def test_an_archive_that_is_no_book_is_refused(tmp_path):
    path = tmp_path / "a.epub"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "words")
    with pytest.raises(SourceError) as refused:
        read(path, Source(files=["*"]))
    assert refused.value.reason == "not_an_epub"


def test_more_chapters_than_the_limit_are_refused(tmp_path):
    path = book(tmp_path / "a.epub", {"a": "<p>x</p>", "b": "<p>y</p>"})
    with pytest.raises(SourceError) as refused:
        read(path, Source(files=["*"], limit={"pages": 1}))
    assert refused.value.reason == "too_many_pages"

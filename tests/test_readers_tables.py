import json
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import ipc

from loramake.errors import SourceError
from loramake.readers import delimited
from loramake.readers.parsed import Refused
from loramake.readers.tables import read
from loramake.recipe.source import Source


def source(**options):
    return Source(**{"records": ["*"], "text": ["title", "body"], **options})


def reading(path: Path, content, **options):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path, source(**options)).whole()


def texts(path: Path, content, **options):
    return [parsed.text for parsed in reading(path, content, **options).parsed]


@pytest.fixture
def csv(tmp_path):
    return tmp_path / "a.csv"


def write(path: Path, table: pa.Table) -> Path:
    """The table as Parquet, as an Arrow file, or as an Arrow stream, by the name of the file."""
    if path.suffix == ".parquet":
        pq.write_table(table, path)
        return path
    new = ipc.new_stream if "stream" in path.name else ipc.new_file
    with new(path, table.schema) as out:
        out.write_table(table, max_chunksize=2)
    return path


@pytest.fixture(params=["a.parquet", "a.arrow", "stream.arrow"])
def columnar(request, tmp_path):
    return tmp_path / request.param


def test_the_fields_of_a_row_become_a_document(csv):
    data = "id,title,body,who,made,n\r\n7,It leaks,In the hold.,Ada,2024-01-31,3\r\n"
    (parsed,) = reading(csv, data, id="id", author="who", date="made").parsed
    assert (parsed.text, parsed.part, parsed.author) == ("It leaks\n\nIn the hold.", "7", "Ada")
    assert (parsed.date, parsed.meta, parsed.offset) == ("2024-01-31", {"n": "3"}, 26)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('title,body\n"a ""quoted"" word, here","two\n\nlines"\n', 'a "quoted" word, here\n\ntwo\n\nlines'),
        ("\ufefftitle,n\na,1\n", "a"),
        ("\n\n title , n \na,1\n", "a"),
        ("title,n\r\ra,1\r", "a"),
        ("title;body\n1,5;a, b\n", "1,5\n\na, b"),
        ("title|n\na|1\n", "a"),
        ("title\tn\na, b\t1\n", "a, b"),
        ("sep=;\r\ntitle;n\r\na;1\r\n", "a"),
        ("title,n\na\n", "a"),
        ("title,n\na,1,,\n", "a"),
        ("title,n\n,,\n\na,1\n", "a"),
        ("title,number\na\x00b,1\n", "a\x00b"),
        ("name; title\nx,y; a\n", "a"),
    ],
)
def test_what_csv_looks_like(csv, content, expected):
    assert texts(csv, content) == [expected]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(csv, encoding):
    words = "Straßenbahn fährt über die Brücke, häufig und pünktlich"
    (parsed,) = reading(csv, f'n,title\n1,"{words}"\n'.encode(encoding)).parsed
    assert parsed.text == words
    assert parsed.offset == {"utf-8": 8, "utf-8-sig": 11}.get(encoding)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("b,c,d", "bad_row: 3 cells in 2 columns"),
        ('"b"c,d', "bad_row: ',' expected after '\"'"),
        ('"b,c', "bad_row: unexpected end of data"),
        (" ,c", "no_text: nothing in title"),
    ],
)
def test_a_bad_row_spoils_no_other(csv, row, reason):
    result = reading(csv, f"title,n\na,1\n{row}\nz,2\n", text=["title"])
    assert [parsed.text for parsed in result.parsed] == ["a", "z"]
    assert result.refused == [Refused("2", reason)]


def test_a_row_is_bounded(csv, monkeypatch):
    monkeypatch.setattr(delimited, "_LONGEST_ROW", 100)
    result = reading(csv, "title,n\na,1\n" + "b" * 200 + ',1\n"c\n' + "d,1\n" * 50)
    assert [refused.part for refused in result.refused] == ["2", "3"]
    assert [parsed.text for parsed in result.parsed] == ["a"] + ["d"] * 50


def test_tabs_need_no_quotes(tmp_path):
    content = 'title\tn\n"Hello," he said\t1\n"a\tb"\t2\n"Yes\t3\n'
    assert texts(tmp_path / "a.tsv", content) == ['"Hello," he said', "a\tb", '"Yes']


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "empty"),
        ("title,n\n", "no_records"),
        ("name,n\na,1\n", "no_columns"),
        ('"title,n\na,1\n', "no_header"),
        (b"PK\3\4" + bytes(range(256)) * 9, "binary"),
    ],
)
def test_a_file_without_rows_is_refused(csv, content, reason):
    with pytest.raises(SourceError) as refused:
        reading(csv, content)
    assert refused.value.reason == reason


def test_a_table_without_a_header_gives_nothing_away(csv):
    with pytest.raises(SourceError, match=r"there are Ada$"):
        reading(csv, "Ada,ann@x.org,0301234567\nBob,bob@x.org,0301234568\n")


def test_a_large_table_is_read_in_little_memory(csv):
    with csv.open("w") as out:
        out.write("title,n\n")
        out.writelines(f'"{"word " * 200}",{number}\n' for number in range(20_000))
    tracemalloc.start()
    count = sum(1 for _ in read(csv, source()).parts)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (count, most < 5_000_000 < csv.stat().st_size) == (20_000, True)


def test_columns_become_documents(columnar):
    rows = [
        {
            "id": number,
            "title": f"Title {number}",
            "body": {"text": ["one", "two"], "raw": b"\0"},
            "made": datetime(2024, 1, 31, 12, number, tzinfo=UTC),
            "price": Decimal("1.10"),
            "share": 0.5,
            "day": date(2024, 2, 1),
            "bytes": b"\0\1",
            "tags": ["x"],
            "none": None,
        }
        for number in range(5)
    ]
    write(columnar, pa.Table.from_pylist(rows))
    options = {"text": ["title", "body.text"], "id": "id", "date": "made"}
    parsed = read(columnar, source(**options)).whole().parsed
    assert [part.part for part in parsed] == ["0", "1", "2", "3", "4"]
    assert (parsed[1].text, parsed[1].date) == ("Title 1\n\none\ntwo", "2024-01-31T12:01:00+00:00")
    assert parsed[1].meta == {"price": 1.1, "share": 0.5, "day": "2024-02-01"}
    json.dumps(parsed[1].meta)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (pa.timestamp("ns"), 1_706_702_400_000_000_001, "2024-01-31T12:00:00"),
        (pa.timestamp("ns", "Europe/Berlin"), 1_706_702_400_000_000_001, "2024-01-31T12:00:00+00:00"),
        (pa.time64("ns"), 1, "00:00:00"),
        (pa.duration("ns"), 1_500_000_000, 1.5),
        (pa.dictionary(pa.int8(), pa.string()), "a", "a"),
        (pa.large_string(), "a", "a"),
        (pa.string_view(), "a", "a"),
        (pa.decimal128(30, 2), Decimal("12345678901234567890.10"), 12345678901234567890.1),
        (pa.bool_(), True, True),
        (pa.float64(), float("nan"), None),
        (pa.null(), None, None),
        (pa.large_binary(), b"a", None),
        (pa.list_(pa.timestamp("ns")), [1], None),
    ],
)
def test_what_values_become(columnar, kind, value, expected):
    table = pa.table({"title": ["a"], "value": pa.array([value], kind)})
    if pa.types.is_list(kind) or "view" not in str(kind) or columnar.suffix != ".parquet":
        (parsed,) = read(write(columnar, table), source()).whole().parsed
        assert parsed.meta.get("value") == expected


def test_a_value_that_python_has_not_spoils_no_other_row(columnar):
    years = pa.array([0, 2**52, 0], pa.int64()).view(pa.timestamp("ms"))
    result = read(write(columnar, pa.table({"title": ["a", "b", "c"], "made": years})), source()).whole()
    assert [parsed.text for parsed in result.parsed] == ["a", "c"]
    assert [(refused.part, refused.reason.split(":")[0]) for refused in result.refused] == [("2", "bad_value")]


def test_labels_of_a_data_set_are_their_names(columnar):
    features = {"label": {"names": ["bad", "good"], "_type": "ClassLabel"}}
    metadata = {b"huggingface": json.dumps({"info": {"features": features}}).encode()}
    table = pa.table({"title": ["a", "b", "c"], "label": [1, 0, -1]}).replace_schema_metadata(metadata)
    parsed = read(write(columnar, table), source()).whole().parsed
    assert [part.meta for part in parsed] == [{"label": "good"}, {"label": "bad"}, {}]


def test_a_data_set_on_disk_is_read(tmp_path):
    datasets = pytest.importorskip("datasets")
    rows = {"text": ["one", "two"], "label": [0, 1]}
    datasets.Dataset.from_dict(rows).save_to_disk(tmp_path / "set")
    (shard,) = (tmp_path / "set").glob("*.arrow")
    parsed = read(shard, source(text=["text"])).whole().parsed
    assert [(part.text, part.meta) for part in parsed] == [("one", {"label": 0}), ("two", {"label": 1})]


def test_messages_in_columns_are_conversations(columnar):
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    write(columnar, pa.table({"messages": [turns], "n": [1], "other": [[1]]}))
    (parsed,) = read(columnar, source(text=None, conversations="auto")).whole().parsed
    assert parsed.meta == {"n": 1, "messages": turns}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_cut_file_is_refused_or_read_as_far_as_it_goes(columnar, share):
    table = pa.table({"title": [f"title {number}" for number in range(200)]})
    data = write(columnar, table).read_bytes()
    columnar.write_bytes(data[: int(share * len(data))])
    try:
        result = read(columnar, source()).whole()
    except SourceError as error:
        assert error.reason == "damaged"
    else:
        assert [parsed.text for parsed in result.parsed] == table["title"].to_pylist()[: len(result.parsed)]
        assert [refused.reason.split(":")[0] for refused in result.refused] == ["damaged"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.parquet", b"", "empty"),
        ("a.parquet", b"title,n\na,1\n", "damaged"),
        ("a.arrow", b"title,n\na,1\n", "damaged"),
        ("a.arrow", b"FEA1....", "old_format"),
        ("a.parquet", b"PARE....", "encrypted"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, name, content, reason):
    with pytest.raises(SourceError) as refused:
        reading(tmp_path / name, content)
    assert refused.value.reason == reason


def test_a_table_without_the_columns_is_refused(columnar):
    with pytest.raises(SourceError, match="there are name") as refused:
        read(write(columnar, pa.table({"name": ["a"]})), source())
    assert refused.value.reason == "no_columns"

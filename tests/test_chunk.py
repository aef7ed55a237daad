import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from loramake.errors import DataError
from loramake.files import digest, sha256_file
from loramake.recipe.model import Chunking
from loramake.records import Chunk, Document, Writer, dialogue, read_records
from loramake.stages.chunk import chunk, chunk_batch

SENTENCE = "The crew asks the foreman before it begins to work. "


def document(text: str, **more) -> Document:
    given = {"id": "d", "source": "docs", "path": "a.md", "sha256": "0", "reader": "r"} | more
    return Document(text=text, **given)


def chunks(text: str, spec: Chunking | None = None, **more) -> list[Chunk]:
    (made,) = chunk_batch(spec or Chunking(), [document(text, **more)])
    return [passage for passage, _ in made]


def run(folder, documents, spec=None, **more):
    with Writer(folder / "train.jsonl") as out:
        for entry in documents:
            out.write(entry)
    counts = chunk(spec or Chunking(), documents=folder / "train.jsonl", chunks=folder / "chunks.jsonl", **more)
    return counts, list(read_records(Chunk, folder / "chunks.jsonl"))


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory) -> str:
    built = Tokenizer(models.BPE())
    built.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    built.train_from_iterator([SENTENCE], trainers.BpeTrainer(initial_alphabet=alphabet, show_progress=False))
    folder = tmp_path_factory.mktemp("tokenizer")
    built.save(str(folder / "tokenizer.json"))
    return str(folder)


def test_a_chunk_knows_where_it_stands(tmp_path):
    text = f"# Leave\n\n{SENTENCE}\n\n## Parental leave\n\n{SENTENCE}"
    counts, made = run(tmp_path, [document(text, part="7", meta={"label": "x"})])
    assert [(c.index, c.section) for c in made] == [(0, "Leave"), (1, "Leave > Parental leave")]
    last = made[-1]
    assert (last.document, last.source, last.path, last.part, last.meta) == ("d", "docs", "a.md", "7", {"label": "x"})
    assert last.id == digest(["chunk", "d", last.start, last.end, last.text])
    assert (counts.given, counts.passed, counts.made) == (1, 1, {"chunks": 2})


def test_the_first_passage_has_the_whole_conversation_and_no_other_has_it_again():
    turns = [{"role": "user", "content": SENTENCE * 9}, {"role": "assistant", "content": SENTENCE * 9}]
    made = chunks(dialogue(turns), Chunking(size=200), meta={"messages": turns, "topic": "x"})
    assert [c.meta for c in made] == [{"messages": turns, "topic": "x"}] + [{"topic": "x"}] * (len(made) - 1)


def test_a_heading_without_a_body_stays_with_what_follows_it():
    made = chunks(f"# Leave\n\n## Parental leave\n\n{SENTENCE}\n\n# End")
    assert [c.text.split("\n")[0] for c in made] == ["# Leave", "# End"]
    assert [c.section for c in made] == ["Leave > Parental leave", "End"]


def test_a_heading_in_code_is_no_heading():
    (made,) = chunks(f"# Real\n\n```\n# comment\n```\n\n{SENTENCE}")
    assert made.section == "Real"


def test_before_the_first_heading_the_section_is_the_documents():
    assert [c.section for c in chunks(f"{SENTENCE}\n# A\n{SENTENCE}", section="Given")] == ["Given", "A"]


def test_by_sentence_headings_do_not_matter():
    text = f"# A\n\n{SENTENCE}\n\n# B\n\n{SENTENCE}"
    assert [c.text for c in chunks(text, Chunking(by="sentence"))] == [text.strip()]


@pytest.mark.parametrize(("page", "pages"), [(3, [3, 4, 6]), (None, [None, None, None])])
def test_a_chunk_knows_its_page(page, pages):
    text = f"# A\n{SENTENCE}\f# B\n{SENTENCE}\f\f# C\n{SENTENCE}"
    assert [c.page for c in chunks(text, page=page)] == pages


def test_an_empty_document_is_dropped_and_counted(tmp_path):
    counts, made = run(tmp_path, [document(" \n\f"), document(SENTENCE)])
    assert (counts.given, counts.passed, counts.dropped, len(made)) == (2, 1, {"empty": 1}, 1)


def test_no_passages_at_all_are_an_error(tmp_path):
    with pytest.raises(DataError, match="no document has a passage"):
        run(tmp_path, [document("\n")])


def test_lengths_are_told_in_units(tmp_path, tokenizer):
    spec = Chunking(unit="tokens", tokenizer=tokenizer, size=40)
    counts, made = run(tmp_path, [document(SENTENCE * 20)], spec)
    encode = Tokenizer.from_file(f"{tokenizer}/tokenizer.json").encode
    lengths = [len(encode(c.text).ids) for c in made]
    assert counts.detail == {"longest": max(lengths), "mean": round(sum(lengths) / len(lengths), 1)}
    assert max(lengths) <= 40


def test_the_bytes_do_not_depend_on_the_number_of_processes(tmp_path):
    documents = [document(f"# Part {n}\n\n{SENTENCE * 90}", id=f"d{n}") for n in range(1000)]
    digests = set()
    for threads in (1, 2):
        run(tmp_path, documents, threads=threads)
        digests.add(sha256_file(tmp_path / "chunks.jsonl"))
    assert len(digests) == 1


def test_the_same_document_gives_the_same_ids_wherever_it_is_cut():
    spec = Chunking(size=60)
    assert [c.id for c in chunks(SENTENCE * 5, spec)] == [c.id for c in chunks(SENTENCE * 5, spec)]
    assert len({c.id for c in chunks(SENTENCE * 5, spec)}) == len(chunks(SENTENCE * 5, spec))


PIECES = [
    "word ",
    SENTENCE,
    "Ask? ",
    "Über ",
    "\n",
    "\n\n",
    "\f",
    "\n# Head\n",
    "\n## Sub\n\n",
    "\n### Deep\n",
    "x" * 70,
]
PIECES += [
    "漢字の文章。",
    "日本語",
    "👩\u200d💻",
    "e\u0301",
    "\n```\ncode\n  more\n```\n",
    "\n```\n" + "line();\n" * 12 + "```\n",
]
PIECES += ["- item\n", "| a | b |\n", "   ", "e.g. this ", "1. First. ", "\n~~~\n", "# ", "\t"]
NASTY = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
SIZES = st.sampled_from([(20, 0), (20, 10), (50, 25), (80, 0), (200, 40)])
HEADINGS = ("# Head", "## Sub", "### Deep")


def check(text: str, spec: Chunking, length) -> None:
    """What holds of every text and every spec."""
    covered = set()
    last = None
    for passage in chunks(text, spec, page=1):
        assert passage.text == text[passage.start : passage.end] == passage.text.strip()
        assert passage.page == 1 + text.count("\f", 0, passage.start)
        assert 0 < length(passage.text) <= spec.size
        assert last is None or last.start < passage.start
        assert last is None or last.end <= passage.start or length(text[passage.start : last.end]) <= spec.overlap
        covered.update(range(passage.start, passage.end))
        last = passage
    assert all(text[offset].isspace() for offset in set(range(len(text))) - covered)


@given(NASTY, SIZES, st.sampled_from(["heading", "sentence"]))
@settings(max_examples=50, deadline=None)
def test_every_character_is_in_a_chunk_and_no_chunk_is_too_long(text, sizes, by):
    check(text, Chunking(by=by, size=sizes[0], overlap=sizes[1]), len)


@given(NASTY, SIZES, st.sampled_from(["heading", "sentence"]))
@settings(max_examples=50, deadline=None)
def test_the_same_holds_in_tokens(tokenizer, text, sizes, by):
    encode = Tokenizer.from_file(f"{tokenizer}/tokenizer.json").encode
    spec = Chunking(by=by, size=sizes[0], overlap=sizes[1], unit="tokens", tokenizer=tokenizer)
    check(text, spec, lambda words: len(encode(words).ids))


@given(st.lists(st.sampled_from([f"\n{head}\n" for head in HEADINGS] + [SENTENCE, "word ", "\n\n"]), max_size=30))
@settings(max_examples=50, deadline=None)
def test_no_chunk_reaches_from_a_body_across_a_heading(parts):
    for passage in chunks("".join(parts), Chunking(size=80, overlap=30)):
        lines = [line for line in passage.text.split("\n") if line.strip()]
        heads = [line in HEADINGS for line in lines]
        assert heads == sorted(heads, reverse=True)


def test_a_line_of_a_chunk_is_json(tmp_path):
    run(tmp_path, [document(SENTENCE)])
    assert set(json.loads((tmp_path / "chunks.jsonl").read_text())) == set(Chunk.__slots__)

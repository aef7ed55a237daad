import pytest

from fake_build import data_build, examples_build, full_build, write_rows
from loramake.files import read_json, write_json
from loramake.records import read_rows
from loramake.reporting import lineage
from loramake.reporting.built import read_build


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    return read_build(full_build(tmp_path_factory.mktemp("full")))


def test_a_source_is_counted_at_every_hop(build):
    handbook, tickets = lineage.origins(build)
    assert (handbook.name, handbook.kind, handbook.stated()) == ("handbook", "files", "CC-BY-4.0")
    assert (tickets.documents, tickets.clean, tickets.examples) == (120, 111, 107)


def test_a_licence_is_one_when_all_documents_state_it(build):
    assert lineage.one_licence(lineage.origins(build)) == "CC-BY-4.0"


@pytest.mark.parametrize(("licence", "stated"), [(None, "CC-BY-4.0, not stated"), ("MIT", "CC-BY-4.0, MIT")])
def test_a_document_of_another_licence_is_seen(tmp_path, licence, stated):
    stages = data_build(tmp_path)
    path = stages["sources"] / "documents.jsonl"
    first, *rest = read_rows(path)
    write_rows(path, [first | {"licence": licence}, *rest])
    origins = lineage.origins(read_build(stages))
    assert origins[0].stated() == stated
    assert lineage.one_licence(origins) is None


@pytest.mark.parametrize(
    ("stage", "settings"),
    [
        ("clean", []),
        ("chunk", [("size", "800"), ("overlap", "80")]),
        ("curate", [("holdout.phrases", "tickets")]),
        ("train", [("lora.dropout", "0.05"), ("learning_rate", "0.008"), ("steps", "300")]),
        ("export", [("gguf", "q8_0, q4_k_m")]),
    ],
)
def test_settings_are_those_off_the_defaults(build, stage, settings):
    assert lineage.settings(stage, build[stage]) == settings


def test_defaults_within_named_blocks_are_left_out(build):
    settings = dict(lineage.settings("synthesize", build["synthesize"]))
    assert settings["tasks.triage.answer"] == "category, priority"
    assert not {"tasks.triage.pairs", "tasks.qa.kind", "temperature"} & settings.keys()


def test_a_key_that_the_model_no_longer_knows_is_shown(tmp_path):
    stages = data_build(tmp_path)
    path = stages["clean"] / "receipt.json"
    receipt = read_json(path)
    receipt["slice"]["spec"]["former"] = 3
    write_json(path, receipt)
    assert lineage.settings("clean", read_build(stages)["clean"]) == [("former", "3")]


def test_an_example_is_walked_back_to_its_file(build):
    walk = lineage.walk(build)
    assert walk.example["chunk"] == walk.chunk["id"]
    assert walk.chunk["text"] == walk.document["text"][walk.chunk["start"] : walk.chunk["end"]]
    assert walk.document["path"] == "docs/handbook-02.pdf"


def test_without_examples_a_document_is_walked_back(tmp_path):
    walk = lineage.walk(read_build(data_build(tmp_path)))
    assert (walk.example, walk.chunk) == (None, None)
    assert walk.document["path"] == "docs/handbook-00.pdf"


def test_a_walk_ends_where_a_hop_is_missing(tmp_path):
    stages = examples_build(tmp_path)
    (stages["chunk"] / "chunks.jsonl").unlink()
    walk = lineage.walk(read_build(stages))
    assert walk.chunk is None
    assert walk.document["id"] == walk.example["document"]


def test_examples_are_counted_by_teacher_and_task(build):
    learnt = lineage.learnt(build)
    assert learnt.teachers == {"direct": 107, "deepseek-flash": 10}
    assert learnt.tasks["triage"] == {"train": 70, "validation": 10, "test": 18, "phrases": 9}


@pytest.mark.parametrize(
    ("teacher", "words"),
    [
        ("direct", "taken from the records"),
        ("offline", "written by rules"),
        ("deepseek-flash", "written by deepseek-flash"),
    ],
)
def test_how_an_example_came_about(teacher, words):
    assert lineage.came_about(teacher) == words

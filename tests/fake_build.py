"""A build folder as the store leaves it: small, made by code, and real enough to be looked at."""

import math
from dataclasses import asdict
from pathlib import Path

from loramake.files import canonical_json, digest, sha256_file, write_json, write_text
from loramake.recipe import model
from loramake.recipe.source import Source, Sources
from loramake.records import Chunk, Counts, Document, Example

UPSTREAM = {
    "sources": (),
    "clean": ("sources",),
    "chunk": ("clean",),
    "synthesize": ("chunk",),
    "curate": ("synthesize",),
    "pretrain": ("clean",),
    "train": ("curate", "pretrain"),
    "evaluate": ("curate", "pretrain", "train"),
    "export": ("curate", "pretrain", "train"),
}
SCRIPT = "<script>alert(1)</script>"
TICKETS = [
    ("The invoice of March was charged twice, please refund one of them.", "billing", "high"),
    ("I cannot sign in since the update: the page stays white.", "access", "high"),
    ("Could the export have a column with the cost centre?", "feature", "low"),
    (f"{SCRIPT} is what the form shows when I press save.", "bug", "normal"),
]
SOURCES = Sources(
    read={
        "handbook": Source(files=["docs/**/*.{pdf,md}"], licence="CC-BY-4.0", consent="it is ours"),
        "tickets": Source(records=["exports/*.json"], text=["summary", "body"], id="key", licence="CC-BY-4.0"),
    },
    contents={"handbook": "9f3ac07d11e2b640", "tickets": "b3117cd0c5ee9a12"},
)
SYNTHESIZE = model.Synthesize(
    model=model.Teacher(name="deepseek-flash", url="https://api.deepseek.com"),
    tasks={
        "qa": model.Task(sources=["handbook"], prompt="Ask three questions about the passage. " * 12),
        "triage": model.Task(kind="direct", sources=["tickets"], answer=["category", "priority"]),
    },
)
PARITY = {
    "merged": {"max_logit_difference": 2.05e-05, "examples": 16, "precision": "float32"},
    "adapter": {"bytes": 634_000},
    "files": {
        name: {
            "asked": kind,
            "tensor_types": types,
            "bytes": size,
            "max_logit_difference": difference,
            "argmax_agreement": 0.991,
            "perplexity": 1.0791,
            "reference_perplexity": 1.0779,
            "greedy_equal": [15, 16],
            **more,
        }
        for name, kind, types, size, difference, more in [
            ("model-q8_0.gguf", "q8_0", {"Q8_0": 29, "F32": 9}, 1_180_000, 0.36, {}),
            (
                "model-q4_k_m.gguf",
                "q4_k_m",
                {"Q5_0": 24, "Q8_0": 5, "F32": 9},
                930_000,
                0.872,
                {"fell_back": True, "fell_back_to": ["Q5_0", "Q8_0"]},
            ),
        ]
    },
}


def write_rows(path, rows):
    write_text(path, "".join(canonical_json(row) + "\n" for row in rows))


def add_stage(build, name, spec, counts, files, *, seconds=1.0):
    """Write one stage's folder under build[""]; `files` maps a name to a list of rows, a JSON object or bytes."""
    slice_ = {
        "stage": name,
        "version": 1,
        "spec": spec.model_dump(mode="json", by_alias=True),
        "upstream": {stage: build[stage].name for stage in UPSTREAM[name]},
    }
    build[name] = folder = build[""] / name / digest(slice_)
    outputs = {}
    for file, value in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        writer = {bytes: Path.write_bytes, list: write_rows, dict: write_json}[type(value)]
        writer(path, value)
        records = len(value) if isinstance(value, list) else None
        outputs[file] = {"sha256": sha256_file(path), "bytes": path.stat().st_size, "records": records}
    receipt = {"stage": name, "key": folder.name, "slice": slice_, "counts": asdict(counts), "outputs": outputs}
    write_json(folder / "receipt.json", receipt)
    run = {"started": "2025-01-02T03:04:05Z", "seconds": seconds, "cpu_seconds": seconds * 0.9, "host": "atlas"}
    write_json(folder / "run.json", {**run, "peak_memory_mb": 80 + seconds * 4, "attempts": 1})


def document(source, path, part, text, reader, **more):
    id_ = Document.identify(source, path, part, text)
    return Document(id_, text, source, path, digest(path) * 4, reader, part=part, licence="CC-BY-4.0", **more)


def documents():
    """Twelve handbook pages and a hundred and twenty tickets."""
    more = {"page": 1, "author": "People team", "date": "2024-05-01"}
    for number in range(12):
        path = f"docs/{SCRIPT}.md" if number == 3 else f"docs/handbook-{number:02}.pdf"
        rule = f"Rule {number}: leave is asked for {number + 2} days ahead, in writing.\n"
        text = f"# Chapter {number}\n\n" + rule * 6
        yield document("handbook", path, "", text, "pdf/1", section=f"Chapter {number}", **more)
    for number in range(120):
        text = f"{TICKETS[number % 4][0]} ({number})"
        yield document("tickets", "exports/jira.json", f"OPS-{number}", text, "records/1")


def chunk_of(whole):
    text, id_ = whole.text[:120], digest(["chunk", whole.id])
    place = {"source": whole.source, "path": whole.path, "part": whole.part}
    return Chunk(id_, text, whole.id, 0, len(text), 0, **place, page=whole.page, section=whole.section)


def example_of(chunk, number):
    if chunk.source == "handbook":
        task, teacher, asked = "qa", "deepseek-flash", f"How far ahead is leave asked for under rule {number}?"
        answer = f"{number + 2} days ahead, in writing."
    else:
        task, teacher, asked = "triage", "direct", f"Triage this ticket.\n\n{chunk.text}"
        answer = canonical_json(dict(zip(("category", "priority"), TICKETS[number % 4][1:], strict=True)))
    messages = [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]
    id_ = digest(["example", chunk.id])
    return Example(id_, task, messages, chunk.id, chunk.document, chunk.source, chunk.path, teacher)


def add_data(build):
    made = [asdict(whole) for whole in documents()]
    lost = [{"path": f"docs/scan-{number}.pdf", "part": "", "reason": "no_text"} for number in range(5)]
    lost.append({"path": "docs/old.docx", "part": "", "reason": "damaged: not a zip file"})
    lost += [{"path": "exports/jira.json", "part": f"OPS-{number}", "reason": "empty"} for number in (900, 901)]
    reasons, made_of = {"no_text": 5, "damaged": 1}, {"documents": len(made)}
    counts = Counts("files", 19, 13, reasons, made=made_of, detail={"records_refused": {"empty": 2}})
    add_stage(build, "sources", SOURCES, counts, {"documents.jsonl": made, "dropped.jsonl": lost}, seconds=6.4)
    refused = [row | {"reason": "duplicate" if row["part"] > "OPS-115" else "too_short"} for row in made[-9:]]
    place = {"source": "tickets", "path": "exports/jira.json", "part": "OPS-7"}
    changed = [
        {"step": "1 html", **place, "before": "<p>The <b>pump</b> leaks.</p>", "after": "The pump leaks."},
        {"step": "4 mask", **place, "before": "", "after": "Write to <EMAIL_1> about it."},
    ]
    detail = {"masked": {"email": 41, "phone": 12, "secret": 3}}
    counts = Counts("documents", 132, 123, {"too_short": 5, "duplicate": 4}, detail=detail)
    add_stage(
        build,
        "clean",
        model.Clean(),
        counts,
        {"train/train.jsonl": made[:-9], "dropped.jsonl": refused, "samples.jsonl": changed},
    )


def add_examples(build):
    chunks = [chunk_of(whole) for whole in list(documents())[:-9]]
    rows = [asdict(chunk) for chunk in chunks]
    counts = Counts("documents", 123, 123, made={"chunks": 123})
    add_stage(build, "chunk", model.Chunking(size=800, overlap=80), counts, {"chunks.jsonl": rows})
    bad = [{"task": "qa", "chunk": row["id"], "path": row["path"], "reason": "not_json: line 1"} for row in rows[:2]]
    made = [asdict(example_of(chunk, number)) for number, chunk in enumerate(chunks[2:])]
    counts = Counts("passages", 123, 121, quarantined={"not_json": 2}, made={"examples": 121})
    add_stage(build, "synthesize", SYNTHESIZE, counts, {"examples.jsonl": made, "quarantined.jsonl": bad}, seconds=48)
    shares = {"train": made[:80], "validation": made[80:90], "test": made[90:108], "phrases": made[108:117]}
    files = {f"splits/sft_{name}.jsonl": [row | {"split": name} for row in part] for name, part in shares.items()}
    files["dropped.jsonl"] = [row | {"reason": "duplicate: 0123456789abcdef"} for row in made[117:]]
    counts = Counts("examples", 121, 117, {"duplicate": 4}, made={name: len(part) for name, part in shares.items()})
    add_stage(build, "curate", model.Curate(holdout={"phrases": ["tickets"]}), counts, files)


def losses(steps, start, every, evaluate):
    for step in range(every, steps + 1, every):
        loss = 0.06 + start * math.exp(-4 * step / steps) * (1 + 0.25 * math.sin(step))
        yield {"step": step, "loss": loss, "learning_rate": 2e-4, "grad_norm": 1.0}
        if step % evaluate == 0:
            yield {"step": step, "eval_loss": loss * 1.12 + 0.01}


def figures(n, triage, qa, perplexity, json):
    """What evaluate says of one model on one split of `n` tickets and a quarter as many questions."""
    fields = {"category": min(1.0, triage + 0.01), "priority": min(1.0, triage + 0.015)}
    shown = {"n": n, "exact_match": triage, "perplexity": perplexity, "valid_json": json, "fields": fields}
    asked = {"n": n // 4, "exact_match": qa, "perplexity": perplexity, "valid_json": None, "fields": {}}
    return shown | {"n": n + n // 4, "exact_match": triage * 0.8 + qa / 5, "tasks": {"triage": shown, "qa": asked}}


def metrics():
    return {
        "phrases": {
            "base": figures(80, 0.0, 0.0, 61.7, 0.01),
            "adapter": figures(80, 0.4125, 0.05, 1.9, 0.98),
            "majority": figures(80, 0.35, 0.0, None, None),
        },
        "test": {
            "base": figures(200, 0.005, 0.0, 50.2, 0.02),
            "adapter": figures(200, 0.98, 0.3, 1.078, 1.0),
            "majority": figures(200, 0.355, 0.02, None, None),
        },
    }


def sample(split, task, prompt, *answers):
    return {"split": split, "task": task, "prompt": prompt} | dict(
        zip(("expected", "base", "adapter"), answers, strict=True)
    )


def samples():
    yield sample("phrases", "triage", "My bill looks odd.", '{"category":"billing"}', "leave", '{"category":"bug"}')
    for text, category, priority in TICKETS * 2:
        expected = canonical_json({"category": category, "priority": priority})
        adapter = expected if priority != "low" else canonical_json({"category": category, "priority": "normal"})
        yield sample("test", "triage", f"Triage this ticket.\n\n{text}", expected, "the the of the page", adapter)
    yield sample("test", "qa", "How far ahead? " + "It is a long story. " * 60, "5 days ahead.", "", "5 days ahead.")


def add_model(build):
    made = {"parameters": 1_064_320, "vocabulary": 2048, "steps": 900}
    files = {"base/model.safetensors": bytes(4260), "metrics.jsonl": list(losses(900, 6.5, 30, 90))}
    add_stage(build, "pretrain", model.Pretrain(), Counts("documents", 123, 123, made=made), files, seconds=95)
    spec = model.Train(lora=model.Lora(dropout=0.05), learning_rate=8e-3, steps=300)
    counts = Counts("examples", 90, 89, {"too_long": 1}, made={"parameters": 190_464, "steps": 300})
    files = {"adapter/adapter_model.safetensors": bytes(634), "metrics.jsonl": list(losses(300, 2.4, 10, 50))}
    add_stage(build, "train", spec, counts, files, seconds=41)
    files = {"metrics.json": metrics(), "samples.jsonl": list(samples())}
    add_stage(build, "evaluate", model.Evaluate(), Counts("examples", 350, 350), files, seconds=9)
    files = {"merged/model.safetensors": bytes(4260), "gguf/model-q8_0.gguf": bytes(118), "parity.json": PARITY}
    add_stage(build, "export", model.Export(gguf=["q8_0", "q4_k_m"]), Counts("files", 3, 3), files, seconds=5)


def data_build(folder):
    """The stages of a recipe of sources and clean alone: stage -> folder."""
    build = {"": folder / "build"}
    add_data(build)
    return {stage: place for stage, place in build.items() if stage}


def examples_build(folder):
    """The stages of a recipe that ends with curate."""
    build = {"": folder / "build"}
    add_data(build)
    add_examples(build)
    return {stage: place for stage, place in build.items() if stage}


def full_build(folder):
    """Every stage."""
    build = {"": folder / "build"}
    add_data(build)
    add_examples(build)
    add_model(build)
    return {stage: place for stage, place in build.items() if stage}

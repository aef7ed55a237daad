"""Clean documents with datatrove: INPUT OUTPUT WORKERS STEPS, where STEPS is JSON: extractor, unicode, near.

INPUT is a folder of JSON lines, one file a worker, and so is OUTPUT. `extractor` is `trafilatura` or `selectolax`; it
and white space are not in the library in the form that the others have, and are done here in the plainest way.
"""

import json
import re
import sys
import unicodedata
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup import minhash
from datatrove.pipeline.dedup.exact_dedup import (
    ExactDedupConfig,
    ExactDedupFilter,
    ExactDedupSignature,
    ExactFindDedups,
)
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import LambdaFilter
from datatrove.pipeline.formatters import FTFYFormatter, PIIFormatter
from datatrove.pipeline.formatters.base import BaseFormatter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter


class Selectolax(BaseFormatter):
    """What data-juicer does with HTML, in datatrove's frame: the text of Lexbor's tree."""

    name = "selectolax"

    def format(self, text: str) -> str:
        from selectolax.lexbor import LexborHTMLParser

        return LexborHTMLParser(text).text()


class Normal(BaseFormatter):
    """Unicode's normal form without mending."""

    name = "nfc"

    def format(self, text: str) -> str:
        return unicodedata.normalize("NFC", text)


class Whitespace(BaseFormatter):
    """One space between words, one empty line between paragraphs."""

    name = "white space"

    def format(self, text: str) -> str:
        return re.sub(r"\n\s*\n", "\n\n", re.sub(r"[ \t]+", " ", text)).strip()


def text_of(document) -> str:
    return document.text


def long_enough(document) -> bool:
    return 20 <= len(document.text) <= 5_000_000


def main() -> None:
    given, out, workers, steps = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
    work = out.parent / "work"

    def run(*pipeline: PipelineStep, tasks: int = workers) -> None:
        LocalPipelineExecutor(list(pipeline), tasks=tasks, workers=workers, start_method="fork").run()

    def writer(folder: Path) -> JsonlWriter:
        return JsonlWriter(str(folder), compression=None)

    config = ExactDedupConfig(content_getter=text_of)
    signature = ExactDedupSignature(str(work / "signatures"), config)
    if steps["near"]:
        config = minhash.MinhashConfig(n_grams=5, num_buckets=14, hashes_per_bucket=8)
        signature = minhash.MinhashDedupSignature(str(work / "signatures"), config)
    run(
        JsonlReader(str(given)),
        # A second is too little for the longest pages on a busy machine, and what takes longer would be dropped.
        Trafilatura(timeout=60) if steps["extractor"] == "trafilatura" else Selectolax(),
        FTFYFormatter(normalization="NFC") if steps["unicode"] == "ftfy" else Normal(),
        Whitespace(),
        PIIFormatter(only_remove_public_ips=False),
        LambdaFilter(long_enough),
        writer(work / "clean"),
        signature,
    )
    clean = JsonlReader(str(work / "clean"))
    if steps["near"]:
        buckets = minhash.MinhashDedupBuckets(str(work / "signatures"), str(work / "buckets"), config=config)
        run(buckets, tasks=config.num_buckets)
        run(minhash.MinhashDedupCluster(str(work / "buckets"), str(work / "removed"), config=config), tasks=1)
        run(clean, minhash.MinhashDedupFilter(str(work / "removed")), writer(out))
    else:
        run(ExactFindDedups(str(work / "signatures"), str(work / "found"), config), tasks=1)
        run(clean, ExactDedupFilter(str(work / "found"), config), writer(out))


if __name__ == "__main__":
    main()

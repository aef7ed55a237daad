"""Made-up records to practise reading on: who can already find and copy learns a new label from few examples.

Nothing here knows the recipe's task; the words are the recipe's own frequent ones, in meaningless combinations.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Iterable

from loramake.training.chat import Message

MOST_WORDS = 400
KEYS_AT_MOST = 4


def frequent_words(texts: Iterable[str]) -> list[str]:
    """The most frequent longer words of `texts`, small letters only, by falling count and then by spelling."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(re.findall(r"\b[a-z]{4,12}\b", text))
    return sorted(counts, key=lambda word: (-counts[word], word))[:MOST_WORDS] or ["alpha", "beta", "gamma", "delta"]


def reading_conversation(words: list[str], rng: random.Random) -> list[Message]:
    """A record in one of several dresses, and its values asked for as JSON, in another order."""
    count = rng.randint(2, KEYS_AT_MOST)
    keys = rng.sample(words, count) if len(words) >= count else [f"{words[0]}{n}" for n in range(count)]
    values = {key: rng.choice(words) for key in keys}
    wanted = rng.sample(keys, rng.randint(1, min(2, count)))
    dress = rng.choice(("{key}: {value}", "{key} = {value}", "the {key} is {value}", "{key} {value}"))
    fields = [dress.format(key=key, value=value) for key, value in values.items()]
    for _ in range(rng.randint(0, 3)):
        noise = " ".join(rng.choice(words) for _ in range(rng.randint(2, 6)))
        fields.insert(rng.randrange(len(fields) + 1), noise)
    question = f"Give {' and '.join(wanted)} as JSON.\n\n{rng.choice(('; ', '. ', chr(10))).join(fields)}"
    answer = json.dumps({key: values[key] for key in wanted}, ensure_ascii=False)
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]

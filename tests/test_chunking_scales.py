from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from loramake.chunking.scales import Characters, Tokens, load_encoder
from loramake.errors import DataError

TEXT = "The crew asks the foreman. 👩\u200d💻 Über den Wolken " * 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A tokenizer of bytes that cuts everything off after four tokens, as those of models may."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=300, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator([TEXT], trainer)
    tokenizer.enable_truncation(4)
    path = tmp_path_factory.mktemp("tokenizer")
    tokenizer.save(str(path / "tokenizer.json"))
    return path


def test_characters():
    scale = Characters(TEXT, 10, 100)
    assert (scale.count(20, 50), scale.between(20, 50)) == (30, 30)
    assert (scale.forward(20, 30), scale.forward(90, 30)) == (50, 100)
    assert (scale.backward(50, 30), scale.backward(20, 30)) == (20, 10)


def test_tokens_are_counted_to_the_end(folder):
    encode = load_encoder(str(folder))
    scale = Tokens(encode, TEXT, 0, len(TEXT))
    assert scale.count(0, len(TEXT)) == len(encode(TEXT)) > 100
    assert scale.count(5, 50) == len(encode(TEXT[5:50]))


def test_steps_along_the_tokens_are_never_too_long(folder):
    scale = Tokens(load_encoder(str(folder)), TEXT, 0, len(TEXT))
    for start in range(0, len(TEXT), 7):
        assert scale.between(start, scale.forward(start, 10)) <= 10
        assert scale.between(scale.backward(start, 10), start) <= 10


def test_a_long_text_is_encoded_in_blocks():
    sizes: list[int] = []

    def encode(text: str) -> list[tuple[int, int]]:
        sizes.append(len(text))
        return [(offset, offset + 1) for offset in range(0, len(text), 2)]

    text = ("x" * 99 + "\n") * 5000
    scale = Tokens(encode, text, 0, len(text))
    assert max(sizes) <= 200_000
    assert sum(sizes) == len(text)
    assert abs(scale.between(0, len(text)) - 250_000) < 5


@pytest.mark.parametrize("content", ["{}", "not json", None])
def test_a_tokenizer_that_cannot_be_loaded_is_an_error(tmp_path, content):
    if content is not None:
        (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(DataError, match="no tokenizer to count with"):
        load_encoder(str(tmp_path))

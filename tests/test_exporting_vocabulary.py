import gguf
import jinja2
import pytest
from tokenizers import AddedToken, Regex, models, normalizers, pre_tokenizers

from loramake.errors import TrainingError
from loramake.exporting.vocabulary import plain_template, read_vocabulary
from tiny_llama import PADDED, changed, tokenizer

MESSAGES = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]


def backend_set(**parts):
    def change(tokenizer):
        for name, part in parts.items():
            setattr(tokenizer.backend_tokenizer, name, part)
        return tokenizer

    return change


def test_every_token_stands_at_its_id():
    vocabulary = read_vocabulary(tokenizer(), PADDED)
    assert len(vocabulary.tokens) == len(vocabulary.types) == PADDED
    assert all(vocabulary.tokens[number] == token for token, number in tokenizer().get_vocab().items())


def test_chat_tokens_are_control_tokens_and_what_no_token_stands_for_is_unused():
    vocabulary = read_vocabulary(tokenizer(), PADDED)
    types = dict(zip(vocabulary.tokens, vocabulary.types, strict=True))
    assert {types["<|user|>"], types["<|end|>"], types["<|pad|>"]} == {gguf.TokenType.CONTROL}
    assert vocabulary.types[len(tokenizer()) :] == [gguf.TokenType.UNUSED] * (PADDED - len(tokenizer()))


def test_a_token_that_was_added_and_is_not_special_is_the_users():
    added = changed()
    added.add_tokens(["<thing>"])
    vocabulary = read_vocabulary(added, PADDED)
    assert vocabulary.types[vocabulary.tokens.index("<thing>")] == gguf.TokenType.USER_DEFINED


def test_a_merge_is_two_tokens_with_a_space_between():
    merges = read_vocabulary(tokenizer(), PADDED).merges
    assert merges
    assert all(left + right in tokenizer().get_vocab() for left, right in (merge.split(" ") for merge in merges))


def test_special_ids_are_the_tokenizers():
    vocabulary = read_vocabulary(tokenizer(), PADDED)
    assert (vocabulary.bos, vocabulary.add_bos) == (None, False)
    assert (vocabulary.eos, vocabulary.pad) == (tokenizer().eos_token_id, tokenizer().pad_token_id)


@pytest.mark.parametrize(("template", "added"), [("{{ bos_token }}{{ messages[0].content }}", True), ("x", False)])
def test_a_beginning_is_added_where_the_template_has_one(template, added):
    begun = changed()
    begun.bos_token, begun.chat_template = "<|user|>", template
    assert read_vocabulary(begun, PADDED).add_bos is added


@pytest.mark.parametrize(
    ("steps", "name"),
    [
        (pre_tokenizers.ByteLevel(add_prefix_space=False), "gpt-2"),
        (pre_tokenizers.Sequence([pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False)]), "gpt-2"),
        (
            pre_tokenizers.Sequence(
                [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
            ),
            "smollm",
        ),
    ],
)
def test_a_way_of_cutting_text_goes_by_the_name_that_llama_cpp_has_for_it(steps, name):
    assert read_vocabulary(backend_set(pre_tokenizer=steps)(changed()), PADDED).pre == name


def stripping(tokenizer):
    tokenizer.add_tokens([AddedToken("<mask>", lstrip=True)])
    return tokenizer


def without_template(tokenizer):
    tokenizer.chat_template = None
    return tokenizer


def without_end(tokenizer):
    tokenizer.eos_token = None
    return tokenizer


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (backend_set(pre_tokenizer=pre_tokenizers.Metaspace()), "pre-tokenizer"),
        (backend_set(pre_tokenizer=pre_tokenizers.Split(Regex(r"\d"), "isolated")), "pre-tokenizer"),
        (backend_set(pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=True)), "pre-tokenizer"),
        (backend_set(normalizer=normalizers.NFC()), "changes the text first (NFC)"),
        (backend_set(model=models.WordLevel({"a": 0})), "vocabulary is WordLevel"),
        (backend_set(model=models.BPE({"a": 0}, [])), "no token for 255 of the 256 bytes"),
        (backend_set(model=models.BPE({"a": 0}, [], byte_fallback=True)), "'byte_fallback'"),
        (backend_set(model=models.BPE({"a": 0}, [], dropout=0.1)), "'dropout'"),
        (stripping, "'<mask>' depends on the text around it"),
        (without_template, "no chat template"),
        (without_end, "no end-of-turn token"),
    ],
)
def test_a_tokenizer_that_llama_cpp_does_not_share_is_refused(change, fault):
    with pytest.raises(TrainingError) as error:
        read_vocabulary(change(changed()), PADDED)
    assert fault in error.value.what


def test_a_tokenizer_without_tables_is_refused():
    with pytest.raises(TrainingError, match="SentencePiece"):
        read_vocabulary(object(), PADDED)


def test_a_tokenizer_with_more_tokens_than_the_model_is_refused():
    with pytest.raises(TrainingError, match=f"has {len(tokenizer())} tokens, the model 300"):
        read_vocabulary(tokenizer(), 300)


def test_a_token_that_stands_twice_is_refused():
    twin = changed()
    twin.add_tokens([f"[PAD{PADDED - 1}]"])
    with pytest.raises(TrainingError, match="stands twice"):
        read_vocabulary(twin, PADDED)


@pytest.mark.parametrize(
    "marked",
    [
        "{% generation %}{{ messages[1].content }}{% endgeneration %}",
        "a \n {%- generation -%}  {{ messages[1].content }} {% endgeneration -%} \n b",
        "{%+ generation %} x {{ messages[1].content }}\n{%-endgeneration%}\n y",
        tokenizer().chat_template,
    ],
)
def test_a_plain_template_gives_the_same_text_without_the_marks(marked):
    plain = plain_template(marked)
    alone = jinja2.Environment(trim_blocks=True, lstrip_blocks=True).from_string(plain).render(messages=MESSAGES)
    assert "endgeneration" not in plain
    assert alone == tokenizer().apply_chat_template(MESSAGES, chat_template=marked, tokenize=False)

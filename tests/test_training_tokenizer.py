import tiny_llama
from loramake.training.chat import encode
from loramake.training.tokenizer import END, as_chat, train_tokenizer


def test_any_text_comes_back_as_it_was():
    tokenizer = tiny_llama.tokenizer()
    for text in ("plain", "  two  spaces\n\n", "Grüße, 你好, 🙂", "\x00\x7f", "don't"):
        assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_the_same_texts_give_the_same_tokenizer():
    make = [train_tokenizer(tiny_llama.TEXTS, 350, 256).backend_tokenizer.to_str() for _ in range(2)]
    assert make[0] == make[1]


def test_the_vocabulary_is_bounded():
    assert len(train_tokenizer(tiny_llama.TEXTS * 50, 300, 256)) <= 300


def test_the_end_of_a_turn_is_the_end_of_a_sequence():
    tokenizer = tiny_llama.tokenizer()
    assert tokenizer.eos_token == END
    assert tokenizer(END)["input_ids"] == [tokenizer.eos_token_id]


def test_the_quick_way_to_a_conversation_is_that_of_the_template():
    messages = tiny_llama.example(3).messages
    tokenizer = tiny_llama.tokenizer()
    assert tokenizer.backend_tokenizer.encode(as_chat(messages)).ids == encode(tokenizer, messages).input_ids

import pytest

from loramake.readers.language import language_of

ENGLISH = "The foreman decides about timber, and every crew asks the foreman before it begins to work. "
GERMAN = "Der Vorarbeiter entscheidet über das Holz, und jede Mannschaft fragt ihn, bevor sie mit der Arbeit beginnt. "
CODE = "def area(width, height):\n    if width < 0:\n        raise ValueError('negative')\n    return width * height\n"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"),
        (GERMAN, "de"),
        ("Le contremaître décide du bois, et chaque équipe lui demande avant de commencer le travail.", "fr"),
        ("Бригадир решает, какую древесину брать, и каждая бригада спрашивает его перед началом работы.", "ru"),
        ("Ο εργοδηγός αποφασίζει για την ξυλεία και κάθε συνεργείο τον ρωτάει πριν αρχίσει τη δουλειά.", "el"),
        ("请点击这里下载最新的版本，然后按照说明进行安装。", "zh"),
        ("最新バージョンをここからダウンロードして、説明に従ってください。", "ja"),
        ("กรุณาคลิกที่นี่เพื่อดาวน์โหลดเวอร์ชันล่าสุด", "th"),
    ],
)
def test_a_sentence_tells_its_language(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "OK",
        "Chapter 12",
        CODE * 10,
        "| a | b |\n| --- | --- |\n" + "| 1.5 | 2024-01-31 |\n" * 50,
        "0a1f 9c3e 77b2 " * 100,
        "https://example.org/a/long/path/with/words/in/it " * 10,
        "{'name': 'value', 'other': ['list', 'of', 'words']}; " * 30,
    ],
)
def test_what_is_short_or_no_prose_has_no_language(text):
    assert language_of(text) is None


def test_halves_in_two_languages_have_none():
    assert language_of(ENGLISH * 40 + GERMAN * 40) is None


def test_a_few_words_of_another_language_change_nothing():
    assert language_of(GERMAN * 40 + ENGLISH) == "de"


def test_code_between_fences_says_nothing_about_the_words_around_it():
    listing = f"```python\n{CODE * 40}```\n"
    assert language_of(f"{GERMAN}\n\n{listing}\n{GERMAN}") == "de"
    assert language_of(f"{listing}\nSee above.") is None


def test_a_huge_text_is_judged_by_its_beginning():
    assert language_of(GERMAN * 1_000 + ENGLISH * 100_000) == "de"

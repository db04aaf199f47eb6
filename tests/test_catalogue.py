"""The Chinese catalogue: complete, without leftovers, compiled, and really Chinese."""

import re
import string

import pytest

from megaroth.show.language import language
from tests.catalogue import MO, catalogue, compiled, messages

ENTRIES = [entry for entry in catalogue() if entry.id]
# English words in small letters that a Chinese text may hold: in brackets at first mention, and words of client files.
STAYS = {"catch", "true", "name", "version", "megaroth"}
# Messages that are the same in both languages.
NAMES = {"401(k)", "403(b)", "457(b)", "MAGI", "Roth 401(k)", "Roth IRA", "Solo 401(k)", "Medicare"}


def _ids(entry: object) -> tuple[str, ...]:
    return entry.id if isinstance(entry.id, tuple) else (entry.id,)


def _strings(entry: object) -> tuple[str, ...]:
    return entry.string if isinstance(entry.string, tuple) else (entry.string,)


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_message_has_its_chinese() -> None:
    """No sentence stays English in silence."""
    there = {_ids(entry)[0] for entry in ENTRIES}

    assert messages() - there == set()


def test_no_entry_is_left_over() -> None:
    """What the source no longer says is not in the catalogue."""
    there = {_ids(entry)[0] for entry in ENTRIES}

    assert there - messages() == set()


def test_the_compiled_catalogue_is_the_one_we_read() -> None:
    """megaroth.mo was made from megaroth.po: `python -m tests.catalogue` does it."""
    assert MO.read_bytes() == compiled()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: _ids(entry)[0][:50])
def test_one_entry(entry: object) -> None:
    """It is translated, has the same named places, no English prose, and Chinese marks."""
    wanted = _places(_ids(entry)[-1])
    for text in _strings(entry):
        assert text, "no translation"
        assert _places(text) == wanted
        words = re.findall(r"\b[a-z]{3,}\b", re.sub(r"\{[^}]*\}", " ", text))
        assert [word for word in words if word not in STAYS] == []
        assert re.search(r"[\u3000-\u9fff\uff00-\uffef]", text) or text in NAMES
        assert not re.search(r"[\u4e00-\u9fff] ?[,;:!?]|[!！]|\.{3}", text), (
            "a Western mark, or an exclamation"
        )


@pytest.mark.parametrize(
    "word",
    [
        "保证",
        "无风险",
        "零风险",
        "稳赚",
        "必定",
        "一定会",
        "最佳",
        "漏洞",
        "钻空子",
        "避税",
        "免费的钱",
        "白拿",
        "预测",
        "预期收益",
        "罚金",
        "社保",
        "个税",
        "补偿",
        "帐户",
        "应该",
        "建议您",
        "务必",
        "你",
    ],
)
def test_words_that_are_not_used(word: str) -> None:
    """No promise, no fear, no mainland law term, no advice."""
    assert [text for entry in ENTRIES for text in _strings(entry) if word in text] == []


@pytest.mark.parametrize(
    "word", ["guaranteed", "risk-free", "always", "best", "loophole", "should", "recommend"]
)
def test_english_words_that_are_not_used(word: str) -> None:
    """The findings inform; the advisor advises."""
    assert [text for text in messages() if re.search(rf"\b{word}\b", text, re.IGNORECASE)] == []


def test_a_sentence_of_each_kind_reaches_the_reader() -> None:
    """Plain texts, named places and counted things come out in Chinese."""
    speak = language("zh")

    assert speak._("Show the working") == "显示计算过程"
    assert speak._("{field} is missing.", field="薪酬") == "请填写薪酬。"
    assert speak.ngettext("{n} year", "{n} years", 1, n=1) == "1 年"

"""The Chinese catalogue: complete, without leftovers, compiled, and really Chinese."""

import re
import string

import pytest

from megaroth.show.language import language
from tests.catalogue import MO, catalogue, compiled, messages

ENTRIES = [entry for entry in catalogue() if entry.id]
# English words in small letters that a Chinese text may hold: in brackets at first mention, and words of client files.
STAYS = {"catch", "true", "name", "version", "megaroth"}
# Places for values, and what is typed as it stands: options of the command line, endings of files, names of columns.
TYPED = re.compile(r"\{[^}]*\}|--[a-z]+|\.[a-z]{3,4}\b|[a-z]+_[a-z_]+|\b(?:name|state|wages|kind)(?=、|。)")
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
        words = re.findall(r"\b[a-z]{3,}\b", TYPED.sub(" ", text))
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
        "她",
        "咱",
        "被",
        "税后资金",
        "概要说明",
        "收益率",
        "退休税率",
        "到手收入",
        "缴费",
        "缴款",
        "贡献",
        "滚存",
        "展期",
        "转存",
        "税阶",
        "级距",
        "悬崖",
        "罚款",
        "独资经营者",
        "免税部分",
        "传单",
        "讲义",
    ],
)
def test_words_that_are_not_used(word: str) -> None:
    """No promise, no fear, no mainland law term, no advice."""
    assert [text for entry in ENTRIES for text in _strings(entry) if word in text] == []


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("hand-out", "客户报告"),
        ("summary plan description|plan summary", "计划摘要|摘要说明"),
        ("true-up", "年终补足"),
        ("after-tax contribution", "税后供款"),
        ("catch-up", "追加供款"),
        (r"\bmatch\b", "匹配"),
        ("employer (money|contribution)", "雇主供款"),
        ("withh(e|o)ld", "预扣"),
        ("basis", "本金|成本基础"),
        ("after-tax earnings|of earnings", "收益"),
        ("conver(t|sion)", "转换"),
        ("rollover|rolled", "转入|转换|转出"),
        (r"\bdistributions?\b", "分发"),
        ("brokerage", "应税投资账户|应税账户"),
        ("surcharge", "附加费"),
        ("additional tax", "附加税"),
        ("filing status", "报税身份"),
        ("projected", "推算"),
        ("inflation", "通胀率"),
        ("separation", "离职"),
        ("in today's dollars", "按今天的美元计|今日美元"),
        ("net earnings", "自雇净收入"),
        ("highly compensated", "高薪员工"),
    ],
)
def test_a_term_has_one_word(english: str, chinese: str) -> None:
    """What the glossary calls by one name is called by no other, in whichever sentence it stands."""
    pairs = [(re.sub(r"\{\w+\}", "", _ids(entry)[-1]), text) for entry in ENTRIES for text in _strings(entry)]
    found = [(text, said) for text, said in pairs if re.search(english, text, re.IGNORECASE)]

    assert found
    assert [pair for pair in found if not re.search(chinese, pair[1])] == []


def test_deductions_and_credits_are_told_apart() -> None:
    """抵扣 stands only in 可抵扣 and 不可抵扣; labels say 今日美元 and sentences 按今天的美元计."""
    texts = [text for entry in ENTRIES for text in _strings(entry)]

    assert [text for text in texts if re.search(r"(?<!可)抵扣", text)] == []
    assert [text for text in texts if re.search(r"(?<!按)(?<!折合成)今天的美元", text)] == []


def test_spaces_stand_between_chinese_and_latin() -> None:
    """One between a Chinese character and a letter or digit, none between two characters or beside a mark."""
    texts = [re.sub(r"\{\w+\}", "“", text) for entry in ENTRIES for text in _strings(entry)]
    wrong = (
        r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9%)½][\u4e00-\u9fff]|[\u4e00-\u9fff] +[\u4e00-\u9fff]"
        r"|[，。；：？（）、] | [，。；：？（）、]|  "
    )

    assert [text for text in texts if re.search(wrong, text)] == []


def test_sentences_are_short() -> None:
    """No stretch between two full stops or semicolons is longer than a breath: about sixty characters."""
    texts = [re.sub(r"\{\w+\}", "数字", text) for entry in ENTRIES for text in _strings(entry)]
    parts = [TYPED.sub("", part) for text in texts for part in re.split("[。；：？]", text)]

    assert [part for part in parts if len(part) > 65] == []


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

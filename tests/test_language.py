"""Money, dates and rates in either language, and reading what people type."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from megaroth import InputError
from megaroth.facts.errors import Dollars, Message, Rate, Term
from megaroth.show.language import MINUS, language, parse_money, parse_percent, parse_whole

EN, ZH = language("en"), language("zh")


@pytest.mark.parametrize(
    ("amount", "english", "chinese"),
    [
        (37_500, "$37,500", "US$37,500"),
        (-31_000, f"{MINUS}$31,000", f"{MINUS}US$31,000"),
        (0, "$0", "US$0"),
        (-0.4, "$0", "US$0"),
        (1_234_567.5, "$1,234,568", "US$1,234,568"),
    ],
)
def test_exact_dollars(amount: float, english: str, chinese: str) -> None:
    """Law, forms and tables show whole dollars, a true minus, and never 万."""
    assert (EN.money(amount), ZH.money(amount)) == (english, chinese)


def test_absurd_dollars() -> None:
    """An amount that nobody has is still shown, so that the sentence about it can be read."""
    assert EN.money(1e300).startswith("$1,000,000,")
    assert ZH.money(-1e30).startswith(f"{MINUS}US$1,000,000,")


def test_cents_only_where_asked_for() -> None:
    """Paychecks, forms and the working show cents."""
    assert EN.money(1_615.3846, cents=True) == "$1,615.38"
    assert ZH.money(-0.004, cents=True) == "US$0.00"


@pytest.mark.parametrize(
    ("amount", "english", "chinese"),
    [
        (48_123, "about $48,000", "约 4.8 万美元"),
        (7_049, "about $7,000", "约 7,000 美元"),
        (9_960, "about $10,000", "约 1 万美元"),
        (412_345, "about $412,000", "约 41.2 万美元"),
        (999_600, "about $1 million", "约 100 万美元"),
        (1_234_567, "about $1.2 million", "约 120 万美元"),
        (12_345_678, "about $12 million", "约 1,200 万美元"),
        (120_400_000, "about $120 million", "约 1.2 亿美元"),
        (-31_200, f"about {MINUS}$31,000", f"约 {MINUS}3.1 万美元"),
        (42, "about $42", "约 42 美元"),
    ],
)
def test_rounded_dollars_in_a_sentence(amount: float, english: str, chinese: str) -> None:
    """Rounded results say "about" and keep two or three digits; 万 has one decimal at most below 100 万, none above."""
    assert (EN.about(amount), ZH.about(amount)) == (english, chinese)


@given(st.floats(1, 1e9, allow_nan=False))
def test_rounding_for_a_sentence_stays_close(amount: float) -> None:
    """A rounded figure is within five percent of the exact one, in both languages."""
    english = EN.about(amount).removeprefix("about $").replace(",", "")
    shown = float(english.removesuffix(" million")) * (1e6 if english.endswith("million") else 1)
    number, *unit = ZH.about(amount).removeprefix("约 ").removesuffix("美元").split()
    chinese = float(number.replace(",", "")) * {"万": 1e4, "亿": 1e8}.get("".join(unit), 1)

    assert shown == pytest.approx(amount, rel=0.051, abs=0.5)
    assert chinese == pytest.approx(shown, rel=0.03)


def test_dates() -> None:
    """Running text spells the month, tables shorten it; Chinese has forms of its own."""
    day = dt.date(2026, 11, 24)

    assert (EN.date(day), EN.date(day, short=True)) == ("November 24, 2026", "Nov 24, 2026")
    assert (ZH.date(day), ZH.date(day, short=True)) == ("2026 年 11 月 24 日", "2026-11-24")


def test_rates_have_one_decimal() -> None:
    """7.0%, a true minus, and no minus before zero."""
    assert [EN.percent(rate) for rate in (0.07, -0.02, -0.0001)] == ["7.0%", f"{MINUS}2.0%", "0.0%"]


@pytest.mark.parametrize(
    ("years", "status", "english", "chinese"),
    [(2026, False, "2026, published", "2026，已公布"), (2030, True, "2030, projected", "2030，推算值")],
)
def test_a_projected_year_says_so(years: int, status: bool, english: str, chinese: str) -> None:
    """The word stands beside the year."""
    assert (EN.year(years, status), ZH.year(years, status)) == (english, chinese)


def test_a_message_is_said_in_the_readers_way() -> None:
    """The values of a calculation's message are formatted by the language; terms are translated."""
    text = "The room is held down by {limit_name}: {room} instead of {before}."
    message = Message(
        text, {"limit_name": Term("the ACP ceiling"), "room": Dollars(5_000), "before": Dollars(36_000.5)}
    )

    assert EN.say(message) == "The room is held down by the ACP ceiling: $5,000 instead of $36,000.50."
    assert ZH.say(message) == "受计划的 ACP 上限限制，空间为 US$5,000，而不是 US$36,000.50。"


def test_no_space_beside_a_full_width_mark() -> None:
    """Where a value ends in a bracket, the space of the sentence goes."""
    sentence = "{name} can add {room} of after-tax money in {year}."

    projected = ZH._(sentence, name="Lin", room="US$1", year=ZH._("{year} (projected)", year=2030))
    published = ZH._(sentence, name="Lin", room="US$1", year=ZH._("{year}", year=2026))

    assert projected == "2030 年（推算值）Lin 可以存入 US$1 税后供款。"
    assert published == "2026 年 Lin 可以存入 US$1 税后供款。"


def test_a_problem_is_framed() -> None:
    """An InputError reads as a sentence that begins with what to do."""
    with pytest.raises(InputError) as caught:
        parse_money("wages", "abc")

    assert EN.problem(caught.value) == "Please check: Pay must be a number; you entered abc."
    assert ZH.problem(caught.value) == "请检查：薪酬必须是数字，您输入的是“abc”。"


def test_rates_inside_messages() -> None:
    """A fraction inside a message is a percentage."""
    text = "The limits of {year} are projected at {inflation} inflation."
    assert EN.say(Message(text, {"year": 2030, "inflation": Rate(0.025)})) == (
        "The limits of 2030 are projected at 2.5% inflation."
    )


def test_citations_stay_english_and_words_do_not() -> None:
    """In a source only the words between citations are translated."""
    assert ZH.cite("26 U.S.C. 401(a)(17); terms of the plan") == "26 U.S.C. 401(a)(17); 计划条款"
    assert ZH.cite("26 U.S.C. 402(g)(1) (projected from IRS Notice 2025-67)") == (
        "26 U.S.C. 402(g)(1)（根据 IRS Notice 2025-67 推算）"
    )


def test_an_unknown_language_is_refused() -> None:
    """Only the two languages that the chapters have."""
    with pytest.raises(InputError, match="Language"):
        language("fr")


# --- what people type ---


@pytest.mark.parametrize(
    "typed",
    [
        "37500",
        "37,500",
        "$37,500",
        "US$37,500",
        "us$ 37 500",
        "37.5k",
        "37.5K",
        "3.75万",
        "3.75 万美元",
        "３７５００",
        "37,500.00",
        "0.0375m",
    ],
)
def test_one_amount_in_many_forms(typed: str) -> None:
    """All of these are 37,500, in both languages."""
    assert parse_money("wages", typed) == 37_500


@pytest.mark.parametrize("typed", ["", "  ", "$", "　"])
def test_nothing_typed_is_nothing(typed: str) -> None:
    """An empty box is no amount, and not 0."""
    assert parse_money("wages", typed) is None
    assert parse_whole("children", typed.replace("$", "")) is None
    assert parse_percent("inflation", typed.replace("$", "%")) is None


@pytest.mark.parametrize(
    "typed",
    [
        "abc",
        "12a",
        "1,5",
        "37,50",
        "1.2.3",
        "--5",
        "k",
        "万",
        "12%",
        "1_000",
        "十万",
        "0x10",
        "1/2",
        "<b>1</b>",
    ],
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    """Nothing is guessed: the sentence names the field and what was typed."""
    with pytest.raises(InputError) as caught:
        parse_money("wages", typed)

    assert (caught.value.field, caught.value.rule) == ("wages", "number")
    assert typed in str(caught.value)


@pytest.mark.parametrize("typed", ["1e300", "2000000000000", "1,000,000,000,001", "20000亿"])
def test_a_slip_of_the_keys_is_refused(typed: str) -> None:
    """More than a trillion dollars is nobody's, and would end in figures that no page can show."""
    with pytest.raises(InputError, match=r"cannot be more than \$1,000,000,000,000"):
        parse_money("wages", typed)


@pytest.mark.parametrize(("typed", "value"), [("-5", -5), (f"{MINUS}5", -5), ("$-5", -5), ("-3万", -30_000)])
def test_negative_amounts_are_read(typed: str, value: float) -> None:
    """Whether an amount may be negative is the calculation's to say, so it must arrive."""
    assert parse_money("wages", typed) == value


@pytest.mark.parametrize("typed", ["nan", "NaN", "inf", "-inf", "Infinity", "1e999"])
def test_what_is_not_finite_arrives_as_such(typed: str) -> None:
    """NaN and infinity are read, so that the calculation refuses them by their name."""
    assert not math.isfinite(parse_money("wages", typed))


@pytest.mark.parametrize(
    ("typed", "rate"),
    [("7", 0.07), ("7.0", 0.07), ("7%", 0.07), ("7 ％", 0.07), ("0.5", 0.005), ("-2", -0.02)],
)
def test_percent_points(typed: str, rate: float) -> None:
    """What is typed is percent, with or without the sign."""
    assert parse_percent("annual_return", typed) == rate


def test_whole_numbers() -> None:
    """A year or a count has no fraction."""
    assert parse_whole("separation_year", " 2036 ") == 2036
    with pytest.raises(InputError, match="whole number"):
        parse_whole("separation_year", "2036.5")
    with pytest.raises(InputError, match="finite"):
        parse_whole("separation_year", "inf")


@given(st.integers(-(10**9), 10**9))
def test_what_we_write_we_can_read(amount: int) -> None:
    """Every amount that is shown can be typed back, in both languages."""
    assert parse_money("wages", EN.money(amount)) == amount
    assert parse_money("wages", ZH.money(amount)) == amount

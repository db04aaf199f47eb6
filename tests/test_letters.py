"""The letter to HR: all questions in both languages, safe text, nothing fetched, Chinese that shows everywhere."""

import base64
import datetime as dt
import html
import io
import re

import pytest
from fontTools.ttLib import TTFont

import megaroth as mr
from megaroth.show.language import language
from megaroth.show.letters import Letter, hr_letter, questions_html
from megaroth.show.page_font import FIRST_CHINESE, chinese_font

DAY = dt.date(2026, 11, 25)
UNKNOWN = dict.fromkeys(("accepts_after_tax", "separate_account", "way_out", "offers_roth", "frequency"))
LIN = mr.Client.load("lin").with_(**UNKNOWN)
ABLE = mr.eligibility(LIN, 2026)


def letter_of(client: mr.Client) -> Letter:
    return hr_letter(client, mr.eligibility(client, 2026), DAY)


def test_every_question_stands_in_both_languages() -> None:
    """Numbered English as the calculation asks it, the Chinese right under it, then a line for the answer."""
    text = letter_of(LIN).text

    for number, question in enumerate(ABLE.questions_for_hr, 1):
        english, chinese = language("en").say(question), language("zh").say(question)
        assert english != chinese
        assert f"{number}. {english}\n   {chinese}\n   ____" in text
    assert f"{len(ABLE.questions_for_hr) + 1}. " not in text


@pytest.mark.parametrize("form", ["text", "page"])
def test_who_writes_when_and_about_what(form: str) -> None:
    """The client's name, the date in both forms, the kind of plan and the employer."""
    shown = html.unescape(getattr(letter_of(LIN), form))

    for part in (
        "November 25, 2026",
        "2026 年 11 月 25 日",
        "Thank you. Lin",
        "401(k) plan of Hudson Example Systems",
    ):
        assert part in shown


def test_without_an_employer_the_plan_is_named_by_its_kind() -> None:
    """No gap where a name would stand."""
    assert "Questions about the 403(b) plan\n" in letter_of(LIN.with_(employer="", kind="403b")).text


def test_the_page_asks_for_nothing_and_runs_nothing() -> None:
    """No script, no address but its own font's data; room for each answer."""
    page = letter_of(LIN).page

    assert "<script" not in page
    assert re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?(?!data:)[^\"') ]+", page) == []
    assert page.count('class="line"') == 2 * len(ABLE.questions_for_hr)


def test_a_hostile_name_stays_text() -> None:
    """Names from a person are escaped on the page and cannot fill a place in a sentence."""
    hostile = '<script>alert("x")</script>{name}'
    letter = letter_of(LIN.with_(name=hostile, employer=hostile))

    assert "<script" not in letter.page
    assert html.escape(hostile) in letter.page
    assert hostile in letter.text


def test_the_address_holds_the_page() -> None:
    """What a browser saves is the page itself, in UTF-8."""
    letter = letter_of(LIN.with_(name="王喆镕"))
    kind, _, content = letter.address.partition(";base64,")

    assert kind == "data:text/html"
    assert base64.b64decode(content).decode("utf-8") == letter.page
    assert "王喆镕" in letter.page


def test_the_font_has_every_chinese_character_of_the_page() -> None:
    """Also on a machine without a Chinese font no character is a box."""
    page = letter_of(LIN.with_(name="王喆镕")).page
    style = chinese_font(page)

    content = re.search(r"base64,([^\"]+)", style)[1]
    has = TTFont(io.BytesIO(base64.b64decode(content))).getBestCmap()

    assert {each for each in page if each >= FIRST_CHINESE} <= {chr(code) for code in has}
    assert chinese_font("only Latin") == ""


def test_the_checklist_marks_its_languages() -> None:
    """A box, the English and the Chinese for each question; nothing where none is open."""
    shown = questions_html(ABLE)

    assert shown.count("\N{BALLOT BOX}") == shown.count('lang="en"') == len(ABLE.questions_for_hr)
    assert shown.count('lang="zh-Hans"') == len(ABLE.questions_for_hr)
    assert questions_html(mr.eligibility(mr.Client.load("reyes"), 2026)) == ""

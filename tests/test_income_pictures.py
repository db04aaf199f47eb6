"""Pictures of one amount: where it lands, and what the next dollar costs. Words, numbers, and nothing over anything."""

import base64
import html
import io
import itertools
import re
import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.transforms import Bbox
from PIL import Image

import megaroth as mr
from megaroth.rules.extra_income import CostOfIncome
from megaroth.rules.landing import Landing, landing
from megaroth.show import charts
from megaroth.show.income_pictures import (
    RatePicture,
    RulerPicture,
    landing_finding,
    points,
    rate_amounts,
    rate_finding,
)
from megaroth.show.language import language
from tests.generators import SAMPLES

LAW = mr.load_law(2026)
FAR = 200_000.0
RETIRED = SAMPLES["lin"].with_(
    birth_year=1958, spouse_birth_year=1959, on_medicare=True, spouse_on_medicare=True, social_security=40_000.0,
    wages=0.0, elective_deferral=0.0, after_tax_so_far=0.0, other_ordinary_income=100_000.0, state="NY", children=0,
)  # fmt: skip
CLIENTS = {**SAMPLES, "retired": RETIRED}
CASES = [(code, name) for code in ("en", "zh") for name in CLIENTS]


def _alternative(picture: str) -> str:
    return html.unescape(re.search(r'alt="([^"]*)"', picture)[1])


def _pixels(picture: str) -> np.ndarray:
    data = base64.b64decode(re.search(r'base64,([^"]*)"', picture)[1])
    return np.asarray(Image.open(io.BytesIO(data)))


def _where(name: str, amount: float) -> Landing:
    return landing(mr.cost_of_income(CLIENTS[name], LAW, amount))


def _ruler(name: str, amount: float, code: str = "en") -> tuple[RulerPicture, str]:
    picture = RulerPicture(language(code))
    return picture, picture.draw(_where(name, amount))


@cache
def _curve(name: str) -> tuple[CostOfIncome, pd.DataFrame]:
    edges = mr.cost_of_income(CLIENTS[name], LAW, 0.0).edges_ahead
    return mr.cost_of_income(CLIENTS[name], LAW, rate_amounts(edges, FAR)), edges


def _rates(name: str, amount: float, code: str = "en") -> tuple[RatePicture, str]:
    picture, (curve, edges) = RatePicture(language(code)), _curve(name)
    return picture, picture.draw(curve, edges, mr.cost_of_income(CLIENTS[name], LAW, amount))


def _boxes(picture: charts.Picture) -> list[tuple[str, Bbox]]:
    """Every text that can be seen: names, ticks, title, axis labels."""
    axes, pen = picture.axes, picture.canvas.get_renderer()
    ticks = [*axes.get_xticklabels(), *axes.get_yticklabels()]
    texts = [*axes.texts, *ticks, axes.xaxis.label, axes.yaxis.label, axes._left_title]
    return [
        (text.get_text(), text.get_window_extent(pen))
        for text in texts
        if text.get_visible() and text.get_text()
    ]


def _overlapping(picture: charts.Picture) -> list[tuple[str, str]]:
    return [
        (one, other) for (one, a), (other, b) in itertools.combinations(_boxes(picture), 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1
    ]  # fmt: skip


# --- the title and the words ---


@pytest.mark.parametrize(
    ("start", "amount", "english", "chinese"),
    [
        (393_050.0, 25_000.0, "Of $25,000, $10,500 is taxed at 24% and $14,500 at 32%", "US$25,000 中，US$10,500 适用 24%，US$14,500 适用 32%"),
        (250_000.0, 25_000.0, "All of $25,000 is taxed at 24%", "US$25,000 全部适用 24%"),
        (0.0, 150_000.0, "Of $150,000, $49,200 is taxed at 22% and the rest at lower rates", "US$150,000 中，US$49,200 适用 22%，其余适用较低税率"),
        (-10_000.0, 30_000.0, "Of $30,000, $10,000 is covered by deductions and $20,000 is taxed at 10%", "US$30,000 中，US$10,000 在扣除额之内，US$20,000 适用 10%"),
        (-30_000.0, 25_000.0, "Deductions cover all of $25,000", "US$25,000 全部在扣除额之内"),
        (100_000.0, 0.0, "Nothing is converted", "没有转换"),
    ],
)  # fmt: skip
def test_the_title_is_the_finding(start: float, amount: float, english: str, chinese: str) -> None:
    """One bracket, two, more, deductions first, nothing: each has a sentence of its own."""
    plain = {
        "state": "TX", "taxable_interest": 0.0, "qualified_dividends": 0.0, "long_term_gain": 0.0, "other_itemized": 0.0,
        "state_local_taxes": 0.0, "elective_deferral": 0.0, "after_tax_so_far": 0.0,
    }  # fmt: skip
    client = SAMPLES["lin"].with_(wages=start + LAW.standard_deduction["mfj"], **plain)

    where = landing(mr.cost_of_income(client, LAW, amount))

    assert landing_finding(language("en"), where) == english
    assert landing_finding(language("zh"), where) == chinese
    picture = RulerPicture(language("en"))
    picture.draw(where)
    assert picture.axes.get_title(loc="left") == english


def test_the_curve_says_what_the_next_dollar_costs() -> None:
    """Its title has the rate after the amount, all taxes together."""
    cost = mr.cost_of_income(SAMPLES["lin"], LAW, 25_000)

    assert rate_finding(language("en"), cost) == "After $25,000 the next dollar is taxed at 30.4%"
    assert rate_finding(language("zh"), cost) == "转换 US$25,000 之后，下一美元的税率为 30.4%"


def test_alternative_in_english() -> None:
    """Kind, finding, where the axis goes, the series, and that the numbers stand in the table."""
    pattern = r"(Ruler|Step chart): .+\. [A-Z][^.]* from \$0 to \$[\d,]+\. .+ Numbers in the table below\."
    for words in (_alternative(_ruler("lin", 175_000)[1]), _alternative(_rates("lin", 175_000)[1])):
        assert re.fullmatch(pattern, words)


def test_alternative_in_chinese() -> None:
    """The same in Chinese, with no English sentence left in it."""
    for words in (
        _alternative(_ruler("retired", 50_000, "zh")[1]),
        _alternative(_rates("retired", 50_000, "zh")[1]),
    ):
        assert re.fullmatch(r"(标尺图|阶梯图)：.+。.+：从 US\$0 到 US\$[\d,]+。.+。具体数字见下表。", words)
        assert re.findall(r"\b[a-z]{3,}\b", words) == []


def test_alternatives_hold_the_numbers() -> None:
    """Every band with its dollars; first, last and highest rate, and the cliffs."""
    ruler, rates = _alternative(_ruler("lin", 25_000)[1]), _alternative(_rates("lin", 25_000)[1])

    assert (
        "Deductions: $32,200; Income before: $249,300; Conversion: $25,000; Gains and dividends: $14,000 at 15%"
        in ruler
    )
    assert (
        "Tax on the next dollar: 30.4% to 38.4%, highest 38.4% at $154,250; Child tax credit shrinks: $50"
        in rates
    )


# --- the ruler ---


@pytest.mark.parametrize("name", CLIENTS)
def test_bands_run_on(name: str) -> None:
    """Deductions end at 0, income begins there, the conversion lies on it, gains on all of it."""
    amount, where = 60_000.0, _where(name, 60_000.0)
    picture, _ = _ruler(name, amount)

    spans = [
        (bar.get_x(), bar.get_x() + bar.get_width()) for bar in picture.axes.patches if bar.get_visible()
    ]
    assert spans[0] == pytest.approx((-where.deductions, 0))
    assert spans[1] == pytest.approx((0, where.before))
    assert spans[2] == pytest.approx((where.start, where.start + amount))
    assert spans[-1] == pytest.approx((where.ordinary, where.ordinary + sum(part for _, part in where.gains)))
    if abs(where.drawn_in) >= 1:
        assert spans[3][1] - spans[3][0] == pytest.approx(abs(where.drawn_in))


def test_the_conversion_wears_its_colour_and_its_brackets_are_marked() -> None:
    """Late money's colour; the rates that it meets are bold in that colour, the others quiet."""
    picture, _ = _ruler("lin", 175_000)

    assert to_hex(picture.axes.patches[2].get_facecolor()) == charts.COLOURS["late_convert"]
    strong = {text.get_text() for text in picture.axes.texts if text.get_fontweight() == "bold"}
    assert strong == {"24%", "32%", "$175,000"}


def test_edges_stand_where_the_law_draws_them() -> None:
    """A line at the foot of each bracket of the client's filing status."""
    picture, _ = _ruler("okafor", 25_000)

    assert [line.get_xdata()[0] for line in picture.axes.lines] == [
        float(edge) for edge in LAW.bracket_edges["single"]
    ]


def test_a_projected_year_is_named() -> None:
    """Its brackets are no published ones."""
    picture = RulerPicture(language("zh"))

    picture.draw(landing(mr.cost_of_income(SAMPLES["lin"], 2030, 25_000)))

    assert picture.axes.get_xlabel() == "联邦应税收入（万美元）；税级：2030，推算值"


def test_artists_are_moved_and_not_made_anew() -> None:
    """Whatever a slider does, the same bars, lines and texts are used, and the axes stay where they are."""
    picture, _ = _ruler("lin", 0.0)
    before, place = [id(artist) for artist in picture.axes.get_children()], picture.axes.get_position().bounds

    drawn = [picture.draw(_where("lin", amount), moving=True) for amount in (1_000.0, 90_000.0, 200_000.0)]

    assert [id(artist) for artist in picture.axes.get_children()] == before
    assert picture.axes.get_position().bounds == place
    assert len(set(drawn)) == 3


@pytest.mark.parametrize(("code", "name"), CASES)
@pytest.mark.parametrize("amount", [0.0, 180_000.0])
def test_no_words_on_words_in_the_ruler(code: str, name: str, amount: float) -> None:
    """No label covers another or a tick, whoever the client and whatever the amount."""
    picture, _ = _ruler(name, amount, code)

    assert _overlapping(picture) == []


@given(amount=st.floats(0, 3_000_000), wages=st.floats(0, 1_500_000), gain=st.floats(0, 500_000))
@settings(max_examples=12, deadline=None)
def test_the_ruler_reaches_as_far_as_it_must(amount: float, wages: float, gain: float) -> None:
    """All bars and their texts are inside, and no label covers another, for any income."""
    client = SAMPLES["lin"].with_(
        wages=wages, elective_deferral=0.0, after_tax_so_far=0.0, long_term_gain=gain
    )
    picture = RulerPicture(language("zh"))

    picture.draw(landing(mr.cost_of_income(client, LAW, amount)))

    for words, box in _boxes(picture):
        assert box.x1 <= picture.figure.bbox.x1, words
    low, high = picture.axes.get_xlim()
    assert all(bar.get_x() + bar.get_width() <= high for bar in picture.axes.patches if bar.get_visible())
    assert low < 0 < high
    assert _overlapping(picture) == []


# --- the curve ---


@pytest.mark.parametrize("name", CLIENTS)
def test_the_curve_is_the_calculation(name: str) -> None:
    """Its line goes through the rates of `cost_of_income`, and its steps stand at the edges to two cents."""
    picture, _ = _rates(name, 25_000)
    curve, edges = _curve(name)

    line = picture.axes.lines[0]
    assert np.array_equal(line.get_ydata(orig=True), curve.marginal_rate)
    assert np.array_equal(line.get_xdata(orig=True), curve.amount)
    for at in edges.loc[edges["dollars_to_it"] < FAR - 1, "dollars_to_it"]:
        assert np.abs(curve.amount - at).min() == 0
        assert np.any((curve.amount > at) & (curve.amount <= at + 0.021))


def test_the_amount_is_marked() -> None:
    """A dot on the curve at the amount, with its rate beside it."""
    picture, _ = _rates("lin", 175_000)

    dot = next(line for line in picture.axes.lines if line.get_marker() == "o")
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == pytest.approx((175_000, 0.3837))
    assert "38.4%" in [text.get_text() for text in picture.axes.texts]


def test_cliffs_are_marked_and_the_largest_named() -> None:
    """Each cliff has its triangle; the dollars stand at three of them at most, and those are the largest."""
    picture, _ = _rates("retired", 25_000)
    _, edges = _curve("retired")
    cliffs = edges[(edges["step_dollars"] != 0) & (edges["dollars_to_it"] < FAR)].drop_duplicates(
        "dollars_to_it"
    )

    marked = [line.get_xdata()[0] for line in picture.axes.lines if line.get_marker() == "^"]
    named = [text.get_text() for text in picture.axes.texts if "$" in text.get_text()]

    assert marked == cliffs["dollars_to_it"].tolist()
    assert 1 <= len(named) <= 3
    assert f"Medicare tier 2: ${cliffs['step_dollars'].max():,.0f}" in named


@pytest.mark.parametrize(("code", "name"), CASES)
def test_no_words_on_words_in_the_curve(code: str, name: str) -> None:
    """Names of edges cover neither each other nor anything else that is written."""
    picture, _ = _rates(name, 150_000, code)

    assert _overlapping(picture) == []


@pytest.mark.parametrize(("code", "name"), CASES)
def test_no_line_through_a_name(code: str, name: str) -> None:
    """The line from an edge up to its name crosses no other name."""
    picture, _ = _rates(name, 25_000, code)
    pen, axes = picture.canvas.get_renderer(), picture.axes
    names = [(text, text.get_window_extent(pen)) for text in axes.texts if hasattr(text, "xy")]

    for line in (line for line in axes.lines if to_hex(line.get_color()) == charts.GREY):
        (x, low), (_, high) = axes.transData.transform(line.get_xydata())
        crossed = [
            text.get_text()
            for text, box in names
            if box.x0 + 1 < x < box.x1 - 1 and low < box.y0 and box.y1 < high
        ]
        assert crossed == []


@pytest.mark.parametrize("code", ["en", "zh"])
def test_what_matters_most_is_named(code: str) -> None:
    """Lin's next bracket has its name in the picture, with the rate."""
    picture, _ = _rates("lin", 25_000, code)

    assert any("32%" in text.get_text() for text in picture.axes.texts)


# --- both ---


@pytest.mark.parametrize(("code", "name"), CASES)
def test_nothing_is_cut_at_the_edge_and_nobody_complains(code: str, name: str) -> None:
    """Both pictures keep a white margin of a pixel, and matplotlib has nothing to say about them."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _, picture in (_ruler(name, 45_000, code), _rates(name, 45_000, code)):
            pixels = _pixels(picture)
            assert np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).min() == 255
            assert pixels.std() > 10


@pytest.mark.parametrize(
    "text", ["32% bracket", "$14,000 at 15%", "Medicare tier 2: $3,650", "子女税收抵免开始减少：US$50"]
)
def test_texts_are_no_wider_than_thought(text: str) -> None:
    """The width that room is made for holds what is drawn, and is not much more."""
    picture = RulerPicture(language("en"))
    drawn = (
        picture.axes.text(0, 0, text, fontsize=charts.SMALL)
        .get_window_extent(picture.canvas.get_renderer())
        .width
    )

    assert drawn / charts.DPI * 72 <= points(text, charts.SMALL) <= drawn / charts.DPI * 72 * 1.25

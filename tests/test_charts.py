"""Pictures: their words, their colours, their Chinese, and that they follow the numbers."""

import base64
import html
import io
import re
import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font
from PIL import Image

import megaroth as mr
from megaroth.plans.projection import LAYERS
from megaroth.show import charts
from megaroth.show.charts import LayersPicture, LinesPicture, WaitingPicture, WaterfallPicture, growth_picture
from megaroth.show.language import language
from megaroth.show.tables import tax_layers
from tests.catalogue import catalogue

LIN = mr.Client.load("lin")
COSTS = mr.cost_of_waiting(LIN, range(6))
NO_GLYPH = "\U000e0fff"  # a code point that no font has


def _alternative(picture: str) -> str:
    return html.unescape(re.search(r'alt="([^"]*)"', picture)[1])


def _pixels(picture: str) -> np.ndarray:
    data = base64.b64decode(re.search(r'base64,([^"]*)"', picture)[1])
    return np.asarray(Image.open(io.BytesIO(data)))


def _written(text: str) -> np.ndarray:
    """A text as our pictures draw it."""
    charts.use_fonts()
    figure = Figure(figsize=(1, 1), dpi=100)
    canvas = FigureCanvasAgg(figure)
    figure.text(0.5, 0.5, text, fontsize=40, ha="center", va="center")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


def _bars(costs: pd.DataFrame) -> dict[str, pd.Series]:
    return {"roth": -costs["against_prompt"]}


@cache
def _all_pictures(code: str) -> dict[str, str]:
    speak = language(code)
    return {
        "waterfall": WaterfallPicture(speak).draw(mr.after_tax_space(LIN, 2026), "Finding."),
        "waiting": WaitingPicture(speak).draw(_bars(COSTS), "roth", 3, "Finding.", "Cost"),
        "layers": LayersPicture(speak).draw(tax_layers(COSTS, 3, code), "Title"),
        "lines": growth_picture(mr.project(LIN), code),
    }


# --- text alternatives ---


@pytest.mark.parametrize("kind", ["waterfall", "waiting", "layers", "lines"])
def test_alternative_in_english(kind: str) -> None:
    """Kind of picture, finding, where the axis goes, the series, and that the numbers stand in the table."""
    words = _alternative(_all_pictures("en")[kind])

    pattern = (
        r"(Waterfall|Bar|Line) chart: [^.]+\. [A-Z][^.]* from .+ to .+\. .+ Numbers in the table below\."
    )
    assert re.fullmatch(pattern, words, re.DOTALL)
    assert "$" in words


@pytest.mark.parametrize("kind", ["waterfall", "waiting", "layers", "lines"])
def test_alternative_in_chinese(kind: str) -> None:
    """The same in Chinese, with no English sentence left in it."""
    words = _alternative(_all_pictures("zh")[kind])

    assert re.fullmatch(r"(瀑布图|柱状图|折线图)：.+。.+：从 ?.+到 ?.+。.+。具体数字见下表。", words)
    assert re.findall(r"\b[a-z]{3,}\b", words) == []


def test_alternative_holds_the_numbers() -> None:
    """First, last and highest of a series are said."""
    costs = pd.Series([0.0, 9_000.0, 4_000.0], index=[0, 1, 2])

    words = _alternative(
        WaitingPicture(language("en")).draw({"roth": costs}, "roth", 1, "Waiting costs.", "Cost")
    )

    assert words == (
        "Bar chart: Waiting costs. Years waited from 0 to 2. Bars: all to Roth: $0 to $4,000, highest $9,000 at 1. "
        "Numbers in the table below."
    )


def test_hostile_name_in_a_finding() -> None:
    """A client's name is text in the picture's words, never markup."""
    picture = WaterfallPicture(language("en")).draw(
        mr.after_tax_space(LIN, 2026), 'Lin"><script>alert(1)</script> can add.'
    )

    assert "<script>" not in picture
    assert picture.count("<") == 1
    assert "<script>alert(1)</script>" in _alternative(picture)


# --- colours and dashes ---


def test_each_strategy_has_its_colour_and_dash() -> None:
    """A line is told from the others by colour and by dash, the same in every picture."""
    assert set(charts.COLOURS) == {each.key for each in mr.STRATEGIES}
    dresses = [charts.line_dress(key) for key in charts.COLOURS]

    assert len({dress["color"] for dress in dresses}) == len(dresses)
    assert len({(str(dress["linestyle"]), dress["linewidth"]) for dress in dresses}) == len(dresses)


def test_lines_wear_their_strategy() -> None:
    """What is drawn has the colour, the dash and the name at its end that the table says."""
    picture = LinesPicture(language("en"))

    growth_picture(mr.project(LIN), "en", picture)

    colours = [to_hex(line.get_color()) for line in picture.axes.lines[: len(mr.STRATEGIES)]]
    assert colours == [charts.COLOURS[each.key] for each in mr.STRATEGIES]
    names = {text.get_text() for text in picture.axes.texts}
    assert {each.english for each in mr.STRATEGIES} <= names
    assert "projected" in names


def test_own_strategy_is_drawn_in_ink() -> None:
    """An advisor's own strategy has square marks and needs no entry in a table."""
    picture = LinesPicture(language("en"))

    growth_picture(mr.project(LIN, ["prompt", mr.delay(3)]), "en", picture)

    assert picture.axes.lines[1].get_marker() == "s"
    assert to_hex(picture.axes.lines[1].get_color()) == charts.INK


@pytest.mark.parametrize("colour", [*charts.LABEL_COLOURS.values(), charts.INK, charts.QUIET, charts.ERROR])
def test_text_can_be_read(colour: str) -> None:
    """Every colour that text has stands out from white by 4.5 to 1 (WCAG 2, contrast ratio)."""
    channels = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)

    assert 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05) >= 4.5


# --- what is drawn ---


def test_waterfall_bars_meet() -> None:
    """Each step begins where the last one ended, down to the room still open."""
    picture = WaterfallPicture(language("en"))
    room = mr.after_tax_space(LIN, 2026)

    picture.draw(room, "x")

    spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in picture.axes.patches]
    limit, deferral, employer, space, so_far, left = spans
    assert limit == (0, room.limit)
    assert deferral[1] == limit[1]
    assert employer[1] == deferral[0]
    assert space == (0, employer[0])
    assert so_far[1] == space[1]
    assert left == (0, pytest.approx(room.remaining))


def test_catch_up_stands_apart() -> None:
    """It has a bar of its own below the others and takes nothing from the room."""
    picture = WaterfallPicture(language("en"))
    room = mr.after_tax_space(mr.Client.load("okafor"), 2026)

    words = _alternative(picture.draw(room, "x"))

    last = picture.axes.patches[-1]
    assert (last.get_x(), last.get_width()) == (0, room.catch_up)
    assert "Catch-up beside the limit: $11,250" in words


def test_excess_is_hatched_beyond_the_limit() -> None:
    """Too much money in is shown past the limit, not clipped."""
    picture = WaterfallPicture(language("en"))
    room = mr.after_tax_space(LIN.with_(after_tax_so_far=50_000), 2026)

    picture.draw(room, "x")

    bar = picture.axes.patches[-1]
    assert bar.get_hatch()
    assert (bar.get_x(), bar.get_width()) == (room.limit, pytest.approx(room.excess))


def test_projected_limits_say_so_on_the_axis() -> None:
    """A year whose limits are not published is named as projected in the picture."""
    picture = WaterfallPicture(language("zh"))

    picture.draw(mr.after_tax_space(LIN, 2030), "x")

    assert picture.axes.get_xlabel() == "万美元；2030 年限额为推算值"


def test_the_chosen_wait_is_marked() -> None:
    """One bar is solid and carries its amount; the others are pale."""
    picture = WaitingPicture(language("en"))

    picture.draw(_bars(COSTS), "roth", 4, "x", "Cost")

    fills = [to_hex(bar.get_facecolor()) for bar in picture.axes.patches]
    assert [k for k, fill in enumerate(fills) if fill == charts.COLOURS["late_convert"]] == [4]
    assert f"{-COSTS.loc[4, 'against_prompt'] / 1e3:,.0f}" in [text.get_text() for text in picture.axes.texts]


def test_the_split_is_told_by_dots_and_marked_when_chosen() -> None:
    """Earnings sent to a traditional IRA are dots; the chosen one has a ring, and no bar is solid then."""
    picture, bars = WaitingPicture(language("en")), _bars(COSTS)

    picture.draw({**bars, "traditional_ira": bars["roth"] * 1.1}, "traditional_ira", 2, "x", "Cost")

    assert charts.COLOURS["late_convert"] not in {to_hex(bar.get_facecolor()) for bar in picture.axes.patches}
    dots, ring = picture.axes.lines[:2]
    assert len(dots.get_xdata()) == 6
    assert list(ring.get_xdata()) == [2]


def test_nothing_is_not_magnified() -> None:
    """Where waiting costs cents the axis still spans a thousand dollars."""
    picture = WaitingPicture(language("en"))

    picture.draw({"roth": pd.Series([0.0, 0.4], index=[0, 1])}, "roth", 1, "x", "Cost")

    assert picture.axes.get_ylim()[1] > 1


def test_layers_run_on_and_zero_is_written() -> None:
    """Each layer begins where the last one ended, under the year in which it is paid; a layer without tax says $0."""
    picture = LayersPicture(language("en"))
    layers = tax_layers(COSTS, 5, "en")

    words = _alternative(picture.draw(layers, "x"))

    ends = np.cumsum([bar.get_width() for bar in picture.axes.patches])
    assert [bar.get_x() for bar in picture.axes.patches] == pytest.approx([0, *ends[:-1]])
    assert ends[-1] * 1e3 == pytest.approx(COSTS.loc[5, "tax"])
    assert len(layers) == len(LAYERS)
    paid = [label.rpartition(", ")[2] for label, _ in layers]
    assert paid == ["2033 p" if layer == "medicare" else "2031 p" for layer in LAYERS]
    assert "$0" in words


def test_moving_keeps_the_layout_and_rest_mends_it() -> None:
    """While a control moves the axes stay where they are; at rest they make room for new labels."""
    picture = WaterfallPicture(language("en"))
    long_names, short_names = (mr.after_tax_space(client, 2026) for client in (LIN, LIN.with_(wages=40_000)))
    picture.draw(long_names, "x")
    before = picture.axes.get_position().bounds

    picture.draw(short_names, "x", moving=True)
    moving = picture.axes.get_position().bounds
    picture.draw(short_names, "x")

    assert moving == before
    assert picture.axes.get_position().bounds != before


@pytest.mark.parametrize("code", ["en", "zh"])
def test_nothing_is_cut_at_the_edge(code: str) -> None:
    """All pictures keep a white margin of a pixel around what they draw."""
    for picture in _all_pictures(code).values():
        pixels = _pixels(picture)
        edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        assert edge.min() == 255


@pytest.mark.parametrize("code", ["en", "zh"])
def test_no_warnings(code: str) -> None:
    """matplotlib has nothing to say about fonts or layout: a notebook would store its warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for picture in _all_pictures(code).values():
            assert _pixels(picture).std() > 10


# --- Chinese ---


@pytest.mark.parametrize("character", "巨额后门转换税净值喆镕")
def test_chinese_is_drawn(character: str) -> None:
    """A character looks neither like the box of a missing glyph, nor like nothing, nor like another one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        box = _written(NO_GLYPH)
    drawn = _written(character)

    assert not np.array_equal(drawn, box)
    assert not np.array_equal(drawn, _written(" "))
    assert not np.array_equal(drawn, _written("一" if character != "一" else "二"))


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_the_font_has_every_character_that_we_say(weight: str) -> None:
    """No text of the catalogue or of a strategy meets a hole in the font, in either weight."""
    charts.use_fonts()
    path = charts.font_manager.findfont(
        charts.font_manager.FontProperties(family=charts.CHINESE_FONT, weight=weight),
        fallback_to_default=False,
    )
    there = set(get_font(path).get_charmap())
    texts = [str(entry.string) for entry in catalogue()] + [each.chinese for each in mr.STRATEGIES]
    said = {character for text in texts for character in text if ord(character) > 0x2E7F}

    assert {character for character in said if ord(character) not in there} == set()

"""A font inside a page that is sent away: Chinese is readable also on a machine without a Chinese font."""

import base64
import io
from functools import cache
from importlib.resources import files

FIRST_CHINESE = "\u2e80"  # radicals, characters and full-width marks come from here on


def chinese_font(page: str) -> str:
    """The style of a font "megaroth" with the Chinese characters of *page*; "" where it has none. Takes about a second."""
    letters = "".join(sorted({each for each in page if each >= FIRST_CHINESE}))
    if not letters:
        return ""
    return (
        '@font-face { font-family: "megaroth"; unicode-range: U+2E80-10FFFF; font-display: block; src: local("PingFang SC"), '
        f'local("Microsoft YaHei"), local("Noto Sans CJK SC"), url("{_font_with(letters)}") format("woff"); }}'
    )


@cache
def _font_with(letters: str) -> str:
    # Loading this package takes a second, and most pages are never sent away.
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(
        str(files("mpl_font") / "fonts" / "wqy" / "wqy-microhei.ttc"),
        fontNumber=0,
        lazy=True,
        recalcTimestamp=False,
    )
    options = Options()
    options.layout_features, options.hinting, options.drop_tables = [], False, [*options.drop_tables, "FFTM"]
    subsetter = Subsetter(options)
    subsetter.populate(text=letters)
    subsetter.subset(font)
    font.flavor, buffer = "woff", io.BytesIO()
    font.save(buffer, reorderTables=None)
    return f"data:font/woff;base64,{base64.b64encode(buffer.getvalue()).decode()}"

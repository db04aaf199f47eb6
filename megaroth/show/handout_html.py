"""A hand-out as one HTML file: pictures inside it, no script, nothing asked of any server; it prints as the PDF does."""

import base64
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from PIL import Image

from megaroth.show.handout_parts import Handout
from megaroth.show.page_font import chinese_font

TAGS = {"en": "en-US", "zh": "zh-Hans-CN"}


def html_of(handout: Handout) -> bytes:
    """The whole page; every text from a person is escaped by the template."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["data"] = lambda png: _data("image/png", png)
    template = environment.from_string(
        (files("megaroth.show") / "handout.html.j2").read_text(encoding="utf-8")
    )
    sections = [
        {
            "title": section.title,
            "new_page": section.new_page,
            "blocks": [(type(block).__name__, block) for block in section.blocks],
        }
        for section in handout.sections
    ]

    def render(font: str) -> str:
        return template.render(
            lang=TAGS[handout.speak.code], title=handout.title, firm=handout.firm, logo=_logo(handout),
            client=handout.client, date=handout.date, sections=sections, foot=handout.foot, font=font,
        )  # fmt: skip

    return render(chinese_font(render(""))).encode("utf-8")


def _logo(handout: Handout) -> str:
    """The firm's logo as a data address, "" where there is none."""
    if handout.firm is None or handout.firm.logo is None:
        return ""
    with Image.open(handout.firm.logo) as image:
        kind = Image.MIME[image.format]
    return _data(kind, handout.firm.logo.read_bytes())


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"

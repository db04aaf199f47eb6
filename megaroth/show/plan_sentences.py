"""
From pages to sentences: lines joined, headings and lists told from prose, questions joined to a bare yes or no.

A summary is read line by line. A sentence keeps what stands above it: the heading of its section and the sentence
before it, since "These contributions are not available" says nothing alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

# A word's last hyphen is part of it where the first half is one of these, also at the end of a line.
KEPT_HYPHEN = [
    "after",
    "post",
    "pre",
    "in",
    "non",
    "self",
    "co",
    "re",
    "on",
    "off",
    "out",
    "short",
    "long",
    "catch",
    "roll",
    "well",
    "tax",
    "part",
    "full",
    "pro",
    "non-roth",
]

# How a new item begins: a bullet, a letter or number in brackets, a box to tick, question or answer.
BULLET = re.compile(
    r"\s*(?:[•▪●○◦■□–—*·➢✓‣\uf0b7]|-(?=\s)|o(?=\s)|\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)](?=\s))\s*"
)
BOX = re.compile(r"\s*(?:\[\s*[xX]?\s*\]|[☐☑☒✔✗✘])\s*")
ASKED = re.compile(r"\s*(?:Q|A|Question|Answer)\s*\d*\s*[.:]\s*")
# Two columns: a tab, a bar, a row of dots or a wide gap between words.
COLUMNS = re.compile(r"\s*(?:\t|\s\|\s|\.{4,}|(?<=\S)\s{3,}(?=\S))\s*")
LABEL = re.compile(r"[A-Z][^.:;?!]{2,70}:\s+\S")

# A line that says something is no heading, however short.
STATES = re.compile(
    r"\b(?:may|can|cannot|will|is|are|do|does|must|has|have|not|no|yes|allowed|permitted|available|offered)\b",
    re.I,
)
# A heading that says of the items under it what they are: "Contribution types available".
LISTS = re.compile(
    r"\b(?:types?|kinds?|sources|options|available|permitted|allowed|offered|you (?:may|can))\b", re.I
)
# In capitals throughout, a line with such a word says something: "AFTER-TAX CONTRIBUTIONS ARE NOT ALLOWED".
SHOUTED = re.compile(r"^[^a-z]*\b(?:HAS|HAVE|IS|ARE|NOT|DOES|DO)\b[^a-z]*$")
# No sentence begins so: what stands above is no heading but its beginning.
GOES_ON = re.compile(r"(?:is|are|has|have|was|were|will|may|does|do|not|nor|or|and|of)\b", re.I)
LONGEST_LABEL = 90  # letters of a heading
LONG_LINE = 60  # letters; a shorter line without an end mark can be a heading
# What a sentence after it can point back to; "you can convert them" only hands on what stands above it.
NAMES_MONEY = re.compile(
    r"contribut|deferr|match|account|saving|amount|rollover|tax\b|balance|loan|insur", re.I
)
LONGEST_BLOCK = 8_000  # letters of a paragraph; a longer one is a table that lost its lines
LONGEST_LIST = 400  # letters of a list that are quoted to make an item clear; "…" stands for more

# A full stop that ends no sentence.
ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|sec|inc|co|corp|ltd|st|mr|ms|mrs|dr|u\.s|u\.s\.c|reg|treas|approx|dept|jan|feb|mar|apr|jun"
    r"|jul|aug|sept?|oct|nov|dec)|\b[A-Z]|^[QA]\d*)\.$",
    re.I,
)
SENTENCE_END = re.compile(r"""(?<!\.\.)[.?!]["')\]”’]*\s+(?=["'(“‘\[]?[A-Z0-9•§$])""")
ENDED = re.compile(r"""[.?!:;]["')\]”’]*$""")
NUMBER = re.compile(r"\bNo\.$")  # "No. 12"; before anything but a digit it is an answer
RHETORICAL = re.compile(r"did you know|why not\b", re.I)  # asks nothing, says something
BARE_ANSWER = re.compile(
    r"(?:A\s*\d*\s*[.:]|Answer\s*:)?\s*(?:yes|no|not|unfortunately|sorry|sadly|i['’]m afraid|absolutely|certainly|of course|definitely|currently,? (?:it|the plan|they|no)|never)\b"
    r"|(?:A\s*\d*\s*[.:]|Answer\s*:)?\s*(?:we|it|they|you|the plan|our plan) (?:can|do|does|may|will|is|are)(?:n['’]t|not| not)?\s*[.,–—-]",
    re.I,
)


@dataclass(frozen=True)
class Sentence:
    """A sentence, where it stands, and what stands above it."""

    quote: str
    page: int
    heading: str = ""
    before: str = ""  # the sentence before it in the same paragraph, or the question above it
    lead: str = ""  # the words before a list ("The Plan does not permit:")
    item: str = ""  # in a list or after a question: the part that is this item's own; else the quote


@dataclass
class _Block:
    """Lines that belong together."""

    text: str
    page: int
    is_item: bool = False
    is_heading: bool = False
    turns: list[tuple[int, int]] = field(
        default_factory=list
    )  # where in the text a further page begins, and its number

    def add(self, line: str, page: int) -> None:
        self.text = _joined(self.text, line)
        if page != (self.turns[-1][1] if self.turns else self.page):
            self.turns.append((len(self.text) - len(line), page))

    def sentences(self) -> Iterator[tuple[str, int]]:
        """Each sentence with the page on which it begins."""
        start = 0
        for text in split_sentences(self.text):
            start = self.text.index(text, start)
            yield text, max([self.page, *(page for at, page in self.turns if at <= start)])
            start += len(text)


def sentences_of(pages: list[str]) -> Iterator[Sentence]:
    """All sentences in order, page numbers from 1."""
    heading, before, lead, question = "", "", "", None
    columns: list[str] = []
    listed = (
        ""  # a list so far: an item is quoted with all that stands between it and the words before the list
    )
    for block in _blocks(pages):
        if block.is_heading:
            heading, before, question = block.text, "", None
            lead = listed = heading if _is_label(heading) else ""
            continue
        if not block.is_item:
            before = lead = ""
        cells = COLUMNS.split(block.text.strip("| "))
        if len(cells) > 2 and len(cells) == len(columns):
            yield from _cells(block, cells, columns, heading)
            continue
        columns = cells if len(cells) > 2 else []
        for text, page in block.sentences():
            sentence = Sentence(text, page, heading, before, item=text)
            if question and BARE_ANSWER.match(text):
                joined = f"{question.quote} {text}"
                sentence = replace(sentence, quote=joined, page=question.page, before=_asked(question))
            elif question:
                sentence = replace(sentence, before=question.quote)
            elif (
                lead
                and block.is_item
                and not (lead == heading and (STATES.search(text) or LABEL.match(text)))
            ):
                listed = f"{listed} {text}" if len(listed) <= LONGEST_LIST else listed
                quote = listed if len(listed) <= LONGEST_LIST else f"{lead} … {text}"
                sentence = replace(sentence, lead=lead, quote=quote)
            question = sentence if text.endswith("?") and not RHETORICAL.match(text) else None
            if question is None:
                yield sentence
            before = text if NAMES_MONEY.search(text) else f"{before} {text}"[-LONGEST_LIST:].strip()
        if not block.is_item and (block.text.endswith(":") or _is_label(block.text)):
            lead = listed = split_sentences(block.text)[-1]


def _asked(question: Sentence) -> str:
    """A question with the sentence before it where it points back to it: "... Do we have that?"."""
    points_back = re.search(r"\b(?:that|this|it|them|these|so|one)\b", question.quote)
    return f"{question.before} {question.quote}".strip() if points_back else question.quote


def _cells(block: _Block, cells: list[str], columns: list[str], heading: str) -> Iterator[Sentence]:
    """Each cell of a row read under the head of its column: "After-tax: Can I convert it? : Yes"."""
    for column, cell in zip(columns[1:], cells[1:], strict=True):
        yield Sentence(block.text, block.page, heading, item=f"{cells[0]}: {column.rstrip('?')}: {cell}")


def split_sentences(text: str) -> list[str]:
    """The sentences of a paragraph, each as it stands."""
    found, start = [], 0
    for end in SENTENCE_END.finditer(text):
        sentence = text[start : end.end()].strip()
        is_number = NUMBER.search(sentence) and text[end.end()].isdigit()
        if not ABBREVIATION.search(sentence) and not is_number:
            found.append(sentence)
            start = end.end()
    return [*found, text[start:].strip()] if text[start:].strip() else found


def _blocks(pages: list[str]) -> list[_Block]:
    """Paragraphs, list items, rows of a table and headings; a paragraph can run over the end of a page."""
    blocks: list[_Block] = []
    gap = True
    for number, page in enumerate(pages, start=1):
        for raw in page.split("\n"):
            line = _clean(raw)
            if not line.strip():
                gap = True
                continue
            _take(blocks, line, number, gap)
            gap = False
        gap = True
    return blocks


def _take(blocks: list[_Block], line: str, page: int, gap: bool) -> None:
    """Put a line to the block before it, or begin a new one."""
    last = blocks[-1] if blocks else None
    text = line.strip()
    fresh = gap or last is None or last.is_heading or last.is_item or _ended(last.text)
    starts_item = bool(
        BULLET.match(line) or BOX.match(line) or ASKED.match(line) or (fresh and _is_row(text))
    )
    if last is not None and last.is_heading and not gap and not starts_item and _carries_on(last, text):
        last.is_heading = not GOES_ON.match(text)
        last.add(text, page)
        return
    goes_on = last is not None and not last.is_heading and not starts_item and len(last.text) < LONGEST_BLOCK
    goes_on = (
        goes_on and (not gap or _runs_on(last, text)) and not (last.is_item and _is_own_line(last.text, text))
    )
    if goes_on and not (_ended(last.text) and _is_heading(text, gap)):
        last.add(text, page)
        return
    blocks.append(_Block(text, page, starts_item, not starts_item and _is_heading(text, fresh)))


def _is_own_line(before: str, text: str) -> bool:
    """Whether a line after a list item or a row is no continuation of it."""
    return _ended(before) or bool(LABEL.match(text)) or (text[0].isupper() and bool(COLUMNS.search(before)))


def _is_row(line: str) -> bool:
    return bool(COLUMNS.search(line) or LABEL.match(line))


def _carries_on(heading: _Block, text: str) -> bool:
    """Whether a line goes on with the heading above it: a sentence wrapped early, or capitals over two lines."""
    is_short = len(heading.text) < LONGEST_LABEL
    is_second = is_short and text.isupper() and heading.text.isupper() and _is_heading(text, alone=True)
    return is_second or (is_short and bool(GOES_ON.match(text)))


def _runs_on(last: _Block, text: str) -> bool:
    """Whether a line goes on in the middle of a sentence after a gap, as over the end of a page."""
    unfinished = bool(re.search(r"[a-z,\-]$", last.text[-1:])) and not last.is_item
    return unfinished and (text[0].islower() or len(last.text) > LONG_LINE)


def _ended(text: str) -> bool:
    return bool(ENDED.search(text[-9:]))


def _is_heading(text: str, alone: bool) -> bool:
    """A short line without an end mark, its words capitalized or *alone* after an end."""
    if len(text) > LONGEST_LABEL or re.search(r"[.?!:;,-]$", text) or not re.search(r"[A-Za-z]{3}", text):
        return False
    if not text[0].isupper() and not re.match(r"\d+(\.\d+)*\.?\s+[A-Z]", text):
        return False
    if SHOUTED.search(text):
        return False
    words = [word for word in re.findall(r"[A-Za-z][\w'’-]*", text) if len(word) > 3]
    return all(word[0].isupper() for word in words) or (
        alone and len(text.split()) <= 7 and not STATES.search(text)
    )


def _is_label(text: str) -> bool:
    """A short line without an end mark that says what the list under it is: "Contribution types available"."""
    return len(text) <= LONGEST_LABEL and not _ended(text) and bool(LISTS.search(text))


def _joined(before: str, text: str) -> str:
    """Two lines as one, a word parted at the line's end put together again."""
    parted = re.search(r"([A-Za-z-]+)[-\u00ad\u2010]$", before[-LONG_LINE:])
    if not parted or not text[0].islower():
        return f"{before} {text}"
    keeps = parted[1].lower() in KEPT_HYPHEN or "-" in parted[1]
    return before + text if keeps else before[:-1] + text


def _clean(line: str) -> str:
    """Ligatures and odd spaces as plain letters and spaces; the words stay as they are printed."""
    for ligature, letters in {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"}.items():
        line = line.replace(ligature, letters)
    line = re.sub(r"[\u00a0\u2000-\u200a\u202f\u3000]", " ", line)
    line = re.sub(r" {9,}", " " * 8, re.sub(r"\.{9,}", "." * 8, re.sub(r"\t{2,}", "\t", line)))
    return re.sub(r"[\u200b-\u200d\ufeff]", "", line).rstrip()

"""
The pages of a plan summary: text, or a PDF with text in it; each trouble with a file is one sentence.

What is refused, and why: a file that is huge is refused by its size before anything in it is read; a scanned PDF has
pictures of words and no words; an encrypted one may not be read. A summary has 20 to 150 pages of some 3,000 letters:
the limits leave room above that, and what is within them is read in about five seconds.
"""

import io
import logging
import re
from collections import Counter
from pathlib import Path

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError

from megaroth.facts.errors import InputError

MOST_MEGABYTES = 20
MOST_PAGES = 400
MOST_LETTERS = 1_500_000  # of one document; 400 full pages have as many
MOST_DRAWING = 500_000  # bytes of drawing commands on one page; a full page of text has some 5,000 to 30,000
MOST_DRAWN = 3_000_000  # bytes of them in all pages that are read
MOST_SENTENCES = 3_000  # about after-tax or Roth money; a summary of 150 pages has a few hundred
FEWEST_LETTERS = 40  # in a whole PDF; less is a stamp on a scan
MEGABYTE = 1_000_000

RULES = {
    "empty": "The plan summary is empty.",
    "no_file": "There is no file {value}.",
    "kind": "The plan summary must be a PDF or a text file; you entered {value}.",
    "bytes": "The plan summary must be text or a PDF; you entered {value}.",
    "too_big": "The plan summary has {size} MB; {limit} MB is the most that is read.",
    "too_many_pages": "The plan summary has {size} pages; {limit} is the most that is read.",
    "too_long": "The plan summary has more than {limit} letters; give only the pages about contributions and withdrawals.",
    "too_much": "The PDF has more on its pages than can be read at once; give only the pages about contributions and withdrawals.",
    "too_dense": "The plan summary has more than {limit} sentences about after-tax or Roth money; give only the pages about contributions and withdrawals.",
    "not_a_pdf": "The file does not begin as a PDF does; open it, save it as a PDF, or paste its text.",
    "broken": "The PDF is damaged and cannot be read; download it again, or paste its text.",
    "encrypted": "The PDF is encrypted; save a copy without protection, or paste its text.",
    "scanned": "The PDF has pictures of pages and no text; have its text recognized first, or type the passage.",
    "cannot_read": "The file {value} cannot be read; close it elsewhere, or copy it into another folder.",
}

# pypdf reports each oddity of a file; for the reader the answer, or the one sentence, is enough.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def pages_of(source: str | bytes | Path) -> list[str]:
    """
    The text of each page, running heads and feet left out.

    Args:
        source: the text itself (form feeds part its pages), the bytes of a PDF, or the path of a .pdf or .txt file.

    Raises: InputError with rule "empty", "no_file", "kind", "too_big", "too_many_pages", "too_long", "too_much", "too_dense", "not_a_pdf",
        "broken", "encrypted", "scanned" or "cannot_read".
    """
    if isinstance(source, str) and not _is_path(source):
        pages = _pages_of_text(source)
    elif isinstance(source, str | Path):
        pages = _pages_of_file(Path(source))
    elif isinstance(source, bytes | bytearray | memoryview):
        pages = _pages_of_pdf(bytes(source))
    else:
        _unreadable("bytes", type(source).__name__)
    return without_running_lines(pages)


def plain_text(content: bytes) -> str:
    """The text of a .txt file, in whichever of the usual encodings it was saved."""
    _check_size(len(content))
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def without_running_lines(pages: list[str]) -> list[str]:
    """The pages without a line at their top or foot that stands on another page too, page numbers apart."""
    edges = [_edges(page) for page in pages]
    seen = Counter(_masked(line) for lines in edges for line in set(lines))
    return [
        "\n".join(
            line
            for line in page.split("\n")
            if not (line in lines and (seen[_masked(line)] > 1 or _is_page_number(line)))
        )
        for page, lines in zip(pages, edges, strict=True)
    ]


def _edges(page: str) -> list[str]:
    """The first two and last two lines with words; a short page has none that could be told from its text."""
    lines = [line for line in page.split("\n") if line.strip()]
    return lines[:2] + lines[-2:] if len(lines) > 4 else [line for line in lines if _is_page_number(line)]


def _masked(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()).lower())


def _is_page_number(line: str) -> bool:
    bare = " ".join(line.split())
    return bool(re.fullmatch(r"[-–]? ?(page )?\d{1,4}( ?(of|/) ?\d{1,4})? ?[-–]?", bare, re.I))


def _is_path(text: str) -> bool:
    """Whether a text is the name of a file; a sentence may end in .pdf too, but has no such length or line end."""
    bare = text.strip()
    return len(bare) < 300 and "\n" not in bare and bare.lower().endswith((".pdf", ".txt"))


def _pages_of_text(text: str) -> list[str]:
    if not text.strip():
        _unreadable("empty")
    _check_length(len(text))
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\f")


def _pages_of_file(path: Path) -> list[str]:
    suffix = path.suffix.lower()
    if suffix not in (".pdf", ".txt"):
        _unreadable("kind", path.name)
    if not path.is_file():
        _unreadable("no_file", str(path))
    try:
        _check_size(path.stat().st_size)
        content = path.read_bytes()
    except OSError:
        _unreadable("cannot_read", path.name)
    return _pages_of_pdf(content) if suffix == ".pdf" else _pages_of_text(plain_text(content))


def _pages_of_pdf(content: bytes) -> list[str]:
    if not content:
        _unreadable("empty")
    _check_size(len(content))
    if b"%PDF-" not in content[:1024]:
        _unreadable("not_a_pdf")
    try:
        pages = _texts(content)
    except InputError:
        raise
    except (DependencyError, FileNotDecryptedError):  # the first: AES, which pypdf leaves to another package
        _unreadable("encrypted")
    except Exception:  # a damaged file can break pypdf anywhere, and the person can mend all of it alike
        _unreadable("broken")
    if sum(len(page.strip()) for page in pages) < FEWEST_LETTERS:
        _unreadable("scanned")
    return pages


def _texts(content: bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(content))
    # Many plans lock a summary against changes only: the empty password opens it for reading.
    if reader.is_encrypted and not reader.decrypt(""):
        _unreadable("encrypted")
    if len(reader.pages) > MOST_PAGES:
        _unreadable("too_many_pages", size=len(reader.pages), limit=MOST_PAGES)
    pages, letters, drawn = [], 0, 0
    for page in reader.pages:
        drawing = _drawing(page)
        # A map or a picture: it would take minutes and holds no sentence.
        is_picture = drawing > MOST_DRAWING
        drawn += 0 if is_picture else drawing
        if drawn > MOST_DRAWN:
            _unreadable("too_much")
        pages.append("" if is_picture else page.extract_text())
        letters += len(pages[-1])
        _check_length(letters)
    return pages


def _drawing(page: PageObject) -> int:
    """The bytes of a page's drawing commands, which decide how long reading it takes."""
    contents = page.get_contents()
    return len(contents.get_data()) if contents is not None else 0


def _check_size(size: int) -> None:
    if size > MOST_MEGABYTES * MEGABYTE:
        _unreadable("too_big", size=f"{size / MEGABYTE:.1f}", limit=MOST_MEGABYTES)


def _check_length(letters: int) -> None:
    if letters > MOST_LETTERS:
        _unreadable("too_long", limit=f"{MOST_LETTERS:,}")


def check_sentences(count: int) -> None:
    """Refuse a text with more sentences about such money than are read in a few seconds."""
    if count > MOST_SENTENCES:
        _unreadable("too_dense", limit=f"{MOST_SENTENCES:,}")


def _unreadable(rule: str, value: object = None, **values: object) -> None:
    raise InputError(rule, RULES[rule], field="plan_summary", value=value, **values)

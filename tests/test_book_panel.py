"""A list's file, its panel and its answer as a file: read as people save it, refused in one sentence, harmless to open."""

import asyncio
import base64
import csv
import datetime as dt
import io
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import megaroth as mr
from megaroth.facts.law import latest_published_year, load_law
from megaroth.plans.book import screened
from megaroth.plans.book_rows import FIELDS, REQUIRED, clients_of
from megaroth.show.book_file import heading_of, read_book, sample_book
from megaroth.show.book_result import result_file
from megaroth.show.book_tables import book_table, names_of
from megaroth.show.choices import STATES
from megaroth.show.language import language
from megaroth.show.panels import BookPanel
from megaroth.show.panels.book import USUAL

HEAD = "name,filing_status,birth_year,state,wages,accepts_after_tax"
LINE = "Ames,single,1981,TX,250000,yes"
HOSTILE = '=HYPERLINK("http://example.com","x")'
LAW = load_law(latest_published_year())


def workbook(*rows: list[object]) -> bytes:
    """The bytes of an Excel file."""
    work = openpyxl.Workbook()
    for row in rows:
        work.active.append(row)
    buffer = io.BytesIO()
    work.save(buffer)
    return buffer.getvalue()


# --- reading ---


@pytest.mark.parametrize(
    "content",
    [
        f"{HEAD}\n{LINE}\n".encode(),
        f"{HEAD}\r\n{LINE}\r\n\r\n".encode("utf-8-sig"),
        f"{HEAD}\n{LINE}".replace(",", ";").encode("utf-16"),
        f"\n{HEAD}\n{LINE}".replace(",", "\t").encode(),
        "姓名,报税身份,出生年份,州,薪酬（美元／年）,计划接受税后供款\nAmes,单身,1981,TX,\"US$250,000\",是\n".encode("gb18030"),
        b"Name,Filing status,Birth year,State,Pay (US$ a year),Plan takes after-tax contributions\nAmes,single,1981,TX,250000,Yes",
        f"{HEAD}\n{LINE}".replace(",", ";").replace("250000", "250.000,00").encode(),
        workbook(HEAD.split(","), ["Ames", "single", 1981, "TX", 250_000, True]),
        workbook([*HEAD.split(","), None], ["Ames", "single", "1981", "TX", 250_000.0, "yes", None], [None]),
    ],
    ids=["utf-8", "bom", "utf-16", "tabs", "gbk", "labels", "semicolons", "excel", "excel with blanks"],
)  # fmt: skip
def test_files_as_people_save_them(content: bytes) -> None:
    """Encodings, separators, headings in either language and Excel: the same client, the same answer."""
    book = read_book(content, "book.csv")

    answer = mr.screen(book)

    assert answer["problem"].tolist() == [""]
    assert answer["space"].tolist() == [LAW.annual_additions]
    assert answer["verdict"].tolist() == ["ask"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "b.csv is empty."),
        (b"\n , \n", "b.csv is empty."),
        (HEAD.encode(), "has headings and no clients"),
        (f"{HEAD}\n{LINE},7".encode(), "b.csv, line 2: more cells than headings"),
        (f"{HEAD}\n{LINE}".replace(",", ";").replace("250000", "250.000").encode(), "line 2: 250.000 can be two amounts"),
        (b"PK\x03\x04 not a workbook", "is no workbook that can be read"),
        (b"\xd0\xcf\x11\xe0old", "is an old or a protected workbook"),
        (b"\x00\x01\x02\x80\xff", "is no text that can be read"),
        (f"{HEAD}\n\"{'x' * 200_000}\"".encode(), "is no table that can be read"),
    ],
)  # fmt: skip
def test_bad_files_are_refused_in_one_sentence(content: bytes, sentence: str) -> None:
    """With the file's name, and the line where there is one."""
    with pytest.raises(mr.InputError) as told:
        read_book(content, "b.csv")

    assert sentence in str(told.value)


def test_a_missing_file_and_one_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are refused before anything is read from them."""
    monkeypatch.setattr("megaroth.show.book_file.MOST_BYTES", 10)

    for source, sentence in (
        (tmp_path / "none.csv", "none.csv cannot be read."),
        (b"x" * 11, "is too large"),
    ):
        with pytest.raises(mr.InputError, match=sentence):
            read_book(source)


def test_rows_keep_their_place_in_the_file() -> None:
    """Blank lines do not shift the number by which a person finds the row."""
    book = read_book(f"\n{HEAD}\n\n{LINE}\n,,,,,\n{LINE}\n".encode())

    assert book.index.tolist() == [4, 6]
    assert names_of(book) == ["Ames", "Ames"]


def test_the_sample_shows_every_case() -> None:
    """Forty invented clients with every verdict, every code but none unknown, and rows that are bad."""
    book = read_book(sample_book())

    answer = mr.screen(book)

    assert len(book) == 40
    assert all(name.endswith(" Example") for name in names_of(book))
    assert set(answer["verdict"]) == {"prompt", "late_only", "no_space", "not_offered", "ask", ""}
    assert {code for codes in answer["reasons"] for code in codes.split("; ")} >= {
        "problem", "excess", "plan_not_known", "roth_catch_up", "last_year_pay_not_known", "acp_test", "room_filled",
    }  # fmt: skip


# --- the answer as a file ---


def hostile_answer(code: str, format_: str) -> bytes:
    names = (HOSTILE, "+1", "-1", "@x", "\t=1", " =1", "Ames")
    rows = [
        {"name": name, "filing_status": "single", "birth_year": 1981, "state": "TX", "wages": 250_000}
        for name in names
    ]
    book = pd.DataFrame([*rows, rows[0] | {"name": "Bad", "state": "=1+1"}])
    return result_file(book, screened(book), LAW, code, format_)


@pytest.mark.parametrize("code", ["en", "zh"])
def test_no_cell_of_the_csv_is_a_formula(code: str) -> None:
    """A name that begins like one stands behind an apostrophe; the others stay as they are, amounts are numbers."""
    head, *rows = csv.reader(io.StringIO(hostile_answer(code, "csv").decode("utf-8-sig")))

    assert not any(cell.lstrip()[:1] in ("=", "+", "-", "@") for row in rows for cell in row)
    assert [row[1] for row in rows[:2]] == [f"'{HOSTILE}", "'+1"]
    assert rows[6][1] == "Ames"
    assert float(rows[0][head.index(language(code)._("Room for the year"))]) == LAW.annual_additions


@pytest.mark.parametrize("code", ["en", "zh"])
def test_no_cell_of_the_workbook_is_a_formula(code: str) -> None:
    """Texts are texts, amounts and rates numbers with a format, what is not known is empty."""
    sheet = openpyxl.load_workbook(io.BytesIO(hostile_answer(code, "xlsx"))).worksheets[0]

    cells = [cell for row in sheet.iter_rows() for cell in row]

    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}
    assert sheet["B2"].value == HOSTILE
    assert (sheet["F2"].value, sheet["F2"].number_format[-5:]) == (LAW.annual_additions, "#,##0")
    assert sheet["F9"].value is None
    assert sheet["M9"].value.endswith("“=1+1”。" if code == "zh" else "you entered =1+1.")


def test_who_can_act_stands_first() -> None:
    """The largest open room before the others, then who cannot; a filter leaves out and does not reorder."""
    book = read_book(sample_book())
    answer = screened(book)

    table, look = (book_table(book, answer, "en", only) for only in ("", "needs_a_look"))

    amounts = [
        float(cell[1:].replace(",", "")) for cell in table["Room still open"][: answer.table["can_act"].sum()]
    ]
    assert amounts == sorted(amounts, reverse=True)
    assert amounts[-1] > 0
    assert len(look) == answer.table["needs_a_look"].sum()
    assert look.index.tolist() == [name for name in table.index if name in set(look.index)]
    assert set(table.loc[table["Verdict"] == "not offered", "Room still open"]) == {"–"}


# --- the panel ---


@pytest.mark.parametrize("code", ["en", "zh"])
def test_the_panel_counts_filters_and_takes_a_file(code: str) -> None:
    """The sample stands there first; a file takes its place; the filter shows fewer rows; the words are the reader's."""
    panel = BookPanel(code)
    counts = panel.answer.table[["can_act", "needs_a_look"]].sum().tolist()
    assert re.findall(r"\d+", panel.finding.value.split("</h2>")[0].split(">")[1]) == (
        [str(counts[0]), "40", str(counts[1])] if code == "en" else ["40", str(counts[0]), str(counts[1])]
    )
    assert panel.speak._("Fictional clients.") in panel.footer.value

    panel.only.value = "needs_a_look"
    assert len(panel.table()) == counts[1]
    assert panel.table_place.value.count("<tr>") == counts[1] + 1

    panel.upload.value = (
        {
            "name": "b.csv",
            "content": f"{HEAD}\n<b>{LINE}".encode(),
            "size": 1,
            "type": "",
            "last_modified": dt.datetime.now(),
        },
    )
    panel.only.value = ""
    assert names_of(panel.book) == ["<b>Ames"]
    assert "&lt;b&gt;Ames" in panel.table_place.value
    assert panel.speak._("Fictional clients.") not in panel.footer.value


def test_a_bad_file_is_a_sentence_and_leaves_nothing_behind() -> None:
    """No old figures beside the error; the next good file answers again."""
    panel = BookPanel("en")

    panel.load(b"name,wagess\nAmes,1", "b.csv")

    assert "Please check: There is no column called wagess; did you mean one of: Pay" in panel.finding.value
    assert (panel.table_place.value, panel.counts.value, panel.answer, panel.table().empty) == (
        "",
        "",
        None,
        True,
    )
    assert all(each.disabled for each in panel.downloads)
    panel.load(sample_book())
    assert "can act this year" in panel.finding.value
    assert not any(each.disabled for each in panel.downloads)


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("姓名,年龄,州", "没有名为“年龄”的列；是否为以下之一：报税身份、出生年份、州、姓名、薪酬、"),
        ("姓名,报税状态,州", "没有名为“报税状态”的列；是否为以下之一：报税身份"),
        ("姓名,wagess,州", "的列；是否为以下之一：薪酬、"),
        ("姓名,出生年份,州", "缺少“报税身份”列。"),
        ("州,州,出生年份", "“州”列出现了两次。"),
    ],
    ids=["far", "near", "of a script", "missing", "twice"],
)
def test_columns_are_named_as_the_reader_has_them(head: str, says: str) -> None:
    """What is refused about a column says the headings of the client form, and no name out of a script."""
    panel = BookPanel("zh")

    panel.load(f"{head}\nx,x,x".encode(), "b.csv")

    sentence = re.sub("<[^>]+>", "", panel.finding.value)
    assert says in sentence
    assert not re.search("[a-z]", sentence.replace("wagess", ""))


@pytest.mark.parametrize(
    ("state", "pay"),
    [
        ("新泽西州", "20万"), ("新泽西州（NJ）", "US$200,000"), ("新泽西", "20 万美元"), ("New Jersey", "200k"),
        ("new jersey (NJ)", "0.2m"), ("NJ", "２０万"), ("nj", "$200,000"),
    ],
)  # fmt: skip
def test_a_list_takes_what_the_form_takes(state: str, pay: str) -> None:
    """A state by its code or its name in either language, money as people type it: the same client."""
    book = read_book(f'姓名,报税身份,出生年份,州,薪酬\nAmes,单身,1981,{state},"{pay}"\n'.encode())

    (client,) = clients_of(book, LAW.year)

    assert (client.household.state, client.household.wages) == ("NJ", 200_000)


@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_name_of_a_state_is_its_own(code: str) -> None:
    """As the client form words it, alone and with the code."""
    speak = language(code)
    names = [name for key, word in STATES.items() for name in (speak._(word), f"{speak._(word)} ({key})")]

    book = read_book("\n".join(["state", *names]).encode())

    assert book["state"].tolist() == [key for key in STATES for _ in range(2)]


def test_what_no_form_takes_is_refused_in_the_readers_words() -> None:
    """The sentence without the words that the verdict beside it has; choices joined as Chinese does."""
    panel = BookPanel("zh")

    panel.load(
        "姓名,报税身份,出生年份,州,薪酬\nA,单身,1981,XX,1\nB,单身,1981,NJ,2O万\nC,离婚,1981,NJ,1".encode()
    )

    verdicts, reasons = panel.table()[["结论", "原因"]].to_numpy().T.tolist()
    assert verdicts == ["请检查"] * 3
    assert reasons[0].startswith("州必须是以下之一：AL、AK、AZ、")
    assert reasons[1] == "薪酬必须是数字，您输入的是“2O万”。"
    assert reasons[2].startswith("报税身份必须是以下之一：单身、")


@pytest.mark.parametrize(("kind", "start"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_the_download_is_the_whole_answer(kind: str, start: bytes) -> None:
    """Every row, also those that the filter hides."""
    panel = BookPanel("en")
    panel.only.value = "needs_a_look"

    panel.downloads[["csv", "xlsx"].index(kind)].click()

    content = base64.b64decode(re.search(r"base64,([^\"]+)", panel.link.value)[1])
    assert content.startswith(start)
    assert f'download="screen.{kind}"' in panel.link.value
    rows = (
        content.decode("utf-8-sig").splitlines()
        if kind == "csv"
        else openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]["A"]
    )
    assert len(rows) == 41


def test_a_long_list_is_done_in_parts_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a loop runs each part comes up by itself; Stop leaves a sentence and no figures."""
    monkeypatch.setattr("megaroth.plans.book.AT_ONCE", 15)
    monkeypatch.setattr("megaroth.show.panels.book.AT_ONCE", 15)

    async def both() -> tuple[list[str], int, str, str]:
        panel, told = BookPanel("en"), []
        panel.told.observe(lambda change: told.append(change["new"] + panel.table_place.value), names="value")
        while panel.answer is None:
            await asyncio.sleep(0.001)
        done = len(panel.answer.table)
        panel.load(sample_book())
        await asyncio.sleep(0)
        panel.stop.click()
        await asyncio.sleep(0.05)
        return told[:3], done, panel.finding.value, panel.table_place.value

    told, done, stopped, after = asyncio.run(asyncio.wait_for(both(), timeout=20))

    assert told == [f"<p>{n} of 40 rows are done.</p>" for n in (15, 30, 40)]
    assert (done, after) == (40, "")
    assert "Stopped; open the list again" in stopped


def test_the_page_shows_a_part_of_a_long_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so."""
    monkeypatch.setattr("megaroth.show.panels.book.MOST_ROWS", 5)

    panel = BookPanel("en")

    assert len(panel.table()) == 5
    assert "The first 5 rows are shown" in panel.more.value
    panel.only.value = "needs_a_look"
    assert "The first 5 rows" in panel.more.value


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("unit", ["", " (US$)", "（美元）"])
def test_each_fact_has_a_heading_of_its_own(code: str, unit: str) -> None:
    """What the client form calls a fact, with a unit or without, is read as that fact and as no other."""
    headings = [heading_of(language(code), name) for name in FIELDS]

    found = [read_book(f'"{heading}{unit}"\nx'.encode()).columns.item() for heading in headings]

    assert len(set(headings)) == len(FIELDS)
    assert found == list(FIELDS)


@pytest.mark.parametrize("code", ["en", "zh"])
def test_the_headings_that_the_page_names_are_read(code: str) -> None:
    """Each of them brings its own fact, in the reader's language; so do the words that a refused cell could have had."""
    speak, names = language(code), (*REQUIRED, *USUAL)
    head = ",".join(f'"{heading_of(speak, name)}"' for name in names)

    book = read_book(f"{head}\n{'x,' * (len(names) - 1)}x".encode())

    assert book.columns.tolist() == list(names)
    panel = BookPanel(code)
    refused = re.search(r"(?:must be one of: |以下之一：)([^;，]+)", panel.table_place.value)[1]
    for word in re.split(", |、", refused):
        words = book.assign(filing_status=word).to_csv(index=False).encode()
        assert read_book(words)["filing_status"].item() in ("single", "mfj", "mfs", "hoh", "qss")

"""A firm's list in the reader's words: how many can act, who first, and why a row needs a look."""

import difflib

import pandas as pd

from megaroth.facts.errors import Dollars, InputError, Rate
from megaroth.plans.book import Screened
from megaroth.plans.book_rows import FIELDS, REQUIRED
from megaroth.rules.room import LIMIT_NAMES
from megaroth.show.book_file import USUAL, heading_of
from megaroth.show.choices import CHOICES
from megaroth.show.language import Language, language
from megaroth.show.tables import frame

# The verdicts, and the codes of a row's reasons, as a person reads them.
_LABELS = {
    "prompt": "promptly to Roth", "late_only": "late only", "no_space": "no room", "not_offered": "not offered",
    "ask": "not known yet", "": "please check",
    "excess": "More is in than fits; the plan has to correct it.",
    "plan_not_known": "A feature of the plan that decides is not known; HR knows.",
    "roth_catch_up": "The catch-up must be Roth; whether the plan offers Roth is not known.",
    "last_year_pay_not_known": "Last year's pay is not known; it decides about the catch-up or the ACP ceiling.",
    "acp_test": "Highly compensated: the ACP test can send after-tax money back.",
    "room_filled": "What fits is already in.",
    "above_pay": "More fits than there is pay left to put in.",
}  # fmt: skip
NOTHING = "\N{EN DASH}"
Cell = Dollars | Rate | int | str | None


def book_finding(speak: Language, found: pd.DataFrame) -> str:
    """How many can act, and how many rows ask for a person."""
    look = int(found["needs_a_look"].sum())
    return speak.ngettext(
        "{n} of {all} clients can act this year; {m} row needs a look.",
        "{n} of {all} clients can act this year; {m} rows need a look.",
        look, n=f"{found['can_act'].sum():,}", all=f"{len(found):,}", m=f"{look:,}",
    )  # fmt: skip


def names_of(book: pd.DataFrame) -> list[str]:
    """What each row is called: its name, else its place in the file."""
    if "name" not in book:
        return [str(label) for label in book.index]
    cells = book["name"].astype(object).where(book["name"].notna(), "")
    return [str(cell).strip() for cell in cells]


def in_order(found: pd.DataFrame) -> list[int]:
    """Positions of the rows: who can act first, the largest room that is open before the others; then the rest."""
    order = pd.DataFrame({"can_act": found["can_act"].array, "open": _open(found).fillna(-1.0).array})
    return order.sort_values(["can_act", "open"], ascending=False, kind="stable").index.tolist()


def _open(found: pd.DataFrame) -> pd.Series:
    """The room still open; nan where the plan takes no after-tax money, so that what could be is not counted."""
    return found["remaining"].where(found["verdict"] != "not_offered")


def book_table(
    book: pd.DataFrame, answer: Screened, code: str, only: str = "", most: int | None = None
) -> pd.DataFrame:
    """
    Who can act first: name, verdict, room still open, rate on the next dollar converted, and why.

    Args: only: "can_act" or "needs_a_look", and no other rows. most: rows shown; None: all.
    """
    speak, found, names = language(code), answer.table, names_of(book)
    open_room = _open(found)
    places = [place for place in in_order(found) if not only or found[only].iloc[place]]
    rows = []
    for place in places[:most]:
        row = found.iloc[place]
        rows.append((
            names[place], str(book.index[place]), speak._(_LABELS[row["verdict"]]),
            NOTHING if pd.isna(open_room.iloc[place]) else speak.money(open_room.iloc[place]),
            NOTHING if pd.isna(row["marginal_rate"]) else speak.percent(row["marginal_rate"]),
            why(speak, row["reasons"], answer.problems.get(place)) or NOTHING,
        ))  # fmt: skip
    columns = ("Name", "Row", "Verdict", "Room still open", "Tax on the next dollar converted", "Why")
    return frame(speak, columns, rows)


def counts_table(found: pd.DataFrame, code: str) -> pd.DataFrame:
    """How many rows have each verdict, and the room that is open in them."""
    speak = language(code)
    rows = [
        (
            speak._(_LABELS[verdict]), f"{len(some):,}",
            NOTHING if verdict in ("not_offered", "") else speak.money(some["remaining"].sum()),
        )
        for verdict in ("prompt", "late_only", "ask", "no_space", "not_offered", "")
        if len(some := found[found["verdict"] == verdict])
    ]  # fmt: skip
    return frame(speak, ("Verdict", "Clients", "Room still open"), rows)


def why(speak: Language, reasons: str, problem: InputError | None) -> str:
    """A row's reasons as sentences; of a bad row what must be mended."""
    if problem:
        return speak.say(in_words(speak, problem).message)  # the verdict beside it asks to check
    words = [speak._(_LABELS[code]) for code in reasons.split("; ") if code]
    return speak.run_on(words)


def in_words(speak: Language, problem: InputError) -> InputError:
    """The same problem with columns and choices as the reader's client form words them."""
    values = {name: each for name, each in problem.message.values.items() if name not in ("field", "value")}
    if problem.rule == "choice" and "choices" in values:
        words = [speak._(word) for key, word in CHOICES.get(problem.field, {}).items() if key is not None]
        values["choices"] = _listed(speak, words or values["choices"].split(", "))
    elif problem.rule == "unknown" and "column" in values:
        values["choices"] = _listed(speak, _near(speak, str(problem.value)))
    elif problem.field in FIELDS and "column" in values:
        values["column"] = heading_of(speak, problem.field)
    text = problem.message.text
    return InputError(problem.rule, text, field=problem.field, value=problem.value, **values)


def _near(speak: Language, column: str) -> list[str]:
    """Headings that may have been meant, by their words or by the names that scripts use; else the most usual ones."""
    headings = {name: heading_of(speak, name) for name in dict.fromkeys((*REQUIRED, *USUAL, *FIELDS))}
    known = headings | {heading.casefold(): heading for heading in headings.values()}
    close = difflib.get_close_matches(column.casefold(), known, n=3, cutoff=0.4)
    return list(dict.fromkeys(known[each] for each in close)) or list(headings.values())[:6]


def _listed(speak: Language, words: list[str]) -> str:
    return (", " if speak.code == "en" else "、").join(words)


def result_rows(book: pd.DataFrame, answer: Screened, code: str) -> list[tuple[Cell, ...]]:
    """A row for each of the list, in its order, under result_head; what is not known is empty."""
    speak, names = language(code), names_of(book)
    yes_no = {True: speak._("yes"), False: speak._("no")}
    rows = []
    for place, (label, name, row) in enumerate(
        zip(book.index, names, answer.table.to_dict(orient="records"), strict=True)
    ):
        highly = row["highly_compensated"]
        rows.append((
            int(label) if isinstance(label, int) else str(label), name, speak._(_LABELS[row["verdict"]]),
            yes_no[row["can_act"]], *(_dollars(row[each]) for each in ("remaining", "space", "excess")),
            speak._(LIMIT_NAMES[row["limited_by"]]) if row["limited_by"] else "", _dollars(row["catch_up"]),
            speak._("not known") if highly is pd.NA else yes_no[bool(highly)],
            None if pd.isna(row["marginal_rate"]) else Rate(row["marginal_rate"]), yes_no[row["needs_a_look"]],
            why(speak, row["reasons"], answer.problems.get(place)),
        ))  # fmt: skip
    return rows


def result_head(speak: Language) -> list[str]:
    """The headings over result_rows."""
    columns = (
        "Row", "Name", "Verdict", "Can act this year", "Room still open", "Room for the year", "Excess",
        "Held down by", "Catch-up beside the limit", "Highly compensated", "Tax on the next dollar converted",
        "Needs a look", "Why",
    )  # fmt: skip
    return [speak._(name) for name in columns]


def plain_rows(book: pd.DataFrame, answer: Screened) -> list[dict[str, object]]:
    """Each row with its number and name for a script: names as in mr.screen, null for what is not known."""
    rows = answer.table.astype(object).where(answer.table.notna(), None).to_dict(orient="records")
    heads = zip(book.index, names_of(book), strict=True)
    return [{"row": label, "name": name, **row} for (label, name), row in zip(heads, rows, strict=True)]


def _dollars(amount: float) -> Dollars | None:
    return None if pd.isna(amount) else Dollars(round(amount, 2) + 0.0)

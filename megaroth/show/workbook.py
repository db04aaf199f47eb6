"""
A hand-out as an Excel workbook: numbers with formats, live formulas where a reviewer would check a sum.

Each live sum stands beside the figure of megaroth itself and says whether the two agree.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Iterable

import numpy as np
from openpyxl import Workbook

from megaroth.facts.errors import Dollars, Rate, in_unit
from megaroth.facts.labels import label_of
from megaroth.plans.comparison import horizon_years
from megaroth.plans.ledger import FLOWS
from megaroth.plans.projection import ACCOUNT_LABELS, ACCOUNTS, LAYERS
from megaroth.rules.room import CAP_FORMULAS, CAP_LABELS, CAP_SOURCES, SHARED_LIMIT
from megaroth.show.findings import assumptions, who
from megaroth.show.firm import Firm
from megaroth.show.handout_facts import NAMED, fact, shown
from megaroth.show.language import Language, language
from megaroth.show.results import Results, answers, not_modelled, steps
from megaroth.show.sheet import Live, Sheet, Value, plain
from megaroth.show.sources import (
    FIGURES,
    FIGURES_OF_ROOM,
    figures_used,
    full_disclaimer,
    law_figures,
    law_line,
)
from megaroth.show.tables import key_of, strategy_name, tax_of, value_heading, wait_label, years_of

CENT = 0.005  # USD within which two figures agree


def workbook_of(results: Results, code: str, firm: Firm | None = None) -> bytes:
    """The whole workbook; the same results give the same bytes."""
    speak, book = language(code), Workbook()
    book.remove(book.active)
    for title, write in (
        (speak._("Summary"), lambda sheet: _summary(sheet, results, firm)),
        (speak._("Room"), lambda sheet: _room(sheet, results)),
        (speak._("Waiting"), lambda sheet: _waiting(sheet, results)),
        (speak._("Tax layers"), lambda sheet: _layers(sheet, results)),
        (speak._("Year by year"), lambda sheet: _years(sheet, results)),
        (speak._("Assumptions"), lambda sheet: _assumptions(sheet, results)),
        (speak._("Sources"), lambda sheet: _sources(sheet, results)),
    ):
        sheet = Sheet(book.create_sheet(), speak, title)
        write(sheet)
        sheet.finish()
    book.properties.title = plain(speak._("Mega-Backdoor Roth: a plan for {name}", name=results.client.name))
    book.properties.creator = plain(firm.name) if firm else "megaroth"
    book.properties.language = speak.locale.replace("_", "-")
    book.calculation.fullCalcOnLoad = True
    buffer = io.BytesIO()
    book.save(buffer)
    return _dated(buffer.getvalue(), results.day)


def _dated(content: bytes, day: dt.date) -> bytes:
    """The same file with the hand-out's day in place of the moment of writing."""
    buffer, written = io.BytesIO(), f"{day.isoformat()}T00:00:00Z"
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "docProps/core.xml":
                data = _with_times(data.decode("utf-8"), written).encode("utf-8")
            info = zipfile.ZipInfo(entry.filename, (day.year, day.month, day.day, 0, 0, 0))
            new.writestr(info, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _with_times(core: str, written: str) -> str:
    for name in ("created", "modified"):
        start = core.index(">", core.index(f"<dcterms:{name}")) + 1
        core = core[:start] + written + core[core.index("<", start) :]
    return core


# --- sheets ---


def _summary(sheet: Sheet, results: Results, firm: Firm | None) -> None:
    speak, client = sheet.speak, results.client
    if firm:
        for line in (firm.name, *firm.lines):
            sheet.add([line])
    sheet.add([who(speak, client), results.day], bold=True)
    sheet.head([speak._("Question"), speak._("Answer")])
    for line in answers(speak, results):
        sheet.add(line)
    for number, step in enumerate(steps(speak, results)):
        sheet.add([speak._("On Monday") if number == 0 else "", step])
    notes = [
        assumptions(speak, client),
        law_line(speak, results.law, later=True),
        *not_modelled(speak),
        full_disclaimer(speak),
    ]
    for note in [*notes, *([firm.note] if firm and firm.note else [])]:
        sheet.add(["", note])


def _room(sheet: Sheet, results: Results) -> None:
    speak, room = sheet.speak, results.room
    sheet.head([speak._(name) for name in ("Step", "Amount", "How", "Source")])

    def step(label: str, amount: Value, how: str, source: str, bold: bool = False) -> str:
        """Writes a step; returns the address of its amount."""
        return f"B{sheet.add([label, amount, how, source], bold=bold)}"

    def live(formula: str, amount: float) -> Live:
        return Live(formula, Dollars(amount))

    pay = step(speak._("Pay that counts"), Dollars(room.compensation), "", "26 U.S.C. 415(c)(3)")
    statute = room.law.source("annual_additions")
    dollars = step(
        speak._("Dollar limit"), Dollars(room.law.annual_additions), speak._("of the year"), statute.cite
    )
    if room.additions_elsewhere > 0:
        elsewhere = step(
            speak._("Annual additions to the plan that shares the limit"), Dollars(room.additions_elsewhere),
            speak._("deferrals without catch-up, employer and after-tax money there"), SHARED_LIMIT,
        )  # fmt: skip
        dollars = f"MAX(0,{dollars}-{elsewhere})"
    limit = step(
        speak._("Annual additions limit"), live(f"=MIN({dollars},{pay})", room.limit),
        speak._("the lesser of the dollar limit and the pay that counts"), "26 U.S.C. 415(c)(1)",
    )  # fmt: skip
    own = step(
        speak._("Own deferral"),
        Dollars(room.elective_deferral),
        speak._("pre-tax and Roth, without catch-up"),
        "26 U.S.C. 415(c)(2)(B)",
    )
    employer = step(
        speak._("Employer money"),
        Dollars(room.employer_contribution),
        speak._("match and all else, full year"),
        "26 U.S.C. 415(c)(2)(A)",
    )
    before = step(
        speak._("Room before caps"), live(f"=MAX(0,{limit}-{own}-{employer})", room.room_before_caps),
        speak._("limit less own deferral less employer money, not below 0"), "26 U.S.C. 415(c)",
    )  # fmt: skip
    caps = [
        step(
            speak._(CAP_LABELS[name]),
            Dollars(cap),
            speak._(CAP_FORMULAS[name]),
            speak.cite(CAP_SOURCES[name]),
        )
        for name, cap in room.caps.items()
    ]
    if room.limited_by == "plan_kind":
        how = speak._("no place for after-tax money")
        caps.append(step("457(b)", Dollars(0), how, "26 U.S.C. 457(b); Reg. 1.457-2(b)"))
    space = step(
        speak._("After-tax space"), live(f"=MIN({','.join([before, *caps])})", room.space),
        speak._("the least of the room before caps and the caps"), "26 U.S.C. 415(c)", bold=True,
    )  # fmt: skip
    so_far = step(
        speak._("After-tax so far"),
        Dollars(room.after_tax_so_far),
        speak._("already in this year"),
        "26 U.S.C. 415(c)(2)(B)",
    )
    still = step(
        speak._("Room still open"), live(f"=MAX(0,{space}-{so_far})", room.remaining),
        speak._("space less after-tax so far, not below 0"), "26 U.S.C. 415(c)", bold=True,
    )  # fmt: skip
    ours = [
        step(speak._("{name}, by megaroth", name=speak._(name)), Dollars(amount), "", "")
        for name, amount in (("After-tax space", room.space), ("Room still open", room.remaining))
    ]
    step(
        speak._("Agrees with megaroth"),
        _agrees(speak, [(space, ours[0]), (still, ours[1])]),
        "",
        "",
        bold=True,
    )


def _waiting(sheet: Sheet, results: Results) -> None:
    speak, costs, client = sheet.speak, results.costs, results.client
    horizon = client.assumptions.horizon_year
    today = speak._("In today's dollars" if costs.discount_basis == "inflation" else "Present value")
    columns = (
        "Wait",
        "Moved in",
        "Taxed earnings",
        "Tax",
        value_heading(speak, horizon),
        "Against prompt",
        "Discount factor",
        today,
        "By megaroth",
        "Agrees with megaroth",
    )
    sheet.head([speak._(name) for name in columns])
    factor = (1 + costs.discount_rate) ** -horizon_years(client)
    for wait, row in costs.iterrows():
        n, against = sheet.row + 1, Dollars(row["against_prompt"])
        at_horizon = Dollars(row["value_after_tax"] - costs["value_after_tax"].iloc[0])
        sheet.add([
            wait_label(speak, wait), int(row["transfer_year"]), Dollars(row["taxable_rollover"]), Dollars(tax_of(row)),
            Dollars(row["value_after_tax"]), Live(f"=E{n}-E$2", at_horizon), factor, Live(f"=F{n}*G{n}", against), against,
            _agrees(speak, [(f"H{n}", f"I{n}")]),
        ])  # fmt: skip


def _layers(sheet: Sheet, results: Results) -> None:
    """The layers of the tax with the wait and without it, over all years."""
    speak, costs, wait = sheet.speak, results.costs, results.wait
    waited, prompt = (
        years_of(costs.projection, key_of(costs, each))[[*LAYERS, "additional_tax"]].sum()
        for each in (wait, 0)
    )
    with_wait = speak.ngettext("After waiting {n} year", "After waiting {n} years", wait, n=wait)
    sheet.head([speak._("Layer of tax"), with_wait, speak._("Moved promptly"), speak._("Difference")])
    first = sheet.row + 1
    for layer, words in {**LAYERS, "additional_tax": "Additional tax before 59 1/2"}.items():
        n = sheet.row + 1
        difference = Dollars(waited[layer] - prompt[layer])
        sheet.add(
            [speak._(words), Dollars(waited[layer]), Dollars(prompt[layer]), Live(f"=B{n}-C{n}", difference)]
        )
    total, last = sheet.row + 1, sheet.row
    sums = [
        Live(f"=SUM({letter}{first}:{letter}{last})", Dollars(amount))
        for letter, amount in zip("BCD", (waited.sum(), prompt.sum(), (waited - prompt).sum()), strict=True)
    ]
    sheet.add([speak._("Together"), *sums], bold=True)
    ours = [Dollars(tax_of(costs.loc[each])) for each in (wait, 0)]
    n = sheet.add([speak._("By megaroth"), *ours])
    pairs = [(f"B{total}", f"B{n}"), (f"C{total}", f"C{n}")]
    sheet.add([speak._("Agrees with megaroth"), _agrees(speak, pairs)], bold=True)


def _years(sheet: Sheet, results: Results) -> None:
    """The ledger, a row per strategy, account and year; accounts without money are left out."""
    speak, projection = sheet.speak, results.worth
    columns = (
        "Strategy",
        "Account",
        "Year",
        "Law",
        "Opening",
        "In",
        "Growth",
        "Moved",
        "Tax",
        "Closing",
        "By megaroth",
        "Agrees with megaroth",
    )
    sheet.head([speak._(name) for name in columns])
    for strategy in projection.strategies:
        rows = years_of(projection, strategy.key)
        for account in ACCOUNTS:
            flows = rows[[f"{account}_{flow}" for flow in FLOWS]]
            if (flows.abs() > CENT).any(axis=None):
                label = [strategy_name(speak, strategy), speak._(ACCOUNT_LABELS[account])]
                _account(sheet, label, zip(rows["year"], rows["projected"], flows.to_numpy(), strict=True))
    sheet.cells.auto_filter.ref = f"A1:L{sheet.row}"


def _account(sheet: Sheet, label: list[str], years: Iterable[tuple[int, bool, np.ndarray]]) -> None:
    """One account's years; the closing is live."""
    speak = sheet.speak
    for year, projected, flows in years:
        n = sheet.row + 1
        *parts, closing = (Dollars(amount) for amount in flows)
        status = speak._("projected" if projected else "published")
        live = Live(f"=E{n}+F{n}+G{n}+H{n}-I{n}", closing)
        sheet.add([*label, int(year), status, *parts, live, closing, _agrees(speak, [(f"J{n}", f"K{n}")])])


def _assumptions(sheet: Sheet, results: Results) -> None:
    speak, client = sheet.speak, results.client
    sheet.head([speak._("Assumption or fact"), speak._("Value")])
    for name in NAMED:
        value = fact(client, name)
        if name == "discount_rate" and value is None:
            value = client.assumptions.inflation
        sheet.add([speak._(label_of(name)), _as_value(speak, name, value)], inputs=[1])


def _as_value(speak: Language, name: str, value: object) -> Value:
    """A fact as a number where it is one."""
    plain = in_unit(name, value)
    return (
        plain
        if isinstance(plain, Dollars | Rate | int) and not isinstance(value, bool)
        else shown(speak, name, value)
    )


def _sources(sheet: Sheet, results: Results) -> None:
    speak, status = sheet.speak, results.client.household.filing_status
    sheet.head([speak._(name) for name in ("Figure", "Amount", "Status", "Source", "Checked")])
    for figure in law_figures(results.law, (*FIGURES_OF_ROOM, *figures_used()), status):
        amount = figure.text(speak)
        if not isinstance(figure.amount, tuple):
            amount = Dollars(figure.amount) if figure.is_money else Rate(figure.amount)
        sheet.add(
            [speak._(FIGURES[figure.name]), amount, figure.status(speak), figure.citation, figure.checked]
        )


def _agrees(speak: Language, pairs: list[tuple[str, str]]) -> Live:
    """A live "yes" where each pair of cells agrees to the cent."""
    yes, no = speak._("yes"), speak._("no")
    test = ",".join(f"ABS({one}-{other})<{CENT}" for one, other in pairs)
    return Live(f'=IF(AND({test}),"{yes}","{no}")', yes)

"""
The command line: `megaroth space lin`, `megaroth handout lin.yaml --format pdf`.

Each command reads a client, calls one calculation and prints its finding and table; `--json` prints the numbers for a
script. A problem that a person can mend is one sentence on stderr and exit status 1. What a command needs is loaded
when it runs, so that help is quick.
"""

import datetime as dt
import enum
import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from megaroth.facts.client import Client
    from megaroth.show.language import Language

HELP = "Planning for the Mega-Backdoor Roth. CLIENT is an example (lin), one of your own clients, or a YAML file."
app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Tongue(enum.StrEnum):
    """A language to speak."""

    en = "en"
    zh = "zh"


class Format(enum.StrEnum):
    """What a hand-out can be."""

    pdf = "pdf"
    html = "html"
    xlsx = "xlsx"
    all = "all"


ClientName = Annotated[
    str, typer.Argument(metavar="CLIENT", help="An example's name, your own client's, or a file.")
]
Speaks = Annotated[Tongue | None, typer.Option("--language", help="Of what is printed; else the system's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Numbers for a script.")]
MOST_ROWS = 40  # of a list that are printed
Port = Annotated[int, typer.Option(help="Where the server listens.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Open no browser.")]


def main(arguments: list[str] | None = None) -> None:
    """Run a command and end the program: 0, 1 for a problem with a client or a file, 2 for a wrong call."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console set to another code page would fail on the first Chinese letter.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app(args=arguments, prog_name="megaroth")


def _command(name: str) -> Callable[[Callable], Callable]:
    """Make a function a command; a problem that a person can mend ends it with one sentence in the language asked for."""

    def register(run: Callable) -> Callable:
        @app.command(name)
        @functools.wraps(run)
        def told(**given: object) -> None:
            from megaroth.facts.errors import InputError

            try:
                run(**given)
            except InputError as problem:
                print(_speak(given.get("language")).problem(problem), file=sys.stderr)
                raise typer.Exit(1) from None

        return run

    return register


def _speak(asked: Tongue | None) -> "Language":
    """The language asked for, else the system's."""
    from megaroth.show.language import language, reader_language

    return language(asked.value if asked else reader_language())


def _client(name: str) -> "Client":
    """A client by a file's path, or by the name of an example or of one's own file."""
    from megaroth.facts.client import Client
    from megaroth.show.client_files import open_client

    return Client.load(name) if Path(name).suffix.lower() in (".yaml", ".yml") else open_client(name)


@_command("app")
def open_app(port: Port = 8888, no_browser: NoBrowser = False, language: Speaks = None) -> None:
    """Open the planning app in the browser."""
    _serve([], port, no_browser, language)


@_command("lab")
def lab(port: Port = 8888, no_browser: NoBrowser = False, language: Speaks = None) -> None:
    """Open the chapters as notebooks, in JupyterLab."""
    _serve(["--lab"], port, no_browser, language)


def _serve(options: list[str], port: int, no_browser: bool, language: Tongue | None) -> None:
    from megaroth.show.server import main as serve

    options += ["--port", str(port)]
    options += ["--no-browser"] if no_browser else []
    serve([*options, *(["--language", language.value] if language else [])])


@_command("space")
def space(
    client: ClientName,
    year: Annotated[int | None, typer.Option(help="Tax year; else the client's first.")] = None,
    as_json: AsJson = False,
    language: Speaks = None,
) -> None:
    """How much after-tax money fits this year."""
    speak, who = _speak(language), _client(client)
    from megaroth.rules.client_space import after_tax_space
    from megaroth.show.findings import space_finding
    from megaroth.show.tables import room_table

    room = after_tax_space(who, who.assumptions.start_year if year is None else year)
    if as_json:
        names = (
            "limit",
            "elective_deferral",
            "catch_up",
            "employer_contribution",
            "space",
            "after_tax_so_far",
            "remaining",
            "excess",
        )
        figures = {name: float(getattr(room, name)) for name in names}
        _print_json(
            {
                "client": who.name,
                "year": room.law.year,
                "projected": room.law.projected,
                **figures,
                "limited_by": room.limited_by,
            }
        )
        return
    _print_answer(speak, space_finding(speak, who.name, room), room_table(room, speak.code))
    _print_law(speak, room.law)


@_command("plan")
def plan(client: ClientName, as_json: AsJson = False, language: Speaks = None) -> None:
    """The answers to a client's questions, what to do next, and the cost of each wait."""
    speak, who = _speak(language), _client(client)
    from megaroth.show.results import answers, results_of, steps
    from megaroth.show.tables import waiting_table

    results = results_of(who, dt.date.today())
    if as_json:
        waits = results.costs.reset_index()[
            ["delay_years", "taxable_rollover", "tax", "value_after_tax", "against_prompt"]
        ]
        _print_json({
            "client": who.name, "verdict": results.able.verdict, "space": float(results.room.space),
            "remaining": float(results.room.remaining),
            "value_after_tax": results.worth.summary["value_after_tax"].to_dict(),
            "cost_of_waiting": waits.to_dict(orient="records"),
        })  # fmt: skip
        return
    for question, answer in answers(speak, results):
        print(f"{question} {answer}")
    for step in steps(speak, results):
        print(f"  - {step}")
    print()
    _print_table(waiting_table(results.costs, speak.code))
    _print_law(speak, results.law, later=True)


@_command("handout")
def handout(
    client: ClientName,
    language: Annotated[Tongue | None, typer.Option(help="Of the hand-out; else the client's own.")] = None,
    format_: Annotated[Format, typer.Option("--format")] = Format.pdf,
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path(),
    working: Annotated[
        bool, typer.Option("--working", help="Append the steps to the headline figures.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a client's hand-out as PDF, HTML or Excel."""
    who = _client(client)
    from megaroth.show.firm import firm_of
    from megaroth.show.handout import FORMATS, check_free, handout_name, handouts, save_handout
    from megaroth.show.language import language as language_of

    day, code = dt.date.today(), language.value if language else who.language
    formats = FORMATS if format_ is Format.all else (format_.value,)
    paths = {each: out / handout_name(who, day, code, each) for each in formats}
    if not force:
        check_free(paths.values())
    made = handouts(who, day, code, formats, firm_of(), working)
    for each, content in made.items():
        save_handout(content, paths[each], replace=force)
        print(language_of(code)._("Saved as {file}.", file=str(paths[each])))


@_command("law")
def show_law(
    year: Annotated[int | None, typer.Option(help="Tax year; else the latest that is published.")] = None,
    as_json: AsJson = False,
    language: Speaks = None,
) -> None:
    """The limits of a year, with their sources."""
    speak = _speak(language)
    from megaroth.facts.law import latest_published_year, load_law
    from megaroth.show.sources import FIGURES_OF_ROOM, source_table

    law = load_law(latest_published_year() if year is None else year)
    if as_json:
        figures = {
            name: {"amount": getattr(law, name), "source": law.source(name).cite, "checked": law.source(name).checked}
            for name in FIGURES_OF_ROOM if getattr(law, name) is not None
        }  # fmt: skip
        _print_json({"year": law.year, "projected": law.projected, "figures": figures})
        return
    columns, rows = source_table(speak, law, FIGURES_OF_ROOM, "single")
    _print_rows([tuple(columns), *rows])
    _print_law(speak, law)


@_command("screen")
def screen(
    book: Annotated[Path, typer.Argument(metavar="BOOK", help="A list of clients, CSV or Excel.")],
    out: Annotated[Path | None, typer.Option(help="Write every row to this .csv or .xlsx.")] = None,
    year: Annotated[int | None, typer.Option(help="Tax year; else the latest that is published.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    as_json: AsJson = False,
    language: Speaks = None,
) -> None:
    """Who in a firm's list can act this year, and which rows need a look."""
    speak = _speak(language)
    from megaroth.facts.law import latest_published_year, load_law
    from megaroth.plans.book import progress, screened
    from megaroth.show.book_file import check_result, read_book
    from megaroth.show.book_tables import book_finding, book_table

    format_ = check_result(out, force) if out else ""
    law = load_law(latest_published_year() if year is None else year)
    clients = read_book(book)
    try:
        with progress(len(clients)) as bar:
            answer = screened(clients, year, bar.update)
    except KeyboardInterrupt:
        print(speak._("Stopped; nothing was written."), file=sys.stderr)
        raise typer.Exit(130) from None
    if out:
        from megaroth.show.book_result import result_file
        from megaroth.show.handout import save_handout

        save_handout(result_file(clients, answer, law, speak.code, format_), out, replace=force)
    if as_json:
        from megaroth.show.book_tables import plain_rows

        counts = {name: int(answer.table[name].sum()) for name in ("can_act", "needs_a_look")}
        _print_json(
            {"year": law.year, "clients": len(clients), **counts, "rows": plain_rows(clients, answer)}
        )
        return
    print(book_finding(speak, answer.table), end="\n\n")
    _print_table(book_table(clients, answer, speak.code, most=MOST_ROWS), numbers=False)
    if len(clients) > MOST_ROWS:
        more = len(clients) - MOST_ROWS
        print(speak._("And {n} more rows; --out RESULT.csv or RESULT.xlsx writes all.", n=f"{more:,}"))
    if out:
        print(speak._("Saved as {file}.", file=str(out)))
    _print_law(speak, law)


# --- printing ---


def _print_answer(speak: "Language", sentence: str, table: object) -> None:
    print(sentence, end="\n\n")
    _print_table(table)


def _print_table(frame: object, numbers: bool = True) -> None:
    rows = [(str(name), *row) for name, row in zip(frame.index, frame.to_numpy().tolist(), strict=True)]
    _print_rows([(frame.columns.name, *frame.columns), *rows], numbers)


def _print_rows(rows: list[tuple[str, ...]], numbers: bool = False) -> None:
    """Columns under each other, *numbers* to the right; a Chinese character is two wide."""
    from megaroth.show.language import columns_of

    widths = [max(columns_of(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        gaps = [" " * (width - columns_of(cell)) for cell, width in zip(row, widths, strict=True)]
        first, *others = zip(row, gaps, strict=True)
        cells = [gap + cell if numbers else cell + gap for cell, gap in others]
        print("  ".join(["".join(first), *cells]).rstrip())


def _print_law(speak: "Language", law: object, later: bool = False) -> None:
    from megaroth.show.sources import law_line

    print(f"\n{law_line(speak, law, later)}")


def _print_json(figures: dict) -> None:
    print(json.dumps(figures, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()

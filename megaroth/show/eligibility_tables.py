"""Whether a client can use the plan, in the reader's words: the verdict, the features, what waiting until leaving costs."""

import html
from collections.abc import Iterable

import pandas as pd
from IPython.display import HTML

from megaroth.facts.client import Client
from megaroth.plans.comparison import CostOfWaiting, cost_of_waiting
from megaroth.rules.eligibility import Eligibility
from megaroth.rules.plan_features import VERDICTS
from megaroth.rules.plan_reasons import HOW_OFTEN
from megaroth.rules.room import CENT, Reason
from megaroth.show.language import Language, language
from megaroth.show.tables import against_heading, brought_to_today, frame, tax_shown, value_heading

# The verdicts in two or three words, and the features of a plan.
_LABELS = {
    "prompt": "promptly to Roth", "late_only": "late only", "no_space": "no room", "not_offered": "not offered",
    "ask": "not known yet",
    "after_tax": "After-tax contributions", "way_to_roth": "A way to Roth while employed",
    "separate_account": "A separate account for after-tax money",
}  # fmt: skip
LEAST = 0.5  # USD; less is shown as nothing


def eligibility_finding(speak: Language, name: str, able: Eligibility) -> str:
    """The answer in one sentence; each awkward case has one of its own."""
    year = speak._("{year} (projected)" if able.law.projected else "{year}", year=able.law.year)
    if able.verdict == "ask":
        return _ask_finding(speak, able)
    return speak._(_finding_text(able), name=name, year=year, frequency=_how_often(speak, able))


def _finding_text(able: Eligibility) -> str:
    match able.verdict:
        case "prompt" if able.plan.frequency is None:
            text = "{name} can: the plan takes after-tax money and moves it to Roth; how often is still to be asked."
        case "prompt":
            text = "{name} can: the plan takes after-tax money and moves it to Roth, {frequency}."
        case "late_only" if able.features["separate_account"] is False and able.features["way_to_roth"]:
            text = "{name} can contribute, but until separation the money can move only together with pre-tax money, which is taxed if it goes to Roth."
        case "late_only":
            text = "{name} can contribute, but the money can move only at separation; its earnings until then are taxed if they go to Roth."
        case "no_space":
            text = "The plan allows it, but {name} has no room in {year}."
        case _ if able.plan.kind == "457b":
            text = "A 457(b) plan has no place for after-tax money; look at a 401(k), 403(b) or 401(a) plan of the same employer."
        case _:
            text = "This plan does not take after-tax contributions, so {name} cannot use it here."
    return text


def _ask_finding(speak: Language, able: Eligibility) -> str:
    count = len(able.questions_for_hr)
    if able.plan.kind == "solo_401k":
        return speak.ngettext(
            "Not known yet: ask the plan's provider {n} question.",
            "Not known yet: ask the plan's provider {n} questions.",
            count, n=count,
        )  # fmt: skip
    return speak.ngettext(
        "Not known yet: ask HR {n} question.", "Not known yet: ask HR {n} questions.", count, n=count
    )


def _how_often(speak: Language, able: Eligibility) -> str:
    return speak._(HOW_OFTEN[able.plan.frequency]) if able.plan.frequency else ""


def still_possible(speak: Language, able: Eligibility) -> str:
    """What can still come out where something is not known; "" where nothing is open."""
    if able.verdict != "ask":
        return ""
    words = [speak._(_LABELS[verdict]) for verdict in reversed(VERDICTS) if verdict in able.possible]
    return speak._("It can still turn out to be: {verdicts}.", verdicts=speak.joined(words))


def feature_lines(speak: Language, able: Eligibility) -> list[tuple[str, str]]:
    """The features with yes, no or not known."""
    answers = {True: speak._("yes"), False: speak._("no"), None: speak._("not known")}
    return [(speak._(_LABELS[name]), answers[known]) for name, known in able.features.items()]


def eligibility_table(able: Eligibility, code: str) -> pd.DataFrame:
    """The verdict and what it rests on: features, how often, room."""
    speak = language(code)
    unknown, nothing = speak._("not known"), "\N{EN DASH}"
    rows = [
        (speak._("Verdict"), speak._(_LABELS[able.verdict])),
        *feature_lines(speak, able),
        (speak._("How often the plan moves money"), _how_often(speak, able) or unknown),
        (
            speak._("After-tax space in {year}", year=able.law.year),
            speak.money(able.room.space) if able.room else nothing,
        ),
        (speak._("Open questions"), str(len(able.questions_for_hr))),
    ]
    return frame(speak, ("Fact", "Answer"), rows)


def reasons_html(speak: Language, reasons: Iterable[Reason]) -> str:
    """Each reason with the paragraph behind it."""
    gap = " " if speak.code == "en" else ""  # a full-width stop brings its own
    items = "".join(
        f'<li>{html.escape(speak.say(reason.message))}{gap}<cite style="font-style: normal">{html.escape(speak.cite(reason.cite))}</cite></li>'
        for reason in reasons
    )
    return f"<ul>{items}</ul>"


def reasons_list(reasons: Iterable[Reason], code: str) -> HTML:
    """The same for a chapter."""
    return HTML(reasons_html(language(code), reasons))


# --- what "late only" costs ---


def wait_until_leaving(client: Client) -> int:
    """The delay in years after which nothing moves before the job ends."""
    return client.assumptions.leaving_year - client.assumptions.start_year + 1


def cost_of_leaving_late(client: Client) -> CostOfWaiting:
    """cost_of_waiting for each year, the last of which is the wait until the job ends."""
    return cost_of_waiting(client, range(wait_until_leaving(client) + 1))


def late_finding(speak: Language, client: Client, costs: CostOfWaiting, late_only: bool) -> str:
    """What it costs that the money can move only when the job ends, or would cost if it were so."""
    cost = -costs.iloc[-1]["against_prompt"]
    values = {
        "name": client.name, "year": client.assumptions.leaving_year,
        "cost": brought_to_today(speak, costs, cost), "gain": brought_to_today(speak, costs, -cost),
    }  # fmt: skip
    if abs(cost) < LEAST:
        text = "Waiting until {name} leaves the job in {year} would cost nothing here."
    elif cost < 0:
        text = "Waiting until {name} leaves the job in {year} would gain {gain} here: the tax is due later."
    elif late_only:
        text = "Waiting until {name} leaves the job in {year} would cost {cost}."
    else:
        text = "If the money could move only when {name} leaves the job in {year}, waiting would cost {cost}."
    return speak._(text, **values)


def late_table(costs: CostOfWaiting, code: str) -> pd.DataFrame:
    """Prompt against separation: tax, value at the horizon, and the difference brought to today."""
    speak, client = language(code), costs.projection.client
    year = client.assumptions.leaving_year
    names = (speak._("Prompt"), speak._("At separation, {year}", year=year))
    rows = [
        (name, speak.money(tax_shown(row)), speak.money(row["value_after_tax"]), speak.money(row["against_prompt"]))
        for name, (_, row) in zip(names, costs.iloc[[0, -1]].iterrows(), strict=True)
    ]  # fmt: skip
    horizon = client.assumptions.horizon_year
    columns = ("When", "Tax", value_heading(speak, horizon), against_heading(speak, costs))
    return frame(speak, columns, rows)


def nothing_goes_in(able: Eligibility) -> bool:
    """Whether the cost of waiting says nothing here, for no after-tax money would fit even if the plan took it."""
    return able.plan.kind == "457b" or (able.room is not None and able.room.space <= CENT)

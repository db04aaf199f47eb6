"""Whether a client can use the strategy: every combination of plan features, what is asked, and the ACP test."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import megaroth as mr
from tests.generators import SAMPLES

LIN, OKAFOR, MOREAU, REYES = (SAMPLES[name] for name in ("lin", "okafor", "moreau", "reyes"))
KINDS = ("401k", "403b", "457b", "solo_401k")
YES_NO = (None, False, True)
WAYS = (None, "none", "in_plan_rollover", "in_service_distribution", "both")
FREQUENCIES = (None, "each_paycheck", "monthly", "quarterly", "yearly")
FEATURES = {"accepts_after_tax": YES_NO, "separate_account": YES_NO, "way_out": WAYS, "offers_roth": YES_NO}
RANK = ("not_offered", "no_space", "late_only", "prompt")
NOTHING_KNOWN = dict.fromkeys((*FEATURES, "frequency", "prior_year_wages"))
# A word of the question that asks for each fact.
ASKS = {
    "accepts_after_tax": "accept voluntary employee after-tax",
    "separate_account": "in a separate account",
    "way_out": "While still employed, can a participant",
    "offers_roth": "offer Roth deferrals",
    "frequency": "How often",
    "caps": "cap after-tax",
    "acp": "ACP test",
    "contract": "custodial account",
    "other plan": "Besides the 457(b)",
}


def asked(able: object) -> list[str]:
    """What the questions ask for, in their order."""
    return [
        next(fact for fact, words in ASKS.items() if words in str(message))
        for message in able.questions_for_hr
    ]


def because(able: object, words: str) -> bool:
    return any(words in str(reason) for reason in able.reasons)


def with_kind(kind: str) -> mr.Client:
    """Lin in a plan of this kind, with room but in a 457(b)."""
    return REYES if kind == "solo_401k" else LIN.with_(kind=kind)


def without_room(kind: str) -> mr.Client:
    """The same where employer money fills the limit."""
    if kind == "solo_401k":
        return REYES.with_(self_employment_profit=400_000.0, employer_contribution=47_500.0)
    return LIN.with_(kind=kind, employer_contribution=47_500.0)


def by_hand(
    kind: str, room: bool, accepts: bool | None, account: bool | None, way: str | None, roth: bool | None
) -> str:
    """The verdict as a person would reach it, one question after the other."""
    if kind == "457b" or accepts is False:
        return "not_offered"
    if accepts is None:
        return "ask"
    if not room:
        return "no_space"
    if way == "none" or account is False or (way == "in_plan_rollover" and roth is False):
        return "late_only"
    if way is None or account is None or (way == "in_plan_rollover" and roth is None):
        return "ask"
    return "prompt"


# --- the verdict ---


@pytest.mark.parametrize("kind", KINDS)
def test_every_combination_of_features(kind: str) -> None:
    """All facts known, not known, yes and no, at each frequency: the verdict is that of the rules by hand."""
    start = with_kind(kind)

    for frequency, *facts in product(FREQUENCIES, *FEATURES.values()):
        client = start.with_(frequency=frequency, **dict(zip(FEATURES, facts, strict=True)))
        able = mr.eligibility(client, 2026)
        assert able.verdict == by_hand(kind, True, *facts), facts
        assert (able.verdict == "ask") == (len(able.possible) > 1)


@pytest.mark.parametrize("kind", KINDS)
def test_every_combination_without_room(kind: str) -> None:
    """A plan that takes the money has no use where nothing fits, whatever else it allows."""
    start = without_room(kind)

    for facts in product(*FEATURES.values()):
        able = mr.eligibility(start.with_(**dict(zip(FEATURES, facts, strict=True))), 2026)
        assert able.verdict == by_hand(kind, False, *facts), facts


def test_the_samples() -> None:
    """The four invented clients, with what is still to be asked."""
    able = {name: mr.eligibility(client, 2026) for name, client in SAMPLES.items()}

    assert {name: each.verdict for name, each in able.items()} == {
        "lin": "prompt", "okafor": "prompt", "moreau": "late_only", "reyes": "prompt",
    }  # fmt: skip
    assert {name: asked(each) for name, each in able.items()} == {
        "lin": ["acp"], "okafor": ["acp"], "moreau": ["acp"], "reyes": [],
    }  # fmt: skip


known = st.fixed_dictionaries(
    {name: st.sampled_from([each for each in answers if each is not None]) for name, answers in FEATURES.items()}
)  # fmt: skip
partly_known = st.fixed_dictionaries({name: st.sampled_from(answers) for name, answers in FEATURES.items()})
starts = st.builds(
    lambda kind, room: with_kind(kind) if room else without_room(kind), st.sampled_from(KINDS), st.booleans()
)
MORE = {
    "accepts_after_tax": ((False, True),),
    "separate_account": ((False, True),),
    "offers_roth": ((False, True),),
    "way_out": (
        ("none", "in_plan_rollover"),
        ("none", "in_service_distribution"),
        ("in_plan_rollover", "both"),
        ("in_service_distribution", "both"),
    ),
}


@given(starts, known)
@settings(max_examples=60)
def test_a_further_feature_never_worsens_the_verdict(start: mr.Client, facts: dict) -> None:
    """Whatever the plan allows in addition, the client is at least where he was."""
    before = RANK.index(mr.eligibility(start.with_(**facts), 2026).verdict)

    for name, steps in MORE.items():
        for less, more in steps:
            if facts[name] == less:
                after = mr.eligibility(start.with_(**facts | {name: more}), 2026).verdict
                assert RANK.index(after) >= before, (name, more)


@given(starts, partly_known, st.data())
@settings(max_examples=60)
def test_an_answer_stays_within_what_was_possible(start: mr.Client, facts: dict, data: st.DataObject) -> None:
    """Answering what is not known rules verdicts out and never brings in one that was not named."""
    before = mr.eligibility(start.with_(**facts), 2026)
    unknown = [name for name, value in facts.items() if value is None]
    answers = {name: data.draw(st.sampled_from(FEATURES[name][1:]), name) for name in unknown}

    for name in unknown:
        facts |= {name: answers[name]}
        after = mr.eligibility(start.with_(**facts), 2026)
        assert after.possible <= before.possible
        before = after

    assert before.verdict in RANK


# --- what is asked ---


def test_nothing_known_asks_for_everything_in_order() -> None:
    """The plan's own features first, then how often, how much, and the test."""
    able = mr.eligibility(LIN.with_(**NOTHING_KNOWN), 2026)

    assert able.verdict == "ask"
    assert able.possible == {"not_offered", "late_only", "prompt"}
    assert asked(able) == [
        "accepts_after_tax", "way_out", "separate_account", "offers_roth", "frequency", "caps", "acp",
    ]  # fmt: skip


@given(starts, partly_known)
@settings(max_examples=60)
def test_only_what_can_change_the_verdict_is_asked(start: mr.Client, facts: dict) -> None:
    """A feature is asked for if and only if one of its answers, with some answers of the others, leads elsewhere."""
    able = mr.eligibility(start.with_(**facts), 2026)
    unknown = [name for name, value in facts.items() if value is None]

    def verdicts(name: str, others: dict) -> set[str]:
        answers = FEATURES[name][1:]
        return {
            mr.eligibility(start.with_(**facts | others | {name: each}), 2026).verdict for each in answers
        }

    for name in unknown:
        rest = [each for each in unknown if each != name]
        completions = (
            dict(zip(rest, each, strict=True)) for each in product(*(FEATURES[other][1:] for other in rest))
        )
        assert any(len(verdicts(name, each)) > 1 for each in completions) == (name in asked(able)), name


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({"accepts_after_tax": False}, []),
        ({"employer_contribution": 47_500.0}, ["accepts_after_tax"]),
        ({"accepts_after_tax": True, "way_out": "none"}, ["acp"]),
        ({"accepts_after_tax": True, "way_out": "both"}, ["separate_account", "frequency", "acp"]),
        ({"accepts_after_tax": True, "separate_account": False}, ["acp"]),
        ({"after_tax_cap_share": 0.1, "way_out": "none"}, ["accepts_after_tax", "acp"]),
    ],
)
def test_what_no_longer_matters_is_not_asked(changes: dict, facts: list[str]) -> None:
    """A plan that takes nothing, has no room or no way out needs no further answers about it."""
    able = mr.eligibility(LIN.with_(**NOTHING_KNOWN | changes), 2026)

    assert asked(able) == facts


def test_a_refused_plan_needs_no_elections_that_fit() -> None:
    """A plan that takes no after-tax money is judged without the room, so an impossible deferral does not hinder it."""
    client = LIN.with_(elective_deferral=60_000.0)

    assert mr.eligibility(client.with_(accepts_after_tax=False), 2026).room is None
    with pytest.raises(mr.InputError, match="above the 2026 limit"):
        mr.eligibility(client, 2026)


# --- kinds of plan ---


def test_a_457b_points_to_the_plan_that_may_hold_it() -> None:
    """No after-tax source whatever is ticked; its Roth rollover is of pre-tax money; the other plan is asked for."""
    able = mr.eligibility(LIN.with_(kind="457b"), 2026)

    assert able.verdict == "not_offered"
    assert because(able, "look at a 401(k), 403(b) or 401(a) plan")
    assert because(able, "tax-exempt employer has no Roth")
    assert because(able, "pre-tax money, all of which is taxed")
    assert because(able, "457(c)")
    assert asked(able) == ["other plan"]


def test_a_457b_beside_a_plan_that_takes_it() -> None:
    """Where the other plan is on file, it is named and not asked for."""
    other = mr.Plan(employer="Harbor Example County", kind="403b", accepts_after_tax=True)
    client = LIN.with_(kind="457b")
    able = mr.eligibility(client.with_(plans=(*client.plans, other)), 2026)

    assert because(able, "Harbor Example County, takes after-tax contributions")
    assert asked(able) == []


def test_a_403b_has_words_of_its_own() -> None:
    """Plan and contract must allow it, the pay that counts differs, a custodial account is to be confirmed."""
    client = MOREAU.with_(way_out="in_service_distribution", frequency="yearly", acp_ceiling=0.08)
    able = mr.eligibility(client, 2026)

    assert able.verdict == "prompt"
    assert because(able, "where plan and contract allow them")
    assert because(able, "last full year of service")
    assert because(able, "403(b)(7)")
    assert because(able, "a government or a church has no ACP test")
    assert asked(able) == ["contract"]
    assert asked(mr.eligibility(client.with_(way_out="in_plan_rollover"), 2026)) == []


def test_a_solo_plan_has_no_acp_test() -> None:
    """Nobody to compare with, whatever was earned; and the document must be written for after-tax money."""
    able = mr.eligibility(REYES.with_(prior_year_wages=500_000.0), 2026)

    assert able.highly_compensated is False
    assert because(able, "there is no ACP test")
    assert because(able, "plan document decides")
    assert asked(able) == []


def test_in_plan_rollover_needs_roth_deferrals() -> None:
    """402A(c)(4): without them that way is closed; a distribution does not need them."""
    client = LIN.with_(way_out="in_plan_rollover", offers_roth=False)

    assert mr.eligibility(client, 2026).verdict == "late_only"
    assert because(mr.eligibility(client, 2026), "it can have no in-plan Roth rollover")
    assert mr.eligibility(client.with_(way_out="both"), 2026).verdict == "prompt"
    assert asked(mr.eligibility(client.with_(offers_roth=None), 2026))[0] == "offers_roth"


def test_without_a_separate_account_pre_tax_money_comes_along() -> None:
    """The strategy is then open only at separation, and the reason says why."""
    able = mr.eligibility(LIN.with_(separate_account=False), 2026)

    assert able.verdict == "late_only"
    assert able.features == {"after_tax": True, "way_to_roth": True, "separate_account": False}
    assert because(able, "takes pre-tax money along, which is taxed if it goes to Roth. (26 U.S.C. 72(d)(2)")


@pytest.mark.parametrize(
    ("changes", "times"),
    [
        ({"way_out": "none"}, 1), ({"way_out": "none", "separate_account": False}, 1), ({"separate_account": False}, 1),
        ({"way_out": "in_plan_rollover", "offers_roth": False}, 1), ({}, 0), ({"accepts_after_tax": False}, 0),
    ],
)  # fmt: skip
def test_plans_can_pay_before_separation(changes: dict, times: int) -> None:
    """Said once, where the money waits for separation: 59½, disability and death can open the plan as well."""
    reasons = [str(reason) for reason in mr.eligibility(LIN.with_(**changes), 2026).reasons]

    assert sum("59½" in reason for reason in reasons) == times


@pytest.mark.parametrize(
    "changes", [{"way_out": "none"}, {"separate_account": False}, {"frequency": None}, {}]
)
def test_earnings_are_taxed_only_where_they_go_to_roth(changes: dict) -> None:
    """Notice 2014-54: sent to a traditional IRA they are not taxed then, so no reason says that they just are."""
    able = mr.eligibility(LIN.with_(**changes), 2026)
    said = [reason for reason in able.reasons if "taxed if it goes to Roth" in str(reason)]

    assert said
    assert all("Notice 2014-54" in reason.cite for reason in said)
    assert not any(
        "is taxed." in str(reason) or "taxed when it moves" in str(reason) for reason in able.reasons
    )


def test_without_roth_deferrals_the_in_plan_way_is_not_asked_for() -> None:
    """402A(c)(4) has closed it: the question is about the distribution alone."""
    ways = LIN.with_(way_out=None)
    without, with_ = (
        str(mr.eligibility(ways.with_(offers_roth=roth), 2026).questions_for_hr[0]) for roth in (False, True)
    )

    assert without.startswith(ASKS["way_out"])
    assert "inside the plan" not in without
    assert "inside the plan" in with_


# --- highly compensated, ACP ---


@pytest.mark.parametrize(
    ("year", "pay", "highly"),
    [
        (2026, 160_000.0, False), (2026, 160_000.01, True), (2026, None, None),
        (2025, 155_000.0, False), (2025, 155_001.0, True), (2018, 500_000.0, None),
    ],
)  # fmt: skip
def test_highly_compensated_by_last_years_pay_and_figure(
    year: int, pay: float | None, highly: bool | None
) -> None:
    """Trap: this year's pay or this year's figure. Over 160,000 in 2025 counts in 2026, over 155,000 in 2024 in 2025."""
    client = LIN.with_(prior_year_wages=pay, elective_deferral=10_000.0, start_year=2018)

    assert mr.eligibility(client, year).highly_compensated is highly


@pytest.mark.parametrize(
    ("pay", "ceiling", "verdict", "asks"),
    [
        (290_000.0, None, "prompt", True),  # highly compensated, the test's result not known
        (290_000.0, 0.08, "prompt", False),
        (100_000.0, None, "prompt", False),
        (None, None, "prompt", True),
        (None, 1.0, "prompt", False),  # the ceiling binds in neither case
        (None, 0.04, "prompt", True),  # the amount hangs on it
        (None, 0.0, "ask", True),  # the verdict does
        (290_000.0, 0.0, "no_space", False),
    ],
)
def test_the_acp_test_is_asked_for_only_where_it_matters(
    pay: float | None, ceiling: float | None, verdict: str, asks: bool
) -> None:
    """Last year's pay is asked for where the room, or the verdict, hangs on it."""
    able = mr.eligibility(LIN.with_(prior_year_wages=pay, acp_ceiling=ceiling), 2026)

    assert able.verdict == verdict
    assert ("acp" in asked(able)) == asks


def test_the_question_names_last_years_figure() -> None:
    """HR reads which pay of which year counts; where the figure is not in the sources, the question stands without it."""
    client = LIN.with_(prior_year_wages=None, elective_deferral=10_000.0, start_year=2018)

    assert "pay above $160,000 in 2025, or an owner" in str(mr.eligibility(client, 2026).questions_for_hr[-1])
    assert "compensated for 2018? If so" in str(mr.eligibility(client, 2018).questions_for_hr[-1])


# --- reasons ---


@given(starts, partly_known)
@settings(max_examples=60)
def test_reasons_are_cited_and_said_once(start: mr.Client, facts: dict) -> None:
    """Each sentence stands once, with the paragraph or the plan's terms behind it."""
    able = mr.eligibility(start.with_(**facts), 2026)
    said = [str(reason.message) for reason in able.reasons]

    assert said
    assert len(said) == len(set(said))
    assert all(reason.cite for reason in able.reasons)


def test_no_room_gives_the_reasons_of_the_room() -> None:
    """What fills the limit is named, with 415(c)."""
    able = mr.eligibility(without_room("401k"), 2026)

    assert because(able, "already fill the limit of $72,000. (26 U.S.C. 415(c)(1))")
    assert able.room.space == 0


def test_a_bad_year_is_an_input_error() -> None:
    """As everywhere: a person can mend it."""
    with pytest.raises(mr.InputError):
        mr.eligibility(LIN, 1900)

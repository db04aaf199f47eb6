"""The room of a client's own plan: which rule applies to which kind of plan, and the reasons given."""

import pytest
from hypothesis import given, settings

import megaroth as mr
from megaroth.rules.client_space import employer_money, roth_only_catch_up, solo_space
from tests.generators import SAMPLES, clients

LIN, OKAFOR, MOREAU, REYES = (SAMPLES[name] for name in ("lin", "okafor", "moreau", "reyes"))
LAW = mr.load_law(2026)


def said(room: object, words: str) -> bool:
    return any(words in str(reason) for reason in room.reasons)


def test_the_samples() -> None:
    """The four samples: known rooms, what binds, and the reasons with their citation."""
    rooms = {name: mr.after_tax_space(client, 2026) for name, client in SAMPLES.items()}

    assert {name: each.space for name, each in rooms.items()} == {
        "lin": 37_500, "okafor": 26_000, "moreau": 36_400, "reyes": 27_500,
    }  # fmt: skip
    assert rooms["lin"].remaining == 21_000
    assert rooms["okafor"].limited_by == "after_tax_cap_share"
    assert any(
        "must be Roth" in str(reason) and "414(v)(7)" in reason.cite for reason in rooms["okafor"].reasons
    )
    assert any("403(b)(3)" in reason.cite for reason in rooms["moreau"].reasons)


# ------------------------------------------------------------------ kinds of plan


def test_a_403b_is_under_415c() -> None:
    """The same limits as a 401(k), after-tax money included, and a word on which pay counts."""
    as_401k = mr.after_tax_space(MOREAU.with_(kind="401k"), 2026)
    room = mr.after_tax_space(MOREAU, 2026)

    assert (room.space, room.limit) == (as_401k.space, 72_000)
    assert said(room, "last full year of service")
    assert not said(as_401k, "last full year of service")


def test_a_457b_has_no_room_and_says_why() -> None:
    """Space 0 with the paragraph; its own limit holds employer money too; money in it is all excess."""
    client = LIN.with_(kind="457b", employer_contribution=0.0, after_tax_so_far=0.0)
    room = mr.after_tax_space(client, 2026)
    assert (room.space, room.remaining, room.excess, room.limited_by, room.limit) == (
        0,
        0,
        0,
        "plan_kind",
        24_500,
    )
    assert "457(b)(2)" in room.reasons[0].cite
    assert "no place for after-tax money" in str(room.reasons[0])

    over = mr.after_tax_space(LIN.with_(kind="457b"), 2026)
    assert over.excess == 10_000 + 16_500
    assert said(over, "is above the limit of $24,500")
    assert said(over, "$16,500 of after-tax money is in against room for $0")
    assert not any("415(c)" in reason.cite for reason in over.reasons)


def test_the_working_of_a_457b_knows_no_415c_limit() -> None:
    """Trap: a 457(b) given the 72,000. Its steps end in 0 and begin with its own limit."""
    room = mr.after_tax_space(LIN.with_(kind="457b", elective_deferral=10_000, after_tax_so_far=0.0), 2026)
    working, steps = room.working, room.waterfall()

    assert working["amount"].iloc[-1] == 0
    assert 72_000 not in working["amount"].tolist()
    assert "457(b)" in " ".join(working["source"])
    assert steps["step"].iloc[0] == "Limit of the 457(b) plan"
    assert steps.loc[steps["binding"], "step"].tolist() == ["No place for after-tax money"]


def test_a_457b_shares_no_limit_with_other_plans() -> None:
    """Its deferrals take nothing from 402(g) elsewhere, and a 401(k)'s nothing from it; two 457(b) plans share one."""
    other = mr.Plan(kind="457b", deferral_made=24_500)
    assert mr.after_tax_space(LIN.with_(plans=(*LIN.plans, other)), 2026).space == 37_500
    public = LIN.with_(kind="457b", employer_contribution=0.0, after_tax_so_far=0.0)
    k401 = mr.Plan(kind="401k", deferral_made=24_500)
    assert mr.after_tax_space(public.with_(plans=(*public.plans, k401)), 2026).elective_deferral == 24_500
    with pytest.raises(mr.InputError):
        mr.after_tax_space(public.with_(plans=(*public.plans, other)), 2026)


def test_a_solo_plan_goes_through_the_worksheet() -> None:
    """Profit, half of the tax, employer share, then the same room as solo_401k_space; the working shows it all."""
    room = mr.after_tax_space(REYES, 2026)
    solo = mr.solo_401k_space(LAW, net_profit=200_000, age=41, deferral=24_500, employer=20_000)

    assert room.space == pytest.approx(solo.after_tax)
    assert room.limit == pytest.approx(solo.limit)
    labels = list(room.working["label"])
    assert labels[:3] == ["Net profit", "Half of self-employment tax", "Net earnings"]
    assert room.working["amount"].iloc[-1] == room.remaining
    largest = mr.after_tax_space(REYES.with_(employer_contribution=None), 2026)
    assert largest.space == pytest.approx(10_323.43, abs=0.01)
    assert employer_money(REYES.with_(employer_contribution=None), LAW) == pytest.approx(37_176.57, abs=0.01)


@pytest.mark.parametrize("profit", [20_000, 36_000, 42_000, 60_000, 100_000])
@pytest.mark.parametrize("birth_year", [1985, 1972, 1964])
def test_a_solo_catch_up_makes_no_room(profit: float, birth_year: int) -> None:
    """At low profit too, catch-up does not lift the owner's pay under 415(c)."""
    law_age = 2026 - birth_year
    most = mr.solo_401k_space(LAW, net_profit=profit, age=law_age)
    client = REYES.with_(
        self_employment_profit=profit, birth_year=birth_year, employer_contribution=most.employer,
        elective_deferral=most.deferral, catch_up=most.catch_up,
    )  # fmt: skip
    room = mr.after_tax_space(client, 2026)

    assert room.space == pytest.approx(most.after_tax, abs=0.01)
    assert room.compensation == pytest.approx(most.compensation_415, abs=0.01)
    assert room.limit <= room.compensation + 1e-9


def test_a_solo_plans_own_cap() -> None:
    """A cap on after-tax money as a share of pay counts the owner's pay under 415(c)."""
    room = mr.after_tax_space(REYES.with_(after_tax_cap_share=0.05), 2026)
    solo = solo_space(REYES, LAW)

    assert room.space == pytest.approx(0.05 * solo.compensation_415)
    assert room.limited_by == "after_tax_cap_share"


def test_a_solo_plan_beside_a_job() -> None:
    """The job's wages use up the wage base, its plan the 402(g) limit; 415(c) is the solo plan's own."""
    job = mr.Plan(employer="Day Job Example", deferral_made=20_000.0)
    client = REYES.with_(wages=184_500, plans=(*REYES.plans, job), elective_deferral=4_500.0)
    solo = solo_space(client, LAW)

    assert solo.half_se_tax == pytest.approx(200_000 * 0.9235 * 0.029 / 2)
    assert mr.after_tax_space(client, 2026).space == pytest.approx(72_000 - 4_500 - 20_000)
    with pytest.raises(mr.InputError) as caught:
        mr.after_tax_space(client.with_(elective_deferral=4_500.01), 2026)
    assert caught.value.field == "elective_deferral"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"employer_contribution": 37_176.59}, "employer_contribution"),
        ({"elective_deferral": 24_500.01}, "elective_deferral"),
        ({"self_employment_profit": 10_000, "employer_contribution": None}, "elective_deferral"),
    ],
)
def test_a_solo_problem_names_the_clients_field(changes: dict, field: str) -> None:
    """The form marks the field that was typed, not the argument of a function."""
    with pytest.raises(mr.InputError) as caught:
        mr.after_tax_space(REYES.with_(**changes), 2026)
    assert caught.value.field == field


# ------------------------------------------------------------------ deferrals over several plans


def test_another_plan_uses_the_same_deferral_limit() -> None:
    """With 10,000 deferred at another employer's 401(k), 14,500 is left here and one dollar more is refused."""
    client = LIN.with_(plans=(*LIN.plans, mr.Plan(deferral_made=10_000.0)), elective_deferral=14_500.0)
    assert mr.after_tax_space(client, 2026).space == 47_500
    with pytest.raises(mr.InputError) as caught:
        mr.after_tax_space(client.with_(elective_deferral=14_501.0), 2026)
    assert "$14,500" in str(caught.value)


def test_a_catch_up_made_elsewhere_is_used() -> None:
    """At 61: 30,000 elsewhere hold 5,500 of catch-up, which leaves 5,750 of it here and nothing of 402(g)."""
    client = OKAFOR.with_(plans=(*OKAFOR.plans, mr.Plan(deferral_made=30_000.0)), roth_deferral=0.0)
    room = mr.after_tax_space(client.with_(elective_deferral=0.0, catch_up=5_750.0), 2026)

    assert (room.elective_deferral, room.catch_up) == (0, 5_750)
    with pytest.raises(mr.InputError):
        mr.after_tax_space(client.with_(elective_deferral=0.0, catch_up=5_750.01), 2026)


def test_too_much_elsewhere_is_refused() -> None:
    """More than the person's limit at the other plans alone: that plan's figure is named."""
    client = LIN.with_(plans=(*LIN.plans, mr.Plan(deferral_made=24_501.0)), elective_deferral=0.0)
    with pytest.raises(mr.InputError) as caught:
        mr.after_tax_space(client, 2026)
    assert (caught.value.field, caught.value.rule) == ("deferral_made", "deferral_limit")
    assert "$24,501" in str(caught.value)


# ------------------------------------------------------------------ Roth-only catch-up


def test_without_roth_there_is_no_catch_up() -> None:
    """From 2026, last year's pay above 150,000, a plan without Roth: the catch-up must be 0, in one sentence."""
    client = OKAFOR.with_(offers_roth=False, roth_deferral=0.0)
    with pytest.raises(mr.InputError) as caught:
        mr.after_tax_space(client, 2026)
    assert (caught.value.field, caught.value.value, caught.value.rule) == ("catch_up", 11_250, "roth_only")
    assert "$150,000" in str(caught.value)
    assert (
        mr.after_tax_space(client.with_(catch_up=0.0), 2026).space == mr.after_tax_space(OKAFOR, 2026).space
    )


@pytest.mark.parametrize(
    ("wages", "covered"), [(149_999, False), (150_000, False), (150_001, True), (None, None), (0, False)]
)
def test_around_the_wage_threshold(wages: float | None, covered: bool | None) -> None:
    """Only pay above the threshold, and from this employer; a new hire's 0 is below it; not known is said."""
    client = OKAFOR.with_(prior_year_wages=wages)
    room = mr.after_tax_space(client, 2026)

    assert roth_only_catch_up(client, LAW) is covered
    assert said(room, "so the catch-up of $11,250 must be Roth") == (covered is True)
    assert said(room, "If last year's pay from this employer was above $150,000") == (covered is None)
    assert room.space == 26_000


def test_before_2026_it_is_not_enforced() -> None:
    """2025: any catch-up, with or without Roth."""
    client = OKAFOR.with_(offers_roth=False, roth_deferral=0.0, elective_deferral=23_500.0)
    room = mr.after_tax_space(client, 2025)

    assert room.catch_up == 11_250
    assert not said(room, "must be Roth")


def test_without_roth_low_limits_make_no_catch_up_either() -> None:
    """Deferrals over 415(c) turn into catch-up; where that would have to be Roth and cannot, they stay excess."""
    client = OKAFOR.with_(catch_up=0.0, roth_deferral=0.0, employer_contribution=60_000.0)
    assert (mr.after_tax_space(client, 2026).catch_up, mr.after_tax_space(client, 2026).excess) == (
        11_250,
        1_250,
    )
    room = mr.after_tax_space(client.with_(offers_roth=False), 2026)
    assert (room.catch_up, room.excess) == (0, 12_500)


def test_a_governmental_457b_is_covered_too() -> None:
    """414(v)(7) knows no exception for it."""
    client = OKAFOR.with_(kind="457b", match=(), roth_deferral=0.0)
    assert said(mr.after_tax_space(client, 2026), "must be Roth")
    with pytest.raises(mr.InputError, match="must be Roth"):
        mr.after_tax_space(client.with_(offers_roth=False), 2026)


# ------------------------------------------------------------------ ACP ceiling


def test_the_acp_ceiling_binds_the_highly_compensated_alone() -> None:
    """By last year's pay above last year's 160,000; unknown pay is treated as above and said."""
    client = LIN.with_(acp_ceiling=0.05)
    assert mr.after_tax_space(client, 2026).limited_by == "acp_ceiling"
    at = mr.after_tax_space(client.with_(prior_year_wages=160_000.0), 2026)
    assert at.limited_by == "annual_additions"
    assert said(at, "was not above $160,000")
    assert mr.after_tax_space(client.with_(prior_year_wages=160_001.0), 2026).limited_by == "acp_ceiling"
    unknown = mr.after_tax_space(client.with_(prior_year_wages=None), 2026)
    assert unknown.limited_by == "acp_ceiling"
    assert said(unknown, "not known")


@pytest.mark.parametrize(("year", "threshold"), [(2019, 120_000), (2024, 150_000), (2025, 155_000)])
def test_the_threshold_is_last_years(year: int, threshold: float) -> None:
    """Status of a year by the figure of the year before."""
    client = LIN.with_(acp_ceiling=0.05, elective_deferral=0.0)

    at, above = (
        mr.after_tax_space(client.with_(prior_year_wages=threshold + more), year) for more in (0.0, 1.0)
    )
    assert "acp_ceiling" not in at.caps
    assert "acp_ceiling" in above.caps


def test_the_first_year_has_no_year_before() -> None:
    """2018: the figure of 2017 is not in the sources; the ceiling is applied and that is said."""
    room = mr.after_tax_space(
        LIN.with_(acp_ceiling=0.05, prior_year_wages=100_000.0, elective_deferral=0.0), 2018
    )

    assert "acp_ceiling" in room.caps
    assert said(room, "not in the sources")


@pytest.mark.parametrize(
    ("changes", "counted"),
    [
        ({}, 9_000),  # 10,000 entered, of which the formula's match is half of 18,000
        ({"employer_contribution": 8_000.0}, 8_000),  # less than the formula: all of it is match
        ({"employer_contribution": None}, 9_000),
        ({"match": ()}, 10_000),  # no formula: all of it counts
        ({"match": (), "nonelective_share": 0.02}, 4_000),  # but for the nonelective part
        ({"match": (), "nonelective_share": 0.1}, 0),
        ({"employer_contribution": None, "nonelective_share": 0.03}, 9_000),
    ],
)
def test_the_acp_ceiling_counts_the_match(changes: dict, counted: float) -> None:
    """5% of 300,000 less the match, whichever way employer money was entered."""
    room = mr.after_tax_space(LIN.with_(acp_ceiling=0.05, **changes), 2026)

    assert room.caps["acp_ceiling"] == pytest.approx(15_000 - counted)


# ------------------------------------------------------------------ employer money


def test_the_match_formula_counts_capped_pay() -> None:
    """3% of pay in full and half of the next 2%, of 360,000 at most."""
    assert mr.after_tax_space(OKAFOR, 2026).employer_contribution == pytest.approx(0.04 * 260_000)
    for wages in (360_000.0, 360_001.0, 500_000.0):
        assert employer_money(OKAFOR.with_(wages=wages), LAW) == pytest.approx(0.04 * 360_000)


@pytest.mark.parametrize(
    ("deferral", "match"), [(0, 0), (7_800, 7_800), (10_400, 9_100), (13_000, 10_400), (24_500, 10_400)]
)
def test_the_match_follows_the_deferral(deferral: float, match: float) -> None:
    """Each step of the formula, and nothing beyond the last; what a pay slip calls catch-up counts below 402(g)."""
    client = OKAFOR.with_(elective_deferral=float(deferral), catch_up=0.0, roth_deferral=0.0)
    assert employer_money(client, LAW) == pytest.approx(match)
    as_catch_up = client.with_(elective_deferral=0.0, catch_up=min(deferral, 11_250.0))
    assert employer_money(as_catch_up, LAW) == pytest.approx(min(match, 9_525))


def test_catch_up_earns_no_match_in_the_formula() -> None:
    """Only deferrals without catch-up are matched."""
    wide = OKAFOR.with_(match=[{"rate": 1.0, "up_to_share": 1.0}])

    assert employer_money(wide, LAW) == 24_500


def test_a_known_full_year_figure_goes_before_the_formula() -> None:
    """What was entered counts, whatever the formula says; nonelective money counts with the formula."""
    assert employer_money(LIN, LAW) == 10_000
    assert employer_money(LIN.with_(employer_contribution=0.0), LAW) == 0
    assert employer_money(MOREAU, LAW) == pytest.approx(0.06 * 185_000)


# ------------------------------------------------------------------ years and the other spouse


def test_money_already_in_belongs_to_the_first_year() -> None:
    """16,500 so far in 2026 say nothing of 2027; the limits of 2027 are projected, and that is said."""
    room = mr.after_tax_space(LIN, 2027)

    assert (room.after_tax_so_far, room.remaining) == (0, room.space)
    assert said(room, "are those entered for 2026, under the limits of 2027")
    assert said(room, "are projected at 2.5% inflation")
    assert not said(mr.after_tax_space(LIN, 2026), "projected")


def test_a_law_may_be_given_in_place_of_a_year() -> None:
    """The caller's law, with the caller's inflation."""
    law = mr.load_law(2035, inflation=0.05)

    assert mr.after_tax_space(LIN, law).limit == law.annual_additions
    assert mr.after_tax_space(LIN, 2035).limit == mr.load_law(2035, inflation=0.025).annual_additions


def test_a_deferral_above_the_years_limit_is_refused() -> None:
    """24,500 was too much in 2025: the sentence names value, year and limit."""
    with pytest.raises(mr.InputError) as caught:
        mr.after_tax_space(LIN, 2025)
    assert str(caught.value) == (
        "Own deferral of $24,500 is above the 2025 limit of $23,500; ask the plan to return the excess by April 15, 2026."
    )


def test_the_spouses_plan() -> None:
    """The participant's pay and age decide, not the first person's."""
    client = LIN.with_(participant="spouse", spouse_wages=60_000, spouse_birth_year=1976, catch_up=8_000)
    room = mr.after_tax_space(client, 2026)

    assert (room.limit, room.limited_by, room.catch_up) == (60_000, "compensation", 8_000)
    assert room.space == 60_000 - 24_500 - 10_000


def test_what_is_not_known_of_the_plan_is_said() -> None:
    """No after-tax contributions, or not known yet: the figure stands, with the sentence."""
    assert said(
        mr.after_tax_space(LIN.with_(accepts_after_tax=False), 2026), "does not take after-tax contributions"
    )
    assert said(mr.after_tax_space(LIN.with_(accepts_after_tax=None), 2026), "ask HR")


@settings(max_examples=40)
@given(clients())
def test_any_client_has_a_room_that_explains_itself(client: mr.Client) -> None:
    """Space within the limit, a working that ends in what is open, a citation for each reason."""
    room = mr.after_tax_space(client, client.assumptions.start_year)

    assert 0 <= room.remaining <= room.space <= room.limit
    assert room.working["amount"].iloc[-1] == room.remaining
    assert all(reason.cite and str(reason.message) for reason in room.reasons)

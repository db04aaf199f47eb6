"""The client in later years: limits by the statute, pay and elections that follow, seen in the ledger."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import megaroth as mr
from megaroth.plans.coming_years import coming_years, in_year

LIN = mr.Client.load("lin")
OKAFOR = mr.Client.load("okafor")
MOREAU = mr.Client.load("moreau")
REYES = mr.Client.load("reyes")
FINE = 1e-6


def ledger(client: mr.Client) -> pd.DataFrame:
    return mr.project(client, ["prompt"]).ledger.set_index("year")


@pytest.mark.parametrize("inflation", [0.0, 0.025, 0.04])
def test_the_room_grows_with_the_limits_of_each_year(inflation: float) -> None:
    """Filling the room: that year's 415(c) limit less the deferral at its share of 402(g) less the employer's money."""
    found = ledger(LIN.with_(inflation=inflation))

    for year in range(2026, 2037):
        law = mr.load_law(year, inflation=inflation)
        employer = 10_000 * 1.03 ** (year - 2026)
        assert found.loc[year, "pre_tax_in"] == pytest.approx(law.elective_deferral + employer)
        room = law.annual_additions - law.elective_deferral - employer
        assert found.loc[year, "after_tax_in"] == pytest.approx(room)


def test_only_published_years_are_unmarked() -> None:
    """A row rests on published law or says that it is projected; the marks are those of the law itself."""
    found = ledger(LIN.with_(start_year=2025, after_tax_so_far=0.0, elective_deferral=23_500.0))

    marks = {year: mr.load_law(year).projected for year in found.index}
    assert found["projected"].to_dict() == marks
    assert not marks[2025]
    assert not marks[2026]
    assert marks[2030]


def test_money_already_in_is_part_of_the_first_year() -> None:
    """16,500 of the 37,500 are in already: the year's contribution is 37,500, neither 21,000 nor 54,000."""
    with_, without = ledger(LIN), ledger(LIN.with_(after_tax_so_far=0.0))

    assert with_.loc[2026, "after_tax_in"] == pytest.approx(37_500, abs=FINE)
    assert without.loc[2026, "after_tax_in"] == pytest.approx(37_500, abs=FINE)
    assert with_.loc[2027, "after_tax_in"] == without.loc[2027, "after_tax_in"]


@pytest.mark.parametrize(("wanted", "so_far", "made"), [(10_000, 16_500, 16_500), (20_000, 16_500, 20_000), (0, 0, 0),
                                                       (50_000, 0, 37_500), (10_000, 40_000, 37_500)])  # fmt: skip
def test_what_is_in_stays_in(wanted: float, so_far: float, made: float) -> None:
    """A year's election below what was already paid takes nothing out; above the room nothing goes in."""
    found = ledger(LIN.with_(after_tax=float(wanted), after_tax_so_far=float(so_far)))

    assert found.loc[2026, "after_tax_in"] == pytest.approx(made, abs=FINE)
    assert found.loc[2027, "after_tax_in"] == min(wanted, found.loc[2027, "after_tax_in"])


def test_a_dollar_election_stays_at_its_dollars() -> None:
    """15,000 a year stay 15,000 a year, up to the year of leaving and not after it."""
    found = ledger(MOREAU)

    assert found.loc[:2034, "after_tax_in"].tolist() == pytest.approx([15_000] * 9, abs=FINE)
    assert (found.loc[2035:, "after_tax_in"] == 0).all()


def test_a_share_of_pay_follows_pay() -> None:
    """5% of pay that grows 3% a year."""
    found = ledger(LIN.with_(after_tax={"share_of_pay": 0.05}, after_tax_so_far=0.0))

    expected = [0.05 * 300_000 * 1.03**k for k in range(11)]
    assert found.loc[:2036, "after_tax_in"].tolist() == pytest.approx(expected)


def test_a_sole_proprietors_share_is_of_net_earnings() -> None:
    """Who has no wages pays a share of profit less half of the self-employment tax, not of nothing."""
    found = ledger(REYES.with_(after_tax={"share_of_pay": 0.1}))

    net = mr.solo_401k_space(mr.load_law(2026), net_profit=200_000, age=41).net
    assert found.loc[2026, "after_tax_in"] == pytest.approx(0.1 * net)


def test_the_catch_up_follows_age() -> None:
    """61 to 63 the higher figure, from 64 the regular one, each of its own year; all of it Roth, as elected."""
    found = ledger(OKAFOR)

    for year in range(2026, 2032):
        law, age = mr.load_law(year), year - 1965
        catch_up = law.catch_up_60_63 if age <= 63 else law.catch_up_50
        pay = min(260_000 * 1.03 ** (year - 2026), law.compensation_cap)
        match = 0.03 * pay + 0.5 * 0.02 * pay
        whole = found.loc[year, "pre_tax_in"] + found.loc[year, "designated_roth_in"]
        assert whole == pytest.approx(law.elective_deferral + catch_up + match)
        assert found.loc[year, "after_tax_in"] == pytest.approx(0.1 * pay)


def test_a_roth_only_catch_up_is_roth_whatever_was_elected() -> None:
    """Above the pay threshold of last year the catch-up goes to Roth, so it lowers no wages; below it the choice stands."""
    unmade = OKAFOR.with_(roth_deferral=0.0, horizon_year=2031)

    high, low = ledger(unmade), ledger(unmade.with_(prior_year_wages=150_000.0))

    assert high.loc[2026, "designated_roth_in"] == 11_250
    assert low.loc[2026, "designated_roth_in"] == 0
    assert low.loc[2027, "designated_roth_in"] == pytest.approx(mr.load_law(2027).catch_up_60_63)
    both = high["pre_tax_in"] + high["designated_roth_in"]
    assert both.tolist() == pytest.approx((low["pre_tax_in"] + low["designated_roth_in"]).tolist())


def test_a_roth_catch_up_keeps_up_when_the_age_raises_it() -> None:
    """At 60 the catch-up grows by more than the deferral; all of it is Roth while pay is above the threshold."""
    client = OKAFOR.with_(birth_year=1968, catch_up=8_000.0, roth_deferral=8_000.0)

    found = ledger(client)

    for year in (2028, 2029, 2031):
        assert found.loc[year, "designated_roth_in"] >= mr.load_law(year).catch_up_60_63 - 1e-6


def test_contributions_end_with_the_job() -> None:
    """After the separation year nothing comes in, although the client works on until retirement."""
    found = ledger(LIN)

    later = found.loc[2037:, ["pre_tax_in", "designated_roth_in", "after_tax_in", "roth_ira_in"]]
    assert (later == 0).all(axis=None)
    assert (found.loc[:2036, "after_tax_in"] > 0).all()


def test_a_457b_has_no_after_tax_money_to_move() -> None:
    """Its room is 0, so every strategy is the same."""
    client = LIN.with_(kind="457b", employer_contribution=0.0, after_tax_so_far=0.0, after_tax=20_000.0)

    projection = mr.project(client)

    assert (projection.ledger["after_tax_in"] == 0).all()
    assert projection.summary["value_after_tax"].nunique() == 1


@settings(max_examples=15, deadline=None)
@given(
    st.floats(-0.02, 0.08),
    st.floats(0.0, 0.06),
    st.integers(0, 12),
    st.sampled_from([LIN, OKAFOR, MOREAU, REYES]),
)
def test_no_year_puts_in_more_than_its_law_allows(
    pay_growth: float, inflation: float, more: int, client: mr.Client
) -> None:
    """Everything that a year adds to the plan stays within that year's limit and catch-up; room is never negative."""
    asked = client.with_(
        pay_growth=pay_growth, inflation=inflation, horizon_year=client.assumptions.separation_year + more
    )

    found = ledger(asked)

    for year, row in found.iterrows():
        law = mr.load_law(year, inflation=inflation)
        most = law.annual_additions + (law.catch_up_60_63 if client is OKAFOR else 0)
        assert row["pre_tax_in"] + row["designated_roth_in"] + row["after_tax_in"] <= most + 1e-6
        assert row["after_tax_in"] >= 0


def test_deferrals_above_the_law_are_refused() -> None:
    """What the first year's law forbids is no projection but an InputError with its field."""
    for field, client in {
        "elective_deferral": LIN.with_(elective_deferral=24_501.0),
        "catch_up": OKAFOR.with_(offers_roth=False),
    }.items():
        with pytest.raises(mr.InputError) as caught:
            mr.project(client)
        assert caught.value.field == field


def test_leaving_in_mid_year_ends_the_plan_and_not_the_pay() -> None:
    """To 30 June: half of the employer money, the whole deferral in half of the paychecks, and the year's pay is taxed."""
    whole, half = ledger(LIN.with_(separation_year=2030)), ledger(LIN.with_(separation_year="2030-06-30"))

    law = mr.load_law(2030)
    employer = 10_000 * 1.03**4
    assert half.loc[2030, "pre_tax_in"] == pytest.approx(law.elective_deferral + employer / 2)
    room = min(law.annual_additions, 150_000 * 1.03**4) - law.elective_deferral - employer / 2
    assert half.loc[2030, "after_tax_in"] == pytest.approx(room)
    assert half.loc[2029].to_dict() == whole.loc[2029].to_dict()
    assert (half.loc[2031:, ["pre_tax_in", "after_tax_in"]] == 0).all(axis=None)
    returns = [coming_years(each)[4].tax_return.household["wages"] for each in (
        LIN.with_(separation_year=2030), LIN.with_(separation_year="2030-06-30"))]  # fmt: skip
    assert returns[0] == returns[1] == pytest.approx(300_000 * 1.03**4 - law.elective_deferral)


def test_a_short_year_defers_no_more_than_it_pays() -> None:
    """Who leaves in January with 24,500 elected defers one paycheck."""
    client = LIN.with_(
        separation_year="2030-01-31", pay_periods=12, employer_contribution=0.0, match=[], wages=120_000.0
    )

    pay = 120_000 * 1.03**4 / 12
    assert ledger(client).loc[2030, "pre_tax_in"] == pytest.approx(pay)
    assert ledger(client).loc[2030, "after_tax_in"] == 0


def test_a_match_without_true_up_loses_at_high_pay() -> None:
    """Pay of 720,000 counts to 360,000, the 13th paycheck; half of the deferral comes after it and is not matched."""
    plan = {"match": [{"rate": 0.5, "up_to_share": 0.06}], "employer_contribution": None}
    rich = LIN.with_(wages=720_000.0, separation_year=2026, retirement_year=None, horizon_year=2027, **plan)

    with_, without = (ledger(rich.with_(true_up=way)).loc[2026] for way in (True, False))

    assert with_["pre_tax_in"] == pytest.approx(24_500 + 0.5 * 0.06 * 360_000)
    assert without["pre_tax_in"] == pytest.approx(24_500 + 0.5 * 24_500 / 2)
    freed = with_["pre_tax_in"] - without["pre_tax_in"]
    assert without["after_tax_in"] - with_["after_tax_in"] == pytest.approx(min(freed, 10_800 - 6_125))


@settings(max_examples=20, deadline=None)
@given(st.floats(30_000, 350_000), st.sampled_from([1, 12, 24, 26, 52]))
def test_an_even_deferral_below_the_cap_needs_no_true_up(wages: float, pay_periods: int) -> None:
    """Where pay stays under 401(a)(17) both plans pay the same match."""
    client = LIN.with_(wages=wages, employer_contribution=None, after_tax=0.0, after_tax_so_far=0.0, pay_periods=pay_periods,
                       separation_year=2026, retirement_year=None, horizon_year=2026)  # fmt: skip

    paid = [ledger(client.with_(true_up=way)).loc[2026, "pre_tax_in"] for way in (True, False)]

    assert paid[0] == pytest.approx(paid[1])


def test_medicare_begins_on_the_way() -> None:
    """60 in the first year, so on Medicare from 65: the returns of five years later carry its surcharges, no earlier ones."""
    client = OKAFOR.with_(birth_year=1966, on_medicare=False, horizon_year=2036)

    people = {each.law.year: each.tax_return.people for each in coming_years(client)}

    assert people == {year: int(year >= 2029) for year in range(2026, 2037)}


def test_a_catch_up_without_a_place_ends() -> None:
    """Pay passes the threshold on the way and the plan has no Roth: from then on there is no catch-up, and no refusal."""
    client = OKAFOR.with_(offers_roth=False, prior_year_wages=100_000.0, roth_deferral=0.0, match=[])

    found = ledger(client)

    assert found.loc[2026, "pre_tax_in"] == pytest.approx(24_500 + 11_250)
    assert found.loc[2027, "pre_tax_in"] == pytest.approx(mr.load_law(2027).elective_deferral)
    below = ledger(client.with_(elective_deferral=10_000.0, catch_up=5_000.0))
    law, before = mr.load_law(2027), mr.load_law(2026)
    # Below the limit nothing is catch-up: all of it follows the deferral limit.
    grown = 15_000 * law.elective_deferral / before.elective_deferral
    assert below.loc[2027, "pre_tax_in"] == pytest.approx(grown)


def test_a_sole_proprietor_with_a_job_keeps_its_wages() -> None:
    """The contribution to the solo plan comes off other income; box 1 of the job beside it stays as it is."""
    client = REYES.with_(wages=90_000.0, other_ordinary_income=150_000.0)

    home = coming_years(client)[0].tax_return.household

    assert home["wages"] == 90_000
    assert home["other_ordinary_income"] == pytest.approx(150_000 - 24_500 - 20_000)


def test_a_separate_return_is_the_participants() -> None:
    """The spouse saves and files apart: the spouse's age and pay, and the spouse's Medicare alone."""
    client = LIN.with_(
        filing_status="mfs",
        participant="spouse",
        spouse_birth_year=1965,
        spouse_wages=200_000.0,
        horizon_year=2036,
    )

    years = coming_years(client)

    assert [each.tax_return.people for each in years] == [int(each.law.year >= 2028) for each in years]
    assert years[0].tax_return.household["age"] == 61
    assert years[0].tax_return.household["wages"] == pytest.approx(200_000 - 24_500)


@pytest.mark.parametrize(
    ("birth_year", "elective", "catch_up"), [(1974, 32_500.0, 0.0), (1981, 10_000.0, 2_000.0)]
)
def test_what_is_catch_up_the_limit_tells(birth_year: int, elective: float, catch_up: float) -> None:
    """However a total is entered, only what exceeds 402(g) is catch-up, so the next year saves the same shares of the limits."""
    client = mr.Client.load("lin").with_(birth_year=birth_year, elective_deferral=elective, catch_up=catch_up)
    now, then = mr.load_law(2026), mr.load_law(2027)
    within = min(elective + catch_up, now.elective_deferral)
    expected = within * then.elective_deferral / now.elective_deferral
    expected += (elective + catch_up - within) * then.catch_up_50 / now.catch_up_50

    grown = in_year(client, then)

    assert grown.elections.elective_deferral + grown.elections.catch_up == pytest.approx(expected)


def test_no_market_moves_a_coming_year() -> None:
    """Another return finds the years that are there already; any other assumption or fact makes them anew."""
    years = coming_years(LIN)

    assert coming_years(LIN.with_(annual_return=0.01, volatility=0.3, stock_share=0.5)) is years
    for other in ({"inflation": 0.03}, {"pay_growth": 0.0}, {"horizon_year": 2050}, {"wages": 250_000.0}):
        assert coming_years(LIN.with_(**other)) is not years
    with pytest.raises(ValueError, match="read-only"):
        years[0].after_tax[0] = 1.0

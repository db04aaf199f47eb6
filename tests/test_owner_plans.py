"""Owners on their corporation's payroll, with a day job, with a spouse at work; and what an employer share is worth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import megaroth as mr
from megaroth.rules.client_return import client_return
from megaroth.rules.owner_plans import BUSINESSES, limits_left
from tests.generators import CENT, ages, shares, years

LAW = mr.load_law(2026)
REYES = mr.Client.load("reyes")
amounts = st.floats(0, 600_000).map(lambda amount: round(amount, 2))
businesses = st.sampled_from(BUSINESSES)


def incorporated(pay: float, **changes: object) -> object:
    return mr.incorporated_401k_space(LAW, **{"compensation": pay, "age": 45, **changes})


def plan_of(business: str, income: float, **changes: object) -> object:
    return mr.owner_plan(LAW, **{"business": business, "income": income, "age": 45, **changes})


# --- a corporation's owner ---


@pytest.mark.parametrize(
    ("pay", "changes", "deferral", "employer", "limit", "space"),
    [
        (30_000, {}, 24_500, 5_500, 30_000, 0),
        (40_000, {}, 24_500, 10_000, 40_000, 5_500),
        (60_000, {}, 24_500, 15_000, 60_000, 20_500),
        (120_000, {}, 24_500, 30_000, 72_000, 17_500),
        (189_999, {}, 24_500, 47_499.75, 72_000, 0.25),
        (190_000, {}, 24_500, 47_500, 72_000, 0),
        (400_000, {}, 24_500, 47_500, 72_000, 0),
        (400_000, {"deferral": 0}, 0, 72_000, 72_000, 0),
        (400_000, {"deferral": 0, "employer": 0}, 0, 0, 72_000, 72_000),
        (120_000, {"employer": 10_000}, 24_500, 10_000, 72_000, 37_500),
        (18_000, {}, 18_000, 0, 18_000, 0),
        (0, {}, 0, 0, 0, 0),
    ],
)
def test_a_quarter_of_w2_pay(
    pay: float, changes: dict, deferral: float, employer: float, limit: float, space: float
) -> None:
    """25% of the pay, not reduced, and pay stays the limit whatever the share is."""
    found = incorporated(pay, **changes)

    assert (found.deferral, found.employer, found.limit, found.after_tax) == pytest.approx(
        (deferral, employer, limit, space)
    )
    assert found.compensation_415 == pay
    assert found.excess == 0


def test_the_compensation_cap_holds_the_share() -> None:
    """25% of capped pay is more than the dollar limit in every year, so pay beyond the cap is idle; the working shows it."""
    law = mr.load_law(2018)

    at_cap, beyond = (mr.incorporated_401k_space(law, pay, 45, deferral=0) for pay in (275_000, 900_000))

    assert at_cap.max_employer == beyond.max_employer == 55_000
    working = incorporated(900_000, deferral=0).working.set_index("label")["amount"]
    assert working["Pay for the employer share"] == 360_000


def test_the_w2_owner_has_more_room_than_the_sole_proprietor_at_low_income() -> None:
    """The same 60,000: 25% of pay and pay as the limit, against 20% of what self-employment tax leaves."""
    corporation, alone = incorporated(60_000), mr.solo_401k_space(LAW, net_profit=60_000, age=45)

    assert corporation.after_tax == 20_500
    # Half of the tax is 4,238.865, net earnings 55,761.135, the share 11,152.227, pay 44,608.908.
    assert alone.after_tax == pytest.approx(44_608.908 - 24_500 - 11_152.227)


@pytest.mark.parametrize(
    ("age", "pay", "deferral", "catch_up", "employer"),
    [
        (49, 120_000, 24_500, 0, 30_000),
        (50, 120_000, 24_500, 8_000, 30_000),
        (60, 120_000, 24_500, 11_250, 30_000),
        (63, 120_000, 24_500, 11_250, 30_000),
        (64, 120_000, 24_500, 8_000, 30_000),
        # 30,000 deferred out of 30,000: 5,500 over 402(g) are catch-up, and 24,500 leave 5,500 for the share.
        (61, 30_000, 24_500, 5_500, 5_500),
        (50, 30_000, 24_500, 5_500, 5_500),
        (50, 26_000, 24_500, 1_500, 1_500),
    ],
)
def test_catch_up_stands_beside_the_limit(
    age: int, pay: float, deferral: float, catch_up: float, employer: float
) -> None:
    """By age, and at low pay: the largest share is what deferrals without catch-up leave, law.md 6."""
    found = incorporated(pay, age=age)

    assert (found.deferral, found.catch_up, found.employer) == (deferral, catch_up, employer)
    assert found.after_tax == max(0, min(72_000, pay) - deferral - employer)


@pytest.mark.parametrize(
    ("age", "pay", "total", "employer"),
    [(52, 400_000, 18_000, 54_000), (52, 400_000, 24_500, 47_500), (61, 30_000, 24_500, 5_500)],
)
def test_the_largest_share_makes_no_catch_up(age: int, pay: float, total: float, employer: float) -> None:
    """law.md 6 and trap 19: who defers no more than 402(g) has no catch-up beside the largest share."""
    found = incorporated(pay, age=age, deferral=total)

    assert (found.deferral, found.catch_up, found.employer) == (total, 0, employer)
    assert found.max_employer == employer
    assert found.reasons == () or "catch-up" not in str(found.reasons[0])


def test_a_larger_share_that_is_given_makes_catch_up() -> None:
    """Reg. 1.414(v)-1(b): 60,000 beside 20,000 at 52 leave 12,000 in 415(c); at 49 it is refused."""
    found = incorporated(400_000, age=52, deferral=20_000, employer=60_000)

    assert (found.deferral, found.catch_up, found.after_tax, found.excess) == (12_000, 8_000, 0, 0)
    assert (found.max_employer, found.allowed_deferral) == (52_000, 20_000)
    assert any("counts as catch-up" in str(reason) for reason in found.reasons)
    with pytest.raises(mr.InputError, match=r"Employer share cannot be more than \$52,000 for this pay"):
        incorporated(400_000, age=49, deferral=20_000, employer=60_000)
    with pytest.raises(mr.InputError, match=r"^Employer share cannot be negative; you entered .\$5\.$"):
        incorporated(400_000, employer=-5)


@given(amounts, ages, shares, shares)
def test_the_incorporated_answer_reads_back(pay: float, age: int, own: float, share: float) -> None:
    """Its own deferral and share give the same year again."""
    for deferral in (None, min(pay, 24_500) * own):
        try:
            found = incorporated(pay, age=age, deferral=deferral, employer=pay * share / 4)
        except mr.InputError:
            found = incorporated(pay, age=age, deferral=deferral)

        again = incorporated(pay, age=age, deferral=found.deferral + found.catch_up, employer=found.employer)

        for name in ("deferral", "catch_up", "employer", "max_employer", "after_tax"):
            assert getattr(again, name) == pytest.approx(getattr(found, name), abs=CENT)


def test_more_room_than_w2_pay_that_is_left() -> None:
    """40,000 of pay, 35,750 deferred at 61: 5,500 fits beside a share of 10,000, and 4,250 of pay is left."""
    found = incorporated(40_000, age=61)

    assert (found.after_tax, found.deferral, found.catch_up) == (5_500, 24_500, 11_250)
    assert any("$4,250 of pay is left" in str(reason) for reason in found.reasons)


# --- a day job beside it ---


@pytest.mark.parametrize("business", BUSINESSES)
def test_a_403b_day_job_shares_the_limit(business: str) -> None:
    """
    415(k)(4): 20,000 deferred to the 403(b) and 8,000 from that employer come off 72,000; 44,000 is left.

    The deferral limit is shared as with any job.
    """
    found = plan_of(
        business, 200_000, job_deferral=20_000, job_kind="403b", job_other_additions=8_000, employer=10_000
    )

    assert (found.owner.deferral, found.owner.limit) == (4_500, 44_000)
    assert found.owner.after_tax == 44_000 - 4_500 - 10_000
    assert any("415(k)(4)" in reason.cite for reason in found.reasons)
    largest = plan_of(business, 200_000, job_deferral=20_000, job_kind="403b", job_other_additions=8_000)
    assert largest.owner.employer == largest.owner.max_employer <= 39_500


def test_catch_up_at_a_403b_takes_nothing_from_the_limit() -> None:
    """414(v)(3)(A): at 52, 26,000 deferred there are 24,500 of additions and 1,500 of catch-up."""
    found = plan_of("incorporated", 400_000, age=52, job_deferral=26_000, job_kind="403b", employer=0)

    assert (found.owner.limit, found.owner.catch_up) == (47_500, 6_500)


def test_a_457b_day_job_takes_nothing() -> None:
    """457(c), 402(g)(3): its deferrals are in neither limit."""
    alone, found = (
        plan_of("sole_proprietor", 200_000, **job)
        for job in ({}, {"job_deferral": 24_500, "job_kind": "457b", "job_other_additions": 5_000})
    )

    assert found.owner == alone.owner
    assert any("457" in reason.cite for reason in found.reasons)
    with pytest.raises(mr.InputError) as caught:
        plan_of("sole_proprietor", 200_000, job_kind="pension")
    assert caught.value.field == "job_kind"
    plain = plan_of("sole_proprietor", 200_000, job_deferral=20_000, job_other_additions=8_000)
    assert plain.owner.limit == 72_000


@pytest.mark.parametrize(("kind", "limit"), [("403b", 44_000), ("401k", 72_000), ("457b", 72_000)])
def test_the_clients_room_knows_the_other_plans_kind(kind: str, limit: float) -> None:
    """A client file with a solo plan and a job's plan: a 403(b) shares 415(c), in the room and in the trade."""
    job = mr.Plan(kind=kind, deferral_made=20_000.0, employer_contribution=8_000.0)
    client = REYES.with_(plans=(REYES.plan, job), elective_deferral=4_500.0, employer_contribution=10_000.0)

    room = mr.after_tax_space(client, 2026)

    assert (room.limit, room.space) == (limit, limit - 14_500)
    assert room.waterfall()["amount"].iloc[0] == limit
    assert any("415(k)(4)" in reason.cite for reason in room.reasons) == (kind == "403b")
    assert mr.employer_share_trade(client, 2026, 10_000.0).after_tax == limit - 14_500
    if kind == "403b":  # and the other way round, from the 403(b)'s side
        there = client.with_(
            plans=(job, mr.Plan(kind="solo_401k", employer_contribution=14_500.0)), wages=100_000.0
        )
        assert mr.after_tax_space(there, 2026).limit == 72_000 - 14_500


def test_the_trade_of_a_share_that_makes_catch_up() -> None:
    """At 52, 18,000 deferred and 60,000 of share: 6,000 above the largest, so less tax and no room either way."""
    client = REYES.with_(birth_year=1974, self_employment_profit=500_000.0, elective_deferral=18_000.0)
    trade = mr.employer_share_trade(client, 2026, 60_000.0)

    assert trade.largest.employer == 54_000
    assert (trade.after_tax, trade.room_gained) == (0, 0)
    assert trade.tax_added < 0
    with pytest.raises(mr.InputError, match="Employer share"):
        mr.employer_share_trade(client, 2026, 62_000.01)


# --- a day job's limits ---


@pytest.mark.parametrize(
    ("age", "elsewhere", "left"),
    [
        (45, 0, (24_500, 0)),
        (45, 20_000, (4_500, 0)),
        (45, 24_500, (0, 0)),
        (52, 24_500, (0, 8_000)),
        (52, 26_000, (0, 6_500)),
        (52, 32_500, (0, 0)),
        (61, 30_000, (0, 5_750)),
    ],
)
def test_one_deferral_limit_and_one_catch_up(age: int, elsewhere: float, left: tuple) -> None:
    """What the job has used is gone here, the regular part first."""
    assert limits_left(LAW, age, elsewhere) == left


@pytest.mark.parametrize(
    ("wages", "half", "share", "space"),
    [
        # 92,350 at 12.4% and 2.9%; then 34,500 of the wage base left; then none of it.
        (0, 7_064.775, 18_587.045, 72_000 - 4_500 - 18_587.045),
        (150_000, 3_478.075, 19_304.385, 72_000 - 4_500 - 19_304.385),
        (184_500, 1_339.075, 19_732.185, 72_000 - 4_500 - 19_732.185),
        (250_000, 1_339.075, 19_732.185, 72_000 - 4_500 - 19_732.185),
    ],
)
def test_the_day_job_uses_the_wage_base_first(wages: float, half: float, share: float, space: float) -> None:
    """A profit of 100,000 beside W-2 wages, 20,000 deferred there: 4,500 left to defer, a whole 415(c) limit."""
    found = plan_of("sole_proprietor", 100_000, wages=wages, job_deferral=20_000).owner

    assert (found.half_se_tax, found.employer, found.after_tax) == pytest.approx((half, share, space))
    assert (found.deferral, found.limit) == (4_500, 72_000)


def test_two_unrelated_employers_agree_with_the_owners_plan() -> None:
    """after_tax_space_of_employers on job and business gives the business the same room, and the job its own limit."""
    own = plan_of("sole_proprietor", 100_000, wages=150_000, job_deferral=20_000).owner
    job = {
        "employer": "job",
        "compensation": 150_000,
        "elective_deferral": 20_000,
        "employer_contribution": 6_000,
    }
    business = {
        "employer": "own", "compensation": own.compensation_415, "elective_deferral": own.deferral,
        "employer_contribution": own.employer,
    }  # fmt: skip

    rooms = mr.after_tax_space_of_employers(LAW, age=45, employers=[job, business])

    assert [room.space for room in rooms.rooms] == pytest.approx([46_000, own.after_tax])


def test_the_clients_other_plan_counts_alike() -> None:
    """A client file with a second plan gives the room that owner_plan gives."""
    job = mr.Plan(kind="401k", deferral_made=20_000.0)
    client = REYES.with_(
        plans=(REYES.plan, job), wages=150_000.0, self_employment_profit=100_000.0, elective_deferral=4_500.0,
        employer_contribution=None,
    )  # fmt: skip

    own = mr.owner_plan(LAW, "sole_proprietor", 100_000, age=41, wages=150_000, job_deferral=20_000).owner

    assert mr.after_tax_space(client, 2026).space == pytest.approx(own.after_tax)


# --- a spouse on the payroll ---


def test_a_spouse_on_the_payroll_of_a_sole_proprietor() -> None:
    """By hand: 200,000 of profit, 40,000 of pay, the largest shares; FICA 7.65% on each side."""
    found = plan_of("sole_proprietor", 200_000, spouse_pay=40_000, spouse_age=44)

    assert (found.employee_fica, found.employer_fica) == pytest.approx((3_060, 3_060))
    assert (found.spouse.deferral, found.spouse.employer, found.spouse.after_tax) == (24_500, 10_000, 5_500)
    assert found.profit_left == pytest.approx(200_000 - 40_000 - 3_060 - 10_000)
    # 92.35% of 146,940 is 135,699.09; half of 15.3% of that 10,380.980385; net 136,559.019615; a fifth 27,311.803923.
    assert found.owner.after_tax == pytest.approx(72_000 - 24_500 - 27_311.803923)
    assert found.alone.after_tax == pytest.approx(10_323.43)
    assert found.after_tax == pytest.approx(25_688.196077)
    assert found.room_added == pytest.approx(15_364.766077)
    # 12.4% of 184,500 and 2.9% of 184,700 before, 20,761.96077 after.
    assert found.payroll_tax_added == pytest.approx(6_120 - (28_234.30 - 20_761.96077))


def test_a_spouse_on_the_payroll_of_a_corporation() -> None:
    """The owner's W-2 pay and room stay; FICA comes on top, up to the wage base."""
    found = plan_of("incorporated", 120_000, spouse_pay=200_000, spouse_age=55)

    assert found.owner == found.alone
    assert found.employer_fica == pytest.approx(0.062 * 184_500 + 0.0145 * 200_000)
    assert found.payroll_tax_added == pytest.approx(2 * found.employer_fica)
    assert found.spouse.catch_up == 8_000
    assert found.room_added == found.spouse.after_tax == 0
    less = plan_of("incorporated", 120_000, spouse_pay=200_000, spouse_age=55, spouse_employer=0)
    assert less.room_added == 47_500


def test_nobody_on_the_payroll_changes_nothing() -> None:
    """Without pay the plan is the owner's alone, and costs nothing more."""
    found = plan_of("sole_proprietor", 200_000)

    assert found.owner == found.alone
    assert (found.room_added, found.payroll_tax_added, found.spouse.after_tax) == (0, 0, 0)
    assert found.owner == mr.solo_401k_space(
        LAW, net_profit=200_000, age=45, deferral_limit=24_500, catch_up_left=0
    )


# --- what cannot be ---


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"business": "partnership"}, "business"),
        ({"income": -1}, "income"),
        ({"income": float("nan")}, "income"),
        ({"job_deferral": 24_501}, "job_deferral"),
        ({"age": 121}, "age"),
        ({"spouse_pay": -5}, "spouse_pay"),
        ({"spouse_pay": 160_000}, "spouse_pay"),
        ({"spouse_pay": 40_000, "spouse_deferral": 25_000}, "spouse_deferral"),
        ({"spouse_pay": 20_000, "spouse_deferral": 24_500}, "spouse_deferral"),
        ({"spouse_pay": 40_000, "spouse_employer": 10_001}, "spouse_employer"),
        ({"spouse_pay": 40_000, "spouse_age": 300}, "spouse_age"),
        ({"employer": 40_000}, "employer"),
        ({"business": "incorporated", "income": 120_000, "employer": 30_000.01}, "employer"),
        ({"business": "incorporated", "income": 20_000, "deferral": 20_001}, "elective_deferral"),
        ({"deferral": 24_501}, "elective_deferral"),
    ],
)
def test_too_much_is_refused_by_name(changes: dict, field: str) -> None:
    """One sentence that names the field as the caller has it."""
    facts = {"business": "sole_proprietor", "income": 200_000, "age": 45, **changes}
    with pytest.raises(mr.InputError) as caught:
        mr.owner_plan(LAW, **facts)
    assert caught.value.field == field
    assert "{" not in str(caught.value)


def test_a_spouse_that_the_profit_cannot_carry() -> None:
    """160,000, its FICA of 12,240 and a share of 40,000 are 12,240 more than 200,000."""
    with pytest.raises(mr.InputError, match=r"\$160,000, with .* is \$12,240 more than the net profit"):
        plan_of("sole_proprietor", 200_000, spouse_pay=160_000)


# --- for anybody ---


@given(years, businesses, amounts, ages, st.floats(0, 300_000), shares, shares, shares)
def test_any_owner_holds_together(
    year: int, business: str, income: float, age: int, wages: float, at_job: float, own: float, share: float
) -> None:
    """Parts fill the limit, catch-up stays beside it, and both plans together never pass the person's 402(g)."""
    law = mr.load_law(year)
    job_deferral = round(at_job * law.elective_deferral, 2)
    facts = {"business": business, "income": income, "age": age, "wages": wages, "job_deferral": job_deferral}
    most = mr.owner_plan(law, **facts).owner
    found = mr.owner_plan(
        law, **facts, deferral=(most.deferral + most.catch_up) * own, employer=most.employer * share
    ).owner

    for each in (most, found):
        assert each.limit == pytest.approx(min(law.annual_additions, each.compensation_415))
        assert each.after_tax == pytest.approx(each.limit - each.deferral - each.employer, abs=CENT)
        assert each.excess <= CENT
        assert each.employer <= each.max_employer + CENT
        whole = each.deferral + each.catch_up + job_deferral
        assert whole <= law.elective_deferral + max(law.catch_up_50, law.catch_up_60_63 or 0) + CENT
        # The pencil rounds each step to the cent.
        assert each.working["amount"].iloc[-1] == pytest.approx(each.after_tax, abs=0.02)
    assert found.after_tax >= most.after_tax - CENT


@given(businesses, amounts, st.floats(0, 0.7), ages)
def test_the_spouses_working_ends_in_the_room_added(
    business: str, income: float, to_spouse: float, spouse_age: int
) -> None:
    """The steps are the result's own numbers; each has a formula and a paragraph; they add up."""
    found = plan_of(business, income, spouse_pay=income * to_spouse, spouse_age=spouse_age)
    working = found.working
    amount = working.set_index("label")["amount"]

    assert working["amount"].iloc[-1] == found.room_added
    assert found.room_added == pytest.approx(
        amount[["Spouse's after-tax space", "Owner's after-tax space", "Owner's space alone"]].sum(), abs=CENT
    )
    assert found.payroll_tax_added == pytest.approx(
        amount[["Employer's FICA", "Employee's FICA", "Self-employment tax saved"]].sum(), abs=CENT
    )
    assert working["source"].str.contains(r"U\.S\.C\.").all()


def test_arrays_equal_numbers_one_by_one() -> None:
    """Many owners at once give what each gives alone."""
    rng = np.random.default_rng(3)
    income, age = rng.uniform(0, 500_000, 40), rng.integers(25, 75, 40)
    job, pay = rng.uniform(0, 24_500, 40), rng.uniform(0, 0.4, 40) * income
    for business in BUSINESSES:
        together = mr.owner_plan(LAW, business, income, age, job_deferral=job, spouse_pay=pay, spouse_age=age)
        for k in range(40):
            alone = mr.owner_plan(
                LAW, business, income[k], int(age[k]), job_deferral=job[k], spouse_pay=pay[k], spouse_age=int(age[k])
            )  # fmt: skip
            for name in ("after_tax", "room_added", "payroll_tax_added"):
                assert getattr(together, name)[k] == pytest.approx(getattr(alone, name), abs=1e-8)


# --- employer share against after-tax room ---


def test_the_trade_by_hand() -> None:
    """
    A consultant's 200,000: the next 10,000 of share save 1,920 and take 10,000 of room.

    Taxable income before QBI falls from 148,282.85 to 138,282.85, and 20% of it less dividends with it, so 8,000 less
    is taxed at 24%.
    """
    found = mr.employer_share_trade(REYES, 2026, [0, 10_000])

    assert found.after_tax == pytest.approx([47_500, 37_500])
    assert found.tax_saved == pytest.approx([0, 8_000 * 0.24])
    assert found.qbi_lost == pytest.approx([0, 2_000])
    assert found.room_gained == pytest.approx([37_176.57, 27_176.57])
    assert found.corner is None


def test_two_for_one_where_pay_is_the_limit() -> None:
    """85,000 of profit: net earnings 78,994.94; up to a share of 6,994.94 one for one, then two for one."""
    client = REYES.with_(self_employment_profit=85_000.0, employer_contribution=None)
    net = 85_000 - 0.5 * 0.153 * 0.9235 * 85_000
    corner = net - 72_000

    found = mr.employer_share_trade(client, 2026, [0, corner, corner + 1_000, net / 5])

    assert found.corner == pytest.approx(corner)
    assert found.after_tax == pytest.approx(
        [47_500, 47_500 - corner, 47_500 - corner - 2_000, 0.6 * net - 24_500]
    )
    assert mr.employer_share_trade(REYES.with_(self_employment_profit=70_000.0), 2026, 0.0).corner is None


@given(st.floats(0, 600_000), shares, st.booleans())
def test_the_trade_is_a_difference_of_full_taxes(profit: float, share: float, specified: bool) -> None:
    """Each share's saving and cost are those of two returns built by themselves; the room is the solo plan's."""
    client = REYES.with_(
        self_employment_profit=profit, employer_contribution=None, specified_service=specified, elective_deferral=0.0,
        state="NJ", other_ordinary_income=50_000.0,
    )  # fmt: skip
    most = mr.solo_401k_space(LAW, profit, 41, deferral=0).max_employer
    made = most * share

    def taxes(employer: float) -> float:
        return float(client_return(client.with_(employer_contribution=employer), LAW).columns()["all_taxes"])

    found = mr.employer_share_trade(client, 2026, made)

    assert found.tax_saved == pytest.approx(taxes(0.0) - taxes(made), abs=CENT)
    assert found.tax_added == pytest.approx(taxes(made) - taxes(most), abs=CENT)
    room = mr.solo_401k_space(LAW, profit, 41, deferral=0, employer=made).after_tax
    assert found.after_tax == pytest.approx(room, abs=CENT)
    assert found.working["amount"].iloc[-1] == found.tax_added


def test_the_trades_table_runs_from_nothing_to_the_largest() -> None:
    """More share never leaves more room; the last row is the largest share, which adds no tax and gains no room."""
    table = mr.employer_share_trade(REYES, 2026).table

    assert table["employer"].iloc[[0, -1]].tolist() == pytest.approx([0, 37_176.57])
    assert (table["after_tax"].diff().dropna() <= 0).all()
    assert table[["room_gained", "tax_added"]].iloc[-1].tolist() == pytest.approx([0, 0], abs=CENT)


@pytest.mark.parametrize(
    ("client", "employer", "field"),
    [(mr.Client.load("lin"), 0.0, "kind"), (REYES, 40_000.0, "employer"), (REYES, -1.0, "employer")],
)
def test_the_trade_refuses(client: mr.Client, employer: float, field: str) -> None:
    """Another kind of plan, and shares that cannot be."""
    with pytest.raises(mr.InputError) as caught:
        mr.employer_share_trade(client, 2026, employer)
    assert caught.value.field == field


# --- the QBI deduction of a sole proprietor who saves ---


@pytest.mark.parametrize(("roth", "deducted"), [(0.0, 34_500), (24_500.0, 10_000), (10_000.0, 24_500)])
def test_what_is_deducted_for_the_plan_lowers_business_income(roth: float, deducted: float) -> None:
    """
    Reg. 1.199A-3(b)(1)(vi): half of the self-employment tax and the contributions deducted come off; Roth ones do not.

    100,000 of profit, 7,064.775 of half tax, 40,000 of other income, so that 20% of taxable income does not bind.
    """
    client = REYES.with_(
        self_employment_profit=100_000.0, employer_contribution=10_000.0, specified_service=False,
        other_ordinary_income=40_000.0, roth_deferral=roth,
    )  # fmt: skip

    found = client_return(client, LAW).columns()

    assert found["qbi_deduction"] == pytest.approx(0.2 * (100_000 - 7_064.775 - deducted))
    assert found["agi"] == pytest.approx(100_000 - 7_064.775 + 3_000 + 40_000 - deducted)


def test_an_employees_deferral_lowers_no_business_income() -> None:
    """A deferral out of wages is no deduction of the business beside the job."""
    client = mr.Client.load("lin").with_(self_employment_profit=20_000.0)

    more, less = (client_return(client.with_(elective_deferral=each), LAW) for each in (24_500.0, 0.0))

    assert more.columns()["qbi_deduction"] == pytest.approx(less.columns()["qbi_deduction"])
    assert more.columns()["qbi_deduction"] > 0


def test_the_corner_of_a_shared_limit() -> None:
    """85,000 of profit beside a 403(b) with 10,000: pay is less than the 62,000 left from a share of 16,994.94 on: none is so large."""
    job = mr.Plan(kind="403b", deferral_made=10_000.0)
    client = REYES.with_(plans=(REYES.plan, job), elective_deferral=0.0, employer_contribution=None)

    def corner(profit: float) -> float | None:
        return mr.employer_share_trade(client.with_(self_employment_profit=profit), 2026, 0.0).corner

    assert corner(85_000.0) is None
    net = 80_000 - 0.5 * 0.153 * 0.9235 * 80_000
    assert corner(80_000.0) == pytest.approx(net - 62_000)

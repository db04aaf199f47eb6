"""The room for after-tax money: published examples, edges, properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import megaroth as mr
from megaroth.rules.space import catch_up_limit
from tests.generators import CENT, dollars, shares, space_facts

LAW = mr.load_law(2026)
FACTS = {"age": 45, "compensation": 300_000, "elective_deferral": 24_500, "employer_contribution": 10_000}


def room(**changes: object) -> object:
    return mr.after_tax_space_of(LAW, **{**FACTS, **changes})


def test_the_article() -> None:
    """2025: the limit less deferrals less 10,000 of employer money leaves 36,500."""
    law = mr.load_law(2025)
    found = mr.after_tax_space_of(
        law, age=40, compensation=250_000, elective_deferral=23_500, employer_contribution=10_000
    )

    assert found.space == 36_500
    assert found.limited_by == "annual_additions"


def test_a_published_case_of_2026() -> None:
    """Over 50, pay above the cap, Roth catch-up, match of 6% of capped pay: 25,900."""
    found = room(
        age=52, compensation=400_000, catch_up=8_000, employer_contribution=0.06 * LAW.compensation_cap
    )

    assert found.space == pytest.approx(25_900, abs=1e-6)


@pytest.mark.parametrize(
    ("age", "catch_up", "total"), [(45, 0, 72_000), (52, 8_000, 80_000), (61, 11_250, 83_250)]
)
def test_catch_up_stands_beside_the_limit(age: int, catch_up: float, total: float) -> None:
    """The room is the same with catch-up; everything together is the limit plus the catch-up."""
    found = room(age=age, catch_up=catch_up)

    assert found.space == 37_500
    assert found.elective_deferral + found.catch_up + 10_000 + found.space == total


@pytest.mark.parametrize(
    ("age", "most"), [(49, 0), (50, 8_000), (59, 8_000), (60, 11_250), (63, 11_250), (64, 8_000)]
)
def test_catch_up_by_age(age: int, most: float) -> None:
    """One dollar more than the age allows is refused in one sentence; the limit itself is not."""
    assert room(age=age, catch_up=most).catch_up == most
    with pytest.raises(mr.InputError) as caught:
        room(age=age, catch_up=most + 1)
    assert caught.value.field == "elective_deferral"
    assert f"{24_500 + most:,.0f}" in str(caught.value)
    assert "April 15, 2027" in str(caught.value)


def test_a_deferral_below_the_limit_holds_no_catch_up() -> None:
    """What a pay slip calls catch-up counts in the limit while 402(g) is not full."""
    found = room(age=52, elective_deferral=10_000, catch_up=8_000)

    assert found.catch_up == 0
    assert found.elective_deferral == 18_000


def test_low_pay_limits_and_pushes_into_catch_up() -> None:
    """Pay of 40,000 is the limit; where it is overfilled, deferrals become catch-up if the age allows."""
    low = room(compensation=40_000, employer_contribution=2_000)
    assert (low.space, low.limited_by) == (13_500, "compensation")

    full = room(age=55, compensation=24_500, employer_contribution=2_000)
    assert (full.catch_up, full.excess, full.space) == (2_000, 0, 0)
    young = room(age=45, compensation=24_500, employer_contribution=2_000)
    assert (young.catch_up, young.excess) == (0, 2_000)


@pytest.mark.parametrize(
    ("cap", "space", "name"),
    [
        ({"after_tax_cap_share": 0.08}, 24_000, "after_tax_cap_share"),
        ({"after_tax_cap_share": 0.08, "compensation": 500_000}, 28_800, "after_tax_cap_share"),
        ({"after_tax_cap_dollars": 5_000}, 5_000, "after_tax_cap_dollars"),
        ({"combined_cap_share": 0.15}, 20_500, "combined_cap_share"),
        ({"combined_cap_share": 0.05}, 0, "combined_cap_share"),
        ({"acp_ceiling": 0.06, "match": 14_400, "employer_contribution": 14_400, "compensation": 360_000}, 7_200, "acp_ceiling"),
        ({"take_home_pay_left": 3_000}, 3_000, "take_home_pay_left"),
        ({"after_tax_cap_share": 1.0}, 37_500, "annual_additions"),
    ],
)  # fmt: skip
def test_caps(cap: dict, space: float, name: str) -> None:
    """Each cap of the plan binds alone, on pay up to 401(a)(17), and is named."""
    found = room(**cap)

    assert found.space == pytest.approx(space)
    assert found.limited_by == name


@pytest.mark.parametrize(
    ("cap", "name"),
    [(37_499.99, "after_tax_cap_dollars"), (37_500, "annual_additions"), (37_500.01, "annual_additions")],
)
def test_a_cap_around_the_room(cap: float, name: str) -> None:
    """A cap that is no lower than the law's own limit holds nothing down."""
    found = room(after_tax_cap_dollars=cap)

    assert (found.space, found.limited_by) == (min(cap, 37_500), name)


def test_money_already_in_comes_off_after_the_caps() -> None:
    """A cap is for the whole year: 24,000 less 10,000 leaves 14,000, not more."""
    found = room(after_tax_cap_share=0.08, after_tax_so_far=10_000)

    assert (found.space, found.remaining) == (24_000, 14_000)


def test_an_excess_is_shown_and_explained() -> None:
    """Too much after-tax money, or too much of everything: remaining 0 and the excess in dollars."""
    assert room(after_tax_so_far=40_000).excess == 2_500
    over = room(employer_contribution=60_000)
    assert (over.space, over.excess) == (0, 12_500)
    assert any("correct it" in str(reason) for reason in over.reasons)


def test_two_employers_share_one_deferral_limit() -> None:
    """What exceeds the person's limit is trimmed in order and named; each employer has a limit of its own."""
    employers = [
        {
            "employer": "first",
            "compensation": 160_000,
            "elective_deferral": 20_000,
            "employer_contribution": 8_000,
        },
        {
            "employer": "second",
            "compensation": 100_000,
            "elective_deferral": 20_000,
            "employer_contribution": 4_000,
        },
    ]
    found = mr.after_tax_space_of_employers(LAW, age=40, employers=employers)

    assert [each.employer for each in found.rooms] == ["first", "second"]
    assert [each.allowed_deferral for each in found.rooms] == [20_000, 4_500]
    assert found.total_space == 44_000 + 63_500
    assert any("second" in str(reason) and "$15,500" in str(reason) for reason in found.reasons)


def test_a_catch_up_at_the_second_employer_is_one_limit_too() -> None:
    """At 52 the second job's catch-up fills what is left of 402(g) first; beyond the age's figure it is refused."""
    first = {
        "employer": "first",
        "compensation": 160_000,
        "elective_deferral": 24_500,
        "employer_contribution": 0,
    }
    second = {
        "employer": "second",
        "compensation": 100_000,
        "elective_deferral": 0,
        "catch_up": 8_000,
        "employer_contribution": 0,
    }
    found = mr.after_tax_space_of_employers(LAW, age=52, employers=[first, second])
    assert found.rooms[1].catch_up == 8_000
    with pytest.raises(mr.InputError):
        mr.after_tax_space_of_employers(LAW, age=52, employers=[first, {**second, "catch_up": 8_001}])


def test_the_match_is_a_part_of_the_employer_money() -> None:
    """The ACP ceiling counts the match alone; all employer money where it is not told apart; never more than there is."""
    facts = {"compensation": 300_000, "acp_ceiling": 0.06}
    assert room(**facts, match=4_000).space == 14_000
    assert room(**facts).space == 8_000
    with pytest.raises(mr.InputError) as caught:
        room(**facts, match=10_000.01)
    assert (caught.value.field, caught.value.rule) == ("match", "at_most")


def test_the_acp_figure_of_the_law() -> None:
    """NHCE at 4% allow HCE 6%; with a match of 4% of 360,000 that leaves 7,200."""
    found = room(
        compensation=400_000,
        employer_contribution=14_400,
        elective_deferral=24_500,
        acp_ceiling=0.06,
        match=14_400,
    )

    assert found.space == pytest.approx(7_200)
    assert any("estimate" in str(reason) for reason in found.reasons)


def test_the_least_of_several_caps_binds() -> None:
    """All of them at once: the smallest is named, the others are shown in the working."""
    caps = {
        "after_tax_cap_share": 0.1,
        "after_tax_cap_dollars": 20_000,
        "combined_cap_share": 0.12,
        "take_home_pay_left": 9_000,
    }
    found = room(**caps, after_tax_so_far=2_000)

    assert (found.space, found.limited_by, found.remaining) == (9_000, "take_home_pay_left", 7_000)
    assert found.caps == {
        "after_tax_cap_share": 30_000, "after_tax_cap_dollars": 20_000, "combined_cap_share": 11_500, "take_home_pay_left": 9_000,
    }  # fmt: skip
    assert "take-home pay" in str(found.reasons[0])


@pytest.mark.parametrize(
    ("pay", "space", "name"),
    [
        (71_999, 37_499, "compensation"),
        (72_000, 37_500, "annual_additions"),
        (72_001, 37_500, "annual_additions"),
    ],
)
def test_pay_around_the_dollar_limit(pay: float, space: float, name: str) -> None:
    """The lesser of both limbs of 415(c), and which of them it is."""
    found = room(compensation=pay)

    assert (found.space, found.limited_by) == (space, name)
    assert found.limit == min(pay, 72_000)


@pytest.mark.parametrize(("year", "cap"), [(2025, 350_000), (2026, 360_000)])
def test_pay_around_the_compensation_cap(year: int, cap: float) -> None:
    """A share of pay counts pay up to 401(a)(17): below it, on it, above it, in the years before and after a change."""
    law = mr.load_law(year)
    for pay, counted in ((cap - 100, cap - 100), (cap, cap), (cap + 100, cap)):
        found = mr.after_tax_space_of(
            law, age=40, compensation=pay, elective_deferral=0, after_tax_cap_share=0.1, acp_ceiling=1.0
        )
        assert found.space == pytest.approx(counted * 0.1)


@pytest.mark.parametrize(
    ("year", "age", "most"),
    [
        (2024, 60, 7_500),
        (2024, 63, 7_500),
        (2025, 59, 7_500),
        (2025, 60, 11_250),
        (2025, 64, 7_500),
        (2026, 64, 8_000),
    ],
)
def test_the_higher_catch_up_begins_in_2025(year: int, age: int, most: float) -> None:
    """Instead of the figure from 50 on, not added to it, and not 150% of today's."""
    law = mr.load_law(year)
    facts = {"age": age, "compensation": 300_000, "elective_deferral": law.elective_deferral}

    assert mr.after_tax_space_of(law, **facts, catch_up=most).catch_up == most
    with pytest.raises(mr.InputError):
        mr.after_tax_space_of(law, **facts, catch_up=most + 0.01)


def test_what_other_plans_left() -> None:
    """With 10,000 deferred elsewhere 14,500 is left here; a catch-up used elsewhere is used."""
    found = room(age=52, elective_deferral=20_000, deferral_limit=14_500, catch_up_left=8_000)
    assert (found.allowed_deferral, found.catch_up) == (14_500, 5_500)
    with pytest.raises(mr.InputError) as caught:
        room(age=52, elective_deferral=20_000, deferral_limit=14_500, catch_up_left=5_499)
    assert "$19,999" in str(caught.value)


def test_a_deferral_above_pay_is_refused() -> None:
    """Nobody defers more than he earns."""
    assert room(compensation=24_500, employer_contribution=0).space == 0
    with pytest.raises(mr.InputError) as caught:
        room(compensation=24_499, employer_contribution=0)
    assert (caught.value.field, caught.value.rule) == ("elective_deferral", "above_pay")


def test_catch_up_counts_over_all_employers() -> None:
    """At 52: 10,000 and 8,000 more at the first, 14,500 at the second fill 402(g) together, so the 8,000 are catch-up."""
    first = {"employer": "first", "compensation": 160_000, "elective_deferral": 10_000, "catch_up": 8_000}
    second = {"employer": "second", "compensation": 100_000, "elective_deferral": 14_500}
    found = mr.after_tax_space_of_employers(LAW, age=52, employers=[first, second])
    assert [each.catch_up for each in found.rooms] == [8_000, 0]
    assert [each.allowed_deferral for each in found.rooms] == [10_000, 14_500]

    # With 4,500 less at the second, so much of it is no catch-up.
    less = mr.after_tax_space_of_employers(
        LAW, age=52, employers=[first, {**second, "elective_deferral": 10_000}]
    )
    assert [each.catch_up for each in less.rooms] == [3_500, 0]
    assert [each.elective_deferral for each in less.rooms] == [14_500, 10_000]
    assert not any("One person" in str(reason) for reason in less.reasons)


def test_low_pay_at_one_of_two_employers() -> None:
    """What low pay turns into catch-up there uses up the catch-up, and gives 402(g) back to the other."""
    low = {
        "employer": "low",
        "compensation": 10_000,
        "elective_deferral": 10_000,
        "employer_contribution": 1_000,
    }
    high = {"employer": "high", "compensation": 200_000, "elective_deferral": 24_500, "catch_up": 0}
    found = mr.after_tax_space_of_employers(LAW, age=55, employers=[low, high])

    assert (found.rooms[0].catch_up, found.rooms[0].elective_deferral, found.rooms[0].allowed_deferral) == (
        1_000,
        9_000,
        10_000,
    )
    assert (found.rooms[1].allowed_deferral, found.rooms[1].catch_up) == (15_500, 7_000)
    assert any("$2,000 less can go to high" in str(reason) for reason in found.reasons)


LOW = {"employer": "low", "compensation": 20_000, "elective_deferral": 20_000, "employer_contribution": 5_000}
HIGH = {"employer": "high", "compensation": 200_000, "elective_deferral": 4_500, "catch_up": 8_000}


@pytest.mark.parametrize("employers", [[LOW, HIGH], [HIGH, LOW]])
def test_the_order_of_employers_does_not_decide_what_is_lawful(employers: list[dict]) -> None:
    """
    26 U.S.C. 402(g)(1)(C), 414(v)(3)(A); Reg. 1.414(v)-1(b): 5,000 that low pay pushes out are catch-up.

    So 9,500 of 402(g) and 3,000 of catch-up are left for the other job: 32,500 over both, and no excess.
    """
    found = mr.after_tax_space_of_employers(LAW, age=52, employers=employers)
    low, high = sorted(found.rooms, key=lambda room: room.compensation)

    assert (low.elective_deferral, low.catch_up, low.excess) == (15_000, 5_000, 0)
    assert (high.elective_deferral, high.catch_up, high.excess) == (9_500, 3_000, 0)
    assert (low.allowed_deferral, high.allowed_deferral) == (20_000, 9_500)
    assert not any("One person" in str(reason) for reason in found.reasons)


def test_what_exceeds_402g_over_all_employers_is_catch_up() -> None:
    """Reg. 1.414(v)-1(b), law.md 1.3: whatever a pay slip calls it, up to the age's figure; beyond it is trimmed."""
    first = {"employer": "first", "compensation": 160_000, "elective_deferral": 24_500}
    second = {"employer": "second", "compensation": 100_000, "elective_deferral": 8_000}
    found = mr.after_tax_space_of_employers(LAW, age=52, employers=[first, second])
    assert [(each.elective_deferral, each.catch_up) for each in found.rooms] == [(24_500, 0), (0, 8_000)]
    assert [each.allowed_deferral for each in found.rooms] == [24_500, 0]
    assert not any("One person" in str(reason) for reason in found.reasons)

    alone = mr.after_tax_space_of_employers(LAW, age=52, employers=[{**first, "elective_deferral": 32_500}])
    assert (alone.rooms[0].elective_deferral, alone.rooms[0].catch_up) == (24_500, 8_000)
    over = mr.after_tax_space_of_employers(
        LAW, age=52, employers=[first, {**second, "elective_deferral": 8_001}]
    )
    assert over.rooms[1].catch_up == 8_000
    assert any("$24,500 and one catch-up of $8,000" in str(r) and "$1 less" in str(r) for r in over.reasons)


def test_a_deferral_above_pay_is_refused_in_any_order() -> None:
    """What nobody could defer is no matter of the order, also where the person's limit would trim it."""
    poor = {"compensation": 10_000, "elective_deferral": 10_001}
    full = {"compensation": 200_000, "elective_deferral": 24_500}
    for employers in ([poor, full], [full, poor]):
        with pytest.raises(mr.InputError) as caught:
            mr.after_tax_space_of_employers(LAW, age=40, employers=employers)
        assert caught.value.rule == "above_pay"


jobs = st.lists(
    st.fixed_dictionaries(
        {
            "compensation": st.integers(0, 200_000), "share": shares, "catch_up": st.integers(0, 3_000),
            "employer_contribution": st.integers(0, 80_000),
        }
    ),
    min_size=2, max_size=4,
)  # fmt: skip


@given(jobs, st.integers(45, 66), st.randoms())
def test_any_order_of_employers_gives_the_same(facts: list[dict], age: int, chance: object) -> None:
    """Where nothing is trimmed, the excess, the room and the catch-up over all jobs hang on no order."""
    most = (LAW.elective_deferral + catch_up_limit(LAW, age)) / len(facts)
    employers = []
    for each in facts:
        job = dict(each)
        total = min(job.pop("share") * most, job["compensation"])
        job["catch_up"] = min(job["catch_up"], total) if age >= 50 else 0.0
        employers.append({**job, "elective_deferral": total - job["catch_up"]})
    shuffled = chance.sample(employers, len(employers))
    one, other = (mr.after_tax_space_of_employers(LAW, age, each) for each in (employers, shuffled))

    for name in ("excess", "space", "elective_deferral", "catch_up"):
        sums = [sum(getattr(room, name) for room in found.rooms) for found in (one, other)]
        assert sums[0] == pytest.approx(sums[1], abs=CENT)
    assert sum(room.elective_deferral for room in one.rooms) <= LAW.elective_deferral + CENT
    assert sum(room.catch_up for room in one.rooms) <= catch_up_limit(LAW, age) + CENT


def test_more_space_than_pay_that_is_left_is_said() -> None:
    """law.md 1.5: 40,000 of pay, 32,500 deferred, 8,000 of it catch-up: 15,500 fits, 7,500 of pay is left."""
    found = room(age=52, compensation=40_000, elective_deferral=32_500, employer_contribution=0)
    said = [str(reason) for reason in found.reasons if "of pay is left" in str(reason)]

    assert found.space == 15_500
    assert len(said) == 1
    assert "$15,500" in said[0]
    assert "$7,500" in said[0]
    assert not any("of pay is left" in str(reason) for reason in room().reasons)


def test_the_working_says_which_limit_made_catch_up() -> None:
    """Above the deferral limit, above the annual additions limit, or above both."""

    def formula(**changes: object) -> str:
        return room(**changes).working.set_index("label")["formula"]["Catch-up beside the limit"]

    assert formula(age=52, catch_up=8_000) == "what exceeds the deferral limit, 26 U.S.C. 402(g)"
    low = {"age": 55, "compensation": 24_500, "employer_contribution": 2_000}
    assert formula(**low) == "what exceeds the annual additions limit, 26 U.S.C. 415(c)"
    both = {"age": 55, "compensation": 26_500, "employer_contribution": 4_000, "catch_up": 2_000}
    assert formula(**both) == "what exceeds the deferral limit, or the annual additions limit"


def test_the_sentence_says_that_other_plans_took_of_the_limit() -> None:
    """2,500 is not the limit of the year but what is left of it."""
    with pytest.raises(mr.InputError, match=r"above the \$2,500 that other plans leave of the 2026 limit"):
        room(elective_deferral=2_501, deferral_limit=2_500)
    with pytest.raises(mr.InputError, match=r"above the 2026 limit of \$24,500"):
        room(elective_deferral=24_501)
    # 6,000 elsewhere at 52 leave more than 24,500, and still not the whole.
    with pytest.raises(mr.InputError, match=r"above the \$26,500 that other plans leave"):
        room(age=52, elective_deferral=26_501, deferral_limit=18_500)


@pytest.mark.parametrize("employers", [[], (), None, "two", 5, [5], [None], [[1, 2]], {"employer": "x"}])
def test_employers_that_are_none(employers: object) -> None:
    """A list of groups of facts, and at least one."""
    with pytest.raises(mr.InputError) as caught:
        mr.after_tax_space_of_employers(LAW, age=45, employers=employers)
    assert caught.value.field == "employers"


def test_employers_without_a_name_are_counted() -> None:
    """A wrong keyword stays a TypeError; a missing name becomes the number."""
    job = {"compensation": 100_000, "elective_deferral": 30_000}
    found = mr.after_tax_space_of_employers(LAW, age=45, employers=[job, job])

    assert [each.employer for each in found.rooms] == ["1", "2"]
    assert [each.allowed_deferral for each in found.rooms] == [24_500, 0]
    assert sum("One person" in str(reason) for reason in found.reasons) == 2
    with pytest.raises(TypeError):
        mr.after_tax_space_of_employers(LAW, age=45, employers=[{**job, "salary": 1}])


CASES = [
    {},
    {"after_tax_so_far": 16_500},
    {"after_tax_so_far": 40_000},
    {"employer_contribution": 60_000, "after_tax_so_far": 100},
    {"compensation": 40_000, "employer_contribution": 2_000},
    {"age": 55, "compensation": 24_500, "employer_contribution": 2_000},
    {"age": 61, "catch_up": 11_250, "after_tax_cap_share": 0.08, "after_tax_so_far": 30_000},
    {"acp_ceiling": 0.05, "combined_cap_share": 0.2, "take_home_pay_left": 12_000},
]


@pytest.mark.parametrize("changes", CASES)
def test_the_working_adds_up(changes: dict) -> None:
    """From facts to the room still open, steps that a pencil can follow; waterfall and working agree to the cent."""
    found = room(**changes)
    working = found.working
    amount = working.set_index("label")["amount"]

    assert list(working.columns) == ["label", "amount", "formula", "source"]
    assert working["amount"].iloc[-1] == found.remaining
    assert amount["Annual additions limit"] == min(amount["Dollar limit"], amount["Pay that counts"])
    left = amount["Annual additions limit"] + amount["Own deferral"] + amount["Employer money"]
    assert amount["Room before caps"] == pytest.approx(max(0, left))
    assert amount["After-tax space"] == pytest.approx(
        min(amount["Room before caps"], *found.caps.values(), np.inf)
    )
    over = max(0, -left)
    assert amount["Excess"] == pytest.approx(
        max(0, -amount["After-tax so far"] - amount["After-tax space"]) + over
    )
    assert amount["Room still open"] == pytest.approx(
        max(0, amount["After-tax space"] + amount["After-tax so far"])
    )
    assert (working["formula"].str.len() > 0).all()
    assert (working["source"].str.len() > 0).all()
    assert working["source"].str.contains("Notice 2025-67").any()

    steps = found.waterfall()
    assert steps["amount"].iloc[0] == found.limit
    assert found.limit + steps.loc[~steps["total"], "amount"].sum() == pytest.approx(
        found.remaining - found.excess
    )
    assert steps["binding"].sum() == 1
    assert (steps["step"] == "Excess").any() == (found.excess > 0)


@pytest.mark.parametrize("changes", CASES)
def test_every_reason_has_its_paragraph(changes: dict) -> None:
    """A sentence and a citation, and where something is over, that it is and what to do."""
    found = room(**changes)

    for reason in found.reasons:
        assert "U.S.C." in reason.cite or "terms of the plan" in reason.cite or reason.cite == "as entered"
        assert str(reason).endswith(f"({reason.cite})")
    assert any("ask the plan to correct it" in str(reason) for reason in found.reasons) == (found.excess > 0)


def test_the_waterfall_begins_with_what_limits() -> None:
    """Pay where it is the lesser limb, also when a cap binds below it."""
    assert room().waterfall()["step"].iloc[0] == "Limit on annual additions"
    low = room(compensation=50_000, after_tax_cap_dollars=1_000).waterfall()
    assert low["step"].iloc[0] == "Pay"
    assert low.loc[low["binding"], "step"].tolist() == ["Held back by the cap"]


@given(space_facts())
def test_what_is_used_and_open_is_the_limit(facts: dict) -> None:
    """Remaining + used - excess = limit where the plan has no cap; catch-up stands beside and within its figure."""
    found = mr.after_tax_space_of(**facts)
    used = found.elective_deferral + found.employer_contribution + found.after_tax_so_far

    assert found.remaining + used - found.excess == pytest.approx(found.limit, abs=CENT)
    assert min(found.space, found.remaining, found.excess) >= 0
    assert found.elective_deferral + found.catch_up == pytest.approx(
        facts["elective_deferral"] + facts["catch_up"]
    )
    assert found.catch_up <= catch_up_limit(facts["law"], facts["age"]) + CENT
    assert found.excess == 0 or found.remaining == 0


@given(space_facts(), shares, dollars)
def test_employer_money_and_caps_never_give_room(facts: dict, share: float, cap: float) -> None:
    """A dollar more from the employer gives no more space, nor does any cap, and it is less by no more than the dollar."""
    more = {**facts, "employer_contribution": facts["employer_contribution"] + 1}
    space = mr.after_tax_space_of(**facts).space

    assert space - 1 - 1e-6 <= mr.after_tax_space_of(**more).space <= space + 1e-9
    for name in ("after_tax_cap_share", "combined_cap_share", "acp_ceiling"):
        assert mr.after_tax_space_of(**facts, **{name: share}).space <= space
    for name in ("after_tax_cap_dollars", "take_home_pay_left"):
        assert mr.after_tax_space_of(**facts, **{name: cap}).space == min(space, cap)


def test_every_argument_may_be_an_array() -> None:
    """Each argument alone and all of them together give, client by client, what the numbers give."""
    rng = np.random.default_rng(7)
    many = {
        "age": rng.integers(30, 70, 100), "compensation": rng.uniform(40_000, 500_000, 100),
        "elective_deferral": rng.uniform(0, 24_500, 100), "catch_up": np.zeros(100),
        "employer_contribution": rng.uniform(8_000, 60_000, 100), "after_tax_so_far": rng.uniform(0, 60_000, 100),
        "after_tax_cap_share": rng.uniform(0, 0.4, 100), "after_tax_cap_dollars": rng.uniform(0, 50_000, 100),
        "combined_cap_share": rng.uniform(0, 0.5, 100), "acp_ceiling": rng.uniform(0, 0.4, 100),
        "match": rng.uniform(0, 8_000, 100), "take_home_pay_left": rng.uniform(0, 60_000, 100),
        "deferral_limit": rng.uniform(24_500, 24_500, 100), "catch_up_left": rng.uniform(0, 8_000, 100),
    }  # fmt: skip
    one = {name: each[0].item() for name, each in many.items()}
    names = ("limit", "elective_deferral", "catch_up", "space", "remaining", "excess", "limited_by")
    alone = [
        mr.after_tax_space_of(LAW, **{name: each[k].item() for name, each in many.items()})
        for k in range(100)
    ]

    together = mr.after_tax_space_of(LAW, **many)
    for name in names:
        assert np.broadcast_to(getattr(together, name), 100).tolist() == [
            getattr(each, name) for each in alone
        ]
    for argument, array in many.items():
        found = mr.after_tax_space_of(LAW, **{**one, argument: array[:5]})
        for k in range(5):
            same = mr.after_tax_space_of(LAW, **{**one, argument: array[k].item()})
            for name in names:
                assert np.broadcast_to(getattr(found, name), 5)[k] == getattr(same, name)


@pytest.mark.parametrize(
    ("plan", "cite"),
    [({"acp_ceiling": 0.0}, "26 U.S.C. 401(m)(6)"), ({"after_tax_cap_dollars": 0.0}, "terms of the plan")],
)
def test_what_holds_the_room_corrects_the_excess(plan: dict, cite: str) -> None:
    """Money over the ACP ceiling goes back by 401(m)(6), over the plan's own cap by its terms, and not by 415(c)."""
    room = mr.after_tax_space(mr.Client.load("lin").with_(**plan), 2026)

    said = [reason for reason in room.reasons if "is in against room" in reason.message.text]
    assert len(said) == 1
    assert said[0].cite.startswith(cite)

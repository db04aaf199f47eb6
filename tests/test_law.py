"""The law as data: every figure cited, published years as the IRS printed them, later years by the statute's steps."""

import datetime as dt
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import megaroth as mr
from megaroth.facts.law import INDEX, STATUSES, base_amount_limit, parameters

FILES = sorted(parameters())
METHODS = {"stays", "index", "irmaa", "base_amount", "last_published"}
YEARS = range(2018, 2027)

# As printed in the annual notices, 2018 to 2026.
PUBLISHED = {
    "elective_deferral": [18_500, 19_000, 19_500, 19_500, 20_500, 22_500, 23_000, 23_500, 24_500],
    "catch_up_50": [6_000, 6_000, 6_500, 6_500, 6_500, 7_500, 7_500, 7_500, 8_000],
    "catch_up_60_63": [None, None, None, None, None, None, None, 11_250, 11_250],
    "roth_catch_up_wages": [None, None, None, None, None, None, None, None, 150_000],
    "annual_additions": [55_000, 56_000, 57_000, 58_000, 61_000, 66_000, 69_000, 70_000, 72_000],
    "compensation_cap": [275_000, 280_000, 285_000, 290_000, 305_000, 330_000, 345_000, 350_000, 360_000],
    "hce_threshold": [120_000, 125_000, 130_000, 130_000, 135_000, 150_000, 155_000, 160_000, 160_000],
    "ira_contribution": [5_500, 6_000, 6_000, 6_000, 6_000, 6_500, 7_000, 7_000, 7_500],
    "ira_catch_up": [1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_100],
    "social_security_wage_base": [
        128_400, 132_900, 137_700, 142_800, 147_000, 160_200, 168_600, 176_100, 184_500,
    ],
}  # fmt: skip
ROTH_RANGE_STARTS = {  # single, mfj
    2018: (120_000, 189_000), 2019: (122_000, 193_000), 2020: (124_000, 196_000), 2021: (125_000, 198_000),
    2022: (129_000, 204_000), 2023: (138_000, 218_000), 2024: (146_000, 230_000), 2025: (150_000, 236_000),
    2026: (153_000, 242_000),
}  # fmt: skip

NOTICES = {
    2018: "2017-64", 2019: "2018-83", 2020: "2019-59", 2021: "2020-79", 2022: "2021-61", 2023: "2022-55",
    2024: "2023-75", 2025: "2024-80", 2026: "2025-67",
}  # fmt: skip

# The average CPI-U of July to September 2026 that each 2027 limit needs, to the cent of an index point.
STEPS_OF_2027 = [
    ("annual_additions", 74_000, 328.87), ("annual_additions", 75_000, 333.31), ("annual_additions", 76_000, 337.76),
    ("elective_deferral", 25_000, 328.11), ("elective_deferral", 25_500, 334.67), ("catch_up_50", 8_500, 334.67),
    ("catch_up_60_63", 11_750, 328.87), ("roth_catch_up_wages", 155_000, 328.00),
    ("compensation_cap", 370_000, 328.87), ("compensation_cap", 375_000, 333.31),
    ("hce_threshold", 165_000, 324.57), ("hce_threshold", 170_000, 334.40),
]  # fmt: skip
BASE_AMOUNT = sorted({name for name, _, _ in STEPS_OF_2027})
inflations = st.floats(-0.02, 0.1).map(lambda rate: round(rate, 4))


def recipe(name: str) -> dict:
    return parameters()[name]["projection"]


def flat(amount: object) -> list[float]:
    """Every number of a figure, whatever its nesting."""
    if isinstance(amount, dict):
        return [number for each in amount.values() for number in flat(each)]
    return [number for each in amount for number in flat(each)] if isinstance(amount, list) else [amount]


@pytest.mark.parametrize("name", FILES)
def test_every_figure_is_cited(name: str) -> None:
    """A file says what the figure is, in which unit, and for each value where it was read and when."""
    file = parameters()[name]

    assert set(file) <= {"description", "unit", "projection", "values", "sources", "not_modelled"}
    assert file["description"].endswith(".")
    assert file["unit"]
    assert file["projection"]["method"] in METHODS
    assert "U.S.C." in file["sources"]["statute"]["cite"]
    for source in file["sources"].values():
        assert set(source) == {"cite", "checked"}
        assert isinstance(source["checked"], dt.date)
    for year, value in file["values"].items():
        assert isinstance(year, int)
        assert set(value) == {"amount", "source"}
        assert value["source"] in file["sources"]
    used = {value["source"] for value in file["values"].values()}
    assert used | {"statute"} == set(file["sources"]), "a source that no value cites"


@pytest.mark.parametrize("name", [name for name in FILES if name != INDEX])
def test_no_year_is_left_out(name: str) -> None:
    """Every year from the first to the last stands in the file, also when nothing changed; 2026 is there."""
    years = list(parameters()[name]["values"])

    assert years == list(range(years[0], years[-1] + 1))
    assert years[-1] >= 2026


@pytest.mark.parametrize("name", FILES)
def test_figures_by_status_have_every_status(name: str) -> None:
    """A figure that depends on the filing status has all five, and `array` gives them in the order of STATUSES."""
    law = mr.load_law(2026)
    amount = getattr(law, name)
    if not hasattr(amount, "keys") or name == "ira_deduction_phaseout_spouse_covered":
        return
    assert tuple(sorted(amount)) == tuple(sorted(STATUSES))
    if name != "irmaa":  # separate filers have fewer tiers
        array = law.array(name)
        assert array.shape[0] == len(STATUSES)
        assert not array.flags.writeable
        for row, status in zip(array, STATUSES, strict=True):
            expected = np.nan if amount[status] is None else amount[status]
            assert np.array_equal(row, np.array(expected, dtype=float), equal_nan=True)


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_published_limits(name: str) -> None:
    """2018 to 2026 are what the notices print; what did not exist is None; nothing is projected."""
    laws = [mr.load_law(year) for year in YEARS]

    assert [getattr(law, name) for law in laws] == PUBLISHED[name]
    assert not any(law.projected for law in laws)
    assert not any(law.source(name).projected for law in laws)
    for law in laws:
        if getattr(law, name) is not None and name != "social_security_wage_base":
            assert law.source(name).cite == f"IRS Notice {NOTICES[law.year]}"


@pytest.mark.parametrize("year", YEARS)
def test_published_roth_ranges(year: int) -> None:
    """Ranges of the notices: 15,000 wide unmarried, 10,000 joint, separate filers 0 to 10,000 always."""
    ranges = mr.load_law(year).roth_ira_phaseout
    single, joint = ROTH_RANGE_STARTS[year]

    assert ranges["single"] == ranges["hoh"] == (single, single + 15_000)
    assert ranges["mfj"] == ranges["qss"] == (joint, joint + 10_000)
    assert ranges["mfs"] == (0, 10_000)


def test_published_tax_tables() -> None:
    """Corners of the tables that are easily mistyped or outdated."""
    laws = {year: mr.load_law(year) for year in range(2023, 2027)}

    assert {year: law.standard_deduction["mfj"] for year, law in laws.items()} == {
        2023: 27_700, 2024: 29_200, 2025: 31_500, 2026: 32_200,
    }  # fmt: skip
    assert laws[2025].standard_deduction["hoh"] == 23_625  # as raised in 2025, not 22,500
    assert laws[2023].bracket_edges["mfs"][-1] == 346_875
    assert laws[2023].additional_deduction_65["single"] == 1_850
    assert laws[2026].bracket_edges["mfj"] == (0, 24_800, 100_800, 211_400, 403_550, 512_450, 768_700)
    assert laws[2026].gains_breakpoints["single"] == (49_450, 545_500)
    assert laws[2026].amt_phaseout_start["single"] == 500_000
    assert laws[2026].amt_phaseout_rate == 0.5
    assert laws[2026].additional_medicare_threshold["qss"] == 200_000  # the surviving spouse's trap
    assert laws[2026].niit_threshold["qss"] == 250_000
    assert laws[2026].irmaa["hoh"] == laws[2026].irmaa["single"] != laws[2026].irmaa["mfj"]
    assert laws[2026].irmaa["mfj"][1] == (218_000, 81.2, 14.5)


def test_the_index_is_the_average_of_its_months() -> None:
    """July to September 2025: 323.048, 323.976, 324.800."""
    assert parameters()[INDEX]["values"][2025]["amount"] == round((323.048 + 323.976 + 324.800) / 3, 3)


@pytest.mark.parametrize("name", BASE_AMOUNT)
def test_the_recipe_gives_every_published_limit(name: str) -> None:
    """Base amount times the index over the base quarter's, rounded as the statute says: 2018 to 2026, each."""
    index = parameters()[INDEX]["values"]
    published = {year: value["amount"] for year, value in parameters()[name]["values"].items()}
    found = {year: base_amount_limit(recipe(name), index[year - 1]["amount"]) for year in YEARS}

    assert {year: found[year] for year in YEARS if published[year] is not None} == {
        year: amount for year, amount in published.items() if amount is not None
    }


@pytest.mark.parametrize(("name", "limit", "needed"), STEPS_OF_2027)
def test_steps_of_2027(name: str, limit: int, needed: float) -> None:
    """A cent of an index point below the average that a limit needs it is not reached, a cent above it is."""
    assert base_amount_limit(recipe(name), needed - 0.01) < limit
    assert base_amount_limit(recipe(name), needed + 0.01) == limit


@pytest.mark.parametrize(("name", "limit", "needed"), STEPS_OF_2027)
def test_assumed_inflation_reaches_the_steps_of_2027(name: str, limit: int, needed: float) -> None:
    """The law's own path: the inflation that takes the index of 2025 just over the average gives the limit."""
    index = mr.load_law(2025).cpi_u_q3
    below, above = (mr.load_law(2027, inflation=(needed + shift) / index - 1) for shift in (-0.01, 0.01))

    assert getattr(below, name) < limit == getattr(above, name)
    assert above.projected
    assert above.source(name).projected
    assert "projected from" in str(above.source(name))


@given(inflation=inflations, ahead=st.integers(1, 30), name=st.sampled_from(BASE_AMOUNT))
def test_projections_are_rounded_once(inflation: float, ahead: int, name: str) -> None:
    """The unrounded index grows; a limit is one rounding of it, or last year's limit where that is higher."""
    how, values = recipe(name), parameters()[INDEX]["values"]
    base = values[int(how["base_quarter"][:4])]["amount"]

    def exact(year: int) -> float:
        return how["base_amount"] * values[2025]["amount"] * (1 + inflation) ** (year - 2026) / base

    limits = [getattr(mr.load_law(year, inflation), name) for year in range(2026, 2027 + ahead)]

    highest = max(exact(year) for year in range(2026, 2027 + ahead))
    offset = how["base_amount"] if how["rounds"] == "increase_down" else 0
    assert (limits[-1] - offset) % how["multiple"] == 0
    assert -1e-4 < highest - limits[-1] < how["multiple"] + 1e-4
    assert limits == sorted(limits)


LAST_PUBLISHED = [name for name in FILES if recipe(name)["method"] == "last_published"]


@pytest.mark.parametrize("name", LAST_PUBLISHED)
@pytest.mark.parametrize(("inflation", "ahead"), [(0.0, 1), (0.025, 1), (0.025, 9), (0.043, 20)])
def test_other_figures_grow_from_the_last_published(name: str, inflation: float, ahead: int) -> None:
    """Last figure x (1 + i)^n within one rounding, in the statute's direction and multiple."""
    how, last = recipe(name), parameters()[name]["values"][2026]["amount"]
    amount = getattr(mr.load_law(2026 + ahead, inflation), name)
    followers = (*how.get("twice_single", ()), *how.get("half_of_mfj", ()), *how.get("never_indexed", ()))
    rows = (
        [(status, last[status], amount[status]) for status in last]
        if isinstance(last, dict)
        else [("", last, amount)]
    )

    for status, before, after in rows:
        if status in followers:
            continue
        multiple = how.get("multiple_by_status", {}).get(status, how["multiple"])
        pairs = list(zip(flat(before), np.ravel(after).tolist(), strict=True))
        for old, new in pairs[:1] if how.get("width_stays") else pairs:
            gap = old * (1 + inflation) ** ahead - new
            assert math.isclose(new / multiple, round(new / multiple), abs_tol=1e-6)
            assert (-1e-6 <= gap < multiple) if how["rounds"] == "down" else abs(gap) <= multiple / 2 + 1e-6


@pytest.mark.parametrize("inflation", [0.0, 0.021, 0.025, 0.06])
def test_figures_that_follow_others(inflation: float) -> None:
    """Joint standard deduction twice the single one; AMT halves; widths of the IRA ranges and separate filers' stay."""
    law = mr.load_law(2031, inflation)

    assert (
        law.standard_deduction["mfj"] == law.standard_deduction["qss"] == 2 * law.standard_deduction["single"]
    )
    assert law.amt_exemption["mfs"] * 2 == law.amt_exemption["mfj"]
    assert law.amt_28_start["mfs"] * 2 == law.amt_28_start["mfj"]
    assert {law.amt_phaseout_start[status] * 2 for status in ("single", "mfs", "hoh")} == {
        law.amt_phaseout_start["mfj"]
    }
    assert law.amt_phaseout_start["mfj"] % 100 == 0
    for name, widths in (
        ("roth_ira_phaseout", {"single": 15_000, "mfj": 10_000, "mfs": 10_000, "hoh": 15_000, "qss": 10_000}),
        (
            "ira_deduction_phaseout",
            {"single": 10_000, "mfj": 20_000, "mfs": 10_000, "hoh": 10_000, "qss": 20_000},
        ),
    ):
        ranges = getattr(law, name)
        assert {status: end - start for status, (start, end) in ranges.items()} == widths
        assert ranges["mfs"] == (0, 10_000)


def test_published_halves() -> None:
    """The statute's halves hold in the published AMT figures too."""
    for year in range(2023, 2027):
        law = mr.load_law(year)
        assert law.amt_exemption["mfs"] * 2 == law.amt_exemption["mfj"]
        assert law.amt_28_start["mfs"] * 2 == law.amt_28_start["mfj"]
        assert law.amt_phaseout_start["single"] * 2 == law.amt_phaseout_start["mfj"]


def test_a_year_of_falling_prices_lowers_no_limit() -> None:
    """Limits of 415(d) and the wage base stay where they are; the ranges of the IRA do fall."""
    before, after = mr.load_law(2026), mr.load_law(2028, inflation=-0.03)

    for name in (*BASE_AMOUNT, "social_security_wage_base"):
        assert getattr(after, name) == getattr(before, name)
    assert after.roth_ira_phaseout["single"][0] < before.roth_ira_phaseout["single"][0]


@pytest.mark.parametrize("name", [name for name in FILES if recipe(name)["method"] == "stays"])
def test_figures_fixed_by_statute_stay(name: str) -> None:
    """What no statute indexes is the same in 2045, whatever the inflation, and is no projection."""
    law = mr.load_law(2045, inflation=0.07)
    last = max(parameters()[name]["values"])

    assert getattr(law, name) == getattr(mr.load_law(last), name)
    assert not law.source(name).projected
    assert law.projected


def test_the_salt_cap_follows_the_statute() -> None:
    """One percent a year to 2029, cents kept, then 10,000; no threshold afterwards. Law, not projection."""
    laws = {year: mr.load_law(year, inflation=0.05) for year in range(2026, 2032)}

    assert [law.salt_cap for law in laws.values()] == [40_400, 40_804, 41_212.04, 41_624.16, 10_000, 10_000]
    assert laws[2029].salt_cap_threshold == 520_302.01
    assert laws[2030].salt_cap_threshold is None
    assert not laws[2028].source("salt_cap").projected


def test_the_senior_deduction_ends() -> None:
    """2025 to 2028, and none for separate filers."""
    given_in = {year: mr.load_law(year).senior_deduction for year in range(2024, 2031)}

    assert given_in == {
        2024: None,
        2025: 6_000,
        2026: 6_000,
        2027: 6_000,
        2028: 6_000,
        2029: None,
        2030: None,
    }
    assert mr.load_law(2026).senior_deduction_threshold["mfs"] is None


@pytest.mark.parametrize(("year", "top"), [(2027, 500_000), (2028, 515_000), (2029, 530_000)])
def test_irmaa_tiers_are_projected(year: int, top: int) -> None:
    """Tiers to the nearest 1,000; the top one frozen to 2027; separate filers' top is it less the first tier."""
    tiers = mr.load_law(year, inflation=0.03).irmaa
    exact = 109_000 * 1.03 ** (year - 2026)

    assert tiers["single"][1][0] == round(exact / 1_000) * 1_000
    assert tiers["single"][-1][0] == top
    assert tiers["mfs"][-1][0] == top - tiers["single"][1][0]
    assert tiers["hoh"] == tiers["single"]
    assert tiers["mfj"][1][1] == pytest.approx(81.2 * 1.03 ** (year - 2026), abs=0.05)


@pytest.mark.parametrize("year", range(2018, 2023))
def test_early_years_have_limits_and_no_tax_tables(year: int) -> None:
    """The sources have no brackets before 2023: asking is an InputError in one sentence, not a guess."""
    law = mr.load_law(year)

    assert law.annual_additions
    assert law.self_employment_share
    for name in (
        "bracket_edges",
        "standard_deduction",
        "gains_breakpoints",
        "niit_threshold",
        "irmaa",
        "salt_cap",
    ):
        with pytest.raises(mr.InputError) as caught:
            getattr(law, name)
        assert (caught.value.rule, caught.value.field, caught.value.value) == ("no_tax_tables", "year", year)
        assert str(caught.value) == f"There are no tax tables for {year}; choose 2023 or later."
    with pytest.raises(mr.InputError):
        law.source("bracket_edges")


def test_a_figure_that_the_sources_lack_is_not_guessed() -> None:
    """Where a file begins later than the tax tables, the sentence says from when; nothing is carried back."""
    with pytest.raises(mr.InputError) as caught:
        mr.load_law(2024).senior_deduction_rate  # noqa: B018
    assert caught.value.rule == "no_figure"
    assert "2025 or later" in str(caught.value)


@pytest.mark.parametrize(
    "year",
    [2017, 1900, 0, -2026, 2127, 20.5, 2026.5, "2026", None, True, math.nan, math.inf, [2026], {}, 10**400],
)
def test_impossible_years(year: object) -> None:
    """The law begins in 2018, ends a century on, and a year is a whole number."""
    with pytest.raises(mr.InputError) as caught:
        mr.load_law(year)
    assert caught.value.field == "year"
    assert str(caught.value).startswith("Tax year")


@pytest.mark.parametrize("inflation", [-0.06, 0.21, 2.5, math.nan, math.inf, "2%", None, True, [0.02]])
def test_impossible_inflation(inflation: object) -> None:
    """2.5 for 2.5% is refused, not read as 250%."""
    with pytest.raises(mr.InputError) as caught:
        mr.load_law(2030, inflation=inflation)
    assert caught.value.field == "inflation"


@pytest.mark.parametrize("year", [2026, 2026.0, np.int64(2026), np.float64(2026)])
def test_a_year_may_come_from_a_table(year: object) -> None:
    """A whole number is a year, whatever its type."""
    assert mr.load_law(year) is mr.load_law(2026)


def test_the_law_of_a_year_is_fixed() -> None:
    """Nothing can be assigned or changed inside; an unknown name is an AttributeError that says where to look."""
    law = mr.load_law(2026)

    with pytest.raises(AttributeError):
        law.annual_additions = 80_000
    with pytest.raises(TypeError):
        law.standard_deduction["mfj"] = 0
    with pytest.raises(ValueError, match="read-only"):
        law.array("standard_deduction")[0] = 0
    with pytest.raises(AttributeError, match="data/law"):
        law.mega_limit  # noqa: B018
    with pytest.raises(AttributeError):
        law.source("mega_limit")


def test_a_law_crosses_a_process_border() -> None:
    """Pickled, it is the same law on the other side; its name says what it is."""
    law = mr.load_law(2030, inflation=0.03)

    assert pickle.loads(pickle.dumps(law)) is law
    assert repr(law) == "Law(2030, projected at 3.0% inflation)"
    assert repr(mr.load_law(2026)) == "Law(2026, published)"


def test_sources_name_statute_and_notice() -> None:
    """A published figure cites both, one fixed by statute the statute alone, each with the day it was read."""
    law = mr.load_law(2026)

    limit = law.source("annual_additions")
    assert (limit.cite, limit.statute) == ("IRS Notice 2025-67", "26 U.S.C. 415(c)(1)(A)")
    assert str(limit) == "26 U.S.C. 415(c)(1)(A); IRS Notice 2025-67"
    assert dt.date.fromisoformat(limit.checked)
    assert str(law.source("self_employment_share")) == "26 U.S.C. 1402(a)(12)"
    assert "2023-62" in mr.load_law(2025).source("roth_catch_up_wages").cite

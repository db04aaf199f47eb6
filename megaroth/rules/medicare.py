"""
Medicare's income-related surcharges (IRMAA): what this year's income adds to the premiums two years later.

Amounts are USD, numbers or arrays that broadcast together; nothing is rounded.
"""

from functools import lru_cache

import numpy as np

from megaroth.facts.client import Client
from megaroth.facts.law import STATUSES, Law

Numbers = np.ndarray | float
LOOKBACK = 2  # years from the return to the premium, 42 U.S.C. 1395r(i)(4)(B)(i)
MONTHS = 12


def medicare_surcharge(law: Law, status: Numbers, magi: Numbers, people: Numbers) -> Numbers:
    """
    Surcharges of Part B and Part D in a premium year.

    A tier is a cliff: one dollar over its line costs the whole step, for each person covered. A tier starts strictly
    above its line, the top one at it.

    Args:
        law: of the premium year, two years after the return.
        status: code of STATUS_CODE on that return; separate filers as living together.
        magi: AGI and tax-exempt interest of that return, USD.
        people: how many on the return have Medicare in the premium year, Parts B and D, all twelve months.

    Returns: USD a year, beside the standard premium, in the broadcast shape.
    Source: 42 U.S.C. 1395r(i), 1395w-113(a)(7).

    >>> from megaroth.facts.law import STATUS_CODE, load_law
    >>> round(float(medicare_surcharge(load_law(2026), STATUS_CODE["mfj"], magi=218_001, people=2)), 2)
    2296.8
    """
    starts, steps = _tiers(law)
    dollars = np.round(magi, 2)  # to the cent, so that the last bit of a sum crosses no cliff
    monthly, top = 0.0, starts.shape[1] - 1
    for tier in range(top + 1):
        start, step = starts[status, tier], steps[status, tier]
        reached = dollars >= start if tier == top else dollars > start
        monthly = monthly + reached * step
    return MONTHS * people * monthly


def irmaa_magi(agi: Numbers, tax_exempt_interest: Numbers) -> Numbers:
    """MAGI for Medicare: AGI and tax-exempt interest. Source: 42 U.S.C. 1395r(i)(4)(A)."""
    return agi + tax_exempt_interest


def people_on_medicare(client: Client, law: Law) -> int:
    """
    How many on the client's return of the law's year have Medicare two years later.

    Who is younger than the age for Medicare in that year is taken to join at it, for the whole calendar year; who is
    older, or on Medicare early, is as the household says. The spouse counts on a joint return only.
    """
    home, year = client.household, law.year
    people = [(home.age(year), home.on_medicare), (home.spouse_age(year) or 0, home.spouse_on_medicare)]
    if home.filing_status != "mfj":
        # A return of one's own is the participant's.
        people = people[1:] if client.participant == "spouse" else people[:1]
    return sum(on or age < law.medicare_age <= age + LOOKBACK for age, on in people)


@lru_cache(maxsize=256)
def _tiers(law: Law) -> tuple[np.ndarray, np.ndarray]:
    """
    Where each tier starts and the monthly step there, both shaped (statuses, tiers).

    The top tier stands last for every status; a status with fewer tiers has steps of 0 in between.
    """
    tables = [law.irmaa[status][1:] for status in STATUSES]
    most = max(len(rows) for rows in tables)
    starts, steps = np.full((len(STATUSES), most), np.inf), np.zeros((len(STATUSES), most))
    for code, rows in enumerate(tables):
        before = 0.0
        for place, (start, part_b, part_d) in enumerate(rows):
            column = most - 1 if place == len(rows) - 1 else place
            starts[code, column], steps[code, column] = start, part_b + part_d - before
            before = part_b + part_d
    return starts, steps

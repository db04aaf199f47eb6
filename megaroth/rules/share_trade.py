"""How much employer share to give up for how much after-tax room: a sole proprietor's trade, in all taxes of the year."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import refuse
from megaroth.facts.law import Law, law_of
from megaroth.rules.client_return import client_return, pre_tax_of
from megaroth.rules.client_space import additions_elsewhere, deferral_left, solo_space
from megaroth.rules.self_employed import SoloSpace, checked_share, solo_401k_space
from megaroth.rules.space import plain
from megaroth.rules.working import Working

Numbers = np.ndarray | float
POINTS = 41  # shares from nothing to the largest, where none are asked for


@dataclass(frozen=True)
class ShareTrade:
    """
    A year with one employer share after the other, USD; arrays where an array of shares went in.

    Attributes:
        employer: the share made. after_tax: the room beside it. largest: the plan's year with the largest share.
        corner: the share from which on pay is less than the dollar limit, so that each further dollar of share takes two
            of room; None where the largest share does not reach it, or pay is less from the start.
        tax_saved: all taxes of the year (federal, state, Medicare two years later) without any share less those with
            this one. qbi_lost: by how much the QBI deduction is smaller for it, which the saving has in it already.
        room_gained, tax_added: against the largest share.
    """

    law: Law
    employer: Numbers
    after_tax: Numbers
    largest: SoloSpace
    corner: float | None
    tax_saved: Numbers
    qbi_lost: Numbers
    room_gained: Numbers
    tax_added: Numbers

    @property
    def table(self) -> pd.DataFrame:
        """A row per share: employer, after_tax, room_gained, tax_saved, qbi_lost, tax_added."""
        names = ("employer", "after_tax", "room_gained", "tax_saved", "qbi_lost", "tax_added")
        return pd.DataFrame({name: np.atleast_1d(getattr(self, name)) for name in names})

    @property
    def working(self) -> pd.DataFrame:
        """The steps to the tax that one share costs against the largest: label, amount, formula, source."""
        steps, most = Working(), self.largest
        source = "26 U.S.C. 404(a)(3), (8), 415(c)(1)(B); Publication 560"
        steps.add("Largest employer share", most.employer, "see the room", source)
        steps.add("Employer share", self.employer, "made for the year", "26 U.S.C. 415(c)(2)(A)")
        formula = "largest share less the share made: no longer deducted"
        given_up = most.employer - np.asarray(self.employer)
        steps.add("Employer share given up", given_up, formula, "26 U.S.C. 404(a)(8), 62(a)(6)")
        steps.add(
            "After-tax space with the largest share", most.after_tax, "see the room", "26 U.S.C. 415(c)"
        )
        steps.add("After-tax space with this share", self.after_tax, "see the room", "26 U.S.C. 415(c)")
        steps.add(
            "Room gained", self.room_gained, "with this share less with the largest", "26 U.S.C. 415(c)"
        )
        formula = "all taxes without any share less all taxes with this one"
        source = "26 U.S.C. 1, 199A; Reg. 1.199A-3(b)(1)(vi); law of the state"
        steps.add("Tax saved by this share", self.tax_saved, formula, source)
        formula = "QBI deduction without any share less with this one; the line before has it in it"
        steps.add(
            "QBI deduction lost", self.qbi_lost, formula, "26 U.S.C. 199A(a), (c); Reg. 1.199A-3(b)(1)(vi)"
        )
        formula = "all taxes with this share less all taxes with the largest"
        steps.add("Tax added this year", self.tax_added, formula, source)
        return steps.frame()


def employer_share_trade(client: Client, year: int | Law, employer: Numbers | None = None) -> ShareTrade:
    """
    What each employer share leaves as room for after-tax money, and what it saves in tax.

    A dollar of share is deducted now and taxed when drawn; a dollar of after-tax money is not deducted and moves to
    Roth. Both fit under one limit, so less of one makes room for the other: dollar for dollar under the dollar limit,
    two for one where pay is the limit, since the share lowers that pay too. The saving is a difference of full taxes; a
    share also lowers the business income of the QBI deduction. A share above the largest turns deferrals into catch-up
    where the age allows, and leaves no room.

    Args:
        client: with a solo 401(k) as the plan that is planned for; the deferral as elected.
        year: tax year, 2023 or later, projected at the client's inflation where it is not published; or a Law.
        employer: shares to look at, USD, a number or an array; None: from nothing to the largest, in even steps, the
            corner among them.

    Raises: InputError for another kind of plan, a share that solo_401k_space refuses, or as client_return.
    Source: 26 U.S.C. 404(a)(3), (8), 415(c)(1), 199A(c); Reg. 1.199A-3(b)(1)(vi).

    >>> trade = employer_share_trade(Client.load("reyes"), 2026, employer=0.0)
    >>> round(trade.room_gained, 2)
    37176.57
    """
    if client.plan.kind != "solo_401k":
        refuse("choice", "kind", client.plan.kind, choices="solo_401k")
    law = law_of(year, client.assumptions.inflation)
    largest = solo_space(client.with_(employer_contribution=None), law)
    corner = _corner(law, largest)
    shares = _even_steps(largest, corner) if employer is None else checked_share(employer)
    room = _room_beside(client, law, largest, shares)
    saved, qbi_lost, most_saved = _taxes_saved(client, law, largest, shares)
    numbers = {
        "employer": shares, "after_tax": room, "tax_saved": saved, "qbi_lost": qbi_lost,
        "room_gained": room - largest.after_tax, "tax_added": most_saved - saved,
    }  # fmt: skip
    return ShareTrade(law=law, largest=largest, corner=corner, **plain(numbers))


def _corner(law: Law, largest: SoloSpace) -> float | None:
    """The share that makes pay as much as the dollar limit, if it lies between nothing and the largest."""
    corner = largest.net - max(0.0, law.annual_additions - largest.additions_elsewhere)
    return corner if 0 < corner < largest.employer else None


def _even_steps(largest: SoloSpace, corner: float | None) -> np.ndarray:
    steps = np.linspace(0.0, largest.employer, POINTS)
    return steps if corner is None else np.sort(np.append(steps, corner))


def _room_beside(client: Client, law: Law, largest: SoloSpace, shares: Numbers) -> Numbers:
    """The room that each share leaves beside the same deferral."""
    home, own = client.household, largest.deferral + largest.catch_up
    beside = solo_401k_space(
        law, home.self_employment_profit, client.age(law.year), client.participant_wages, own, shares,
        *deferral_left(client, law), additions_elsewhere(client, law),
    )  # fmt: skip
    return beside.after_tax


def _taxes_saved(
    client: Client, law: Law, largest: SoloSpace, shares: Numbers
) -> tuple[Numbers, Numbers, float]:
    """What each share saves in all taxes, the QBI deduction it costs, and what the largest share saves."""
    own = pre_tax_of(client.with_(employer_contribution=0.0), law)
    ret = client_return(client, law, own)
    made = np.concatenate([[0.0, largest.employer], np.ravel(shares)])
    other = ret.household["other_ordinary_income"] - made
    found = ret.columns(other_ordinary_income=other, plan_deduction=own + made)

    def fall(name: str) -> np.ndarray:
        return found[name][0] - found[name]

    saved, shape = fall("all_taxes"), np.shape(shares)
    return saved[2:].reshape(shape), fall("qbi_deduction")[2:].reshape(shape), float(saved[1])

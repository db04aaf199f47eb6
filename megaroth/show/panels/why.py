"""For every fact: on which paper it stands, and why it matters."""

import html
from collections.abc import Iterable

from megaroth.show.language import Language
from megaroth.show.panels.fields import Field

WHY = {
    "year": "A later year uses projected limits; pay and money going in stay as typed.",
    "name": "As it is to appear on the page; also the name of the file.",
    # household
    "filing_status": "As on the Form 1040 of that year; it sets brackets and thresholds.",
    "birth_year": "Catch-up depends on the age reached by December 31.",
    "spouse_birth_year": "Needed where the spouse is the one in the plan, and for the deductions of older people.",
    "state": "Where the client lives on December 31; it decides the state's tax.",
    "local_rate": "Of a city or county that taxes income; empty or 0 elsewhere.",
    "state_rate": "Only where the state's own rules are to be replaced by one rate.",
    "wages": "Full-year pay of this employer before any deferral; the limit is never more than pay.",
    "spouse_wages": "Full-year pay before any deferral; it fills brackets, or is the pay of the one in the plan.",
    "taxable_interest": "Form 1040, line 2b.",
    "tax_exempt_interest": "Form 1040, line 2a; not taxed, but it counts in some thresholds.",
    "ordinary_dividends": "Form 1040, line 3b less line 3a.",
    "qualified_dividends": "Form 1040, line 3a; they sit on top of other income.",
    "long_term_gain": "Schedule D; it sits on top of other income.",
    "other_ordinary_income": "Everything else on Form 1040 that is taxed at ordinary rates.",
    "self_employment_profit": "Schedule C, line 31; for a solo 401(k) it is the pay that counts.",
    "specified_service": "Law, health, consulting and the like; the business deduction shrinks with income.",
    "social_security": "Form SSA-1099, box 5; a conversion can make more of it taxable.",
    "state_local_taxes": "Schedule A, before the cap.",
    "other_itemized": "Schedule A: mortgage interest, gifts and the rest.",
    "children": "Each brings a credit that a large conversion can take away.",
    "other_dependents": "Each brings a smaller credit.",
    "on_medicare": "Income of one year raises premiums two years later.",
    "spouse_on_medicare": "Each person on Medicare pays the surcharge.",
    "prior_year_wages": "W-2 box 3 of last year, from this employer; it decides whether catch-up must be Roth.",
    # job and plan
    "participant": "Whose pay, age and plan are planned for.",
    "employer": "For the record.",
    "kind": "A 457(b) has no place for after-tax money; a solo 401(k) goes by net profit.",
    "accepts_after_tax": "Summary plan description: employee after-tax contributions, not Roth.",
    "separate_account": "Needed to move after-tax money alone.",
    "after_tax_cap_share": "Summary plan description; of pay up to the compensation cap. Empty: the plan has none.",
    "after_tax_cap_dollars": "Summary plan description. Empty: the plan has none.",
    "combined_cap_share": "Summary plan description; deferrals and after-tax money together. Empty: none.",
    "way_out": "Summary plan description: how after-tax money reaches Roth while the job lasts.",
    "frequency": "How often the plan carries out a conversion; what waits, earns taxable income.",
    "match": "Summary plan description: so much of deferrals up to a share of pay.",
    "true_up": "Whether a match missed during the year is made good after it.",
    "nonelective_share": "Profit sharing and the like, as a share of pay.",
    "pay_periods": "How often after-tax money goes in.",
    "acp_ceiling": "From the plan's nondiscrimination test of last year; only an estimate for one person.",
    "offers_roth": "Without Roth deferrals, a catch-up that must be Roth is not possible.",
    "elective_deferral": "Pre-tax and Roth together, over the year; one limit per person over all jobs.",
    "roth_deferral": "The part of it that is Roth; it does not lower taxable pay.",
    "catch_up": "What exceeds the deferral limit, where the age allows it; it stands beside the limit.",
    "after_tax": "What goes in each year: an amount, a share of pay, or as much as fits.",
    "employer_contribution": "Match and all else for the full year; a late true-up counts, so ask payroll.",
    "after_tax_so_far": "Last pay slip, year to date; not the Roth deferrals.",
    "first_pay_period": "The first paycheck of this year from which after-tax money goes in.",
    # money already there
    "pre_tax": "Plan statement: pre-tax money and employer money.",
    "designated_roth": "Plan statement: the Roth account in the plan.",
    "after_tax_basis": "Plan statement: after-tax contributions not yet moved; already taxed.",
    "after_tax_value": "Plan statement: the after-tax account; what exceeds the basis is taxed when it moves.",
    "traditional_ira_basis": "Form 8606, line 14, of last year.",
    "traditional_ira_value": "All traditional, SEP and SIMPLE IRAs together.",
    "state_ira_basis": "Where the state has taxed contributions that the federal return deducted. Empty: the same.",
    "roth_ira_contributions": "All contributions so far; they come out first.",
    "roth_ira_value": "Statement of all Roth IRAs.",
    "brokerage_basis": "What was paid for it, dividends reinvested included.",
    "brokerage_value": "Statement of the taxable account.",
    # assumptions
    "wait": "Nothing moves until then; then everything at once, and promptly from then on.",
    "annual_return": "Nobody knows it; try 4 and 0. Below 0 waiting costs nothing.",
    "inflation": "It moves limits and brackets of later years, and today's dollars.",
    "pay_growth": "It moves pay, and with it room and brackets.",
    "dividend_yield": "Of the taxable account; taxed every year.",
    "retirement_tax_rate": "What pre-tax money will bear when it is drawn.",
    "gains_rate_at_horizon": "What gains of the taxable account will bear at the end.",
    "discount_rate": "Turns later dollars into today's. Empty: the inflation rate.",
    "start_year": "The year of the pay and money typed here.",
    "separation_year": "The job ends at the end of that year; whatever waits must move then.",
    "retirement_year": "Pay of both ends after that year. Empty: the year of leaving the job.",
    "income_after_retirement": "Pensions and the like, in dollars of the first year.",
    "horizon_year": "All accounts are valued after tax at the end of that year.",
    "conversions_end_year": "For the question what would happen if the law closed the way: from that year nothing moves.",
    "days_to_rollover": "Days between payday and the move to Roth; their earnings are taxed.",
    "tax_paid_from": "What is kept back from the money moved is a distribution; before retirement age it can bear an additional tax.",
    "amount": "Of after-tax money only the earnings are taxed; plan statement: value less basis.",
    "edge": "The most that can be converted before that edge, to the cent.",
    "earnings_to": "A traditional IRA postpones the tax and makes part of a later backdoor Roth taxable.",
}


def why_html(speak: Language, fields: Iterable[Field]) -> str:
    """A line for each field: label, where the figure stands, why it matters."""
    rows = "".join(
        f"<dt>{html.escape(field.label)}</dt><dd>{html.escape(speak._(WHY[field.name]))}</dd>"
        for field in fields
    )
    return f'<dl class="megaroth-why">{rows}</dl>'

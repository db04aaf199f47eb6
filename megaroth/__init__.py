"""
megaroth: planning for the Mega-Backdoor Roth, with figures a CPA would sign.

The public names are listed in `__all__`; they load when first used, so that importing megaroth is quick.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "facts.errors": ("InputError",),
    "facts.law": ("Law", "load_law"),
    "facts.client": ("Assumptions", "Balances", "Client", "Elections", "Household", "Plan"),
    "rules.space": ("after_tax_space_of",),
    "rules.employers": ("after_tax_space_of_employers",),
    "rules.self_employed": ("solo_401k_space",),
    "rules.incorporated": ("incorporated_401k_space",),
    "rules.owner_plans": ("owner_plan",),
    "rules.share_trade": ("employer_share_trade",),
    "rules.client_space": ("after_tax_space",),
    "rules.eligibility": ("eligibility",),
    "rules.rollover": ("after_tax_rollover", "split_rollover", "taxable_rollover"),
    "rules.backdoor": ("form_8606", "roth_ira_limit"),
    "rules.income_tax": ("federal_tax",),
    "rules.state_tax": ("state_tax",),
    "rules.paychecks": ("paycheck_plan",),
    "rules.extra_income": ("cost_of_income", "fill_to_edge"),
    "rules.ira_money": ("backdoor_year", "direct_roth"),
    "rules.payouts": ("Form1099R",),
    "rules.tax_forms": ("tax_forms_of",),
    "rules.payer_forms": ("check_1099r",),
    "rules.safe_harbor": ("safe_harbor", "safe_harbor_of"),
    "plans.strategies": (
        "BROKERAGE",
        "LATE_CONVERT",
        "LATE_SPLIT",
        "NEVER",
        "PROMPT",
        "STRATEGIES",
        "YEARLY",
        "convert_in",
        "delay",
        "every",
    ),
    "plans.mistakes": ("MISTAKES",),
    "plans.projection": ("project", "projection_of"),
    "plans.year_forms": ("tax_forms",),
    "plans.comparison": ("break_even", "cost_of_waiting"),
    "plans.sensitivity": ("sensitivity",),
    "plans.job_offer": ("Offer",),
    "plans.offers": ("compare_offers",),
    "plans.simulation": ("simulate",),
    "plans.book": ("screen",),
    "show.plan_text": ("read_plan_text",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}
__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"megaroth has no {name!r}")
    value = globals()[name] = getattr(import_module(f"megaroth.{_MODULE_OF[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted((*globals(), *__all__))

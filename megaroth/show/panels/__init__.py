"""
The panels of the chapters; the only modules that import ipywidgets.

Each loads when a chapter asks for it: a page that shows one waits for no other.
"""

import gc
from importlib import import_module

# A page makes many objects that stay: to look through them less often brings it up sooner.
gc.set_threshold(100_000, 50, 100)

_HOME = {
    "backdoor": ("BackdoorPanel",),
    "book": ("BookPanel",),
    "conversion": ("ConversionPanel",),
    "eligibility": ("EligibilityPanel",),
    "estimated_tax": ("EstimatedTaxPanel",),
    "forms": ("FormsPanel",),
    "growth": ("GrowthPanel",),
    "meeting": ("MeetingPanel",),
    "offers": ("OffersPanel",),
    "paychecks": ("PaychecksPanel",),
    "plan_summary": ("PlanSummaryPanel",),
    "received_form": ("ReceivedFormPanel",),
    "risk": ("RiskPanel",),
    "scenarios": ("ScenariosPanel",),
    "solo": ("SoloPanel",),
    "space": ("SpacePanel",),
    "start": ("StartPanel",),
    "training": ("CasesPanel",),
    "waiting": ("WaitingPanel",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}
__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"megaroth.show.panels has no {name!r}")
    module = import_module(f"megaroth.show.panels.{_MODULE_OF[name]}")
    value = globals()[name] = getattr(module, name)
    return value


def __dir__() -> list[str]:
    return sorted((*globals(), *__all__))

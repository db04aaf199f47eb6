"""The panels of the chapters; the only modules that import ipywidgets."""

from megaroth.show.panels.backdoor import BackdoorPanel
from megaroth.show.panels.conversion import ConversionPanel
from megaroth.show.panels.eligibility import EligibilityPanel
from megaroth.show.panels.estimated_tax import EstimatedTaxPanel
from megaroth.show.panels.forms import FormsPanel
from megaroth.show.panels.growth import GrowthPanel
from megaroth.show.panels.meeting import MeetingPanel
from megaroth.show.panels.offers import OffersPanel
from megaroth.show.panels.paychecks import PaychecksPanel
from megaroth.show.panels.plan_summary import PlanSummaryPanel
from megaroth.show.panels.received_form import ReceivedFormPanel
from megaroth.show.panels.risk import RiskPanel
from megaroth.show.panels.scenarios import ScenariosPanel
from megaroth.show.panels.solo import SoloPanel
from megaroth.show.panels.space import SpacePanel
from megaroth.show.panels.start import StartPanel
from megaroth.show.panels.waiting import WaitingPanel

__all__ = [
    "BackdoorPanel",
    "ConversionPanel",
    "EligibilityPanel",
    "EstimatedTaxPanel",
    "FormsPanel",
    "GrowthPanel",
    "MeetingPanel",
    "OffersPanel",
    "PaychecksPanel",
    "PlanSummaryPanel",
    "ReceivedFormPanel",
    "RiskPanel",
    "ScenariosPanel",
    "SoloPanel",
    "SpacePanel",
    "StartPanel",
    "WaitingPanel",
]

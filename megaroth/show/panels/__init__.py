"""The panels of the chapters; the only modules that import ipywidgets."""

from megaroth.show.panels.conversion import ConversionPanel
from megaroth.show.panels.space import SpacePanel
from megaroth.show.panels.start import StartPanel
from megaroth.show.panels.waiting import WaitingPanel

__all__ = ["ConversionPanel", "SpacePanel", "StartPanel", "WaitingPanel"]

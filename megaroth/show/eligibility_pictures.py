"""The picture of what it costs that the money can move only when the job ends."""

import pandas as pd

from megaroth.show.charts import WaitingPicture

EVERY_YEAR = 12  # bars up to which each year is named on the axis


class LeavingPicture(WaitingPicture):
    """Cost by years waited as far as the job lasts; the last bar, the wait until its end, is marked."""

    size = (6.2, 3.0)

    def draw(self, costs: pd.Series, finding: str, axis: str) -> str:
        """
        The picture.

        Args: costs: USD brought to today by years waited; finding, axis: as in WaitingPicture.
        """
        last = int(costs.index[-1])
        self.axes.set_xlim(-0.6, last + 0.6)
        self.axes.set_xticks(range(0, last + 1, 1 if last <= EVERY_YEAR else 5))
        return super().draw({"roth": costs}, "roth", last, finding, axis)

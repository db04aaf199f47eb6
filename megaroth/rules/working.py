"""The steps from facts to a figure, so that a reviewer can follow it with a pencil."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

COLUMNS = ["label", "amount", "formula", "source"]
Step = tuple[str, float, str, str]


class Working:
    """Collects steps in order; label and formula are catalogue keys, the source is a citation."""

    def __init__(self, earlier: Iterable[Step] = ()) -> None:
        self._rows: list[Step] = list(earlier)

    def add(self, label: str, amount: object, formula: str, source: str) -> float:
        """
        One step; the last one is the figure itself.

        Returns: the amount as it is printed, to the cent. A later step that is made of it reads as a pencil would have it,
            and can differ by a cent from what is calculated without rounding.
        Raises: TypeError for more than one client's amount.
        """
        number = np.asarray(amount, dtype=np.float64)
        if number.size != 1:
            raise TypeError("the working is shown for one client at a time")
        self._rows.append((label, number.item() + 0.0, formula, source))
        return round(number.item(), 2)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps so far, for a working that continues them."""
        return tuple(self._rows)

    def frame(self) -> pd.DataFrame:
        """The steps as a table: label, amount (USD), formula in words, source."""
        return pd.DataFrame(self._rows, columns=COLUMNS)

"""One state return while it is filled in: what the rules of a state look at and what the steps have found so far."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from megaroth.facts.law import STATUS_CODE, Law
from megaroth.facts.state_law import StateLaw, Table

Numbers = np.ndarray | float
Rule = Mapping[str, object]


@dataclass
class Return:
    """
    One state return, or many as arrays, filled in step by step.

    Attributes:
        state, federal_law: the law of the year.
        home, federal: columns of federal_columns' input, absent ones 0, and of its output.
        conversion: less what this state alone has taxed already.
        agi: federal AGI less that and less the Social Security benefits that the state leaves free.
        income: agi less excluded. allowances: deductions and exemptions of everybody, by name. deductions: by rule.
    """

    state: StateLaw
    federal_law: Law
    home: Mapping[str, Numbers]
    federal: Mapping[str, Numbers]
    excluded: Numbers = 0.0
    allowances: dict[str, Numbers] = field(default_factory=dict)
    deductions: Numbers = 0.0
    taxable: Numbers = 0.0
    tax: Numbers = 0.0

    def __post_init__(self) -> None:
        home = self.home
        self.status = home["status"]
        self.joint = np.equal(self.status, STATUS_CODE["mfj"])
        self.conversion = np.maximum(home["conversion"] - home["state_nontaxable"], 0.0)
        free_benefits = (1 - self.state.social_security_share) * self.federal["taxable_social_security"]
        self.agi = self.federal["agi"] - (home["conversion"] - self.conversion) - free_benefits
        self.earned = home["wages"] + home["self_employment_profit"], home["spouse_wages"]
        self.ages = home["age"], home["spouse_age"]

    @property
    def income(self) -> Numbers:
        return self.agi - self.excluded

    @property
    def people(self) -> Numbers:
        """Adults on the return; a surviving spouse is one."""
        return 1.0 + self.joint

    def people_of(self, age: float) -> Numbers:
        """How many adults on the return have reached an age."""
        own, spouse = self.ages
        return 1.0 * (own >= age) + self.joint * (spouse >= age)

    def owner(self, of: tuple[Numbers, Numbers]) -> Numbers:
        """Of the two on the return, what belongs to the one whose conversion it is."""
        spouse_converts = self.home["spouse_converts"]
        return np.where(spouse_converts, of[1], of[0]) if np.any(spouse_converts) else of[0]

    def figure(self, value: object) -> Numbers:
        """A figure of a rule for the status of each row."""
        return value[self.status] if isinstance(value, np.ndarray) else value

    def by(self, rule: Rule) -> Numbers:
        """The income that a rule looks at."""
        incomes = {
            "federal_agi": lambda: self.federal["agi"],
            "state_agi": lambda: self.agi,
            "state_income": lambda: self.income,
            "state_income_less_exemption": lambda: self.income - self.deductions,
        }
        return incomes[rule["by"]]()

    def row(self, rule: Rule, table: str, column: str) -> Numbers:
        """The figure of a rule's table in the row that the rule's income is above (row_from: has reached); else 0."""
        return self.row_at(rule[table], self.by(rule), rule.get("row_from", False))(column)

    def row_at(self, table: Table, income: Numbers, row_from: bool = False) -> Callable[[str], Numbers]:
        """The figures, by the name of their column, of the row that *income* is above; below the first row 0."""
        over = self.figure(table.over) if table.over.ndim == 2 else table.over
        if over.ndim == 1:
            reached = np.searchsorted(over, income, side="right" if row_from else "left")
        else:
            passed = np.greater_equal if row_from else np.greater
            reached = sum(passed(income, over[:, k]) for k in range(over.shape[1]))
        last = np.maximum(reached - 1, 0)

        def figure(column: str) -> Numbers:
            figures = table.over if column == "over" else table.columns[column]
            found = figures[last] if figures.ndim == 1 else figures[self.status, last]
            return found * (reached > 0)

        return figure

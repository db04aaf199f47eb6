"""Random households, wider than the given cases: every status, every column, incomes from nothing to millions."""

import numpy as np
import pandas as pd

STATUS_SHARES = {"single": 0.30, "mfj": 0.36, "mfs": 0.12, "hoh": 0.12, "qss": 0.10}


def random_households(rows: int, seed: int) -> pd.DataFrame:
    """
    Households with every column of federal_tax, the same for the same seed.

    Amounts are spread evenly over their orders of magnitude and absent in a part of the rows, so that each phase-out
    of the law meets many of them.
    """
    draw = np.random.default_rng(seed)

    def dollars(share: float, low: float, high: float) -> np.ndarray:
        amounts = np.exp(draw.uniform(np.log(low), np.log(high), rows))
        return np.where(draw.random(rows) < share, amounts, 0.0).round(2)

    statuses = np.array(list(STATUS_SHARES), dtype=object)
    status = draw.choice(statuses, rows, p=list(STATUS_SHARES.values()))
    joint = status == "mfj"
    age = draw.integers(20, 91, rows)
    households = pd.DataFrame(
        {
            "filing_status": status,
            "age": age,
            "spouse_age": np.where(joint, np.clip(age + draw.integers(-12, 13, rows), 20, 95), 0),
            "wages": dollars(0.8, 3_000, 2_000_000),
            "spouse_wages": np.where(joint, dollars(0.5, 3_000, 800_000), 0.0),
            "taxable_interest": dollars(0.5, 50, 300_000),
            "tax_exempt_interest": dollars(0.25, 50, 100_000),
            "ordinary_dividends": dollars(0.4, 50, 100_000),
            "qualified_dividends": dollars(0.5, 50, 800_000),
            "long_term_gain": dollars(0.4, 100, 4_000_000),
            "conversion": dollars(0.5, 500, 800_000),
            "other_ordinary_income": dollars(0.3, 500, 400_000),
            "self_employment_profit": dollars(0.4, 200, 1_200_000),
            "social_security": dollars(0.35, 2_000, 90_000),
            "state_local_taxes": dollars(0.7, 200, 200_000),
            "other_itemized": dollars(0.6, 200, 300_000),
            "children": draw.choice([0, 0, 0, 1, 2, 3, 5], rows),
            "other_dependents": draw.choice([0, 0, 0, 0, 1, 2], rows),
        }
    )
    service = draw.integers(0, 2, rows)
    return households.assign(specified_service=service * (households["self_employment_profit"] > 0))

"""The words for facts that have only a few values."""

# What a person reads for the values of a fact that has only a few.
CHOICES: dict[str, dict[object, str]] = {
    "filing_status": {
        "single": "single", "mfj": "married filing jointly", "mfs": "married filing separately",
        "hoh": "head of household", "qss": "qualifying surviving spouse",
    },
    "participant": {"client": "the client", "spouse": "the spouse"},
    "kind": {"401k": "401(k)", "403b": "403(b)", "457b": "457(b)", "solo_401k": "solo 401(k)"},
    "way_out": {
        None: "not known", "in_plan_rollover": "in-plan Roth rollover",
        "in_service_distribution": "in-service distribution", "both": "both ways", "none": "at separation",
    },
    "frequency": {
        None: "not known", "each_paycheck": "each paycheck", "monthly": "monthly", "quarterly": "quarterly",
        "yearly": "once a year",
    },
    "business": {"sole_proprietor": "sole proprietor", "incorporated": "incorporated, paid by W-2"},
    "tax_paid_from": {"outside": "money outside the plan", "from_conversion": "the money being moved"},
}  # fmt: skip

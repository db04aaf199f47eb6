"""The words for facts that have only a few values."""

from megaroth.show.language import Language

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

# The states by their codes.
STATES: dict[str, str] = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO":
    "Colorado", "CT": "Connecticut", "DC": "District of Columbia", "DE": "Delaware", "FL": "Florida",
    "GA": "Georgia", "HI": "Hawaii", "IA": "Iowa", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana",
    "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "MA": "Massachusetts", "MD": "Maryland", "ME":
    "Maine", "MI": "Michigan", "MN": "Minnesota", "MO": "Missouri", "MS": "Mississippi", "MT":
    "Montana", "NC": "North Carolina", "ND": "North Dakota", "NE": "Nebraska", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NV": "Nevada", "NY": "New York", "OH": "Ohio", "OK":
    "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina",
    "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VA": "Virginia", "VT":
    "Vermont", "WA": "Washington", "WI": "Wisconsin", "WV": "West Virginia", "WY": "Wyoming",
}  # fmt: skip


def state_name(speak: Language, code: str) -> str:
    """A state in a line or a list: in English the code that everybody knows, in Chinese its name and the code."""
    return code if speak.code == "en" else speak._("{name} ({code})", name=speak._(STATES[code]), code=code)

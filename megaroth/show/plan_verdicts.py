"""
Whether a clause allows or denies, and whether that is certain: the phrases for it in small tables, and how they are read.

"Yes" needs a word that allows and no word that denies. What holds on a condition, from a later date, up to a date
gone by or for some people only is "unclear", and so is a double negation.
"""

import datetime as dt
import re

from megaroth.show.plan_money import table

# --- allowed ---

# What one may do with the money; "may affect", "can help with" or "may total" allow nothing.
DOES = (
    r"(?:make|contribute|save|elect|defer|choose|add|put|set|begin|start|continue|keep|convert|roll|move|transfer|sweep"
    r"|withdraw|take|request|receive|access|direct|designate|have|do|get|obtain|use|enroll|ask|turn|apply|set aside|use"
    r"|be in any|be as much"
    r"|be (?:[\w-]+ly |also |then |so )*(?!subject|tax|requir|reduc|limit|affect|refund|suspend|return|invest|forfeit"
    r"|includ|treat|match|count|assess|impos|chang|revok|delay|den|restrict|exclud|prohibit|vest|report|consider|deem)"
    r"(?:\w+ed|made|withdrawn|taken|paid|withheld|swept|put|sent|set|got|chosen|given))\b"
)
ALLOWS = table(
    rf"(?:may|can|could)\b,?(?: [\w/'-]+){{0,5}}?,? {DOES}", r"permit", r"allow", r"accept", r"offer",
    r"provides? for", r"available",
    r"(?:able|ability|opportunity) to", r"eligible (?:to|for)", r"options? (?:to|of)\b", r"elects? to\b",
    r"entitled", r"lets?\b",
    r"possible",
    r"(?:will|is|are|be|shall be) (?:[\w-]+ly )?(?:convert|switch|sweep|swept|rolled|moved|transfer|made"
    r"|deducted|withheld|contributed|credited)", r"(?:convert|move|sweep|roll|process)(?:s|es)\b",
    r"converted\b", r"automatic", r"yes\b", r"right\b[^;]{0,80} to\b",
    r"not (?:have|need) to [^;]{0,60} to (?:take|withdraw|convert|make)",
    r"limited to (?:one|two|three|four|six|\d+ (?!percent)|once|twice|participants|employees|those|members|amounts|accounts)",
    r"(?:plan|program|types|kinds|options|features|sources) (?:also |can |may )?includes?\b", r"supports?\b",
    r"[☑☒✔✓]|\[ ?x ?\]", r"(?:to|we|plan|company|has|have|was|were|been) add(?:s|ed)?\b", r"enabl",
    r"turn on", r"auto-?conver",
    r"will continue", r"contribute\b",
    r"feature that", r"types of (?:[\w-]+ )*contribution", r"part of the plan",
    r"no (?:\w+ )?(?:restriction|limitation|condition|period|penalt\w+|fee)s? (?:on|to|for) (?:withdraw|convert|mak|roll)",
    r"in order to (?:withdraw|convert)",
    r"contribution (?:types|sources)", r"have access", r"(?:do not) have to (?:leav|terminat|retir|separat)",
    r"you choose", r"choices?\b", r"yours to", r"(?:free|welcome) to", r"lifted\b", r"var(?:y|ies) by",
    r"(?:absolutely|certainly|of course|definitely)\b",
    r"(?:wish|want)\w* to (?:make|contribute|convert|withdraw)[^;]{0,60}(?:must|should|may|can)\b",
    r"plan (?:also )?takes\b", r"consist of", r"made up of", r"eligible [\w -]*(?:sources?|accounts?|types?)",
    r"are (?:[\w-]+ )*contributions (?:that )?you make", r"(?:taken|paid|made) (?:first )?from",
    # what a page tells its reader to do
    r"^(?:[^:]{3,60}: )?(?:then |now |simply |just )?(?:make|convert|roll|move|withdraw|contribute|put) ",
    r"to (?:convert|withdraw|make|begin|start|enroll|request|elect)\b[^;]{0,100}, (?:simply |please |just )?(?:log|call|go|complete|visit|click|use|submit|fill)",
    r"must (?:be|have)[^;]{0,60} to (?:convert|withdraw|roll|make|elect|take)",
    r"(?:happen|occur|takes? place|taking place)", r"request", r"save\b", r"put\b", r"accumulate",
)  # fmt: skip

# A clause has one of these.
VERB = table(
    r"(?:do|does|may|can|will|shall|must|is|are|was|were|be|has|have|had)\b",
    r"permits?\b", r"allows?\b", r"accepts?\b", r"offers?\b", r"provides?\b", r"includes?\b", r"makes?\b",
    r"becomes?\b", r"contribute\b", r"prohibits?\b", r"elects?\b", r"converts?\b", r"ceased",
    r"(?:yes|no)\b", r"limited to", r"choose", r"discontinued", r"maintains?\b", r"takes\b", r"lacks\b",
    r"eliminated", r"not\b",
)  # fmt: skip

# --- denied ---

# "Even if you have not left": what follows changes nothing.
CONCEDED = re.compile(r"\b(?:even if|notwithstanding|regardless of|whether or not)\b[^,;:]*")
# Words of denial that deny something else, blanked before denials are looked for.
HARMLESS = table(
    r"not only",
    r"(?:prohibition|restriction|ban|suspension|freeze)\b[^;,]{0,60}(?:was|were|been|is) (?:lifted|removed|eliminated|ended|repealed)",
    r"(?:not|never|no) (?:be )?(?:limited to|later than|less than|fewer than|sooner than"
    r"|earlier than|more than|to exceed|exceed|greater than)(?! age)",
    r"(?:no|not) (?:more|less) (?:frequently|often) than",
    r"(?:may|can|shall|must|will|do|does|should)(?: not|not) exceed", r"can not exceed",
    r"(?:does|do|will|is|are|may|can|has|have)(?: not| be) (?:also )?(?:be )?"
    r"(?:subject to|tax(?:ed|able)|deduct(?:ed|ible)|reduce|affect|count|requir\w+|vest\w*"
    r"|match\w*|grow|lower|roth\b|impact|cause|increase|need|lose|limit\w*)",
    r"not (?:be )?(?:subject to|tax(?:ed|able)|tax-deductible|deduct\w*|required|match\w*|roth\b"
    r"|eligible for (?:the |a |any |company |employer )*(?:match|loan|catch-up|rollover into)"
    r"|limited|"
    r"previously|counted|included in (?:your )?(?:taxable|gross|income)|a roth|the same|reduce\w*"
    r"|yet been (?:taxed|converted)|been (?:taxed|converted|matched)|roth)", r"non-?roth",
    r"if not", CONCEDED.pattern,
    r"no (?:additional |income |federal |further |current )*(?:tax|fee|charge|cost|penalt|earnings"
    r"|limit|restriction|minimum|maximum|waiting|match\w*|(?:company|employer) (?:match|contrib)\w*"
    r"|suspension|(?:plan|separate|specific|dollar|percentage|other) (?:\w+ )?(?:limit|maximum|minimum|cap)|action|reason|later"
    r"|more than|less than|taxable|change|cap\b|need)",
    r"without (?:\w+ing\b|a |any |the |regard|tax|penal|terminat|leav|separat|incurr|paying|restrict|limit"
    r"|suspen|further|giving|having)\w*",
    r"(?:not) be (?:converted back|undone|reversed|changed|revoked|recharacterized|unwound"
    r"|rescinded)", r"need not", r"non-?taxable", r"non-?deductible",
    r"do not (?:forget|have to|need|wish)",
    r"not yet (?:taxed|converted)", r"not (?:been )?matched", r"(?:do not|not to be) confuse",
    r"no conversions? (?:takes? place|occurs?|will \w+)[^;]*unless",
    r"nonelective", r"non-?highly", r"regardless", r"noncompensation",
    r"(?:if|unless) you (?:do|have|did) not (?:elect|enroll|chosen|opt|made an)",
    r"who (?:do|have|did) not (?:elect|enroll|chosen|opt|made an)",
    r"not (?:enrolled|elected)",
)  # fmt: skip
NOT = table(
    r"not\b", r"no longer", r"never", r"neither", r"nor\b", r"no\b", r"none\b",
    r"nothing", r"without", r"nobody",
)  # fmt: skip
STOPS = table(
    r"prohibit", r"disallow", r"exclud(?!ing|able)", r"ineligib", r"unavailab", r"discontinu", r"cease",
    r"eliminat", r"suspend", r"frozen", r"freez", r"froze\b", r"closed\b", r"remov(?:ed|al of the)",
    r"bar(?:red|s)\b", r"forbid", r"preclud", r"prevent", r"reject", r"refus", r"stopp", r"repeal",
    r"withdrawn from the plan document", r"phased out", r"sunset", r"ended\b", r"rescind",
    r"impermissible", r"terminated effective", r"n/a\b", r"restrict(?:ed|s) (?:from|to pre|to roth)",
    r"☐|\[ ?\]|✗|✘", r"stricken", r"deleted", r"unable", r"yet to\b", r"fail(?:s|ed)?\b", r"lack(?:s|ing)?\b",
    r"den(?:y|ies|ied)\b", r"silent", r"absence", r"remove\b", r"limited to pre-?tax",
    r"limited to (?:pre-?tax|roth|employee pre)", r"declin",
)  # fmt: skip
ONLY = table(
    r"only", r"solely", r"exclusively", r"just\b", r"until", r"not before", r"no earlier", r"except",
    r"limited to",
)  # fmt: skip
# The part of a clause from here on is an exception to what stands before it.
EXCEPT = re.compile(
    r",?\s*\(?(?:\bexcept(?:ing)?(?: for| from| that| as| with respect to| to)?|\bother than"
    r"|\bexcluding|\bwith the exception of|\bapart from|\bunless|\baside from|\bbesides)\b"
    r"([^,:;)]*)[,:;)]?(.*)",
)  # fmt: skip

# --- not certain ---
UNSURE = table(
    r"if (?!you\b)[^,:]{0,80}?\b(?:authoriz|permit|elect|allow|offer|select|adopt|provid)\w*",
    r"if (?:your|the|an|permitted|allowed|so|adopted|elected|available|provided|selected|offered"
    r"|applicable) ?(?:employer|plan|company|sponsor|adoption|adopting|participating|so|by|under"
    r"|for|in|administrator|committee)?\b(?! (?:\w+ )?(?:is an? hce|is full))",
    r"(?:may|might|could|can) (?:also |then |or may not )?(?:be )?(?:permitted|allowed|available"
    r"|eligible|offered|able|provide|permit|allow|offer|elect to (?:permit|allow|offer))\b", r"might\b",
    r"could\b(?! not)", r"depending on", r"depends? (?:up)?on",
    r"to the extent (?!required|vested|not\b)", r"(?:think|believe|assume|suppose)",
    r"some,? but", r"not all\b", r"(?:at|for|by|in) some\b",
    r"(?:some|certain|select|selected|many|most)(?: of (?:our|the))? (?:[\w-]+ )?(?:employers|plans|companies|locations|sites|units|divisions"
    r"|groups|employees|participants|participating|subsidiaries|affiliates|businesses|positions)",
    r"(?:your|the) employer(?:'s)? (?:may|decides|chooses|must (?:elect|adopt))", r"check with",
    r"contact", r"ask (?:your|the)", r"find out (?:if|whether)", r"whether\b", r"discretion", r"(?:committee|employer|company|administrator|sponsor|board) (?:may|can)\b",
    r"if you (?:work|are employed)\b", r"(?:that|which|who) (?:has|have) (?:adopted|elected|chosen)\b",
    r"so (?:provides?|permits?|allows?)\b",
    r"if (?:first |so )?(?:approved|authori[sz]ed|agreed)",
    r"(?:subject to|with) (?:the )?(?:\w+ )?(?:approval|adoption|consent)", r"var(?:y|ies) by",
    r"where (?:permitted|allowed|offered)", r"as elected",
    r"see your adoption agreement",
    r"reserves the right", r"generally", r"typically",
    r"in some cases", r"unless (?:your|the) (?:employer|plan)",
    r"unless (?:otherwise )?(?:elected|provided|permitted|specified)",
    r"provided (?:that )?(?:your|the) (?:[\w-]+ ){0,2}(?:employer|plan|committee|administrator|board|company|sponsor)",
)  # fmt: skip
TO_COME = table(
    r"in the future", r"at a (?:later|future) date",
    r"(?:plans|we plan|intends?|expects?|proposes?|hopes?|is scheduled|is planning|are planning|anticipates?) to",
    r"(?:expect|anticipat|propos|plann)\w* (?:adding|introducing|offering|allowing|permitting)",
    r"(?:is|are) (?:considering|being considered|proposed|expected|under review)", r"upcoming",
    r"later this year", r"next year", r"not yet", r"once (?:the|this) (?:amendment|feature|plan)",
    r"(?<!as )soon\b", r"planned\b", r"pending", r"will be (?:added|introduced|launched)",
    r"when (?:adopted|implemented)",
    r"coming", r"we hope", r"propos(?:ed|al)",
)  # fmt: skip
OF_THE_PAST = table(
    r"(?:prior to|before|until|through|between)(?: plan years?)? [^;]{0,30}(?:19|20)\d\d", r"previously",
    r"formerly", r"used to", r"in the past", r"at one time", r"historically", r"pre-?19\d\d",
    r"were (?:once )?permitted", r"was (?:once )?permitted",
    r"(?:were|was) (?:allowed|able|offered|available)", r"legacy", r"grandfathered", r"predecessor",
    r"prior plan", r"merged",
)  # fmt: skip
# What was allowed up to a day gone by is allowed no more.
ENDED = table(
    r"(?:were|was|could)\b[^;]{0,120}(?:until|through|prior to|before) [^;]{0,20}(?:19|20)\d\d",
    r"(?:until|prior to|before|through) [^;]{0,30}(?:19|20)\d\d[^;]{0,80}\b(?:were|was|could|permitted|allowed"
    r"|accepted)\b", r"yes,? until", r"used to (?:be|allow|permit|offer|accept)",
    r"(?:previously|formerly|once) (?:allowed|permitted|accepted|offered|provided)",
)  # fmt: skip
# What other plans do, before what this one does.
OTHER_PLANS = table(
    r"(?:although|though|while) (?:federal |tax |the )*(?:law|code|irs)[^,]*,",
    r"(?:although|though|while|unlike) (?:many|some|other|most|certain) (?:other )?(?:plans|employers)[^,]*,",
)  # fmt: skip
SOME_PEOPLE = table(
    r"(?:employees|participants|members|associates|those|individuals|persons)(?: who(?: are"
    r"| were)?)? (?:of|covered by|represented|in(?! active| service| the plan| this plan)|at|hired|grandfathered|employed (?:by|at|in|before"
    r"|prior|on)|hired (?:before|after|on)|not highly|(?:are|is) not highly)", r"(?:un|non-?)?union\b",
    r"bargain", r"grandfathered", r"certain (?:employees|participants|groups)",
    r"non-?highly compensated",
    r"(?:executives|officers|directors|managers|interns|hourly|salaried|seasonal|students|faculty|physicians|pilots)\b",
    r"temporary", r"puerto rico", r"part-time", r"leased", r"nonresident",
    r"(?<!and )former (?:\w+ )?(?:employees|participants)", r"if you were\b",
    r"if you are (?:an? )?(?:former|union|member|employed (?:by|at|in))",
)  # fmt: skip
HIGHLY_PAID = table(
    r"highly[- ]compensated", r"hces?\b", r"highly paid",
)  # fmt: skip


# --- how they are read ---


def without_exception(text: str) -> tuple[str, str]:
    """What stands outside "except ..." and what inside; the whole where nothing is left outside."""
    found = EXCEPT.search(text)
    if not found:
        return text, ""
    main, exception = f"{text[: found.start()]} {found[2]}", found[1]
    return (main, exception) if VERB.search(main) else (text, exception)


def denied(text: str) -> bool:
    bare = HARMLESS.sub(" ", text)
    return bool(NOT.search(bare) or STOPS.search(bare))


def doubly_denied(text: str) -> bool:
    """A word of denial and after it a verb of denial: "nothing prevents", "does not prohibit"."""
    bare = HARMLESS.sub(" ", text)
    rests = (re.split(r" and | or |[,;:]", bare[found.end() :])[0] for found in NOT.finditer(bare))
    return any(STOPS.search(rest) for rest in rests)


def certain(answer: str, text: str, today: dt.date) -> str:
    """The answer, or "unclear" where it holds on a condition, later, before, or for some people only."""
    text = OTHER_PLANS.sub(" ", text)
    if answer == "yes" and ENDED.search(text) and not _is_to_come(text, today):
        return "no"
    if UNSURE.search(text) or TO_COME.search(text) or _is_to_come(text, today):
        return "unclear"
    if SOME_PEOPLE.search(text) and not (answer == "no" and HIGHLY_PAID.search(text)):
        return "unclear"
    if answer == "yes" and (OF_THE_PAST.search(text) or HIGHLY_PAID.search(text)):
        return "unclear"
    return answer


# --- dates ---

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
DATE = re.compile(
    rf"(?:({'|'.join(MONTHS)}) (\d{{1,2}}), ?|(\d{{1,2}})/(\d{{1,2}})/|\b(?:in|year|of|for) )((?:19"
    rf"|20)\d\d)\b",
)  # fmt: skip


def _is_to_come(text: str, today: dt.date) -> bool:
    """Whether a date in the clause is still to come."""
    return any(_date(found) > today for found in DATE.finditer(text))


def _date(found: re.Match) -> dt.date:
    month, day = (found[1] and MONTHS.index(found[1]) + 1) or found[3], found[2] or found[4]
    try:
        return dt.date(int(found[5]), int(month or 1), int(day or 1))
    except ValueError:
        return dt.date(int(found[5]), 1, 1)

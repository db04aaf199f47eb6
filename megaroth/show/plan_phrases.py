"""
The phrases by which a plan summary is read, in small tables: which money, and which of the six questions.

Every pattern is matched against a clause in small letters with plain quotes and single spaces. A table is a list of
alternatives; its comment says why it is there. Summaries in Chinese are not read.
"""

import re


def table(*alternatives: str) -> re.Pattern:
    """One pattern out of alternatives, each at the beginning of a word."""
    return re.compile("|".join(rf"(?<![a-z-])(?:{each})" for each in alternatives))


# --- which money ---

# What a sentence, or what it points back to, must speak of to be read at all: most of a summary does not.
TOUCHED = re.compile(
    r"(?:after|post)[-\s‐‑–]*tax|taxed|roth|conver|in[-\s‐‑–]*plan|intra|nondeductible|mega", re.I
)

# And where only what stands above speaks of it, a word that could carry on with it.
CARRIES_ON = re.compile(
    r"contribut|sav(?:e|ing)|withdr|distribut|take|%|percent|availab|permit|allow|offer|feature|option|these|such|this"
    r"|they|them|\bit\b|\byes\b|\bno|separate|not\b", re.I
)  # fmt: skip

# "After-tax" in another sense is blanked before the money is read. Roth money is paid after tax too, and so are loan
# payments, premiums and gifts; money that comes from another plan is no contribution from pay.
ROTH = r"roth(?: 401\(k\)| 403\(b\)| 457\(b\)| elective| deferral| salary deferral| contribution| basic| account)*s?"
ANOTHER_MEANING = table(
    r"(?:after|post)[- ]?tax,? \(?roth\)?(?! (?:in-plan|conversion))", r"after-tax \(roth\)",
    rf"{ROTH}(?: are| is| were)?(?: also| always| made| contributed| paid| taken| deducted| withheld"
    rf"| that| which| you| make| contribute)*"
    rf" (?:on|with|from|in|using|of)(?: an| a| your)? \(?(?:after|post)[- ]?tax (?:basis|dollars"
    rf"|money|income|pay)",
    rf"{ROTH}(?: are| is| means?)?(?: also| considered| called| an?| type of)* \(?(?:after"
    rf"|post)[- ]?tax\)?(?: contributions?| deferrals?| savings)?(?! (?:source|account|sub))",
    r"(?:loan|premium|insurance|coverage|repay\w*|donation|gift)[a-z ,()]{0,60}(?:after"
    r"|post)[- ]?tax(?: dollars| basis| money| pay| deductions?)",
    r"(?:after|post)[- ]?tax(?: dollars| basis| money| pay)?[a-z ,]{0,30}(?:loan|premium|insurance"
    r"|coverage)", r"(?:after|post)[- ]?tax rollover(?:s| contributions?| accounts?| amounts?| source)*",
    r"(?:after|post)[- ]?tax (?:value|return|income|interest rate)", r"rollover after-tax",
)  # fmt: skip

AFTER_TAX = table(
    r"(?:after|post)[- ]?tax", r"non-?roth,? (?:after|voluntary|employee contribution)",
    r"voluntary employee contributions? \(?that are not deferrals", r"taxed (?:employee )?contributions",
    r"mega[- ]?back[- ]?door",
)  # fmt: skip

# Where converted money goes, which is not what is converted.
DESTINATION = table(
    r"(?:to|into|as) (?:a |an |the |your |its )?(?:designated |in-plan )?roth(?: [\w()-]+){0,3}",
    r"in-plan roth \w+(?: account)?", r"roth (?:in-plan )?conver\w+(?: account)?",
)  # fmt: skip
# Money that is there already, and no contribution from pay.
BALANCE = re.compile(
    r"(?:after|post)-tax (?:[\w()-]+ ){0,2}?(?:accounts?|balances?|amounts?|sub-?accounts?|portion"
    r"|earnings|value|assets|money)\b",
)  # fmt: skip
# What the words of an inherited clause must speak of, for contributions.
SAVING = table(
    r"contribut", r"sav(?:e|es|ing|ings)\b", r"defer", r"payroll", r"add\b", r"which\b", r"option",
    r"it\b", r"this (?:feature|option|source)", r"percent", r"\d+%", r"they\b", r"these\b", r"such\b",
    r"available", r"(?:yes|no)\b",
)  # fmt: skip

# Other money by name: a clause that names it and no after-tax money is not about after-tax money.
OTHER_MONEY = table(
    r"pre-?tax", r"before-?tax", r"tax-deferred",
    r"roth (?:contribution|deferral|elective|account|401|403|source|money|ira contribution)",
    r"designated roth", r"match", r"employer", r"company (?:contribution|match|stock)",
    r"profit[- ]sharing", r"safe harbor", r"rollover (?:account|contribution|source|money|amount)",
    r"rollovers? (?:from|into)", r"elective deferral", r"salary deferral", r"deferrals", r"catch-up",
    r"nonelective", r"non-elective", r"basic contribution", r"qnec", r"qualified nonelective", r"hardship",
    r"401\(k\) contribution",
)  # fmt: skip

# What points back to money named before.
POINTS_BACK = table(
    r"(?:these|those|such|this|that|the same|said|both) (?:\w+ )?(?:type|kind|feature|option"
    r"|contribution|amount|account|source|money|monies|dollar|fund|"
    r"balance|saving|conversion|withdrawal|service|election|benefit|distribution)",
    r"(?:it|they|them|these|do so|the feature|this)\b", r"amounts (?:contributed|so)",
    r"the (?:feature|option|election|account|source)", r"conversions?\b", r"withdrawals?\b",
)  # fmt: skip

# --- subjects that have nothing to do with the six questions, whatever else they say ---
OFF_TOPIC = table(
    r"loans?\b", r"(?:life|disability|medical|dental) (?:insurance|plan)", r"premium",
    r"(?:designat|name)\w* (?:a |your |of )?beneficiar", r"irrevocabl", r"(?:tax|special) notice",
    r"parking", r"transit", r"commut", r"\bdues\b", r"stock purchase", r"espp", r"coverage", r"representative", r"help with",
    r"(?:suspend|may not|not make|not contribute)[^;]{0,100}(?:for|during) (?:the |a |at least )?(?:three|six|twelve|\d+)[ -]months?", r"qdro",
    r"qualified domestic", r"withholding", r"1099", r"forfeit", r"(?:adp|acp) test", r"nondiscrimination",
    r"refund", r"returned to you", r"recharacteri[sz]", r"health savings", r"hsa\b", r"flexible spending",
    r"escheat", r"529\b", r"charit",
)  # fmt: skip

# A change of what is given says nothing of whether it may be given.
CHANGES = table(
    r"(?:chang|revok|increas|decreas|resum|stop|suspend|modify|adjust)\w*[^;]{0,60}(?:election"
    r"|contribution|rate|percentage|deferral)",
)  # fmt: skip
# A question about contributions that is not whether they may be made: "Are they matched? No."
ABOUT_THEM = re.compile(
    r"^[^:]*\b(?:match|vest|taxed|taxable|invest|deductible|refund)\w*:",
)  # fmt: skip
# How a denial stands beside the contributions it denies.
NONE_GIVEN = re.compile(
    r"\b(?:no|not|neither|nor|without|any|never)\b(?: [\w()-]+){0,3} (?:after|post)-tax",
)  # fmt: skip

# Loans in a row with what is asked about: "neither loans nor after-tax contributions".
BESIDE_LOANS = re.compile(
    r"loans?(?:,| and| or| nor| and/or)+ |(?:,| and| or| nor| other than)+ (?:outstanding )?loans?\b"
)

# --- topics ---

# Money coming in from elsewhere: no contribution from pay.
ROLLED_IN = table(
    r"(?:accept|receive|allow|permit)\w*[^;]{0,80}rollovers?\b",
    r"rollovers?\b[^;]{0,60}(?:from|into|to) (?:the |this |another |an? |your )?(?:plan|"
    r"other|another|prior|previous|former|eligible|qualified|employer)",
    r"roll(?:ed|ing)?(?: over)?\b[^;]{0,80}(?:into|to) (?:the|this) (?:\w+ )?plan",
    r"(?:another|prior|previous|former) employer",
    r"transfer\w*[^;]{0,60}from (?:a|an|another|your) (?:other|another|prior|previous|former)",
)  # fmt: skip

IN_PLAN = table(
    r"in-?plan(?: roth)? (?:conver|rollover|transfer)", r"roth in-?plan", r"in-?plan roth", r"intra-?plan",
    r"internal roth", r"irr\b", r"roth conversion(?!s? (?:to|into) (?:a |an |your )?(?:roth )?ira)",
    r"conver(?:t|ts|ted|ting|sion|sions)\b[^;]{0,110}\broth\b(?! ira)",
    r"roll(?:ed|ing|over|overs)?\b[^;]{0,90}\b(?:to|into) (?:a |an |the "
    r"|your )?(?:designated )?roth (?:account|source|401|403|sub|bucket|balance|money|"
    r"portion|contribution|side|component|option|within|in the plan|in-plan|basis)",
    r"roth (?:sweep|transfer)",
    r"(?:mov(?:e|es|ed|ing)|transfer(?:s|red|ring)?|swept|sweeps?|reclassif\w+"
    r"|chang\w+)\b[^;]{0,90}\b(?:to|into|as) (?:a |an |the "
    r"|your )?(?:designated )?roth(?! ira)(?! contributions? (?:limit|election))",
    r"(?:auto|automatic|daily|after-tax) (?:roth )?conver",
    r"conver(?:t|ted|sion|sions)\b[^;]{0,60}(?:within|inside) (?:the|this|your) plan",
)  # fmt: skip
CONVERSION = table(
    r"conver(?:t|sion)", r"in-?plan", r"swept", r"sweep",
)  # fmt: skip

WITHDRAWAL = table(
    r"with-?draw", r"in-?service", r"distribut", r"tak(?:e|en|ing) (?:[\w-]+ ){0,3}(?:out|money)",
    r"cash out", r"pay ?out", r"paid out", r"access(?:ed)?\b",
    r"roll(?:ed|ing)?(?: it| them| over)?\b[^;]{0,80}\bira", r"(?:may|can) be (?:rolled|paid|removed)",
    r"rollovers? (?:of|to)[^;]{0,60}\bira",
)  # fmt: skip
WHILE_EMPLOYED = table(
    r"(?:while|when|during|still|as) (?:you are |you're |they are |in |an? |your |still "
    r"|actively )*(?:employ|work|active)", r"in-?service",
    r"before (?:you )?(?:terminat|separat|leav|retir)", r"active employee", r"actively",
    r"prior to (?:your |you )?(?:terminat|separat|leav|retir)", r"without (?:terminat|leav|separat)",
    r"non-?hardship", r"remains? (?:an )?employ", r"(?:don't|do not|need not) (?:have to |need to )?(?:leav|terminat|retir|separat)", r"(?:is|are) (?:an )?employee", r"without regard to",
)  # fmt: skip
ON_LEAVING = table(
    r"(?:upon|on|after|following|until|at|when|once|if|unless|your|before|prior to"
    r"|except)[a-z ,']{0,40}(?:terminat|separat|severance|retire|leav(?:e|ing)|death|left|"
    r"no longer employed|end of (?:your )?employment)",
    r"(?:terminat|separat|severance)\w* (?:of|from) (?:employment|service)", r"former employee",
    r"terminated participant", r"when you (?:leave|retire|stop)",
)  # fmt: skip
AGE = table(
    r"age (?:of )?(?:59|55|60|62|65|70)", r"59 ?(?:½|1/2|\.5|1⁄2)", r"normal retirement age", r"attain",
)  # fmt: skip
BARE_HARDSHIP = table(
    r"hardship", r"financial need", r"disaster", r"disabilit",
)  # fmt: skip

# Contributions named beside conversions or withdrawals, and not as what is converted or withdrawn.
BESIDE = re.compile(
    r"(?:after|post)[- ]?tax(?: \(non-?roth\))?(?: employee)? contributions?(?:,| and| or| nor"
    r"| and/or)+ (?:no |any |to |an? |the )?(?:automatic |daily |roth )?(?:in-?plan|roth in-?plan"
    r"|roth conv|conversion|in-?service)"
    r"|(?:conversions?|rollovers?|withdrawals?)(?:,| and| or| nor)+ (?:no |any |of "
    r"|make )?(?:voluntary |employee )?(?:after|post)[- ]?tax contributions?",
)  # fmt: skip

# Money that has to stay is not to be withdrawn.
LOCKED = table(
    r"(?:must|have to|has to|shall|will|required to)\b[^;]{0,60}(?:remain|stay|keep|kept|held|left"
    r"|leave)\b[^;]{0,60}(?:until|while|as long as|for as long)", r"locked",
    r"(?:remain|stay|held|kept)s? in (?:the|your)[^;]{0,40}until", r"cannot (?:be accessed|access)",
)  # fmt: skip

# What is done with a contribution, before the money's name or after it.
GIVES = table(
    r"ma(?:ke|kes|king|de)\b", r"contribut(?:e|ed|ing)\b", r"elect(?:s|ed)?\b", r"permit\w*", r"allow\w*",
    r"accept\w*", r"offer\w*", r"provid\w+", r"includ\w+", r"options? to", r"sav(?:e|es|ing)\b",
    r"types?\b", r"kinds?\b", r"choose\w*", r"enroll\w*", r"authori[sz]\w+", r"add\w*", r"can\b", r"may\b",
    r"defer\b", r"support\w*", r"eligible", r"start\w*", r"begin\w*", r"has\b", r"have\b", r"adopt\w*",
    r"set aside", r"put\b", r"direct\b", r"able\b", r"receive", r"spill", r"continue", r"lets?\b",
    r"request\w*", r"consider\w*", r"[☐☑☒✔✓✗✘]|\[ ?x? ?\]", r"yes\b", r"no\b",
)  # fmt: skip
IS_GIVEN = table(
    r"(?:be|is|are|was|were|been|being)(?: \w+ly| also| now| still)? (?:made|permitted|allowed"
    r"|accepted|available|offered|deducted|withheld|taken|elected|an option|contributed|started)",
    r"available", r"permitted", r"allowed", r"accepted", r"offered", r"may be made", r"(?:an|the) option", r"part of", r"among", r"none\b", r"processed", r"enabled",
    r"continue", r"limited to (?:participants|employees|those|members)",
)  # fmt: skip

# --- a plan's cap, apart from the law's ---
SHARE = (
    r"(?:\d{1,3}(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|fifty)"
    r" ?(?:\(\d+%?\) ?)?(?:%|percent)"
)
DOLLARS = r"\$ ?\d[\d,]*(?:\.\d+)?"
CAP = table(
    rf"(?:up to|maximum|max\.?|limit\w*|exceed\w*|more than|capped?|cap|between|from|no greater than"
    rf"|at most|in excess of|as much as|combin\w+|total\w*)[^;]{{0,90}}?(?:{SHARE}|{DOLLARS})",
    rf"(?:{SHARE}|\d{{1,2}}) ?(?:to|through|-|–|—|and) ?(?:a maximum of )?{SHARE}",
    rf"(?:{SHARE}|{DOLLARS})[^;]{{0,50}}(?:maximum|limit|cap\b|or less)",
    rf"^\W*(?:voluntary |employee |traditional )*(?:after|post)-tax[^:]{{0,50}}: ?(?:yes,? "
    rf"|up to )*(?:{SHARE}|{DOLLARS})", rf"any (?:whole )?percentage[^;]{{0,40}}{SHARE}",
    rf"{SHARE},? (?:{SHARE},? )*or {SHARE}",
)  # fmt: skip
NO_CAP = table(
    r"(?:no|not|without|neither)\b[^;]{0,40}(?:plan|separate|specific|additional|percentage|dollar"
    r"|own|other|fixed)?(?: \w+)? ?(?:limit|maximum|cap\b)[^;]{0,60}", r"unlimited",
)  # fmt: skip
LAWS_LIMIT = table(
    r"irs", r"internal revenue", r"code", r"415", r"annual additions?", r"federal", r"law", r"legal",
    r"statut",
)  # fmt: skip

# The account that holds what was converted, and no conversion.
CONVERSION_ACCOUNT = re.compile(
    r"(?:roth |in-plan )*(?:conversion|rollover|transfer) (?:contributions? )?(?:sub-?)?(?:account"
    r"|source)|converted back|(?:amounts?|money|dollars) (?:previously |already )?converted"
    r"|converted (?:amounts?|money|balances?)",
)  # fmt: skip
# What has a name for conversions, without "Roth" where after-tax money is the subject.
CONVERTED = table(
    r"(?:auto-?)?conver(?:t|ts|ted|ting|sion|sions)\b(?![^;]{0,40}(?:ira|annuit|cash|lump"
    r"|installment))",
)  # fmt: skip
# "This feature is not available": the conversions named before.
THE_FEATURE = table(
    r"(?:this|that|such|these|the) (?:\w+ )?(?:feature|option|conversions?|service|program"
    r"|transfers?)\b", r"conversions? (?:is|are|may|can|will|take|occur|happen|process)",
    r"you (?:may|can) (?:do so|do this|request (?:it|one|this))",
)  # fmt: skip

# --- how often ---
FREQUENCY = table(
    r"(?:once|twice|one|two|three|four|six|twelve|\d+)(?: [\w-]+){0,6} "
    r"(?:per|a|an|each|every|in any|in a|during|within)(?: [\w-]+){0,2} ?(?:year|quarter|month|week"
    r"|day|pay|payroll|12-month|rolling|calendar|twelve|period)",
    r"(?:per|each|every) (?:calendar |plan |business |trading |payroll |pay )?(?:year|quarter|month"
    r"|week|day|period|paycheck|pay\b|payday)", r"daily", r"weekly", r"monthly", r"quarterly", r"annually",
    r"annual basis", r"semi-?annual\w*", r"yearly", r"nightly", r"any ?time", r"at any time",
    r"as often as", r"any number of",
    r"no (?:limit|restriction)\w* (?:on|to|as to) (?:the )?(?:number|frequency|how)", r"unlimited",
    r"frequen\w+", r"(?:once|twice|one|two) (?:per|a|an|each)\b", r"as soon as administratively",
    r"every (?:two|three|four|six|twelve|\d+) (?:weeks|months)", r"immediately", r"same day", r"anytime",
    r"whenever",
)  # fmt: skip

# --- kept apart ---
APART = table(
    r"separate(?:ly)?\b[^;]{0,70}(?:account|source|track|record|sub-?account|bookkeep|contract"
    r"|bucket|ledger|maintain|held|kept)",
    r"(?:account|source|track|record|bookkeep|maintain|held|kept|credited|segregat"
    r"|allocat)\w*[^;]{0,70}separate(?:ly)?\b(?! (?:election|form|request|check))", r"segregated",
    r"own (?:account|sub-?account|source|money source)", r"comming",
    r"(?:distinct|different) (?:account|source|sub-?account|money source|contribution source)",
    r"(?:after|post)[- ]?tax (?:contributions? )?(?:account|sub-?account"
    r"|source)\b[^;]{0,50}(?:maintain|establish|set up)",
    r"(?:maintain|establish|set up|(?:are|is|be) (?:credited|kept|held|deposited"
    r"|allocated))\w*\b[^;]{0,60}(?:after|post)[- ]?tax (?:employee |contributions? )*(?:account"
    r"|sub-?account|source)\b",
)  # fmt: skip
MIXED = table(
    r"comming", r"combined with (?:your )?(?:pre-?tax|other)", r"single account", r"one account",
    r"same account",
)  # fmt: skip

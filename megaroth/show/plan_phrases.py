"""
The phrases by which a plan summary is read, in small tables: which of the six questions a clause touches.

Every pattern is matched against a clause in small letters with plain quotes and single spaces. A table is a list of
alternatives; its comment says why it is there. Summaries in Chinese are not read.
"""

import re

from megaroth.show.plan_money import table

# --- subjects that have nothing to do with the six questions, whatever else they say ---
OFF_TOPIC = table(
    r"loans?\b", r"borrow", r"(?:life|disability|medical|dental) (?:insurance|plan)", r"premium",
    r"(?:designat|name)\w* (?:a |your |of )?beneficiar", r"irrevocabl", r"(?:tax|special) notice",
    r"parking", r"transit", r"commut", r"\bdues\b", r"stock purchase", r"espp", r"coverage", r"help with",
    r"(?:suspend|may not|not make|not contribute)[^;]{0,100}(?:for|during) (?:the |a |at least )?(?:three|six|twelve|\d+)[ -]months?",
    r"qdro",
    r"qualified domestic", r"tax withholding", r"withholding tax", r"1099", r"forfeit", r"(?:adp|acp) test",
    r"nondiscrimination",
    r"refund", r"returned\b", r"recharacteri[sz]", r"health savings", r"hsa\b", r"flexible spending",
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
# What the employer adds to a contribution, with a cap of its own.
MATCHES = table(
    r"(?:company|employer|plan|we|university|firm)(?: will| also)? match(?:es)?\b",
    r"match(?:ing contributions?)? (?:is|are|will be|of|equal)",
)  # fmt: skip
# How a denial stands beside the contributions it denies.
NONE_GIVEN = re.compile(
    r"\b(?:no|not|neither|nor|without|any|never)\b(?: [\w()-]+){0,3} (?:after|post)-tax",
)
# Without an account for it, or where no such money may be paid in, there are no such contributions.
NO_ROOM = re.compile(
    r"\bno (?:[\w()-]+ ){0,2}(?:after|post)-tax (?:(?:sub-?)?account|source|bucket|feature|option|money may be contrib)"
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
    r"|chang\w+)\b[^;]{0,90}\b(?:to|into|as) (?:a |an |the |plan's |the plan's "
    r"|your )?(?:designated )?roth(?! ira)(?! contributions? (?:limit|election))",
    r"(?:auto|automatic|daily|after-tax) (?:roth )?conver",
    r"(?:conver(?:t|ted|sion|sions)|roll(?:ed|over)?)\b[^;]{0,60}(?:within|inside) (?:the|this|your) plan",
)  # fmt: skip
CONVERSION = table(
    r"conver(?:t|sion)", r"in-?plan", r"swept", r"sweep",
)  # fmt: skip

WITHDRAWAL = table(
    r"with-?draw", r"in-?service", r"distribut", r"tak(?:e|en|ing) (?:[\w-]+ ){0,3}(?:out|money)",
    r"cash(?:ed|ing)? out", r"get at", r"com(?:e|es|ing) out", r"tap(?:ped)?\b", r"payable", r"pay ?out",
    r"paid out", r"access(?:ed|ing)?\b",
    r"available\b[^;]{0,20} (?:while|during|before|until)",
    r"roll(?:ed|ing)?(?: it| them| over)?\b[^;]{0,80}\bira", r"(?:may|can) be (?:rolled|paid|removed)",
    r"rollovers? (?:of|to)[^;]{0,60}\bira",
)  # fmt: skip
# A heading under which money goes out while one works.
# "You do not have to wait until you leave": while one works.
NO_WAIT = re.compile(
    r"(?:not have to|not need to|need not|no need to|without having to|without) (?:wait\w*(?: until)?|leav|terminat|retir|separat)[^,;:]*"
)
OUT_HEADING = re.compile(r"in-service|(?:withdraw|distribut)\w*[^;]{0,20}\b(?:while|during|before|active)")
WHILE_EMPLOYED = table(
    r"(?:while|when|during|still|as) (?:you are |you're |they are |in |an? |your |still "
    r"|actively )*(?:employ|work|active)", r"in-?service",
    r"before (?:you |your |i |they |we )?(?:terminat|separat(?!ely)|leav|retir|sever)", r"active employee", r"actively",
    r"(?:remain|continu)\w* in (?:employment|service)", r"in service",
    r"prior to (?:your |you )?(?:terminat|separat(?!ely)|leav|retir|sever)",
    r"without (?:terminat|leav|separat(?!ely))",
    r"non-?hardship", r"remains? (?:an )?employ",
    r"(?:do not|need not) (?:have to |need to )?(?:leav|terminat|retir|separat(?!ely))",
    r"(?:is|are) (?:an )?employee", r"without regard to",
    r"(?:have|has) not (?:yet )?(?:terminat|separat(?!ely)|retir|left|incurred|sever)",
)  # fmt: skip
ON_LEAVING = table(
    r"(?:upon|on|after|following|until|at|when|once|if|unless|your|before|prior to"
    r"|except)[a-z ,']{0,40}(?:terminat|separat(?!ely)|sever(?:ance|s|ed)?\b|retire|leav(?:e|ing)|death|left|"
    r"no longer employed|end of (?:your )?employment)",
    r"(?:terminat|separat(?!ely)|severance)\w* (?:of|from) (?:employment|service)", r"former employee",
    r"terminated participant", r"when you (?:leave|retire|stop)",
)  # fmt: skip
# What not everyone at work meets: such a permission is unclear. A hardship that is not asked for is none.
AGE = table(
    r"age (?:of )?(?:59|55|60|62|65|70)", r"59 ?(?:½|1/2|\.5|1⁄2)", r"normal retirement age", r"attain",
    r"otherwise (?:be )?(?:distributable|eligible)",
    r"must (?:be|have)[^;]{0,60} to (?:convert|withdraw|roll|make|elect|take)",
)  # fmt: skip
BARE_HARDSHIP = table(
    r"(?<!non-)(?:hardship|financial need|disaster|disabilit)",
)  # fmt: skip
NO_HARDSHIP = re.compile(r"\b(?:not|no|without|other than)\b[^,;]{0,40}(?:hardship|financial need)")

# Both acts in one breath: "you may not withdraw, or convert to Roth, your after-tax contributions".
OUT_OR_ROTH = re.compile(
    r"withdr\w+,? (?:and|or|nor) [^;]{0,30}(?:conver|roll)|(?:conver\w+|rollovers?)[^;]{0,60},? (?:or|and|nor) (?:to |be |in-service )*withdr"
)
# What is not offered has no cap, whatever figure stands beside it.
NOT_OFFERED = re.compile(
    r"\b(?:not|no longer) (?:currently )?(?:offered|available|permitted|allowed|accepted)|\bnone\b|n/a"
)
# To an IRA: on leaving or before is left open, unless the words say so. A tax notice speaks of any distribution.
TO_AN_IRA = re.compile(r"\broll\w*\b[^;]{0,90}\bira\b")
TAX_NOTICE = re.compile(
    r"roll\w* (?:over )?(?:an?|any|the|your|all or part of an?) (?:eligible )?(?:rollover )?distribution|\b60[- ]days?"
)
FROM_ELSEWHERE = re.compile(
    r"\bfrom an? (?:[\w-]+ )?ira\b|\b(?:another|(?:a|your) (?:prior|previous|former)) (?:[\w']+ )?(?:plan|employer)"
)
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
    r"until [^;]{0,120}\b(?:must|have to|has to|shall|will) (?:\w+ )?(?:remain|stay|be kept|be held)",
    r"(?<!election )(?:must|have to|has to|shall|will|required to)\b[^;]{0,60}(?:remain|stay|keep|kept|held|left"
    r"|leave)\b[^;]{0,60}(?:until|while|as long as|for as long)", r"locked",
    r"(?:remain|stay|held|kept)s? in (?:the|your)[^;]{0,40}until", r"not (?:be accessed|access)",
)  # fmt: skip

PAID_IN = re.compile(
    r"contribut(?:e|ed|ing|ions?) (?:(?:in)?to )?(?:the |your |any |an? )?(?:after|post)-tax"
)
# What is done with a contribution, before the money's name or after it.
GIVES = table(
    r"ma(?:ke|kes|king|de)\b", r"contribut(?:e|ed|ing)\b", r"elect(?:s|ed)?\b", r"permit\w*", r"allow\w*",
    r"accept\w*", r"offer\w*", r"provid\w+", r"includ\w+", r"options? to", r"sav(?:e|es|ing)\b",
    r"types?\b", r"kinds?\b", r"choose\w*", r"enroll\w*", r"authori[sz]\w+", r"add\w*", r"can\b", r"may\b",
    r"defer\b", r"support\w*", r"eligible", r"start\w*", r"begin\w*", r"switch", r"takes\b", r"has\b",
    r"have\b", r"adopt\w*",
    r"set aside", r"put\b", r"direct\b", r"able\b", r"receive", r"spill", r"continue", r"lets?\b",
    r"request\w*", r"consider\w*", r"introduc\w*", r"launch\w*", r"roll(?:ed|ing)? out", r"consist",
    r"spillover", r"[☐☑☒✔✓✗✘]|\[ ?x? ?\]", r"yes\b", r"no\b",
)  # fmt: skip
# What one does to put money in, not to get it out.
SAVES = table(r"mak(?:e|ing)\b", r"contribut(?:e|ing)\b", r"sav(?:e|ing)\b", r"continue", r"defer\b")  # fmt: skip
IS_GIVEN = table(
    r"(?:be|is|are|was|were|been|being)(?: \w+ly| also| now| still)? (?:made|permitted|allowed"
    r"|accepted|available|offered|deducted|withheld|taken|elected|an option|contributed|started)",
    r"available", r"permitted", r"allowed", r"accepted", r"offered", r"may be made", r"(?:an|the) option",
    r"part of", r"among", r"none\b", r"processed", r"enabled", r"var(?:y|ies) by",
    r"continue", r"limited to (?:participants|employees|those|members)",
)  # fmt: skip

# --- a plan's cap, apart from the law's ---
SHARE = (
    r"(?:\d{1,3}(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|fifty)"
    r" ?(?:\(\d+%?\) ?)?(?:%|percent)"
)
DOLLARS = r"\$ ?\d[\d,]*(?:\.\d+)?"
CAP = table(
    rf"(?:up to|the most|maximum|max\.?|limit\w*|exceed\w*|more than|capped?|cap|between|from|no greater than"
    rf"|at most|in excess of|as much as|combin\w+|total\w*)[^;]{{0,90}}?(?:{SHARE}|{DOLLARS})",
    rf"(?:{SHARE}|\d{{1,2}}) ?(?:to|through|-|–|—|and) ?(?:a maximum of )?{SHARE}",
    rf"(?:{SHARE}|{DOLLARS})[^;]{{0,50}}(?:maximum|limit|cap\b|or less)",
    rf"^\W*(?:voluntary |employee |traditional )*(?:after|post)-tax[^:]{{0,50}}: ?(?:yes,? "
    rf"|up to )*(?:{SHARE}|{DOLLARS})", rf"any (?:whole )?percentage[^;]{{0,40}}{SHARE}",
    rf"{SHARE},? (?:{SHARE},? )*or {SHARE}", rf"(?:additional|another|extra) (?:{SHARE}|{DOLLARS})",
)  # fmt: skip
# A figure of the law, which is no cap of the plan: "the $23,500 limit", "the IRS limit of $72,000".
_LAW = r"(?:irs|internal revenue|code|415|402\(g\)|federal|legal|law|annual additions?|deferral|pre-tax|catch-up)"
LAWS_FIGURE = re.compile(
    rf"{_LAW}[^;,]{{0,40}}(?:limit|maximum)[^;,]{{0,25}}{DOLLARS}|{DOLLARS}[^;,]{{0,25}}{_LAW}[^;,]{{0,20}}limit"
    rf"|(?:beyond|above|over|on top of|past|reach\w*|exceed\w*) (?:the |that )?(?:\w+ )?{DOLLARS}(?: \w+)? (?:limit|maximum)"
)
NO_CAP = table(
    r"(?:no|not(?! (?:exceed|more|greater|be (?:more|greater)))|without|neither)\b[^;]{0,40}(?:plan|separate|specific|additional|percentage|dollar"
    r"|own|other|fixed)?(?: \w+)? ?(?:limit|maximum|cap\b)(?! you to)[^;]{0,60}", r"unlimited",
)  # fmt: skip
# A cap whose figure stands elsewhere.
LIMIT_SET = table(
    r"(?:limit|maximum|percentage|cap\b|rate)\w*(?: that)?(?: is| are| may be)?(?: as)? (?:set|established|imposed|determined"
    r"|announced|specified|prescribed|fixed)(?: from time to time)? (?:by|in|under|from)",
    r"limits? (?:that )?(?:your employer|the (?:\w+ )?(?:administrator|committee|company|employer)) (?:may |can )?(?:sets?|imposes?|establish)",
)  # fmt: skip
# Only the law's limit is named: whether the plan has one of its own stays open.
LAWS_LIMIT = table(
    r"(?:up to|subject to|limited (?:by|to)|within|exceed)(?=[^;]*(?:limit|maximum|415|additions))[^,;:]{0,60}"
    r"\b(?:irs|internal revenue|code|415|annual additions?|federal|law|legal|statut)",
)  # fmt: skip

# The account that holds what was converted, and no conversion.
CONVERSION_ACCOUNT = re.compile(
    r"(?:roth |in-plan )*(?:conversion|rollover|transfer) (?:contributions? )?(?:sub-?)?(?:account"
    r"|source(?!s))|converted back|(?:amounts?|money|dollars) (?:previously |already )?converted"
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
    r"(?:eligible|available|permitted) (?:money )?(?:sources|types|accounts)",
    r"you (?:may|can) (?:do so|do this|request (?:it|one|this))",
)  # fmt: skip

# --- how often ---
FREQUENCY = table(
    r"(?:once|twice|one|two|three|four|six|twelve|\d+)(?: [\w()'-]+){0,10} "
    r"(?:per|a|an|each|every|in any|in a|during|within)(?: [\w-]+){0,2} ?(?:year|quarter|month|week"
    r"|day|pay|payroll|12-month|rolling|calendar|twelve|period)",
    r"(?:per|each|every) (?:calendar |plan |business |trading |payroll |pay )?(?:year|quarter|month"
    r"|week|day|period|paycheck|pay\b|payday|payroll\b|pay date|deposit)", r"daily", r"weekly", r"monthly",
    r"quarterly", r"annually",
    r"annual basis", r"semi-?annual\w*", r"yearly", r"nightly", r"any ?time", r"at any time",
    r"as often as", r"any number of",
    r"no (?:limit|restriction)\w* (?:on|to|as to) (?:the )?(?:number|frequency|how)", r"unlimited",
    r"frequen\w+", r"(?:next|following) (?:\w+ )?day", r"day after", r"overnight",
    r"every (?:night|morning|business)", r"(?:each|every) (?:mon|tues|wednes|thurs|fri)day", r"each time",
    r"within (?:one|two|1|2|24) (?:business )?(?:day|hour)",
    r"as (?:it|they|each[\w -]*) (?:is|are) (?:made|deposited|received|contributed)",
    r"(?:once|twice|one|two) (?:per|a|an|each)\b", r"as soon as administratively",
    r"every (?:two|three|four|six|twelve|\d+) (?:weeks|months)", r"immediately", r"same day", r"anytime",
    r"whenever",
)  # fmt: skip

# --- kept apart ---
APART = table(
    r"separate(?:ly)?\b[^;]{0,70}(?:account|source|track|record|sub-?account|bookkeep|contract"
    r"|bucket|ledger|maintain|held|kept)",
    r"(?:account|source|track|record|bookkeep|maintain|held|kept|credited|segregat"
    r"|allocat)\w*[^;]{0,70}separate(?:ly)?\b(?! (?:election|form|request|check))", r"segregated",
    r"distinguish", r"(?:one|single|same) account",
    r"own (?:account|sub-?account|source|money source)",
    r"(?:account|source|sub-?account)s? of (?:its|their) own", r"comming",
    r"(?:distinct|different) (?:account|source|sub-?account|money source|contribution source)",
    r"(?:after|post)[- ]?tax (?:contributions? )?(?:account|sub-?account"
    r"|source)\b[^;]{0,50}(?:maintain|establish|set up)",
    r"(?:maintain|establish|set up|(?:are|is|be) (?:credited|kept|held|deposited"
    r"|allocated|divided))\w*\b[^;]{0,160}(?:after|post)[- ]?tax (?:employee |contributions? )*(?:account"
    r"|sub-?account|source)\b",
)  # fmt: skip
# What another plan does with money that leaves this one.
OTHER_PLAN = re.compile(r"\b(?:a|an|another|the receiving|other) (?:[\w-]+ )*plans? (?:that|which)\b")
MIXED = table(
    r"comming", r"combined with (?:your )?(?:pre-?tax|other)", r"single account", r"one account",
    r"same account",
)  # fmt: skip

# --- together: clauses that say nothing of a question, whatever else they name ---
NOT_ABOUT_GIVING = (ROLLED_IN, ABOUT_THEM, MATCHES)
NO_CAP_OF_THE_PLAN = (ROLLED_IN, MATCHES, NOT_OFFERED)

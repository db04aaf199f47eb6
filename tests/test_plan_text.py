"""Reading a plan summary: what decides is found and quoted, a denial is never a permission, and a bad file is one sentence."""

import datetime as dt
import io
import itertools
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

import megaroth as mr
from megaroth.show import plan_pages
from megaroth.show.language import language
from megaroth.show.plan_text import TOPICS

TODAY = dt.date(2026, 11, 25)
PASSAGES = yaml.load(
    (Path(__file__).parent / "plan_passages.yaml").read_text(encoding="utf-8"), yaml.BaseLoader
)
FLOOR = 0.95  # of precision and recall, in total
TOPIC_FLOOR = 0.9  # the same for each topic


def answers(text: str) -> set[tuple[str, str]]:
    return {(each.topic, each.answer) for each in mr.read_plan_text(text, TODAY)}


def expected(passage: dict) -> set[tuple[str, str]]:
    pairs = ((topic, each if isinstance(each, list) else [each]) for topic, each in passage["expect"].items())
    return {(topic, answer) for topic, several in pairs for answer in several}


def as_pdf(*pages: str) -> bytes:
    """A PDF with the lines of each page; an empty page has only a picture's worth of strokes."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=True)
    for page in pages:
        lines = canvas.beginText(72, 720)
        lines.textLines(page)
        canvas.drawText(lines)
        canvas.rect(72, 72, 100, 100)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def encrypted(content: bytes, password: str, algorithm: str = "RC4-128") -> bytes:
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(content))), io.BytesIO()
    writer.encrypt(user_password=password, owner_password="owner", algorithm=algorithm)
    writer.write(out)
    return out.getvalue()


# --- passages ---


def test_the_passages_are_many_and_varied() -> None:
    """At least forty, each topic both allowed and denied but for frequency, and a third of them with no yes at all."""
    none_allowed = [each for each in PASSAGES if "yes" not in {answer for _, answer in expected(each)}]
    pairs = set().union(*(expected(each) for each in PASSAGES))

    assert len(PASSAGES) >= 40
    assert len({each["name"] for each in PASSAGES}) == len(PASSAGES)
    assert len(none_allowed) >= len(PASSAGES) / 3
    assert {(topic, answer) for topic in TOPICS for answer in ("yes", "no")} - pairs == {("frequency", "no")}


@pytest.mark.parametrize("passage", PASSAGES, ids=lambda each: each["name"])
def test_no_yes_where_none_stands(passage: dict) -> None:
    """A sentence that denies, or speaks of other money, never reads as one that allows."""
    allowed = {topic for topic, answer in answers(passage["text"]) if answer == "yes"}

    assert allowed <= {topic for topic, answer in expected(passage) if answer == "yes"}


def test_precision_and_recall() -> None:
    """Of what is found nearly all is right, and of what stands there nearly all is found, in total and by topic."""
    right, found, there = Counter(), Counter(), Counter()
    for passage in PASSAGES:
        got, wanted = answers(passage["text"]), expected(passage)
        for counter, pairs in ((right, got & wanted), (found, got), (there, wanted)):
            counter.update(topic for topic, _ in pairs)

    assert right.total() / found.total() >= FLOOR
    assert right.total() / there.total() >= FLOOR
    assert {topic: (right[topic], found[topic], there[topic]) for topic in TOPICS
            if right[topic] < TOPIC_FLOOR * max(found[topic], there[topic])} == {}  # fmt: skip


@pytest.mark.parametrize("passage", PASSAGES, ids=lambda each: each["name"])
def test_quotes_stand_in_the_text(passage: dict) -> None:
    """Each quote is in the passage word for word; line ends and hyphens at them are mended, "…" leaves items of a list out."""
    bare = re.sub(r"[\s-]", "", passage["text"])

    for each in mr.read_plan_text(passage["text"], TODAY):
        assert all(part in bare for part in re.sub(r"[\s-]", "", each.quote).split("…"))


# --- denials and permissions, in many words ---

SUBJECTS = {
    "after_tax_contributions": ("after-tax contributions", "employee after-tax (non-Roth) contributions"),
    "in_plan_rollover": ("in-plan Roth conversions", "conversions of after-tax contributions to Roth"),
    "in_service_withdrawal": ("in-service withdrawals of after-tax contributions",),
}
DENIALS = (
    "The Plan does not permit {s}.", "The Plan does not include {s}.", "The Plan no longer accepts {s}.",
    "The Plan prohibits {s}.", "The Plan lacks {s}.", "The Plan has yet to permit {s}.", "The Plan stopped offering {s} in 2019.",
    "The Plan was amended to remove {s}.", "The Company has decided not to offer {s}.", "You may not elect {s}.",
    "{S} are not currently available.", "{S} were discontinued effective January 1, 2020.", "{S} ceased in 2018.",
    "{S} have been suspended.", "{S} aren’t part of the Plan.", "{S} will not be accepted.", "{S}: No", "{S}: N/A", "{S} | Not available",
    "No {s} are permitted.", "Neither loans nor {s} are available.", "There are no {s} under the Plan.",
    "Under no circumstances are {s} permitted.", "Requests for {s} will be denied.", "☐ {S}",
    "The Plan permits pre-tax and Roth deferrals but not {s}.", "The Plan offers everything except {s}.",
    "Although many plans offer {s}, this Plan does not.", "Does the Plan allow {s}?\nNo.", "Q. Are {s} allowed?\nA. Unfortunately, they are not.",
    "The Plan does not permit the following:\n• loans\n• {s}", "{S} were permitted until December 31, 2015.",
)  # fmt: skip
PERMISSIONS = (
    "The Plan permits {s}.", "The Plan also offers {s}.", "{S} are available to all eligible employees.", "{S}: Yes",
    "{S} | Permitted", "☒ {S}", "Does the Plan allow {s}?\nYes, it does.", "Effective January 1, 2022, the Plan permits {s}.",
    "The Plan was amended effective July 1, 2021 to permit {s}.", "The Plan does not permit loans, but it does permit {s}.",
)  # fmt: skip
UNCERTAIN = (
    "If your employer elects, the Plan permits {s}.", "{S} may be permitted.", "The Plan may allow {s}.",
    "Beginning January 1, 2027, the Plan will permit {s}.", "The Company is considering {s}.", "Nothing in this section prohibits {s}.",
    "The Plan does not prohibit {s}.", "Depending on your employer, {s} are available.", "Certain employees are eligible for {s}.",
)  # fmt: skip
OF_EACH = [(topic, subject) for topic, subjects in SUBJECTS.items() for subject in subjects]


@pytest.mark.parametrize(
    ("forms", "answer"), [(DENIALS, "no"), (PERMISSIONS, "yes"), (UNCERTAIN, "unclear")], ids=["no", "yes", "unclear"]
)  # fmt: skip
def test_ways_to_say_it(forms: tuple[str, ...], answer: str) -> None:
    """Each way to deny is read as no, each plain way to allow as yes, each condition as unclear, for each subject."""
    wrong = []
    for form, (topic, subject) in itertools.product(forms, OF_EACH):
        text = form.format(s=subject, S=subject[0].upper() + subject[1:])
        found = dict(answers(text))
        if found.get(topic) != answer:
            wrong.append((text, found))

    assert wrong == []


@given(
    denial=st.sampled_from(DENIALS),
    subject=st.sampled_from(OF_EACH),
    before=st.sampled_from(
        ["You may make Roth contributions. ", "Loans are available.\n\n", "Withdrawals\n\n", ""]
    ),
    upper=st.booleans(),
    spaces=st.sampled_from([" ", "\N{NO-BREAK SPACE}", "  ", "\n"]),
)
def test_a_denial_stays_one_in_any_dress(
    denial: str, subject: tuple[str, str], before: str, upper: bool, spaces: str
) -> None:
    """Capitals, odd spaces, wrapped lines and what stands before do not turn a denial into a permission."""
    text = denial.format(s=subject[1], S=subject[1][0].upper() + subject[1][1:])
    dressed = before + (text.upper() if upper else text)
    if "\n" not in text:
        dressed = before + re.sub(" ", spaces, dressed[len(before) :])

    assert (subject[0], "yes") not in answers(dressed)


# --- plain sentences, put together from parts ---

PEOPLE = ("You", "Participants", "Eligible employees", "Team members", "Members", "All associates")
MAY = (
    "may", "can", "are permitted to", "are allowed to", "are able to", "may elect to", "may choose to",
    "have the right to", "have the option to", "are eligible to", "are entitled to", "have the ability to",
)  # fmt: skip
MAY_NOT = (
    "may not", "cannot", "can't", "are not permitted to", "aren't allowed to", "are unable to", "are not eligible to",
    "may no longer", "will not be able to", "do not have the option to", "are not entitled to", "can never",
)  # fmt: skip
MONEY = (
    "after-tax contributions", "after-tax account", "after-tax savings", "after-tax money",
    "After-Tax Contribution Account", "voluntary employee contributions",
)  # fmt: skip
ACTS = {
    "after_tax_contributions": (
        "make after-tax contributions", "contribute on an after-tax basis", "save on an after-tax basis",
        "make voluntary (non-Roth) after-tax contributions to the Plan", "contribute after-tax dollars to the Plan",
    ),
    "in_service_withdrawal": tuple(
        f"{take} {when}"
        for take in ("withdraw their {m}", "take a withdrawal from their {m}", "take out all or part of their {m}",
                     "receive a distribution of their {m}", "request an in-service withdrawal of their {m}")
        for when in ("while employed", "while still working", "before terminating employment", "during employment",
                     "without leaving the Company", "prior to separation from service")
    ),
    "in_plan_rollover": (
        "convert their {m} to Roth", "convert their {m} to Roth within the Plan", "elect an in-plan Roth rollover of their {m}",
        "roll their {m} into a Roth account inside the Plan", "move their {m} to the Roth side of the Plan",
    ),
}  # fmt: skip
ACTED = [(topic, act) for topic, acts in ACTS.items() for act in acts]
OFTEN = (
    "once per quarter", "four times a year", "twice per Plan Year", "once every six months", "monthly", "each pay period",
    "once in any calendar year", "no more than two times per year", "every business day", "on a daily basis",
)  # fmt: skip
CAPS = (
    "up to 10% of your pay", "of up to 15 percent of eligible compensation", "from 1% to 8% of base pay",
    "not to exceed $12,000 per year", "in an amount not exceeding 6% of compensation", "between 1% and 20% of pay",
)  # fmt: skip
NOT_FOR_SURE = (
    "If your employer elects, {s}.", "Depending on your employer's elections, {s}.", "{s}, if the Committee approves.",
    "To the extent your employer's adoption agreement provides, {s}.", "{s}, effective as of July 1, 2027.", "Ask HR whether {s}.",
    "In 2028 {s}.", "Under a proposed amendment, {s}.", "We hope that {s}.", "{s}, in the discretion of the Plan Administrator.",
    "Some people wrongly believe that {s}.", "For former Acme employees only, {s}.", "In some plans, {s}.", "Prior to 2019, {s}.",
    "{s}, provided that the Benefits Committee has approved it.", "{s} unless your employer has elected otherwise.",
    "Until December 31, 2015, {s}.", "It is not true that {s}.",
)  # fmt: skip


@given(
    people=st.sampled_from(PEOPLE), act=st.sampled_from(ACTED), money=st.sampled_from(MONEY),
    may=st.sampled_from([(each, "yes") for each in MAY] + [(each, "no") for each in MAY_NOT]),
)  # fmt: skip
def test_who_may_do_what(people: str, act: tuple[str, str], money: str, may: tuple[str, str]) -> None:
    """A plain sentence of someone who may, or may not, do one thing gives that one item and no other."""
    text = f"{people} {may[0]} {act[1].format(m=money)}."

    assert answers(text) == {(act[0], may[1])}, text


@given(money=st.sampled_from(MONEY[:4]), often=st.sampled_from(OFTEN), cap=st.sampled_from(CAPS))
def test_how_often_and_how_much(money: str, often: str, cap: str) -> None:
    """A plain frequency or cap is found beside the permission it belongs to."""
    assert answers(f"You may convert your {money} to Roth within the Plan {often}.") == {
        ("in_plan_rollover", "yes"), ("frequency", "yes")}  # fmt: skip
    assert answers(f"You may withdraw your {money} {often} while employed.") == {
        ("in_service_withdrawal", "yes"), ("frequency", "yes")}  # fmt: skip
    assert answers(f"After-tax contributions may be made {cap}.") == {
        ("after_tax_contributions", "yes"), ("after_tax_cap", "yes")}  # fmt: skip


@given(
    people=st.sampled_from(PEOPLE), act=st.sampled_from(ACTED), money=st.sampled_from(MONEY),
    may=st.sampled_from(MAY), form=st.sampled_from(NOT_FOR_SURE),
)  # fmt: skip
def test_what_is_not_for_sure_is_no_yes(
    people: str, act: tuple[str, str], money: str, may: str, form: str
) -> None:
    """A condition, a later or a past time, other people or hearsay takes the yes from a permission."""
    text = form.format(s=f"{people.lower()} {may} {act[1].format(m=money)}")

    assert (act[0], "yes") not in answers(text), text


def test_a_summary_may_have_its_own_name_for_it() -> None:
    """A name that the summary gives to after-tax contributions is read as them, in each later sentence."""
    text = (
        "Thrift Contributions are after-tax contributions you make by payroll deduction. Matching contributions follow them.\n\n"
        "You may withdraw Thrift Contributions while you are employed."
    )

    assert [(each.topic, each.answer) for each in mr.read_plan_text(text, TODAY)] == [
        ("after_tax_contributions", "yes"), ("in_service_withdrawal", "yes"),
    ]  # fmt: skip


def test_today_decides_what_is_to_come() -> None:
    """The same sentence is unclear before its date and plain after it."""
    text = "Beginning January 1, 2027, the Plan will permit after-tax contributions."

    assert [each.answer for each in mr.read_plan_text(text, dt.date(2026, 12, 31))] == ["unclear"]
    assert [each.answer for each in mr.read_plan_text(text, dt.date(2027, 1, 1))] == ["yes"]


@given(text=st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text fails in another way than with a sentence; what is found has a known topic and answer."""
    try:
        found = mr.read_plan_text(text, TODAY)
    except mr.InputError as problem:
        found, field = (), problem.field
    else:
        field = "plan_summary"

    assert field == "plan_summary"
    assert all(each.topic in TOPICS and each.answer in ("yes", "no", "unclear") for each in found)


# --- pages ---


def test_pages_of_a_text_are_parted_by_form_feeds() -> None:
    """The page of a quote is the one on which its sentence begins."""
    text = "You may make after-tax contributions.\fLoans.\fAfter-tax contributions may be withdrawn\fat any time."

    found = mr.read_plan_text(text, TODAY)

    assert [(each.topic, each.page) for each in found] == [
        ("after_tax_contributions", 1), ("in_service_withdrawal", 3), ("frequency", 3),
    ]  # fmt: skip


def test_a_pdf_is_read_page_by_page() -> None:
    """Wrapped and hyphenated lines are joined; heads, feet and page numbers of the pages are no part of a sentence."""
    head, foot = "Acme 401(k) Plan Summary Plan Description", "Page {}"
    one = f"{head}\nEligibility\nAll employees can join on their first day of work.\nSee the next page.\n{foot.format(1)}"
    two = (
        f"{head}\nContributions\nThe Plan permits employee after-\ntax contributions up to 10% of your eli-\ngible pay. "
        f"These contri-\nbutions may be converted to the Roth source in the\n{foot.format(2)}"
    )
    three = f"{head}\nPlan once per calendar quarter.\nLoans are described below.\nSee the Loan Policy.\n{foot.format(3)}"

    found = {each.topic: each for each in mr.read_plan_text(as_pdf(one, two, three), TODAY)}

    assert {topic: (each.answer, each.page) for topic, each in found.items()} == {
        "after_tax_contributions": ("yes", 2), "after_tax_cap": ("yes", 2), "in_plan_rollover": ("yes", 2), "frequency": ("yes", 2),
    }  # fmt: skip
    assert found["after_tax_cap"].quote == (
        "The Plan permits employee after-tax contributions up to 10% of your eligible pay."
    )
    assert found["frequency"].quote.endswith(
        "converted to the Roth source in the Plan once per calendar quarter."
    )


def test_a_file_can_be_named(tmp_path: Path) -> None:
    """A .pdf or a .txt by its path, as text or as Path; the encodings of Windows too."""
    sentence = "You may make “after-tax” contributions."
    for name, content in (
        ("a.pdf", as_pdf("You may make after-tax contributions of any kind.")),
        ("utf8.txt", sentence.encode()),
        ("windows.txt", sentence.encode("cp1252")),
        ("notepad.TXT", sentence.encode("utf-16")),
    ):
        (tmp_path / name).write_bytes(content)
        assert [each.answer for each in mr.read_plan_text(tmp_path / name)] == ["yes"]
        assert mr.read_plan_text(str(tmp_path / name)) == mr.read_plan_text(tmp_path / name)


def test_a_pdf_locked_against_changes_only_is_read() -> None:
    """Many summaries are: the empty password opens them for reading."""
    locked = encrypted(as_pdf("You may make after-tax contributions to the Plan."), password="")

    assert [each.answer for each in mr.read_plan_text(locked)] == ["yes"]


# --- what cannot be read ---

GOOD = as_pdf("You may make after-tax contributions to the Plan.")


def aes() -> bytes:
    """A PDF that says it is encrypted with AES, which pypdf cannot open without another package."""
    hexes = " ".join(f"/{key} <{digit * 2 * size}>" for key, digit, size in (
        ("O", "0", 48), ("U", "1", 48), ("OE", "2", 32), ("UE", "3", 32), ("Perms", "4", 16)))  # fmt: skip
    cipher = "/CF << /StdCF << /AuthEvent /DocOpen /CFM /AESV3 /Length 32 >> >> /StmF /StdCF /StrF /StdCF"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [] /Count 0 >>",
        f"<< /Filter /Standard /V 5 /R 6 /Length 256 /P -4 {cipher} {hexes} >>",
    )
    content, places = "%PDF-1.7\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(content))
        content += f"{number} 0 obj\n{each}\nendobj\n"
    table = "0000000000 65535 f \n" + "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"<< /Size 4 /Root 1 0 R /Encrypt 3 0 R /ID [<{'00' * 16}> <{'00' * 16}>] >>"
    return f"{content}xref\n0 4\n{table}trailer\n{trailer}\nstartxref\n{len(content)}\n%%EOF".encode()


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("", "empty"), (" \n\f ", "empty"), (b"", "empty"),
        ("no/such/summary.pdf", "no_file"), (Path("missing.txt"), "no_file"), (Path("summary.docx"), "kind"),
        (b"PK\x03\x04 a Word file", "not_a_pdf"), (b"%PDF-1.7 broken", "broken"), (GOOD[: len(GOOD) // 3], "broken"),
        (encrypted(GOOD, "secret"), "encrypted"), (aes(), "encrypted"), (as_pdf("", ""), "scanned"),
        (b"%PDF-1.7" + bytes(plan_pages.MOST_MEGABYTES * 1_000_000), "too_big"), ("word " * 400_001, "too_long"),
        (None, "bytes"), (12, "bytes"), (["text"], "bytes"),
    ],
    ids=lambda each: each if isinstance(each, str) and len(each) < 30 else "",
)  # fmt: skip
def test_what_cannot_be_read_is_one_sentence(source: object, rule: str) -> None:
    """Each trouble has a sentence of its own, in both languages."""
    with pytest.raises(mr.InputError) as caught:
        mr.read_plan_text(source)

    assert (caught.value.field, caught.value.rule) == ("plan_summary", rule)
    assert re.fullmatch(r"[A-Z][^\n{}]+\.", str(caught.value))
    assert re.fullmatch(r"请检查：[^{}]+。", language("zh").problem(caught.value))


def test_limits_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is refused by its size before it is opened, a PDF by the number of its pages, each with the figure."""
    monkeypatch.setattr(plan_pages, "MOST_PAGES", 2)
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(3_000_000_000)

    with pytest.raises(mr.InputError, match=r"3000\.0 MB; 20 MB is the most"):
        mr.read_plan_text(large)
    with pytest.raises(mr.InputError, match="3 pages; 2 is the most"):
        mr.read_plan_text(as_pdf("one", "two", "three"))


def test_more_than_is_read_in_seconds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of a hundred thousand items, and a PDF with more on its pages than any summary, are one sentence at once."""
    items = "The Plan does not permit:\n" + "• after-tax contributions\n" * 30_000
    monkeypatch.setattr(plan_pages, "MOST_DRAWN", 4_000)

    with pytest.raises(mr.InputError, match="more than 3,000 sentences about after-tax or Roth money"):
        mr.read_plan_text(items)
    with pytest.raises(mr.InputError, match="more on its pages than can be read at once"):
        mr.read_plan_text(as_pdf(*["word " * 400] * 4))


def test_a_page_of_drawing_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page whose drawing would take minutes is left out, and the others are read."""
    monkeypatch.setattr(plan_pages, "MOST_DRAWING", 4_000)
    drawing = "word " * 4_000

    found = mr.read_plan_text(as_pdf(drawing, "You may make after-tax contributions to the Plan."))

    assert [(each.answer, each.page) for each in found] == [("yes", 2)]

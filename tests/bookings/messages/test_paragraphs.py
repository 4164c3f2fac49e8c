"""How words with placeholders become the paragraphs of a mail."""

import pytest

from bookings.messages import compose
from bookings.messages.compose import Part
from bookings.messages.defaults import KINDS
from bookings.models import MessageTemplate
from tests.factories import MONDAY

VALUES = {
    "name": "Maria Example",
    "clinic": "Hip & Spine Clinic",
    "preparation": "Wear shorts.\nCome early.",
    "directions": "By bus.\n",
    "reason": "",
    "message": "Please call.",
    "times": ["Monday, 10am", "Tuesday, 11am"],
    "visit": [("With whom", "Amara Osei")],
    "links": [],
}


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("One {name}.\r\n\r\n  Two\n  lines. ", [Part("One Maria Example."), Part("Two\nlines.")]),
        ("One.\n \t\nTwo.", [Part("One."), Part("Two.")]),
        ("", []),
        ("No, {reason}.\n\nYes.", [Part("Yes.")]),
        (
            "{links}\n\nYes, {name} of {clinic}.",
            [Part("Yes, Maria Example of Hip & Spine Clinic.")],
        ),
        ("{times}", [Part(bullets=["Monday, 10am", "Tuesday, 11am"], strong=True)]),
        (
            "{visit}",
            [Part(rows=[{"key": "With whom", "value": "Amara Osei", "url": "", "text": ""}])],
        ),
        ("- one\n- for {name}", [Part(bullets=["one", "for Maria Example"])]),
        ("- one\nmore", [Part("- one\nmore")]),
        ("{message}", [Part("Please call.", said=True)]),
        ("{message}\nBye.", [Part("Please call.\nBye.")]),
        ("{preparation}", [Part(bullets=["Wear shorts.", "Come early."])]),
        (
            "First\nthis:\n{preparation}",
            [Part("First\nthis:"), Part(bullets=["Wear shorts.", "Come early."])],
        ),
        ("Then:\n{directions}", [Part("Then:\nBy bus.\n")]),
        ("{preparation}\nThat is all.", [Part("Wear shorts.\nCome early.\nThat is all.")]),
    ],
)
def test_the_paragraphs_of_a_mail(body, parts):
    assert list(compose.parts(body, VALUES)) == parts


@pytest.mark.parametrize("offered", [["Monday, 10am"], ["Monday, 10am", "Tuesday, 11am"]])
def test_times_to_choose_from_are_strong(offered):
    assert list(compose.parts("{times}", {"times": offered})) == [
        Part(bullets=offered, strong=True)
    ]


@pytest.mark.parametrize(
    ("value", "url", "text"),
    [
        ("http://localhost:8000/request/open/x/", "same", "Open this request"),
        ("https://video.example.org/room", "same", ""),
        ("12 Harbour Street", "", ""),
        ("http://localhost:80001/", "", ""),
    ],
)
def test_an_address_in_a_table_is_a_link(value, url, text):
    (part,) = compose.parts("{links}", {"links": [("Hip\N{NO-BREAK SPACE}pain", value)]})
    url = value if url else ""
    assert part.rows == [{"key": "Hip pain", "value": value, "url": url, "text": text}]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Maria Example", "Maria"),
        ("Maria del Mar Ruiz", "Maria"),
        ("Ann Lee", "Ann"),
        ("Al Lee", "Al Lee"),
        ("J. R. Smith", "J. R. Smith"),
        ("Capt. Smith", "Capt. Smith"),
        ("Mrs Smith", "Mrs Smith"),
        ("Sra Ruiz", "Sra Ruiz"),
        ("Maria", "Maria"),
        ("", ""),
    ],
)
def test_who_is_greeted_by_which_name(name, first):
    greeted = f"Hello {first}," if first else ""
    assert compose.greeting("received", {"body": "Thank you."}, {"name": name}) == greeted


@pytest.mark.parametrize(
    ("kind", "body"), [("verify", "Thank you."), ("received", "Dear {name},\n\nthank you.")]
)
def test_nobody_is_greeted_twice_or_unproven(kind, body):
    assert compose.greeting(kind, {"body": body}, {"name": "Maria Example"}) == ""


def test_the_line_beside_a_subject():
    known = dict.fromkeys(KINDS["received"].known, "") | {"answer_by": "Monday, 5pm"}
    whole = compose.preheader("received", known | {"held": "Tuesday, 10am"})
    assert whole.count("Monday, 5pm") == 1 and "{" not in whole
    empty = compose.preheader("received", dict.fromkeys(KINDS["received"].known, ""))
    assert empty == "You do not need to do anything."


OWN = {"received": "Hello.", "declined": "No: {message}"}


@pytest.mark.django_db
def test_own_words_are_of_one_kind_and_language():
    defaults = {kind: KINDS[kind].default for kind in ("received", "declined", "refused")}
    for kind, language, heading in (
        ("declined", "es", "1"),
        ("declined", "en-gb", "2"),
        ("received", "en-gb", "3"),
        ("received", "es", "4"),
    ):
        words = {"subject": "S", "heading": heading, "body": OWN[kind]}
        MessageTemplate.objects.create(kind=kind, language=language, changed_at=MONDAY, **words)
    assert compose.words("received", "en-gb") == {"subject": "S", "heading": "3", "body": "Hello."}
    assert compose.words("received", "es")["heading"] == "4"
    assert compose.words("declined", "en-gb")["heading"] == "2"
    assert compose.words("refused", "en-gb") == defaults["refused"]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("verify", "{held_untl}", ["{held_untl} cannot be used here. Did you mean {held_until}?"]),
        ("received", "{NAME }", ["{NAME } cannot be used here. Did you mean {name}?"]),
        ("received", "{name} {name}", []),
        (
            "received",
            "{a}{",
            [
                "{a} cannot be used here. These can: {answer_by}, {clinic}, {held}, {name}, {phone}, "
                "{reference}, {service}.",
                "There is a single brace { or }. Write a placeholder as {name}, with one on each side.",
            ],
        ),
        (
            "offered",
            "Either {times}\n\nor {until}.",
            ["{times} needs a line of its own, with an empty line before and after."],
        ),
        ("offered", "{times}\n\nAnswer.", []),
        (
            "offered",
            "Answer {name}.",
            ["The patient must read this: add {times}."],
        ),
    ],
)
def test_every_mistake_in_a_body(kind, text, said):
    words = {"subject": "About {reference}", "heading": "For {name}", "body": text}
    found = compose.problems(kind, words)
    assert found["body"] == said
    assert found["subject"] == [] and not ("name" in KINDS[kind].known and found["heading"])


def test_no_block_in_a_heading_or_subject():
    words = {"subject": "{visit}", "heading": "{visit}", "body": "{visit}"}
    found = compose.problems("confirmed", words)
    assert [len(found[name]) for name in ("subject", "heading", "body")] == [1, 1, 0]

"""Every row and column that a change of a request writes, pinned in written.txt.

When a change is to write something else, run this with WRITE=yes, and read what git shows.
"""

import copy
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from bookings import transitions
from bookings.enums import DeclineReason
from bookings.models import ConsultationRequest, Message, Practitioner
from bookings.roles import make_roles
from tests.bookings import written
from tests.bookings.messages.test_webhooks import make_endpoint
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.bookings.transitions import test_refused as of_requests
from tests.bookings.transitions.more_changes import MORE, READ_ANEW
from tests.bookings.transitions.test_refused import CHANGES, at_visit, by_desk, by_patient
from tests.bookings.transitions.waiting_changes import UNDO, WAITING
from tests.factories import MONDAY, make_ask, make_clinic, make_person

pytestmark = pytest.mark.django_db
PINNED = Path(__file__).with_name("written.txt")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def bystanders(clinic, desk):
    """Requests of others, one in each state: nothing of theirs may change."""
    far = TEN + 14 * DAY
    for hours, make in enumerate((asked, confirmed)):
        start = far + hours * 2 * HOUR
        about = {"email": f"other{hours}@example.org", "start": start}
        make(clinic, **about) if make is asked else make(clinic, desk, **about)
    for number, change in enumerate((of_requests.decline, by_desk("waitlist"))):
        consultation = asked(clinic, start=None, email=f"more{number}@example.org")
        change(consultation, None, desk)
    Message.objects.update(handled_at=MONDAY - DAY)


@pytest.fixture(scope="module")
def made_once(django_db_setup, django_db_blocker):
    """A clinic, its desk, and everybody who is told something: a receptionist, an owner, the
    practitioner, and the clinic's own system. Each test runs in a savepoint below them.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        clinic = make_clinic(practitioners=2)
        desk = transitions.staff(get_user_model().objects.create_user("ruth"))
        make_roles()
        users = {
            role: person(name, role)
            for name, role in (("fay", "Front desk"), ("olga", "Owner"), ("amara", "Practitioner"))
        }
        Practitioner.objects.filter(resource=clinic[2][0]).update(user=users["Practitioner"])
        make_endpoint()
        bystanders(clinic, desk)
        yield clinic, desk
        transaction.set_rollback(True)


def person(name, role):
    user = get_user_model().objects.create_user(name, email=f"{name}@clinic.example")
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def clinic(made_once, db):
    return copy.deepcopy(made_once[0])


@pytest.fixture
def desk(made_once, db):
    return copy.deepcopy(made_once[1])


def by_phone(clinic, desk, **about):
    """A request of somebody without email."""
    person = make_person(email="", phone="+442079460999", contact_by="phone")
    ask = make_ask(clinic[0], clinic[1], **about)
    consultation = transitions.submit(ask, person, idempotency_key="phone", now=MONDAY)
    return consultation, consultation


def offered_instead(clinic, desk):
    """A visit is booked, the patient asked for another time, and two are offered."""
    consultation, _visit = of_requests.moving(clinic, desk)
    times = [(ELEVEN, None), (ELEVEN + DAY, None)]
    by_desk("offer", times=times)(consultation, None, desk)
    return consultation, consultation.appointments.get(start=ELEVEN)


def waiting_and_offered(clinic, desk):
    consultation, _visit = of_requests.waiting(clinic, desk)
    by_desk("offer", times=[(ELEVEN, None)])(consultation, None, desk)
    return consultation, consultation.appointments.get(start=ELEVEN)


def accept(consultation, visit, desk):
    transitions.accept(consultation, appointment=visit, now=MONDAY + timedelta(minutes=9))


def of_this(make):
    """With the visit's own request, as a page has it."""

    def made(clinic, desk):
        consultation, visit = make(clinic, desk)
        visit.request = consultation
        return consultation, visit

    return made


EVERYTHING = {
    "starts": [ELEVEN, ELEVEN + DAY],
    "parts": ["morning"],
    "reason_text": "Something else",
    "goal": "walk",
    "goal_text": "To the shops",
    "note": "It hurts at night.",
    "answers": [("Any fever?", "No", "", "v1"), ("Any falls?", "Yes", "hold", "v2")],
    "source_path": "/guide/",
    "source_revision": 7,
    "source_exercise": "bridge",
    "consented_at": MONDAY - DAY,
    "network": "2001:db8:1:2::/64",
    "suspicion": "fast",
}
VARIANTS = {
    "accept instead of a visit": (offered_instead, accept),
    "accept from the waiting list": (waiting_and_offered, accept),
    "refuse instead of a visit": (offered_instead, by_patient("refuse", message="No.")),
    "refuse from the waiting list": (waiting_and_offered, by_patient("refuse", message="No.")),
    "withdraw late": (
        confirmed,
        lambda consultation, visit, desk: transitions.withdraw(
            consultation, now=TEN - timedelta(hours=2)
        ),
    ),
    "withdraw what is offered": (offered_instead, by_patient("withdraw")),
    "withdraw from the waiting list": (of_requests.waiting, by_patient("withdraw")),
    "confirm what is held": (of_requests.new, by_desk("confirm")),
    "confirm instead of a visit": (of_requests.moving, by_desk("confirm", start=ELEVEN)),
    "confirm by phone": (by_phone, by_desk("confirm", start=ELEVEN)),
    "offer by phone": (by_phone, by_desk("offer", times=[(ELEVEN, None)])),
    "offer instead of a visit": (of_requests.moving, by_desk("offer", times=[(ELEVEN, None)])),
    "offer to the waiting list": (of_requests.waiting, by_desk("offer", times=[(ELEVEN, None)])),
    "decline by phone": (by_phone, by_desk("decline", reason=DeclineReason.OTHER)),
    "waitlist by phone": (by_phone, by_desk("waitlist")),
    "ask by phone": (by_phone, by_desk("ask_question", question="Since when?")),
    "spam by phone": (by_phone, by_desk("mark_spam")),
    "cancel what moves": (of_this(of_requests.moving), at_visit("cancel", now=MONDAY)),
    "cancel what is offered anew": (
        lambda clinic, desk: (
            (one := offered_instead(clinic, desk))[0],
            of_this(lambda *_: (one[0], one[0].appointments.get(start=TEN)))(clinic, desk)[1],
        ),
        at_visit("cancel", now=MONDAY),
    ),
    "arrive while one is offered": (
        lambda clinic, desk: (
            (one := offered_instead(clinic, desk))[0],
            of_this(lambda *_: (one[0], one[0].appointments.get(start=TEN)))(clinic, desk)[1],
        ),
        at_visit("arrive"),
    ),
    "reopen what is offered": (of_requests.offered, by_desk("reopen", why="Wrong day.")),
    "reopen what the desk withdrew": (
        lambda clinic, desk: (
            (one := confirmed(clinic, desk)),
            by_desk("cancel_for")(*one, desk),
        )[0],
        by_desk("reopen", why="Wrong person."),
    ),
    "undo a booking": (confirmed, by_desk("undo")),
    "undo an offer": (of_requests.offered, by_desk("undo")),
    "undo the waiting list": (of_requests.waiting, by_desk("undo")),
    "correct an arrival": (
        of_this(of_requests.arrived),
        lambda consultation, visit, desk: transitions.correct(
            visit, actor=desk, version=consultation.version, now=TEN, why="Somebody else."
        ),
    ),
    "correct a name": (of_requests.new, by_desk("correct_contact", person=make_person(name="Mia"))),
    "correct an unproven address": (
        of_requests.unverified,
        by_desk("correct_contact", person=make_person(email="mia@example.org")),
    ),
    "take an address away": (
        of_requests.new,
        by_desk("correct_contact", person=make_person(email="", phone="+442079460999")),
    ),
    "take an unproven address away": (
        of_requests.unverified,
        by_desk("correct_contact", person=make_person(email="", phone="+442079460999")),
    ),
    "a first address": (by_phone, by_desk("correct_contact", person=make_person())),
    "ask for a new address": (
        of_requests.new,
        by_patient("ask_new_address", email="n@example.org"),
    ),
    "change wishes": (of_requests.new, by_patient("change_wishes", starts=[ELEVEN, ELEVEN + DAY])),
    "book three next": (
        confirmed,
        by_desk("book_next", times=[(ELEVEN + n * DAY, None) for n in range(3)], key="k"),
    ),
    "assign to nobody": (
        of_requests.new,
        lambda consultation, visit, desk: transitions.assign(
            consultation, actor=desk, to=None, version=consultation.version, now=MONDAY
        ),
    ),
    "look": (
        of_requests.new,
        lambda consultation, visit, desk: transitions.look(consultation, actor=desk, now=MONDAY),
    ),
    "note": (
        of_requests.new,
        lambda consultation, visit, desk: transitions.note(
            consultation, actor=desk, now=MONDAY, text="Phoned, no answer."
        ),
    ),
    "disclose": (
        of_requests.new,
        lambda consultation, visit, desk: transitions.disclose(
            consultation, actor=desk, now=MONDAY
        ),
    ),
    "hold again": (
        of_requests.unverified,
        lambda consultation, visit, desk: transitions.hold_again(
            consultation, now=MONDAY + timedelta(minutes=121)
        ),
    ),
    "book for somebody": (
        lambda clinic, desk: (clinic, None),
        lambda clinic, _visit, desk: transitions.book_for(
            make_ask(clinic[0], clinic[1]),
            make_person(phone="+442079460999"),
            actor=desk,
            now=MONDAY,
            start=ELEVEN,
            idempotency_key="spoken",
        ),
    ),
    "submit": (lambda clinic, desk: (clinic, None), lambda clinic, _v, desk: asked(clinic)),
    "submit unproven": (
        lambda clinic, desk: (clinic, None),
        lambda clinic, _v, desk: asked(clinic, verified=False),
    ),
    "submit with everything": (
        lambda clinic, desk: (clinic, None),
        lambda clinic, _v, desk: transitions.submit(
            make_ask(clinic[0], clinic[1], **EVERYTHING | {"practitioner": clinic[2][1]}),
            make_person(phone="+447700900123;ext=12", on_behalf_of="Ann", texts=True, locale="es"),
            idempotency_key="all",
            now=MONDAY,
        ),
    ),
    "submit by phone with an address": (
        lambda clinic, desk: (clinic, None),
        lambda clinic, _v, desk: transitions.submit(
            make_ask(clinic[0], clinic[1], starts=[ELEVEN]),
            make_person(phone="+442079460999", contact_by="phone"),
            idempotency_key="both",
            now=MONDAY,
        ),
    ),
    "submit by phone": (
        lambda clinic, desk: (clinic, None),
        lambda clinic, _v, desk: by_phone(clinic, desk),
    ),
    "what was never confirmed": (
        of_requests.unverified,
        lambda consultation, visit, desk: transitions.expire_due(now=MONDAY + 3 * DAY),
    ),
    "what nobody took": (
        of_requests.offered,
        lambda consultation, visit, desk: transitions.expire_due(now=MONDAY + 3 * DAY),
    ),
    "who waited in vain": (
        of_requests.waiting,
        lambda consultation, visit, desk: transitions.expire_due(now=MONDAY + 90 * DAY),
    ),
}
ALL = CHANGES | VARIANTS | MORE | UNDO | WAITING


def sections():
    """The lines under each heading of the file."""
    parts = PINNED.read_text().split("\n## ") if PINNED.exists() else []
    return {part.partition("\n")[0]: part.partition("\n")[2].rstrip() for part in parts[1:]}


def pin(name, text):
    kept = sections() | {name: text}
    head = "What each change of a request writes: see test_written.py.\n"
    body = "".join(f"\n## {one}\n{kept[one]}\n" for one in ALL if one in kept)
    PINNED.write_text(head + body)


@pytest.mark.parametrize("name", ALL)
def test_what_a_change_writes(name, clinic, desk):
    make, change = ALL[name]
    consultation, visit = make(clinic, desk)
    if isinstance(consultation, ConsultationRequest) and visit is not None:
        visit.request = consultation
    before = written.stored()

    change(consultation, visit, desk)

    assert name in READ_ANEW or written.stale(consultation) == []
    text = "\n".join(written.difference(before, written.stored()))
    if "WRITE" in os.environ:
        pin(name, text)
    assert text.splitlines() == sections().get(name, "").splitlines()


def test_each_section_has_its_change():
    assert set(sections()) == set(ALL)

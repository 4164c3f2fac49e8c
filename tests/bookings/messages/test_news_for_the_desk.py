"""Which events are news to the desk, and of what kind."""

import pytest

from bookings.enums import ActorKind, Verb
from bookings.messages import to_staff
from bookings.models import Event, StaffNotice
from tests.bookings.steps import asked, confirmed
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
PATIENT, SYSTEM, STAFF = ActorKind.PATIENT, ActorKind.SYSTEM, ActorKind.STAFF


@pytest.fixture
def root(django_user_model):
    return django_user_model.objects.create_superuser("root", email="root@clinic.example")


def tell(consultation, actor, verb, **about):
    StaffNotice.objects.all().delete()
    about = {"actor_kind": actor, "verb": verb, "at": MONDAY} | about
    to_staff.tell(Event.objects.create(request=consultation, **about))
    return list(StaffNotice.objects.values_list("kind", "verb", "appointment"))


@pytest.mark.parametrize(
    ("actor", "verb", "status", "kind"),
    [
        (PATIENT, Verb.ACCEPT, "confirmed", "answer"),
        (PATIENT, Verb.COME, "confirmed", "coming"),
        (PATIENT, Verb.WITHDRAW, "withdrawn", "change"),
        (PATIENT, Verb.JOIN_WAITING_LIST, "waitlisted", "waiting"),
        (PATIENT, "dance", "confirmed", "change"),
        (PATIENT, Verb.ERASE, "withdrawn", None),
        (PATIENT, Verb.VERIFY, "unverified", None),
        (STAFF, Verb.CONFIRM, "confirmed", None),
        (STAFF, Verb.LAPSE, "submitted", None),
        (SYSTEM, Verb.LAPSE, "submitted", "answer"),
        (SYSTEM, Verb.LAPSE, "offered", None),
        (SYSTEM, Verb.LAPSE_OFFER, "offered", "answer"),
        (SYSTEM, Verb.LAPSE_OFFER, "in_review", "answer"),
        (SYSTEM, Verb.LAPSE_WISH, "in_review", "change"),
        (SYSTEM, Verb.END_WAITING, "expired", "waiting"),
        (SYSTEM, Verb.EXPIRE, "expired", None),
        (SYSTEM, Verb.LAPSE, "unverified", None),
    ],
)
def test_what_is_news_of_which_kind(clinic, root, actor, verb, status, kind):
    consultation = asked(clinic, start=None)
    consultation.status = status
    told = [(kind, verb, None)] if kind else []
    assert tell(consultation, actor, verb) == told


def test_a_new_request_is_new_once(clinic, root):
    consultation = asked(clinic, start=None)
    assert tell(consultation, PATIENT, Verb.VERIFY, to_status="submitted")[0][0] == "new"
    assert tell(consultation, PATIENT, Verb.VERIFY, to_status="in_review")[0][0] == "answer"


@pytest.mark.postgresql
def test_of_an_unproven_address_the_patient_speaks(clinic, root):
    """Nothing that lapses is news, as long as nobody has confirmed the address."""
    consultation = asked(clinic, start=None, verified=False)
    consultation.status = "submitted"
    assert tell(consultation, SYSTEM, Verb.LAPSE) == []
    assert [kind for kind, *_more in tell(consultation, PATIENT, Verb.ANSWER)] == ["answer"]


def test_news_name_the_visit_that_changes(clinic, desk, root):
    consultation, visit = confirmed(clinic, desk)
    assert tell(consultation, PATIENT, Verb.WITHDRAW) == [("change", "withdraw", visit.pk)]
    assert tell(consultation, PATIENT, Verb.ANSWER) == [("answer", "answer", None)]
    other = confirmed(clinic, desk, start=visit.end, email="b@x.org")[1]
    told = tell(consultation, PATIENT, Verb.MOVE, appointment=other)
    assert told == [("change", "move", other.pk)]
    told = tell(consultation, PATIENT, Verb.ACCEPT, appointment=other)
    assert told == [("answer", "accept", other.pk)]

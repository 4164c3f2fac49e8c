"""What a changed address or telephone takes with it: row by row, and nobody else's."""

from datetime import timedelta

import pytest

from bookings import transitions
from bookings.enums import ContactBy, RequestStatus
from bookings.errors import InvalidTransition
from bookings.models import AccessLink, ConsultationRequest
from bookings.models.search_words import SearchWord
from bookings.transitions.contact import prove
from bookings.transitions.request_data import keyed
from tests.bookings.steps import ELEVEN, asked
from tests.bookings.transitions.test_contact import NEW, contact_of, correct, link_in, to
from tests.factories import MONDAY, make_ask, make_person

pytestmark = pytest.mark.django_db
MARIA, OLD, OTHER = "maria@example.org", "+447700900123", "+447700900456"
HOUR = timedelta(hours=1)


def reached(clinic, **columns):
    """A request with these columns."""
    consultation = asked(clinic)
    about = {"phone": OLD, "person_key": "as before", "wants_texts": True} | columns
    ConsultationRequest.objects.filter(pk=consultation.pk).update(**about)
    consultation.refresh_from_db()
    return consultation


def way(consultation):
    consultation.refresh_from_db()
    phone = consultation.phone.as_e164 if consultation.phone else ""
    whose = {"as before": "as before", keyed(MARIA): MARIA, keyed(NEW): NEW}
    whose |= {keyed(number): number for number in (OLD, OTHER)}
    return (
        consultation.email,
        phone,
        str(consultation.contact_by),
        consultation.wants_texts,
        whose[consultation.person_key],
    )


@pytest.mark.parametrize(
    ("before", "phone", "texts", "after", "why"),
    [
        ((MARIA, "email"), "", None, ("", False, "as before"), "phone, text messages"),
        ((MARIA, "email"), "", True, ("", False, "as before"), "phone, text messages"),
        ((MARIA, "email"), OTHER, None, (OTHER, True, "as before"), "phone"),
        ((MARIA, "email"), OLD, False, (OLD, False, "as before"), "text messages"),
        ((MARIA, "phone"), OTHER, False, (OTHER, False, "as before"), "phone, text messages"),
        (("", "phone"), OTHER, None, (OTHER, True, OTHER), "phone"),
        (("", "phone"), f"{OLD};ext=7", None, (OLD, True, "as before"), "extension"),
        ((MARIA, "phone"), "", None, None, ""),
        (("", "phone"), "", None, None, ""),
    ],
)
def test_what_the_patient_may_make_of_it(clinic, before, phone, texts, after, why):
    email, contact_by = before
    consultation = reached(clinic, email=email, contact_by=contact_by)
    if after:
        transitions.change_phone(consultation, phone=phone, texts=texts, now=MONDAY)
        assert consultation.events.last().why == why
    else:
        with pytest.raises(InvalidTransition, match="no other way to reach you"):
            transitions.change_phone(consultation, phone=phone, texts=texts, now=MONDAY)
    number, wants, key = after or (OLD, True, "as before")
    assert way(consultation) == (email, number, contact_by, wants, key)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        ((MARIA, "email"), {"name": "Mia"}, (MARIA, OLD, "email", True, "as before")),
        ((MARIA, "phone"), {"name": "Mia"}, (MARIA, OLD, "phone", True, "as before")),
        ((MARIA, "email"), {"texts": False}, (MARIA, OLD, "email", False, "as before")),
        ((MARIA, "email"), {"phone": OTHER}, (MARIA, OTHER, "email", True, MARIA)),
        ((MARIA, "email"), {"phone": ""}, (MARIA, "", "email", False, MARIA)),
        ((MARIA, "phone"), {"phone": ""}, (MARIA, "", "email", False, MARIA)),
        ((MARIA, "email"), {"email": NEW}, (NEW, OLD, "email", True, NEW)),
        ((MARIA, "phone"), {"email": NEW}, (NEW, OLD, "phone", True, NEW)),
        ((MARIA, "email"), {"email": ""}, ("", OLD, "phone", True, OLD)),
        ((MARIA, "phone"), {"email": ""}, ("", OLD, "phone", True, OLD)),
        (("", "phone"), {"phone": OTHER}, ("", OTHER, "phone", True, OTHER)),
    ],
)
def test_what_the_desk_may_make_of_it(clinic, desk, before, changes, after):
    email, contact_by = before
    consultation = reached(clinic, email=email, contact_by=contact_by)
    correct(consultation, desk, **({"texts": True} | changes))
    assert way(consultation) == after


def test_an_erased_request_is_not_corrected(clinic, desk):
    consultation = asked(clinic)
    version = consultation.version
    transitions.erase(consultation, actor=desk, version=version, now=MONDAY, because="asked")
    person = contact_of(consultation, name="Maria", phone=OLD)
    with pytest.raises(InvalidTransition, match="Nothing was changed"):
        transitions.correct_contact(
            consultation, person, actor=desk, version=consultation.version, now=MONDAY
        )
    with pytest.raises(InvalidTransition):
        transitions.ask_new_address(consultation, email=NEW, now=MONDAY)
    consultation.refresh_from_db()
    assert consultation.name == "" and to(NEW) == []


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("verified", "changes", "found", "lost"),
    [
        (True, {"name": "Mia Other"}, "mia", "maria"),
        (True, {"phone": OTHER}, "#654009007744", f"@{NEW}"),
        (True, {"email": NEW}, f"@{NEW}", f"@{MARIA}"),
        (False, {"email": "", "phone": OTHER}, "#654009007744", f"@{MARIA}"),
    ],
)
def test_it_is_found_by_its_new_words(clinic, desk, verified, changes, found, lost):
    other = asked(clinic, start=ELEVEN)
    consultation = asked(clinic, verified=verified)

    def words(one):
        return set(SearchWord.objects.filter(request=one).values_list("word", flat=True))

    before = words(other)
    correct(consultation, desk, **changes)
    assert found in words(consultation) and lost not in words(consultation)
    assert words(other) == before


@pytest.mark.parametrize(
    ("contact_by", "status", "called", "level", "then"),
    [
        ("phone", "submitted", True, "", True),
        ("phone", "in_review", True, "", True),
        ("phone", "submitted", False, "", False),
        ("phone", "waitlisted", True, "", False),
        ("phone", "declined", True, "", False),
        ("email", "submitted", True, "", False),
        ("email", "submitted", False, "hold", True),
        ("phone", "waitlisted", False, "hold", True),
    ],
)
def test_who_is_still_called_after_the_proof(clinic, contact_by, status, called, level, then):
    consultation = asked(clinic, answers=[("An operation", "Yes", level, "1")])
    about = {"contact_by": contact_by, "status": status, "needs_call": called}
    ConsultationRequest.objects.update(**about, verified_at=None)
    consultation.refresh_from_db()
    prove(consultation, now=MONDAY + HOUR)
    consultation.refresh_from_db()
    assert (consultation.needs_call, consultation.verified_at) == (then, MONDAY + HOUR)


@pytest.mark.postgresql
@pytest.mark.parametrize(("verified", "email"), [(True, MARIA), (False, NEW)])
def test_no_other_address_is_asked_for(clinic, verified, email):
    """The same as before; or nobody has proven the first one."""
    consultation = asked(clinic, verified=verified)
    with pytest.raises(InvalidTransition):
        transitions.ask_new_address(consultation, email=email, now=MONDAY)
    assert not AccessLink.objects.pending(MONDAY).exists()


@pytest.mark.postgresql
def test_another_wish_leaves_those_of_others(clinic):
    mine, other = asked(clinic), asked(clinic, start=ELEVEN, email="b@example.org")
    transitions.ask_new_address(other, email="c@example.org", now=MONDAY)
    transitions.ask_new_address(mine, email=NEW, now=MONDAY)
    pending = AccessLink.objects.pending(MONDAY).order_by("pk").values_list("request", "email")
    assert list(pending) == [(other.pk, "c@example.org"), (mine.pk, NEW)]
    old = link_in(to("maria@example.org")[0].email)
    with pytest.raises(InvalidTransition):
        transitions.prove_address(old, now=MONDAY)
    assert AccessLink.objects.pending(MONDAY).count() == 2


def test_nobody_is_written_to_too_often(clinic, desk, real_limits):
    """Of the address that the desk typed it is said; of a stranger's that a patient typed it is not."""
    for number in range(3):
        other = asked(clinic, start=None, email=f"{number}@example.org")
        correct(other, desk, email=NEW)
    assert len(to(NEW)) == 3
    consultation = asked(clinic)
    with pytest.raises(InvalidTransition, match="too often for now"):
        correct(consultation, desk, email=NEW)
    transitions.ask_new_address(consultation, email=NEW, now=MONDAY)
    by_phone = transitions.submit(
        make_ask(*clinic[:2]),
        make_person(email=NEW, phone=OLD, contact_by=ContactBy.PHONE),
        idempotency_key="k",
        now=MONDAY,
    )
    assert len(to(NEW)) == 3
    assert by_phone.email == NEW and not by_phone.is_proven
    assert by_phone.status == RequestStatus.SUBMITTED
    consultation.refresh_from_db()
    assert consultation.email == MARIA and consultation.is_proven

"""What the answers to the safety questions forbid, whichever way a request comes."""

import pytest

from bookings import transitions
from bookings.errors import NeedsCare, PhoneFirst
from bookings.models import ConsultationRequest
from tests.bookings.steps import ELEVEN, TEN, asked
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


def answered(level):
    return [transitions.Answer("An operation", "Yes", level, "1")]


@pytest.mark.parametrize("level", ["emergency", "urgent"])
def test_what_needs_help_today_is_never_taken(clinic, level):
    with pytest.raises(NeedsCare):
        asked(clinic, answers=answered(level))
    assert not ConsultationRequest.objects.exists()


def test_ask_first_is_phoned_before_it_is_booked(clinic, desk):
    consultation = asked(clinic, answers=answered("hold"))
    assert consultation.needs_call
    by = {"actor": desk, "now": MONDAY}
    with pytest.raises(PhoneFirst):
        transitions.confirm(consultation, version=consultation.version, **by)
    with pytest.raises(PhoneFirst):
        transitions.offer(consultation, version=consultation.version, times=[(ELEVEN, None)], **by)
    transitions.ask_question(consultation, version=consultation.version, question="?", **by)
    assert consultation.needs_call

    transitions.phone(consultation, version=consultation.version, **by)
    transitions.confirm(consultation, version=consultation.version, start=TEN, **by)
    assert not consultation.needs_call


@pytest.mark.parametrize("level", ["soon", "continue"])
def test_other_answers_need_no_call(clinic, desk, level):
    consultation = asked(clinic, answers=answered(level))
    assert not consultation.needs_call
    transitions.confirm(consultation, version=consultation.version, actor=desk, now=MONDAY)
    assert not consultation.needs_call

"""A visit that is booked is told, whatever else is said before its message has left."""

from datetime import timedelta

import pytest

from bookings import transitions
from tests.bookings.steps import ELEVEN, confirmed, kinds
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


def test_an_offer_leaves_the_confirmation(clinic, desk):
    consultation, _visit = confirmed(clinic, desk)
    about = {"actor": desk, "version": consultation.version, "now": MONDAY}
    transitions.ask_to_move(consultation, now=MONDAY, message="Later.")
    about["version"] = consultation.version
    transitions.offer(consultation, times=[(ELEVEN, None)], **about)
    assert {"confirmed", "offered"} <= set(kinds(consultation))


def test_another_time_replaces_the_confirmation(clinic, desk):
    consultation, _visit = confirmed(clinic, desk)
    about = {"actor": desk, "version": consultation.version, "now": MONDAY}
    transitions.move(consultation, start=ELEVEN, **about)
    assert "moved" in kinds(consultation) and "confirmed" not in kinds(consultation)


def test_what_is_undone_is_not_told(clinic, desk):
    consultation, _visit = confirmed(clinic, desk)
    soon = MONDAY + timedelta(seconds=30)
    transitions.undo(consultation, actor=desk, version=consultation.version, now=soon)
    assert "confirmed" not in kinds(consultation)


def test_a_cancelled_visit_is_not_confirmed(clinic, desk):
    consultation, _visit = confirmed(clinic, desk)
    transitions.withdraw(consultation, now=MONDAY)
    assert "confirmed" not in kinds(consultation)

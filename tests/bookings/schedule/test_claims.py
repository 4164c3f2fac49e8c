"""Cells: what a closure takes, what keeps a visit from being held, and what `check_claims` finds."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from bookings.enums import ResourceKind
from bookings.errors import TimeTaken
from bookings.models import DateException
from bookings.schedule import claims
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.factories import MONDAY, ResourceFactory, make_clinic

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_closure_takes_free_cells_and_names_visits(clinic, desk):
    service, location, (one, two) = clinic
    consultation, visit = confirmed(clinic, desk)
    closure = DateException.objects.create(
        location=location, start=TEN, end=TEN + timedelta(hours=3)
    )
    assert claims.claim_closure(closure, now=MONDAY) == [visit]
    with pytest.raises(TimeTaken):
        asked(clinic, start=ELEVEN, email="b@example.org")
    closure.delete()
    assert asked(clinic, start=ELEVEN, email="b@example.org")


def test_room_closure_names_its_visits(desk):
    service, location, _people = make_clinic(needs_room=True)
    room = ResourceFactory(kind=ResourceKind.ROOM, location=location, name="Blue room")
    _request, visit = confirmed((service, location, None), desk)
    closure = DateException.objects.create(
        location=location, resource=room, start=TEN, end=TEN + timedelta(hours=1)
    )
    assert visit.room == room and claims.claim_closure(closure, now=MONDAY) == [visit]


def test_closed_cells_are_never_offered(desk):
    """The ten minutes after the visit would be cells of the closure."""
    service, location, _people = clinic = make_clinic(buffer_after_minutes=10)
    closure = DateException.objects.create(
        location=location, start=ELEVEN, end=ELEVEN + timedelta(hours=1)
    )
    claims.claim_closure(closure, now=MONDAY)
    with pytest.raises(TimeTaken) as refused:
        asked(clinic)
    starts = [slot.start for slot in refused.value.alternatives]
    assert TEN not in starts and asked(clinic, start=starts[0]).appointments.get().claims.exists()


def test_check_claims_finds_what_is_wrong(clinic, desk, capsys):
    _request, visit = confirmed(clinic, desk)
    call_command("check_claims")
    visit.claims.first().delete()
    with pytest.raises(Exception, match="1 inconsistencies"):
        call_command("check_claims")
    assert "11 of its 12 cells" in capsys.readouterr().out


def test_half_cells_are_rounded_outwards():
    odd = datetime(2026, 11, 24, 10, 2, 30, tzinfo=UTC)
    found = list(claims.cells(odd, odd + timedelta(minutes=5)))
    assert [c.minute for c in found] == [0, 5]
    assert timezone.is_aware(found[0])

"""How tests of requests come to one in some state, and what they look at then."""

from datetime import UTC, datetime, timedelta

from bookings import transitions
from bookings.models import Message
from bookings.schedule import claims
from tests.factories import MONDAY, make_request

TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
ELEVEN = TEN + timedelta(hours=1)


def consistent(now=MONDAY):
    return list(claims.inconsistencies(now)) == []


def kinds(request):
    """The messages that still count, oldest first."""
    rows = Message.objects.filter(request=request, superseded=False).order_by("created_at", "pk")
    return [m.kind for m in rows]


def verbs(request):
    return [e.verb for e in request.events.all()]


def asked(clinic, start=TEN, **kwargs):
    service, location, _people = clinic
    return make_request(service, location, start=start, **kwargs)


def confirmed(clinic, desk, **kwargs):
    consultation = asked(clinic, **kwargs)
    visit = transitions.confirm(consultation, actor=desk, version=consultation.version, now=MONDAY)
    return consultation, visit

"""Jobs that look at, or fill, a site's rows: `python -m tests.faults.desk JOB`, values as JSON on stdin.

A process of its own, because the tests' own process talks to another database.
"""

from __future__ import annotations

import itertools
import json
import shutil
import sys
from datetime import UTC, datetime, time, timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import authenticate, get_user_model  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test import Client, RequestFactory  # noqa: E402
from django.utils import timezone  # noqa: E402
from post_office.models import Email  # noqa: E402
from wagtail.images.models import Image  # noqa: E402

from bookings import transitions  # noqa: E402
from bookings.models import (  # noqa: E402
    Appointment,
    ConsultationRequest,
    Draft,
    Erasure,
    Heartbeat,
    Location,
    Service,
)
from bookings.models.access import digest  # noqa: E402
from bookings.privacy import erasure_ledger  # noqa: E402
from bookings.public import shown  # noqa: E402
from bookings.public.booking import drafts  # noqa: E402
from bookings.public.booking.draft_request import chosen_offering, summary  # noqa: E402
from bookings.schedule import availability, claims  # noqa: E402
from education.models import GuidePage  # noqa: E402
from tests.bookings.canary import tables_with  # noqa: E402
from tests.factories import (  # noqa: E402
    LocationFactory,
    ResourceFactory,
    ServiceFactory,
    make_clinic,
    make_request,
)

CONFIRMED = "confirmed@example.org"
VISITORS = itertools.count()
from tests.bookings.questions import WHY, ticked  # noqa: E402

ANSWERS: dict[str, dict[str, Any]] = {
    "source": {"source_path": "", "source_revision": None, "source_exercise": ""},
    "reason": dict(WHY),
    "other-times": {"second": "", "third": "", "parts": []},
}


def fill(count: int) -> list[str]:
    """A clinic, and so many visitors who have answered everything, each for a time of their own."""
    wanted = free_times(count)
    assert len(wanted) == count, f"only {len(wanted)} free times"
    return answered(wanted)


def crowds(rounds: int, crowd: int) -> list[list[str]]:
    """A clinic, and in each round so many visitors who all want one time of one person."""
    return [answered([wanted] * crowd) for wanted in free_times(rounds)]


def free_times(count: int) -> list[tuple[datetime, int]]:
    """Starts at a clinic of its own, each with somebody who is free then."""
    for factory in (LocationFactory, ServiceFactory, ResourceFactory):
        factory.reset_sequence(1000 * Location.objects.count(), force=True)  # beside an earlier one
    service, location, _people = make_clinic(
        practitioners=max(1, count // 250 + 1), hours=(time(8), time(18))
    )
    now = timezone.now()
    day = now.astimezone(UTC).date() + timedelta(days=2)
    search = availability.Search(service, location, now)
    slots = availability.free_slots(search, first_day=day, days=56)
    offered = {"offering": f"{service.pk}-{location.pk}"}
    ANSWERS["reason"] |= offered
    return [(slot.start, pk) for slot in slots for pk in slot.practitioner_ids][:count]


def answered(wanted: list[tuple[datetime, int]]) -> list[str]:
    """Visitors who have only to press "send": each as the key, the secret and what the page shows."""
    now, rows, tokens = timezone.now(), [], []
    for start, pk in wanted:
        draft, secret = drafts.start()
        draft.expires_at = now + timedelta(hours=6)
        contact = {
            "name": "Maria Example",
            "contact_by": "email",
            "email": f"p{next(VISITORS)}-{draft.key[:6]}@example.org",
            "phone": "",
            "on_behalf_of": "",
            "consent": True,
        }
        when = {"first": start.strftime("%Y-%m-%dT%H:%MZ"), "practitioner": pk}
        draft.answers = ANSWERS | {"safety": ticked("none"), "time": when, "contact": contact}
        rows.append(draft)
        codes = shown.rows(summary(draft, chosen_offering(draft)))
        tokens.append(f"{draft.key}.{secret}.{' '.join(codes)}")
    Draft.objects.bulk_create(rows)
    return tokens


def session() -> str:
    """The cookie of somebody who has just logged in."""
    user = get_user_model().objects.create_superuser("two-hosts", password="correct horse")
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def publish(words: str) -> None:
    page = GuidePage.objects.get(slug="iliopsoas")
    page.introduction = words
    page.save_revision().publish()


def show_newest_picture() -> None:
    """In the guide, as an editor would who has just uploaded it."""
    page, picture = GuidePage.objects.get(slug="iliopsoas"), Image.objects.latest("pk")
    figure = {"drawing": "", "image": picture, "alt": "The hip", "caption": "", "labels": []}
    page.body.append(("section", {"heading": "A picture", "content": [("figure", figure)]}))
    page.save_revision().publish()


def confirm() -> int:
    """A patient has asked, and staff say yes: a mail with a calendar file; the request."""
    now = timezone.now()
    [(start, _pk)] = free_times(1)
    location = Location.objects.latest("pk")
    request = make_request(
        Service.objects.latest("pk"), location, start=start, now=now, email=CONFIRMED
    )
    actor = transitions.staff(get_user_model().objects.latest("pk"))
    transitions.confirm(request, actor=actor, version=request.version, now=now)
    # Staff have two minutes to take it back; here nobody will.
    Email.objects.filter(to=CONFIRMED).update(scheduled_time=now)
    return request.pk


def erase(pk: int) -> None:
    request = ConsultationRequest.objects.get(pk=pk)
    now, system = timezone.now(), transitions.SYSTEM
    transitions.erase(request, actor=system, version=request.version, now=now, because="asked")


def digest_of(token: str) -> str:
    """What is stored of a draft's key and secret."""
    return digest(token.rpartition(".")[0])


def look(acknowledged: list[str]) -> dict[str, Any]:
    """What is there of what was acknowledged, and whatever is there in part only."""
    found = {row.digest: row.request_id for row in Draft.objects.filter(request__isnull=False)}
    requests = ConsultationRequest.objects.filter(erased_at=None).annotate(
        events_=Count("events", distinct=True),
        consents_=Count("consents", distinct=True),
        wishes_=Count("preferences", distinct=True),
        mails_=Count("messages__email", distinct=True),
        times_=Count("appointments", distinct=True),
    )
    partial = [
        row.reference
        for row in requests
        if 0 in (row.events_, row.consents_, row.wishes_, row.mails_, row.times_)
    ]
    return {
        "missing": [token for token in acknowledged if digest_of(token) not in found],
        "partial": partial,
        "requests": ConsultationRequest.objects.count(),
        "twice": len(found) - len(set(found.values())),
        "visits": Appointment.objects.count(),
        "inconsistencies": list(claims.inconsistencies(timezone.now())),
    }


def beat() -> str:
    """When the worker last reported."""
    row = Heartbeat.objects.filter(name="worker").first()
    return (row.at if row else datetime(2000, 1, 1, tzinfo=UTC)).isoformat()


def erase_newest_of(acknowledged: list[str]) -> dict[str, str]:
    """Erase the request of one of them; what would find it again, had it come back."""
    row = Draft.objects.select_related("request").get(digest=digest_of(acknowledged[-1]))
    request = row.request
    assert request
    known = {"reference": request.reference, "email": request.email}
    transitions.erase(
        request,
        actor=transitions.SYSTEM,
        version=request.version,
        now=timezone.now(),
        because="asked",
    )
    shutil.copy(erasure_ledger.files()[0], erasure_ledger.files()[1])
    return known


def is_erased(reference: str, email: str) -> bool:
    return not tables_with(reference, email) and Erasure.objects.count() == 1


def employ() -> None:
    get_user_model().objects.create_superuser("olga", password="correct horse")


def log_in() -> int:
    """The first screen of somebody whose password is older than the backup."""
    request = RequestFactory().post("/admin/login/")
    user = authenticate(request, username="olga", password="correct horse")
    client = Client()
    client.force_login(user)
    return client.get("/admin/", headers={"host": "localhost"}).status_code


if __name__ == "__main__":
    jobs: dict[str, Any] = {"fill": fill, "look": look, "beat": beat}
    jobs |= {
        "erase_newest_of": erase_newest_of,
        "is_erased": is_erased,
        "log_in": log_in,
        "employ": employ,
        "crowds": crowds,
        "session": session,
        "publish": publish,
        "show_newest_picture": show_newest_picture,
        "confirm": confirm,
        "erase": erase,
    }
    json.dump(jobs[sys.argv[1]](**json.load(sys.stdin)), sys.stdout)

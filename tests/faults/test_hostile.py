"""Ten thousand hostile POSTs to each step of asking and of managing a request.

Each is made from its number alone, so one that fails can be sent again: `POSTS=10000` by default.
"""

import os
import random

import pytest
from django.utils import timezone

from bookings.enums import RequestStatus
from bookings.models import ConsultationRequest, Location, Service
from tests.bookings.public.conftest import Visitor
from tests.bookings.public.test_hostile import EVERYWHERE, FIELDS, NASTY, encodable
from tests.bookings.public.test_managing import link_in
from tests.factories import make_clinic, make_request

pytestmark = pytest.mark.django_db
POSTS = int(os.environ.get("POSTS", "10000"))
PATHS = FIELDS | {
    "/book/check/": [],
    "/request/move/": ["message"],
    "/request/answer/": ["message"],
    "/request/waiting-list/": ["weekdays", "parts", "weeks"],
}
ANSWERS = {200, 302, 400, 404}


@pytest.fixture
def visitor(client):
    make_clinic(practitioners=2, minimum_notice_hours=1)
    client.raise_request_exception = False
    return Visitor(client)


def value(chance: random.Random) -> str:
    if chance.random() < 0.6:
        return chance.choice(NASTY)
    return "".join(
        chr(chance.choice((chance.randrange(0xD800), 0xE000 + chance.randrange(0x100000))))
        for _ in range(chance.randrange(20))
    )


def body(path: str, number: int) -> dict[str, list[str]]:
    chance = random.Random(f"{path} {number}")
    names = chance.sample(PATHS[path] + EVERYWHERE, chance.randrange(1, len(PATHS[path]) + 3))
    return {
        name: [encodable(value(chance)) for _ in range(chance.choice((1, 1, 1, 2, 0)))]
        for name in names
    }


@pytest.mark.parametrize("path", PATHS)
def test_a_step_answers_anything(visitor, figure, path):
    if path.startswith("/book/"):
        visitor.up_to_check()
    elif path != "/request/find/":
        visitor.client.get(link_in("verify", someone()))
    kept = dict(visitor.client.cookies)
    for number in range(POSTS):
        if number % 100 == 0:
            # An answer that was right leads on; back to where every field is asked.
            visitor.client.cookies.update(kept)
        sent = body(path, number)
        response = visitor.client.post(path, sent)
        assert response.status_code in ANSWERS, (number, response.status_code, sent)
    known = [RequestStatus.UNVERIFIED]
    assert not ConsultationRequest.objects.exclude(status__in=known).exists()
    figure(f"Hostile input: {POSTS:,} POSTs to `{path}`", "0 × 5xx")


def someone() -> ConsultationRequest:
    """A request that waits for its address to be confirmed."""
    service, location = Service.objects.get(), Location.objects.get()
    return make_request(service, location, now=timezone.now(), verified=False)

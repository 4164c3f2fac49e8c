import re
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import transitions
from tests.factories import make_clinic, make_request


@pytest.fixture
def clinic(db):
    """Service, location and two practitioners; notice and horizon that any real today fits."""
    return make_clinic(practitioners=2, minimum_notice_hours=1)


class Visitor:
    """Fills in the question pages as a patient would."""

    def __init__(self, client):
        self.client = client

    def post(self, path, **data):
        return self.client.post(path, data, follow=True)

    def safety(self, **changes):
        return self.post("/book/", **({"flags": ["none"]} | changes))

    def reason(self, **changes):
        data = {"reason": "tight", "side": "left", "goal": "sit", "note": "Since May."}
        return self.post("/book/reason/", **(data | changes))

    def offered(self):
        """The values of all offered starts on the time page."""
        form = self.client.get("/book/time/").context["form"]
        groups = [choices for _label, choices in form.fields["first"].choices[:-2]]
        return [value for choices in groups for value, _label in choices]

    def time(self, first="", **changes):
        return self.post("/book/time/", first=first or self.offered()[0], **changes)

    def other_times(self, **changes):
        return self.post("/book/other-times/", **changes)

    def contact(self, **changes):
        data = {
            "name": "Maria Example",
            "contact_by": "email",
            "email": "maria@example.org",
            "consent": "on",
        }
        return self.post("/book/contact/", **(data | changes))

    def send(self):
        return self.post("/book/check/")

    def up_to_check(self, choice=0, **contact):
        self.safety()
        self.reason()
        first = self.offered()[choice]
        self.time(first)
        self.other_times()
        return first, self.contact(**contact)


@pytest.fixture
def visitor(client, clinic):
    return Visitor(client)


@pytest.fixture
def start():
    at = timezone.now() + timedelta(days=3)
    while at.weekday() > 4:
        at += timedelta(days=1)
    return at.replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def asked(clinic, start):
    service, location, _people = clinic
    return make_request(service, location, start=start, now=timezone.now(), verified=False)


@pytest.fixture
def desk(django_user_model):
    return transitions.staff(django_user_model.objects.create_user("ruth"))


def link_in(kind, request):
    """The address in the newest mail of this kind, as the patient would click it."""
    mail = request.messages.filter(kind=kind).first().email
    found = re.search(r"http://\S+(/request/open/\S+/)", mail.message)
    assert found
    return found[1]


@pytest.fixture
def patient(client, asked):
    """A browser in which the link of the first mail was opened."""
    client.get(link_in("verify", asked))
    return client


def offer(asked, desk, start):
    transitions.verify(asked, now=timezone.now())
    return transitions.offer(
        asked,
        actor=desk,
        version=asked.version,
        now=timezone.now(),
        times=[(start + timedelta(hours=1), None)],
    )[0]


def ends_at(response, path):
    assert response.status_code == 200
    assert response.redirect_chain[-1][0].split("?")[0] == path, response.redirect_chain

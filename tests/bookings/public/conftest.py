import re
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import transitions
from bookings.models import ConsultationRequest, questions_of
from bookings.public import shown
from tests.bookings.questions import hip_questions
from tests.factories import make_clinic, make_request


@pytest.fixture
def clinic(db):
    """Service, location and two practitioners; notice and horizon that any real today fits."""
    return make_clinic(practitioners=2, minimum_notice_hours=1)


class Visitor:
    """Fills in the question pages as a patient would."""

    def __init__(self, client):
        self.client = client
        self.draft = "no-draft-so-far-"

    def at(self, step):
        """The address of a step of the request being written."""
        return f"/book/{self.draft}/{step}/"

    def get(self, step):
        return self.client.get(self.at(step))

    def post(self, step, **data):
        return self.client.post(self.at(step), data, follow=True)

    ABOUT = {
        "whom": "me",
        "flags": ["none"],
        "reason": "tight",
        "side": "left",
        "goal": "sit",
        "note": "Since May.",
    }

    def about(self, **changes):
        """Begin a request, which leads to the times or, with a red flag, to a doctor."""
        page = self.client.post("/book/", self.first_page(**changes), follow=True)
        parts = page.request["PATH_INFO"].split("/")
        self.draft = parts[2] if len(parts) == 5 else self.draft
        return page

    def about_again(self, **changes):
        """Change the first page of this request."""
        return self.client.post(f"/book/{self.draft}/", self.first_page(**changes), follow=True)

    @classmethod
    def first_page(cls, language="en-gb", **changes):
        """What is sent, with the version of the questions that the page showed."""
        asks = questions_of(hip_questions().pk, language)
        return cls.ABOUT | {"questions": asks.version if asks else ""} | changes

    def offered(self):
        """The values of all offered starts on the time page."""
        form = self.get("time").context["form"]
        groups = [choices for _label, choices in form.fields["times"].choices]
        return [value for choices in groups for value, _label in choices]

    def time(self, *chosen, **changes):
        """Choose these times, in this order; the first one offered without any."""
        chosen = chosen or (self.offered()[0],)
        given = {"times": chosen, "order": ",".join(chosen)}
        return self.post("time", **(given | changes))

    def instead(self, what):
        """The button for any time, or for the waiting list."""
        return self.post("time", instead=what)

    def contact(self, **changes):
        data = {
            "name": "Maria Example",
            "contact_by": "email",
            "email": "maria@example.org",
            "consent": "on",
        }
        return self.post("contact", **(data | changes))

    def send(self, page=None):
        """Press "Send my request" on this check page, or on the one of now."""
        page = page or self.get("check")
        return self.post("check", shown=page.context["shown"] if page.context else "")

    def up_to_check(self, choice=0, **contact):
        self.about()
        first = self.offered()[choice]
        self.time(first)
        return first, self.contact(**contact)


class Patient:
    """A browser in which a request's link was opened; addresses are those below the request's own."""

    def __init__(self, client, consultation):
        self.client, self.consultation = client, consultation
        self.page = f"/request/{consultation.reference}/"

    def get(self, path="", **about):
        return self.client.get(self.page + path, **about)

    def post(self, path, data=(), **about):
        """Send the form of the page as it is shown now."""
        now = ConsultationRequest.objects.get(pk=self.consultation.pk)
        seen = shown.reach if path == "contact/" else shown.state
        code = self.get(path).context["shown"] if path.startswith("time/") else seen(now)
        sent = {"shown": code} | dict(data)
        return self.client.post(self.page + path, sent, **about)


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
    return Patient(client, asked)


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
    """Whichever draft it is of."""
    assert response.status_code == 200
    found = re.sub(r"^/book/[\w-]{16}/", "/book/", response.redirect_chain[-1][0].split("?")[0])
    assert found == path, response.redirect_chain

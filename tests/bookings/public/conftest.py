import pytest

from tests.factories import make_clinic


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

"""How one message to a patient is written: to whom, from whom, when it leaves, and once."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from post_office.models import Email

from bookings import transitions
from bookings.enums import ContactBy
from bookings.messages import queue, sms, to_patients, unsent
from bookings.messages.defaults import KINDS
from bookings.messages.previews import sample
from bookings.models import AccessLink, Message
from clinic.models import ClinicSettings
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.factories import MONDAY, make_ask, make_person

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def mail(consultation, kind):
    return consultation.messages.get(kind=kind).email


def test_what_can_be_undone_waits(clinic, settings):
    settings.BOOKINGS = settings.BOOKINGS | {"UNDO_SECONDS": 100}
    consultation = asked(clinic, start=None)
    for kind, seconds in (("refused", 0), ("declined", 100)):
        queue.write(consultation, kind, now=MONDAY)
        assert mail(consultation, kind).scheduled_time == MONDAY + timedelta(seconds=seconds)


def test_a_time_that_is_only_held_invites_nobody(clinic):
    consultation = asked(clinic)
    held = consultation.appointments.get()
    queue.write(consultation, "hold_lapsed", now=MONDAY, visit=held)
    held.refresh_from_db()
    assert (held.organizer, held.attendee) == ("", "")
    assert not mail(consultation, "hold_lapsed").attachments.exists()


def test_whom_to_call_and_what_to_name(clinic):
    clinic[1].telephone = "+442079460000"
    clinic[1].save()
    consultation = asked(clinic, start=None)
    queue.write(consultation, "refused", now=MONDAY)
    foot = f"Call us on 020 7946 0000. Your reference: {consultation.reference}"
    assert foot in mail(consultation, "refused").message
    to_patients.links([consultation], now=MONDAY)
    assert "Your reference" not in mail(consultation, "links").message


@pytest.mark.postgresql
def test_a_version_is_told_once(clinic):
    consultation = asked(clinic, start=None)
    before = Email.objects.count(), Message.objects.count()
    assert queue.write(consultation, "received", now=MONDAY) is False
    assert queue.write(consultation, "refused", now=MONDAY) is True
    assert (Email.objects.count(), Message.objects.count()) == (before[0] + 1, before[1] + 1)


@pytest.mark.postgresql
def test_the_same_key_writes_nothing(clinic):
    consultation, other = asked(clinic, start=None), asked(clinic, start=None)
    about = {"now": MONDAY, "dedupe": "x"}
    assert queue.write(other, "link", **about) is True
    assert queue.write(consultation, "link", **about) is True
    links, mails = AccessLink.objects.count(), Email.objects.count()
    assert queue.write(consultation, "link", **about) is False
    assert (AccessLink.objects.count(), Email.objects.count()) == (links, mails)


def test_nobody_can_be_reached(clinic, settings):
    settings.SMS_BACKEND = ""
    person = make_person(email="", phone="+447400123456", contact_by=ContactBy.PHONE)
    ask = make_ask(*clinic[:2])
    consultation = transitions.submit(ask, person, idempotency_key="k", now=MONDAY)
    assert queue.write(consultation, "confirmed", now=MONDAY) is False
    settings.SMS_BACKEND = "bookings.messages.sms.Memory"
    assert queue.write(consultation, "declined", now=MONDAY) is False
    assert queue.write(consultation, "withdrawn", now=MONDAY) is True
    (only,) = Email.objects.all()
    assert (only.backend_alias, only.to) == (sms.ALIAS, [sms.address(consultation.phone)])
    assert only.subject == f"Text message about {consultation.reference}"


def test_an_unproven_address_gets_its_link_alone(clinic):
    consultation = asked(clinic, start=None, verified=False)
    assert queue.write(consultation, "question", now=MONDAY) is False
    assert queue.write(consultation, "link", now=MONDAY) is True


def test_the_calendar_knows_whom_it_invited(clinic, desk):
    """An address that changed is invited anew; a cancellation goes to whoever was invited."""
    consultation, visit = confirmed(clinic, desk, email="old@example.org")
    assert (visit.attendee, visit.organizer) == ("old@example.org", ClinicSettings.current().email)
    consultation.email = "new@example.org"
    for kind, method, invited in (
        ("withdrawn", "CANCEL", "old@example.org"),
        ("move_asked", None, "old@example.org"),
        ("moved", "REQUEST", "new@example.org"),
    ):
        queue.write(consultation, kind, now=MONDAY, dedupe=kind, visit=visit, method=method)
        visit.refresh_from_db()
        assert visit.attendee == invited, kind
        attached = mail(consultation, kind).attachments
        types = [one.mimetype for one in attached.all()]
        assert types == ([f"text/calendar; method={method}"] if method else [])


def test_who_was_invited_first_stays_the_organizer(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    site = ClinicSettings.current()
    site.email, site.name = "other@example.org", "Other"
    site.save()
    before = visit.organizer, visit.organizer_name
    queue.write(consultation, "moved", now=MONDAY, visit=visit, method="REQUEST", dedupe="x")
    visit.refresh_from_db()
    assert (visit.organizer, visit.organizer_name) == before != (site.email, site.name)


def test_without_an_address_the_site_invites(clinic, desk, settings):
    site = ClinicSettings.current()
    site.email = ""
    site.save()
    visit = confirmed(clinic, desk)[1]
    assert visit.organizer and visit.organizer in settings.DEFAULT_FROM_EMAIL


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("maria@bücher.example", "maria@xn--bcher-kva.example"),
        ("maria@example.org", "maria@example.org"),
        ("", ""),
    ],
)
def test_international_addresses_in_a_header(address, said):
    assert queue.to_ascii(address) == said


def test_who_a_mail_is_from(settings):
    settings.DEFAULT_FROM_EMAIL = "Site <send@example.org>"
    site = ClinicSettings(name="Hip &\nSpine, Clinic", email="hello@example.org")
    headers = {"Auto-Submitted": "auto-generated"}
    said = {
        "from_email": '"Hip & Spine, Clinic" <send@example.org>',
        "headers": headers | {"Reply-To": "hello@example.org"},
    }
    assert queue.sender(site) == said
    site.email = ""
    assert queue.sender(site) == said | {"headers": headers}


@pytest.mark.postgresql
def test_a_link_lasts_and_is_of_one_request(clinic, settings):
    settings.BOOKINGS = settings.BOOKINGS | {"LINK_DAYS": 7}
    consultation = asked(clinic, start=None)
    AccessLink.objects.all().delete()
    queue.new_link(consultation, now=MONDAY, proves="new@example.org")
    link = AccessLink.objects.get()
    assert (link.request, link.email) == (consultation, "new@example.org")
    assert (link.created_at, link.expires_at) == (MONDAY, MONDAY + 7 * DAY)


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("refused", None),
        ("waiting_over", "http://localhost:8000/book/"),
        ("declined", "tel:+442079460123"),
        ("plan_reminder", "https://x/" + KINDS["plan_reminder"].again_page),
    ],
)
def test_where_the_buttons_of_a_mail_lead(clinic, kind, first):
    html = queue.render(kind, sample(kind), "en-gb", button_url="https://x/")["html_message"]
    page = BeautifulSoup(html, "html.parser")

    def leads(words):
        return [link["href"] for link in page.find_all("a") if link.text.strip() == str(words)]

    assert leads(KINDS[kind].button) == ["https://x/" + KINDS[kind].page]
    assert leads(KINDS[kind].again or "…") == ([first] if first else [])
    assert ("/book/" in html) == (kind == "waiting_over")


# --- which messages still count ------------------------------------------------------------------


def still(consultation):
    rows = consultation.messages.filter(superseded=False, email__status__isnull=False)
    return sorted(rows.values_list("kind", flat=True))


def write(consultation, *kinds):
    for kind in kinds:
        queue.write(consultation, kind, now=MONDAY, dedupe=kind)


EVERY = ["cancelled_for", "confirmed", "lapsed", "link", "missed", "new_address", "offered"] + [
    *("question", "reminder", "updated")
]


@pytest.fixture
def told(clinic, desk):
    """A booked visit with a message of many kinds waiting, and somebody else's."""
    consultation, visit = confirmed(clinic, desk)
    Message.objects.all().delete()
    write(consultation, *EVERY)
    other = confirmed(clinic, desk, start=ELEVEN, email="b@example.org")[0]
    visit.request, visit.other = consultation, other
    return visit


@pytest.mark.parametrize(
    ("change", "dropped"),
    [
        (lambda visit: to_patients.drop_unsent_cancellation(visit.request), ["cancelled_for"]),
        (lambda visit: to_patients.not_missed(visit.request), ["missed"]),
        (
            lambda visit: unsent.drop_earlier(visit.request),
            ["lapsed", "missed", "offered", "question", "reminder"],
        ),
        (
            lambda visit: unsent.drop_earlier(visit.request, of_the_visit=True),
            ["confirmed", "lapsed", "missed", "offered", "question", "reminder", "updated"],
        ),
        (lambda visit: unsent.drop_all(visit.request), EVERY),
    ],
)
def test_what_is_not_sent_any_more(told, change, dropped):
    change(told)
    assert still(told.request) == [kind for kind in EVERY if kind not in dropped]
    assert still(told.other) == ["confirmed"]


@pytest.mark.parametrize("kind", ["cancelled", "missed"])
def test_a_visit_that_is_off_leaves_other_matters(told, kind):
    about = {"message": ""} if kind == "cancelled" else {}
    getattr(to_patients, kind)(told.request, told, now=MONDAY, **about)
    rest = {"link", "new_address", "offered", "question", kind}
    assert set(still(told.request)) == rest
    assert still(told.other) == ["confirmed"]


@pytest.mark.postgresql
def test_what_has_left_is_not_dropped(told):
    sent = told.request.messages.filter(kind__in=["missed", "lapsed"])
    Email.objects.filter(about__in=sent).update(status=0)
    assert unsent.drop_all(told.request) is True
    assert still(told.request) == ["lapsed", "missed"]
    assert unsent.drop_all(told.request) is False


@pytest.mark.postgresql
def test_without_a_visit_its_invitation_is_dropped(told):
    told.status = "cancelled"
    told.save()
    unsent.drop_earlier(told.request)
    assert still(told.request) == ["cancelled_for", "link", "new_address"]


@pytest.mark.postgresql
def test_another_reminder_replaces_the_first(told):
    about = {"now": TEN - DAY}
    assert to_patients.reminder(told.request, told, hours=24, **about) is True
    assert to_patients.reminder(told.request, told, hours=24, **about) is False
    assert to_patients.reminder(told.request, told, hours=3, **about) is True
    (last,) = told.request.messages.filter(kind="reminder", superseded=False)
    assert last.dedupe_key == to_patients.reminder_key(told, 3) and last.email.expires_at == TEN
    assert still(told.request) == EVERY

"""What erasing one person leaves of the visit, and of everybody else."""

from datetime import timedelta

import pytest
from post_office.models import STATUS, Attachment, Email

from bookings import transitions
from bookings.enums import ErasureReason
from bookings.errors import StaleVersion
from bookings.models import BookedAnyway, ConsultationRequest, Erasure, Event, StaffNotice
from bookings.privacy import erasure_ledger
from bookings.schedule import claims
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.bookings.transitions import test_refused as of_requests
from tests.bookings.transitions.more_changes import book_anyway
from tests.bookings.transitions.test_refused import at_visit, by_desk
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = (timedelta(**{n: 1}) for n in ("minutes", "hours", "days"))


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.VAR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"


def erase(consultation, desk, now=MONDAY):
    by_desk("erase", because=ErasureReason.ASKED, now=now)(consultation, None, desk)


def cancelled_and_declined(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    visit.request = consultation
    at_visit("cancel", now=MONDAY)(consultation, visit, desk)
    of_requests.decline(consultation, visit, desk)
    return consultation, visit


@pytest.mark.parametrize(
    ("make", "now", "request_is", "visit_is", "closed_at"),
    [
        (confirmed, MONDAY + HOUR, "withdrawn", "cancelled", MONDAY + HOUR),
        (confirmed, TEN + MINUTE, "withdrawn", "cancelled", TEN + MINUTE),
        (confirmed, ELEVEN, "confirmed", "booked", ELEVEN),
        (of_requests.arrived, TEN + MINUTE, "confirmed", "arrived", TEN + MINUTE),
        (of_requests.missed, ELEVEN, "confirmed", "noshow", ELEVEN),
        (of_requests.new, MONDAY + HOUR, "withdrawn", "cancelled", MONDAY + HOUR),
        (of_requests.offered, MONDAY + HOUR, "withdrawn", "cancelled", MONDAY + HOUR),
        (of_requests.moving, ELEVEN, "withdrawn", "booked", ELEVEN),
        (cancelled_and_declined, MONDAY + HOUR, "declined", "cancelled", MONDAY),
    ],
)
def test_what_stays_of_the_visit(clinic, desk, make, now, request_is, visit_is, closed_at):
    consultation, visit = make(clinic, desk)
    erase(consultation, desk, now)
    consultation.refresh_from_db()
    visit.refresh_from_db()
    assert (consultation.status, visit.status) == (request_is, visit_is)
    assert (consultation.closed_at, consultation.erased_at) == (closed_at, now)
    assert (visit.person_key, visit.attendee) == ("", "")


def test_reasons_and_invitations_of_others_stay(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    book_anyway(consultation, visit, desk)
    second = BookedAnyway.objects.get()
    said = (second.because, second.against)
    theirs = set(Attachment.objects.filter(emails__about__request=second.appointment.request))
    assert theirs and set(Attachment.objects.all()) > theirs
    erase(consultation, desk)
    second.refresh_from_db()
    assert (second.because, second.against) == said and all(said)
    assert set(Attachment.objects.all()) == theirs
    mine = second.appointment.request
    erase(mine, desk)
    second.refresh_from_db()
    assert (second.because, second.against) == ("–", "") and not Attachment.objects.exists()


@pytest.mark.postgresql
def test_mails_to_staff_say_nothing_any_more(clinic, desk):
    """Those that have left, and name the request; one that waits is needed, and names no patient."""
    consultation, other = asked(clinic), asked(clinic, start=ELEVEN, email="b@example.org")
    words = {"subject": "New", "message": "Somebody asked.", "html_message": "<p>Somebody</p>"}
    mails = []
    for number, (one, status) in enumerate(
        [(consultation, STATUS.sent), (consultation, STATUS.queued), (other, STATUS.sent)]
    ):
        mail = Email.objects.create(from_email="c@x.org", to=["r@x.org"], status=status, **words)
        about = {"kind": "answer", "verb": "answer", "at": MONDAY, "dedupe_key": f"{number}"}
        StaffNotice.objects.create(user=desk.user, request=one, email=mail, **about)
        mails.append(mail)
    erase(consultation, desk)
    rows = Email.objects.filter(pk__in=[mail.pk for mail in mails]).order_by("pk")
    full, empty = tuple(words.values()), ("", "", "")
    assert list(rows.values_list(*words)) == [empty, full, full]


@pytest.mark.postgresql
def test_what_was_written_of_others_stays(clinic, desk):
    consultation, other = asked(clinic), asked(clinic, start=ELEVEN, email="b@example.org")
    for one in (consultation, other):
        transitions.note(one, actor=desk, now=MONDAY, text="Phoned.")
    erase(consultation, desk)
    notes = Event.objects.filter(verb="note").order_by("pk")
    assert list(notes.values_list("why", flat=True)) == ["", "Phoned."]
    last = consultation.events.last()
    assert (last.verb, last.why, last.from_status, last.to_status) == (
        "erase",
        "asked",
        "submitted",
        "withdrawn",
    )


@pytest.mark.postgresql
def test_somebody_faster_stops_it(clinic, desk):
    consultation = asked(clinic)
    same = ConsultationRequest.objects.get()
    transitions.note(consultation, actor=desk, now=MONDAY, text="Phoned.")
    by_desk("ask_question", question="Since when?")(consultation, None, desk)
    with pytest.raises(StaleVersion):
        erase(same, desk)
    consultation.refresh_from_db()
    assert consultation.name and not Erasure.objects.exists()
    assert consultation.messages.exists() and consultation.erased_at is None


@pytest.mark.postgresql
def test_after_a_restore_only_the_known_go(clinic, desk):
    rows = [asked(clinic, start=None, email=f"{number}@example.org") for number in range(4)]
    erase(rows[0], desk)
    known = {erasure_ledger.digest(row) for row in rows[:3]}
    about = {"actor": transitions.SYSTEM, "now": MONDAY + DAY, "known": known}
    assert transitions.erase_again(**about) == 2
    left = ConsultationRequest.objects.order_by("pk").values_list("name", "erased_at")
    assert list(left) == [
        ("", MONDAY),
        ("", MONDAY + DAY),
        ("", MONDAY + DAY),
        ("Maria Example", None),
    ]
    assert transitions.erase_again(**about) == 0


@pytest.mark.postgresql
def test_a_past_visit_stays_after_review(clinic, desk, visit):
    """The request was taken back into review after the visit, then erased: only whose it was is gone."""
    consultation, over = visit.request, visit.end + timedelta(days=1)
    consultation.refresh_from_db()
    about = {"actor": desk, "now": over}
    transitions.reopen(consultation, version=consultation.version, why="A mistake", **about)

    transitions.erase(
        consultation, version=consultation.version, because=ErasureReason.ASKED, **about
    )

    visit.refresh_from_db()
    assert (consultation.status, visit.status, visit.person_key) == ("withdrawn", "booked", "")
    assert visit.claims.exists() and list(claims.inconsistencies(over)) == []

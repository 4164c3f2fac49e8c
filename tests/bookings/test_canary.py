"""A word that no one else says is given to every field, and looked for wherever it must not be."""

from __future__ import annotations

import io
import logging
import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils.log import configure_logging

from bookings import transitions
from bookings.messages import send
from bookings.models import ConsultationRequest
from education.models import Exercise
from plans import library
from plans import transitions as of_plans
from plans.models import FollowUp
from tests.bookings.canary import CANARY, files_with, tables_with
from tests.bookings.public.conftest import Patient, Visitor

pytestmark = pytest.mark.django_db
MAIL = f"{CANARY}@example.org"
PATIENTS = ("bookings_", "plans_", "post_office_")
"""Patient data lives in the tables of bookings and plans, and in the outbox."""


COLUMNS = ["name", "on_behalf_of", "email", "note", "staff_message", "patient_message"]
SAID = {f"bookings_consultationrequest.{name}" for name in COLUMNS} | {
    *("bookings_event.why", "post_office_email.to", "post_office_email.message"),
    "post_office_email.html_message",
    *("plans_planexercise.line", "plans_outcome.line"),
}
"""Where the word must be found before: else it was never said."""


@pytest.fixture
def log(settings):
    """All that would be logged, down to DEBUG, written as the site writes it."""
    written = io.StringIO()
    (name,) = settings.LOGGING["root"]["handlers"]
    formatter = settings.LOGGING["handlers"][name]["formatter"]
    configure_logging("logging.config.dictConfig", settings.LOGGING)
    handler = logging.StreamHandler(written)
    handler.setFormatter(next(h.formatter for h in logging.root.handlers if h.formatter))
    assert formatter
    level = logging.root.level
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.DEBUG)
    yield written
    logging.root.removeHandler(handler)
    logging.root.setLevel(level)


@pytest.fixture
def places(settings, tmp_path):
    settings.VAR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.FILL_SECONDS = 0
    return tmp_path


@pytest.fixture
def owner(django_user_model):
    return django_user_model.objects.create_superuser("olga")


def link_in_mail(request) -> str:
    text = request.messages.first().email.message
    return re.search(r"/request/open/[\w-]+/", text)[0]


def ask(client) -> ConsultationRequest:
    visitor = Visitor(client)
    visitor.about(whom="other", note=f"my {CANARY} hurts")
    visitor.time(visitor.offered()[0])
    visitor.contact(name=f"Mx {CANARY}", email=MAIL, on_behalf_of=f"Child {CANARY}")
    visitor.send()
    return ConsultationRequest.objects.get()


def answer_everything(client, asked, owner) -> None:
    """The patient and the desk say the word in every place where something can be typed."""
    actor = transitions.staff(owner)
    client.get(link_in_mail(asked), follow=True)
    patient = Patient(client, asked)
    patient.post("verify/")
    client.post(reverse("find-request"), {"email": MAIL})
    client.force_login(owner)
    card = reverse("desk:request", args=[asked.reference])
    client.post(reverse("desk:requests"), {"words": CANARY, "q": CANARY})
    client.get(reverse("wagtailadmin_home"))
    client.get(card)
    client.post(f"{card}note/", {"text": f"note {CANARY}", "version": asked.version})
    asked.refresh_from_db()
    client.post(f"{card}ask/", {"question": f"why {CANARY}?", "version": asked.version})
    client.get(link_in_mail(asked), follow=True)
    patient.post("answer/", {"message": f"because {CANARY}"})
    asked.refresh_from_db()
    transitions.confirm(asked, actor=actor, version=asked.version, now=asked.created_at)
    patient.post("move/", {"message": f"later {CANARY}"})
    client.post(reverse("desk:disclose", args=[asked.reference]), {"file": "html"})
    asked.refresh_from_db()


def plan_everything(client, asked, owner) -> None:
    """The practitioner and the patient say it about a plan, in whatever there is to type."""
    actor, now = transitions.staff(owner), asked.created_at
    FollowUp.objects.create(service=asked.service)
    exercise = Exercise.objects.create(key="one", name="One", kind="stretch", position="lying")
    rows = [library.usual(exercise)]
    plan = of_plans.make(asked, rows=rows, visit=None, guide=None, actor=actor, now=now)
    row = plan.exercises.get()
    page = f"/admin/requests/{asked.reference}/plan/{plan.pk}/"
    dose = {"sets": 1, "reps": 1, "hold": 30, "side": "both", "weekdays": [0], "line": CANARY}
    typed = {f"{row.pk}-{name}": value for name, value in dose.items()}
    shown = {"version": plan.version, "until": plan.until.isoformat(), "do": "send"}
    assert client.post(page, typed | shown).status_code == 302
    client.post(page, {"template": CANARY, "add": CANARY, "do": "save"})
    client.get(link_in_mail(asked), follow=True)
    patient = Patient(client, asked)
    patient.post("plan/share/", {"plan": plan.pk, "days": f'{{"{CANARY}": 1}}'})
    patient.post("plan/day/", {"plan": plan.pk, "day": CANARY, "days": "{}"})
    patient.post("plan/reminders/", {"plan": plan.pk, "hour": CANARY})
    answer = {"moment": "baseline", "ability": "3", "line": CANARY}
    patient.post("progress/", answer)
    calendar = client.get(f"/request/{asked.reference}/plan/days.ics").content.decode()
    assert "VEVENT" in calendar and CANARY not in calendar


def go_wrong(client, asked, monkeypatch) -> None:
    """An error whose message and frames hold the word, in a page and in a mail's delivery."""
    client.raise_request_exception = False

    def fail(*args, **kwargs):
        patient = CANARY
        raise RuntimeError(f"cannot book {patient}")

    monkeypatch.setattr("bookings.public.manage.transitions.withdraw", fail)
    assert Patient(client, asked).post("cancel/").status_code == 500
    client.get(f"/book/{CANARY}/?name={CANARY}")
    client.get(f"/request/open/{CANARY}/")
    client.post("/admin/login/", {"username": CANARY, "password": CANARY})


@pytest.mark.postgresql
def test_erasure_reaches_all_patient_data(
    client, clinic, owner, log, places, monkeypatch, django_capture_on_commit_callbacks
):
    consultation = ask(client)
    answer_everything(client, consultation, owner)
    plan_everything(client, consultation, owner)
    send.send_due(now=consultation.created_at + timedelta(days=365), limit=100)
    go_wrong(client, consultation, monkeypatch)

    hits = tables_with(CANARY)
    assert set(hits) >= SAID
    elsewhere = [place for place in hits if not place.startswith(PATIENTS)]
    assert elsewhere == [] and "post_office_email.subject" not in hits
    for session in Session.objects.all():
        assert CANARY not in str(session.get_decoded())
    assert "RuntimeError" in log.getvalue() and CANARY not in log.getvalue()
    assert {path.parent.name for path in files_with(CANARY, path=places)} <= {"mail"}

    with django_capture_on_commit_callbacks(execute=True):
        transitions.erase(
            consultation,
            actor=transitions.staff(owner),
            version=consultation.version,
            now=consultation.created_at,
            because="asked",
        )
    assert tables_with(CANARY) == []
    assert files_with(CANARY, path=places) == []
    assert CANARY not in log.getvalue()

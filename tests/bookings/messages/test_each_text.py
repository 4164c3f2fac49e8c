"""The text of one mail of each kind to a patient, word by word, pinned in each_text.txt.

When the words are to change, run this with WRITE=yes, and read what git shows.
"""

import os
import re
from pathlib import Path

import pytest

from bookings.messages.defaults import KINDS
from bookings.models import ConsultationRequest, Location, Message, Service
from tests.bookings.transitions.test_written import ALL

pytestmark = pytest.mark.django_db
PINNED = Path(__file__).with_name("each_text.txt")
AFTER = {
    "verify": "submit",
    "received": "verify",
    "confirmed": "accept",
    "booked_several": "book three next",
    "moved": "move",
    "offered": "offer",
    "declined": "decline",
    "question": "ask_question",
    "answered": "answer",
    "waitlisted": "waitlist",
    "waiting_over": "who waited in vain",
    "reopened": "reopen what was told",
    "lapsed": "what nobody took",
    "hold_lapsed": "a hold that lapses",
    "unanswered": "a hold that lapses unanswered",
    "refused": "refuse",
    "move_asked": "ask_to_move",
    "kept": "keep_appointment",
    "withdrawn": "withdraw",
    "cancelled_for": "cancel_for",
    "cancelled": "cancel",
    "missed": "noshow",
    "reminder": "remind",
    "updated": "another zone",
    "link": "send_link",
    "links": "links",
    "new_address": "ask for a new address",
}
"""After which change each is written."""
RANDOM = re.compile(
    r"(?<=/open/)[\w-]+|\b[A-Z0-9]{4}-[A-Z0-9]{4}\b|(?<=Location.)\d{4}|(?<=Practitioner.)\d{4}"
    r"|(?<=Service.)\d{4}"
)


def sections():
    parts = PINNED.read_text().split("\n## ") if PINNED.exists() else []
    return dict(part.rstrip().split("\n", 1) for part in parts[1:])


def pin(kind, text):
    kept = sections() | {kind: text}
    head = "One mail of each kind: see test_each_text.py.\n"
    PINNED.write_text(head + "".join(f"\n## {one}\n{kept[one]}\n" for one in AFTER if one in kept))


@pytest.mark.parametrize("kind", AFTER)
def test_the_text_of_a_mail(kind, clinic, desk):
    make, change = ALL[AFTER[kind]]
    ways = {"parking": "Behind the house.", "entrance_and_lift": "A lift, no steps."}
    Location.objects.update(**ways, telephone="+442079460000")
    Service.objects.update(preparation="Eat something.\nBring shorts.", price="£60")
    for row in clinic[:2]:
        row.refresh_from_db()
    consultation, visit = make(clinic, desk)
    if isinstance(consultation, ConsultationRequest) and visit is not None:
        visit.request = consultation
    change(consultation, visit, desk)
    mail = Message.objects.filter(kind=kind).order_by("-pk")[0].email
    lines = [f"Subject: {mail.subject}", "", mail.message.strip()]
    text = RANDOM.sub("…", "\n".join(lines)).rstrip()
    if "WRITE" in os.environ:
        pin(kind, text)
    assert text == sections().get(kind, "")


def test_each_kind_has_its_text():
    of_plans = {"plan", "plan_reminder", "outcome"}
    assert set(AFTER) == set(KINDS) - of_plans == set(sections())

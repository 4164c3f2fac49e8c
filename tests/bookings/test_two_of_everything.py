"""Two patients, a carer with both their links, two receptionists, a worker and a clock, in any order.

Each has tabs, which keep the page that they opened and send its forms as they stood.
`EXAMPLES=100 make test ARGS=tests/bookings/test_two_of_everything.py` looks longer.
"""

from __future__ import annotations

import os
import random
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone, translation
from hypothesis import Phase
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bookings import clock, transitions
from bookings.enums import AppointmentStatus
from bookings.messages import send
from bookings.models import ConsultationRequest, Draft, Message
from bookings.models.access import digest
from bookings.public.booking import drafts
from bookings.roles import make_roles
from bookings.worker import reminders
from tests.bookings.browsers import Browser, Tab, fill_in
from tests.bookings.public.conftest import Visitor
from tests.bookings.stored import stored
from tests.factories import MONDAY, make_clinic, make_request

EXAMPLES = int(os.environ.get("EXAMPLES", "4" if "ALL" in os.environ else "2"))
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
STARTS = [f"2026-11-{day}T{hour}:00" for day in (25, 26) for hour in (10, 11, 14)]
ABOUT_THE_LINK = {"link", "links", "new_address", "verify"}
SAYS_IT_STANDS = {"confirmed", "moved", "kept", "updated", "move_asked"}
SAYS_IT_DOES_NOT = {"cancelled", "cancelled_for", "withdrawn", "missed"}

numbers = st.integers(0, 11)
chances = st.integers(0, 10_000)


class Everybody(RuleBasedStateMachine):
    """`words`: what was typed on the pages of each record. `addresses`: where it may be mailed."""

    @initialize()
    def open_the_clinic(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.travel = time_machine.travel(MONDAY, tick=False)
        self.clock = self.travel.start()
        self.words, self.addresses = defaultdict(set), defaultdict(set)
        self.drafts, self.typed, self.mails_seen = {}, 0, 0
        about = {"minimum_notice_hours": 1, "cancel_notice_hours": 2, "patients_move": True}
        service, location, _people = make_clinic(practitioners=2, **about)
        self.patients = [Browser(name) for name in ("first", "second", "carer")]
        self.mine = {browser.name: [] for browser in self.patients}
        for n, browser in enumerate(self.patients[:2]):
            address = f"{browser.name}@example.org"
            at = {"start": TEN + timedelta(hours=n), "email": address, "verified": False}
            asked = make_request(service, location, **at)
            self.belongs(asked, browser, address)
            transitions.verify(asked, now=timezone.now())
            if n == 0:
                by = {"actor": transitions.SYSTEM, "version": asked.version}
                transitions.confirm(asked, now=timezone.now(), **by)
        self.mails_are_right()
        self.desks = [Browser(name) for name in ("ruth", "sam")]
        make_roles()
        for desk in self.desks:
            user = get_user_model().objects.create_user(desk.name)
            user.groups.add(Group.objects.get(name="Front desk"))
            desk.client.force_login(user)
        self.tabs = [tab for browser in (*self.patients, *self.desks) for tab in browser.tabs]
        for number, tab in enumerate(self.tabs):
            look = self.opens_a_mail if tab.browser in self.patients else self.opens_a_card
            look(tab, number)

    def teardown(self):
        if hasattr(self, "atomic"):
            self.travel.stop()
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def belongs(self, consultation, browser, address):
        """To this patient, and to the carer."""
        self.addresses[consultation.reference].add(address)
        for name in (browser.name, "carer"):
            self.mine[name].append(consultation.reference)

    # --- what happens --------------------------------------------------------------------------

    @rule(number=numbers, chance=chances)
    def patient(self, number, chance):
        """Opens a link of a mail, goes to another page of the request, or sends a form."""
        tab, chance = self.patients[number % 3].tabs[number // 3 % 2], random.Random(chance)
        if not tab.record or chance.random() < 0.2:
            self.opens_a_mail(tab, chance.randrange(9))
        if tab.links() and chance.random() < 0.5:
            self.looks(tab, chance.choice(tab.links()))
        if chance.random() < 0.7:
            self.presses(tab, chance)

    @rule(number=numbers, chance=chances)
    def carer(self, number, chance):
        """The same, in the browser that has two links: as often again."""
        self.patient(3 * number + 2, chance)

    @rule(number=numbers, chance=chances)
    def desk(self, number, chance):
        tab, chance = self.desks[number % 2].tabs[number % 3 % 2], random.Random(chance)
        if not tab.record or chance.random() < 0.3:
            self.opens_a_card(tab, chance.randrange(9))
        else:
            self.presses(tab, chance)

    def opens_a_mail(self, tab, which):
        """The newest one of a request."""
        mine = self.mine[tab.browser.name]
        reference = mine[which % len(mine)]
        about = Message.objects.filter(request__reference=reference)
        newest = about.filter(superseded=False).order_by("-pk").first()
        found = newest and re.search(r"/request/open/[\w-]+/", newest.email.message)
        if found:
            self.looks(tab, found[0], reference)

    def opens_a_card(self, tab, which):
        rows = list(ConsultationRequest.objects.order_by("pk"))
        self.looks(tab, f"/admin/requests/{rows[which % len(rows)].reference}/")

    def presses(self, tab, chance):
        """One of the things that the page offers, and of several forms for it any."""
        forms = tab.forms()
        if chance.random() < 0.95:
            forms = [form for form in forms if "/close/" not in form.path]
        if forms:
            path = chance.choice(sorted({form.path for form in forms}))
            self.sends(tab, chance.choice([f for f in forms if f.path == path]), chance)

    @precondition(lambda self: len(self.drafts) < 3)
    @rule(number=numbers, choice=numbers)
    def write(self, number, choice):
        """A patient answers all questions of a new request; the tab shows the page before sending."""
        browser = self.patients[number % 2]
        tab = browser.tabs[number % 3 % 2]
        before = stored()
        visitor = Visitor(browser.client)
        browser.client.handler.enforce_csrf_checks = False
        word = self.new_word()
        visitor.about(note=word)
        offered = visitor.offered()
        visitor.time(offered[choice % len(offered)])
        address = f"{browser.name}@example.org"
        visitor.contact(name=f"Maria {word}", email=address)
        browser.client.handler.enforce_csrf_checks = True
        secret = browser.client.cookies[drafts.COOKIE + visitor.draft].value
        self.drafts[visitor.draft] = digest(f"{visitor.draft}.{secret}")
        self.words[visitor.draft].add(word)
        self.addresses[visitor.draft].add(address)
        self.nothing_else(before, visitor.draft, browser)
        self.looks(tab, visitor.at("check"))

    @rule(minutes=st.sampled_from([1, 3, 16, 40, 130, 1_440]))
    def time_passes(self, minutes):
        self.clock.shift(timedelta(minutes=minutes))

    @rule()
    def worker(self):
        transitions.expire_due(now=timezone.now())
        reminders.remind_due(now=timezone.now())
        send.send_due(now=timezone.now(), limit=50)
        self.mails_are_right()

    # --- a step --------------------------------------------------------------------------------

    def looks(self, tab: Tab, address: str, mailed: str = "") -> None:
        """To open a page changes nothing, but for the note that staff looked."""
        before = stored()
        tab.open(address, mailed)
        assert tab.status < 500, (address, tab.status)
        assert stored() == before, address
        self.shows_only_its_own(tab)

    def sends(self, tab: Tab, form, chance) -> None:
        """A form of the tab's page: what comes of it concerns the record of that page."""
        record, word, before = tab.record, self.new_word(), stored()
        address = f"{word.lower()}@example.org"
        sent = fill_in(form, word, chance, email=address, starts=STARTS)
        if [address] in sent.values():
            self.addresses[record].add(address)
        tab.send(form, sent)
        assert tab.status < 500, (form, sent, tab.status)
        self.words[record].add(word)
        closes = "/close/" in form.path
        self.nothing_else(before, "" if closes else record, tab.browser, closes=closes)
        self.mails_are_right()
        self.shows_only_its_own(tab)
        if [word] in sent.values():
            after = stored()
            kept = [str(rows) for name, rows in after.items() if self.same(name, record)]
            assert word in "".join(kept) + tab.text, (form.path, sent, tab.at)

    def new_word(self):
        self.typed += 1
        return "W" + "".join("abcdefghij"[int(digit)] for digit in f"{self.typed:04}")

    # --- what holds ----------------------------------------------------------------------------

    def nothing_else(self, before, record, browser, *, closes=False):
        """What changed is of this record: the request, the draft, or the request that was made of it."""
        after = stored()
        changed = {n for n in before | after if before.get(n) != after.get(n)}
        if closes:  # which also deletes what was begun in this browser and not sent
            changed -= {name for name in before.keys() - after if name in self.drafts.values()}
        for name in changed - {record}:
            assert self.is_of(name, record, browser), (name, record, changed)

    def is_of(self, name, record, browser):
        draft = self.drafts.get(record, "")
        if name == draft:
            return True
        made = Draft.objects.filter(digest=draft).exclude(request=None).first()
        if made is None or made.request.reference != name:
            return False
        if name not in self.addresses:
            self.belongs(made.request, browser, next(iter(self.addresses[record])))
            self.words[name] = self.words[record]
            self.addresses[name] = self.addresses[record]
        return True

    def same(self, name, record):
        own = {record, self.drafts.get(record)}
        return name in own or self.words.get(name) is self.words[record]

    def shows_only_its_own(self, tab):
        if not tab.record:
            return
        own = self.words[tab.record]
        if tab.browser in self.desks:  # who read of earlier requests from the same address
            at = self.addresses[tab.record]
            near = [name for name, other in self.addresses.items() if at & other]
            near += self.series_of(tab.record)
            own = own.union(*(self.words[name] for name in near))
        strange = {w for words in self.words.values() for w in words - own if w in tab.text}
        assert not strange, (tab.at, strange)

    def series_of(self, record):
        """The visits that the desk booked one after the other for the same person."""
        found = ConsultationRequest.objects.filter(reference=record).exclude(series="").first()
        rows = ConsultationRequest.objects.filter(series=found.series) if found else ()
        return [row.reference for row in rows if row.reference in self.words]

    def mails_are_right(self):
        """Each new mail goes to an address of its own request and says nothing of another."""
        new = Message.objects.filter(pk__gt=self.mails_seen).select_related("email", "request")
        for message in new.order_by("pk"):
            self.mails_seen = message.pk
            asked = message.request
            own = self.words[asked.reference]
            assert set(message.email.to) <= self.addresses[asked.reference], message.kind
            if message.kind not in ABOUT_THE_LINK:
                assert message.email.to == [asked.email] and asked.is_proven, message.kind
            text = message.email.subject + message.email.message
            others = {word for words in self.words.values() for word in words - own}
            references = set(self.addresses) - {asked.reference} if message.kind != "links" else ()
            assert not [word for word in (*others, *references) if word in text], message.kind

    def labels_of(self, visit, message):
        """When the visit is, in each language."""
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                label = clock.moment_label(visit.start, visit.zone, now=message.created_at)
                yield label.replace("\xa0", " ")

    @invariant()
    def what_was_told_of_a_visit_is_so(self):
        """The last mail about a visit names the one that is booked, or says that none is."""
        if not hasattr(self, "atomic"):
            return
        for asked in ConsultationRequest.objects.all():
            visit = asked.appointments.filter(status=AppointmentStatus.BOOKED).first()
            told = SAYS_IT_STANDS | SAYS_IT_DOES_NOT
            about = asked.messages.filter(superseded=False, kind__in=told)
            last = about.select_related("email").order_by("-pk").first()
            if not asked.is_proven or not asked.email or visit and visit.start <= timezone.now():
                continue
            if visit:
                assert last and last.kind in SAYS_IT_STANDS, (asked.status, last and last.kind)
                # In the language of that day; the patient or the desk may have changed it since.
                text = last.email.message.replace("\xa0", " ")
                assert any(said in text for said in self.labels_of(visit, last)), text
            elif not asked.appointments.filter(status__in=["arrived", "fulfilled", "noshow"]):
                assert not last or last.kind in SAYS_IT_DOES_NOT, (asked.status, last.kind)


@pytest.mark.django_db
def test_everybody_acts_on_the_page_they_see():
    # Without shrinking: that takes minutes, and the steps say it all.
    about = {"max_examples": EXAMPLES, "stateful_step_count": 30, "deadline": None}
    about["phases"] = [Phase.reuse, Phase.generate]
    run_state_machine_as_test(Everybody, settings=examples(**about))

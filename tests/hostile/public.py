"""Every form that somebody without a login meets, each on a page that shows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from bookings import transitions
from bookings.enums import DeclineReason
from bookings.messages import recipients
from bookings.models import AccessLink, Appointment, ConsultationRequest, Location, Service
from bookings.models.access import digest
from bookings.public import access
from bookings.schedule.local_time import instant
from education.models import Exercise, GuidePage
from education.search import clean
from plans import library
from plans import transitions as of_plans
from plans.models import FollowUp
from tests.accounts.authenticator import Authenticator
from tests.accounts.conftest import come_in, enrol
from tests.bookings.public.conftest import Visitor
from tests.factories import make_clinic, make_request
from tests.hostile.bodies import Form, forms_on

PASSWORD = "a long enough password"
Page = Callable[[Client], str]


def start(client: Client) -> Visitor:
    """Few times a day, since every page of them is drawn ten thousand times."""
    make_clinic(practitioners=2, hours=(time(11), time(14)), minimum_notice_hours=1)
    return Visitor(client)


def asking(step: str) -> Page:
    """A request that is written up to the last page, at one of its steps."""

    def make(client: Client) -> str:
        visitor = start(client)
        visitor.up_to_check()
        return visitor.at(step) if step else f"/book/{visitor.draft}/"

    return make


def waiting(client: Client) -> str:
    visitor = start(client)
    visitor.about()
    visitor.instead("waiting")
    return visitor.at("waiting")


def was_sent(page: str) -> Page:
    """A request that was sent, on the page that says so or on one beside it."""

    def make(client: Client) -> str:
        visitor = start(client)
        visitor.up_to_check()
        visitor.send()
        return visitor.at(page)

    return make


def lapsed(client: Client) -> str:
    found = was_sent("sent")(client)
    Appointment.objects.update(hold_expires_at=timezone.now())
    return found


def new_address(client: Client) -> str:
    mine("verify")(client)
    now, asked = timezone.now(), ConsultationRequest.objects.get()
    AccessLink.objects.create(
        request=asked,
        digest=digest("x" * 43),
        email="new@example.org",
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    return f"/request/open/{'x' * 43}/"


def stopping_mail(client: Client) -> str:
    return reverse("stop-staff-mail", args=[recipients.token(ruth())])


def flagged(client: Client) -> str:
    visitor = start(client)
    visitor.about(flags=["soon"])
    return visitor.at("doctor")


def mine(*verbs: str, at: str = "") -> Page:
    """A request after these transitions, opened in the patient's browser, on its page or one behind it."""

    def make(client: Client) -> str:
        start(client)
        asked = make_request(
            Service.objects.get(),
            Location.objects.get(),
            start=noon(),
            now=timezone.now(),
            verified=False,
        )
        for verb in verbs:
            DONE[verb](asked)
        open_(client, asked)
        return f"/request/{asked.reference}/{at}"

    return make


def planned(*verbs: str, at: str = "plan/") -> Page:
    """A visit with a plan for home, after these changes by its patient."""

    def make(client: Client) -> str:
        found = mine("verify", "confirm", at=at)(client)
        asked, now = ConsultationRequest.objects.get(), timezone.now()
        exercise = Exercise.objects.create(key="one", name="One", kind="stretch", position="lying")
        about = {"actor": transitions.SYSTEM, "now": now}
        rows = [library.usual(exercise)]
        plan = of_plans.make(asked, rows=rows, visit=None, guide=None, **about)
        of_plans.send(plan, version=plan.version, **about)
        if "share" in verbs:
            of_plans.share(plan, text="I agree.", days={}, now=now)
        if "remind" in verbs:
            of_plans.remind(plan, hour=8, now=now)
        return found

    return make


def asked_how_it_goes(client: Client) -> str:
    found = mine("verify", at="progress/")(client)
    FollowUp.objects.create(service=Service.objects.get())
    return found


def noon() -> datetime:
    """On the wall clock of the clinic, some working day soon."""
    day = timezone.localdate() + timedelta(days=3)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return instant(day, time(12), timezone.get_default_timezone())


def by_staff(name: str, **given: Any) -> Callable[[ConsultationRequest], object]:
    def change(asked: ConsultationRequest) -> object:
        actor = transitions.staff(get_user_model().objects.get_or_create(username="ruth")[0])
        transition = getattr(transitions, name)
        return transition(asked, actor=actor, version=asked.version, now=timezone.now(), **given)

    return change


DONE: dict[str, Callable[[ConsultationRequest], object]] = {
    "verify": lambda asked: transitions.verify(asked, now=timezone.now()),
    "confirm": by_staff("confirm"),
    "ask": by_staff("ask_question", question="Since when?"),
    "decline": by_staff("decline", reason=DeclineReason.NO_TIME, message="Sorry."),
    "waitlist": by_staff("waitlist"),
    "offer": lambda asked: by_staff("offer", times=[(noon() + timedelta(hours=1), None)])(asked),
    "move": lambda asked: transitions.ask_to_move(asked, now=timezone.now(), message="Later."),
}


def open_(client: Client, asked: ConsultationRequest) -> None:
    now = timezone.now()
    link = AccessLink.objects.create(
        request=asked, digest=asked.reference, created_at=now, expires_at=now + timedelta(days=1)
    )
    page = client.get("/request/find/")
    page = access.remember(page.wsgi_request, page, link)
    client.cookies.update(page.cookies)


def guide(client: Client) -> str:
    call_command("seed_guides", "--one-language", verbosity=0)
    return str(GuidePage.objects.live().first().url)


def nobody(client: Client) -> str:
    start(client)
    return ""


def ruth() -> Any:
    return get_user_model().objects.create_superuser("ruth", "ruth@example.org", PASSWORD)


def at_login(client: Client) -> str:
    ruth()
    return ""


def half_way(client: Client) -> str:
    """The password was right; the code is asked for."""
    enrol(ruth())
    client.post("/admin/login/", {"username": "ruth", "password": PASSWORD})
    return "/admin/login/code/"


def with_passkey(client: Client) -> str:
    page = half_way(client)
    give_passkey(get_user_model().objects.get())
    return page


def give_passkey(user: Any) -> None:
    made = Authenticator().create({"rp": {"id": "testserver"}, "challenge": ""})
    WebAuthn.add(user, "Laptop", made)


def thanked(client: Client) -> str:
    return f"{guide(client)}?thanks=1"


def confirming(client: Client) -> str:
    """In already; the password is asked for again."""
    user = ruth()
    enrol(user)
    come_in(client, user)
    return ""


def new_app(client: Client) -> str:
    client.force_login(ruth())
    client.post("/admin/login/confirm/", {"password": PASSWORD})
    return ""


def new_password(client: Client) -> str:
    user = ruth()
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    response = client.get(f"/admin/password_reset/confirm/{uid}/{token}/")
    return str(response["Location"])


PUBLIC: dict[str, Page] = {
    "/search/": nobody,
    "/guides/helpful/…/": guide,
    "/guides/missing/…/": thanked,
    "/book/": nobody,
    "/book/…/": asking(""),
    "/book/…/doctor/": flagged,
    "/book/…/time/": asking("time"),
    "/book/…/waiting/": waiting,
    "/book/…/contact/": asking("contact"),
    "/book/…/check/": asking("check"),
    "/book/…/discard/": asking("check"),
    "/book/…/address/": was_sent("address"),
    "/book/…/again/": was_sent("sent"),
    "/book/…/hold/": lapsed,
    "/request/open/…/prove/": new_address,
    "/staff/stop/…/": stopping_mail,
    "/request/find/": nobody,
    "/request/close/": mine(),
    "/request/…/verify/": mine(),
    "/request/…/accept/…/": mine("verify", "offer"),
    "/request/…/refuse/": mine("verify", "offer"),
    "/request/…/coming/": mine("verify", "confirm"),
    "/request/…/keep/": mine("verify", "confirm", "move"),
    "/request/…/cancel/": mine("verify", "confirm", at="cancel/"),
    "/request/…/move/": mine("verify", "confirm", at="move/"),
    "/request/…/contact/": mine("verify", at="contact/"),
    "/request/…/time/": mine("verify", at="time/"),
    "/request/…/answer/": mine("verify", "ask"),
    "/request/…/waiting-list/": mine("verify", at="waiting-list/"),
    "/request/…/waiting-list/leave/": mine("verify", "waitlist", at="waiting-list/leave/"),
    "/admin/login/": at_login,
    "/admin/login/code/": half_way,
    "/admin/login/code/ (passkey)": with_passkey,
    "/admin/login/confirm/": confirming,
    "/admin/login/again/": half_way,
    "/admin/login/setup/": new_app,
    "/admin/password_reset/": at_login,
    "/admin/password_reset/confirm/…/…/": new_password,
}
PUBLIC |= {
    "/request/…/plan/share/": planned(),
    "/request/…/plan/day/": planned("share"),
    "/request/…/plan/unshare/": planned("share"),
    "/request/…/plan/reminders/": planned(at="plan/reminders/"),
    "/request/…/plan/reminders/stop/": planned("remind", at="plan/reminders/"),
    "/request/…/progress/": asked_how_it_goes,
}
NO_FORMS = {"/guides/read/…/…/", "/hooks/sms/…/"}
"""Told by a page's script with nothing in it but the address; and by a provider, not by a person."""
SAMPLES = {"key": "K" * 16, "ref": "K7MB-4QX9"}
"""For what an address must look like to be one; any other part takes a 1."""


def sample_of(route: str) -> str:
    """An address of this pattern."""
    return re.sub(r"<(\w+):\w+>", lambda found: SAMPLES.get(found[1], "1"), route)


def public_form(name: str, client: Client) -> Form:
    """The form of that address, as the page that it stands on shows it."""
    client.raise_request_exception = False
    address = name.split()[0]
    found = PUBLIC[name](client)
    at = found or address
    page = client.get(at)
    assert page.status_code == 200, (at, page.status_code)
    if address == "/search/":
        return Form("/search/", {"q": [""]}, {"q": "text"}, method="get", reads=clean)
    wanted = re.compile(re.escape(address).replace("…", "[^ ]+") + "$")
    return next(
        form
        for form in forms_on(page.content, at)
        if wanted.match(form.path) and ("credential" in form.shown) == ("(passkey)" in name)
    )

"""Who is logged in where: django-allauth's list of sessions, and how long each lasts.

Each session carries when it began and when somebody was last there, in seconds since 1970 (UTC).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import second_factor

BEGAN, SEEN = "began", "seen"
NOTED_EACH_SECONDS = 60

BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari/", "Safari"),
]
SYSTEMS = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
]


@dataclass(frozen=True)
class Login:
    """One browser in which a user is logged in.

    `fresh`: it began within the last minute or so.
    `in_use`: somebody was there within the last minute or so.
    """

    row: UserSession
    browser: str
    fresh: bool
    in_use: bool

    def __str__(self) -> str:
        return str(self.row.pk)


def begin(session: Any, *, now: datetime) -> None:
    session[BEGAN] = session[SEEN] = int(now.timestamp())


def is_over(session: Any, *, now: datetime) -> bool:
    """Too long ago that it began, or that somebody was there."""
    moment = now.timestamp()
    idle = moment - session.get(SEEN, moment)
    age = moment - session.get(BEGAN, moment)
    return bool(idle > settings.SESSION_IDLE_MINUTES * 60 or age > settings.SESSION_HOURS * 60 * 60)


def note(request: HttpRequest, user: Any, *, now: datetime) -> None:
    """Somebody is there. Written at most once a minute."""
    session, moment = request.session, int(now.timestamp())
    if moment - session.get(SEEN, 0) >= NOTED_EACH_SECONDS:
        session.setdefault(BEGAN, moment)
        session[SEEN] = moment
        UserSession.objects.create_from_request(request, user=user, session=session)


def renew(request: HttpRequest, user: Any) -> None:
    """A new key for this login, which stays in the list."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    request.session.cycle_key()
    UserSession.objects.create_from_request(request, user=user)


def logins(*, now: datetime, user: Any = None) -> list[Login]:
    """Every browser that is in, the last used first; of one user, or of all."""
    rows = UserSession.objects.filter(user__is_active=True).select_related("user")
    rows = rows.order_by("-last_seen_at", "-pk")
    if user is not None:
        rows = rows.filter(user_id=user)
    found, there = stored(rows), second_factor.all_there()
    return [
        Login(
            row,
            browser_name(row.user_agent),
            is_recent(row.created_at, now=now),
            is_recent(row.last_seen_at, now=now),
        )
        for row in rows
        if is_in(found.get(row.session_key, {}), row, set(there.get(row.user_id, ())), now=now)
    ]


def stored(rows: Any) -> dict[str, dict[str, Any]]:
    """What the sessions of these rows hold, by their keys: the rows alone let nobody in."""
    keys = [row.session_key for row in rows]
    return {one.session_key: one.get_decoded() for one in Session.objects.filter(pk__in=keys)}


def is_in(data: dict[str, Any], row: UserSession, there: set[int], *, now: datetime) -> bool:
    """As the middleware will see it when this browser comes again."""
    hashes = [row.user.get_session_auth_hash(), *row.user.get_session_auth_fallback_hash()]
    of_todays_password = data.get(HASH_SESSION_KEY) in hashes
    return of_todays_password and not is_over(data, now=now) and second_factor.opens(data, there)


def is_recent(at: datetime, *, now: datetime) -> bool:
    return (now - at).total_seconds() <= NOTED_EACH_SECONDS


def end(found: list[Login]) -> int:
    """Log these out, wherever they are."""
    for login in found:
        login.row.end()
    return len(found)


def sweep(*, now: datetime) -> int:
    """Forget the rows of sessions that are over; returns how many."""
    return UserSession.objects.exclude(session_key__in=Session.objects.values("pk")).delete()[0]


def browser_name(agent: str) -> str:
    """ "Firefox on Windows": what a person recognises, of what the browser says of itself."""

    def first(names: list[tuple[str, str]]) -> str:
        return next((name for part, name in names if part in agent), "")

    browser, system = first(BROWSERS), first(SYSTEMS)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")

"""Who is logged in where: read from the sessions themselves, which only staff have.

Each session carries when it began and when somebody was last there, in seconds since 1970 (UTC).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_otp import DEVICE_ID_SESSION_KEY

from accounts import second_factor

BEGAN, SEEN, BROWSER = "began", "seen", "browser"
HALF_WAY_SECONDS = 10 * 60
"""How long a right password waits for the second step."""
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
    """One browser in which a user is logged in. `handle` names it without giving the key away.

    `fresh`: it began within the last minute or so.
    `in_use`: somebody was there within the last minute or so.
    `half_way`: the password was right, and the second step is to come, or its device is gone.
    """

    user_id: int
    handle: str
    browser: str
    began: datetime
    seen: datetime
    key: str
    fresh: bool
    in_use: bool
    half_way: bool

    def __str__(self) -> str:
        return self.handle


def begin(session: Any, *, browser: str, now: datetime) -> None:
    session[BEGAN] = session[SEEN] = int(now.timestamp())
    session[BROWSER] = browser_name(browser)


def is_over(session: Any, *, now: datetime) -> bool:
    """Too long ago that it began, or that somebody was there."""
    moment = now.timestamp()
    idle = moment - session.get(SEEN, moment)
    age = moment - session.get(BEGAN, moment)
    return bool(idle > settings.SESSION_IDLE_MINUTES * 60 or age > settings.SESSION_HOURS * 60 * 60)


def waited_too_long(session: Any, *, now: datetime) -> bool:
    """For the second step."""
    return bool(now.timestamp() - session.get(BEGAN, 0) > HALF_WAY_SECONDS)


def note(session: Any, *, now: datetime) -> None:
    """Somebody is there. Written at most once a minute."""
    moment = int(now.timestamp())
    if moment - session.get(SEEN, 0) >= NOTED_EACH_SECONDS:
        session.setdefault(BEGAN, moment)
        session[SEEN] = moment


def logins(*, now: datetime, user: Any = None) -> list[Login]:
    """Every session with a right password, the newest first; of one user, or of all."""
    people = get_user_model()._default_manager.filter(is_active=True)
    known = people.in_bulk(None if user is None else [user])
    devices, secured = second_factor.devices(), second_factor.users_with_one()
    found = []
    for row in Session.objects.filter(expire_date__gt=now):
        data = row.get_decoded()
        owner = known.get(int(data.get(SESSION_KEY) or 0))
        if owner and not is_over(data, now=now) and is_of_todays_password(data, owner):
            passed = (owner.pk, data.get(DEVICE_ID_SESSION_KEY)) in devices
            wanted = settings.SECOND_FACTOR_REQUIRED or owner.pk in secured
            half_way = wanted and not passed
            found.append(login_of(row.session_key, owner.pk, data, now, half_way=half_way))
    return sorted(found, key=lambda login: login.seen, reverse=True)


def is_of_todays_password(data: dict[str, Any], owner: Any) -> bool:
    """Django ends a session once the password is another, but only when its browser comes again."""
    hashes = [owner.get_session_auth_hash(), *owner.get_session_auth_fallback_hash()]
    return data.get(HASH_SESSION_KEY) in hashes


def login_of(
    key: str, user_id: int, data: dict[str, Any], now: datetime, *, half_way: bool
) -> Login:
    def at(name: str) -> datetime:
        return datetime.fromtimestamp(data.get(name, now.timestamp()), UTC)

    def just_now(name: str) -> bool:
        return (now - at(name)).total_seconds() <= NOTED_EACH_SECONDS

    names = (user_id, handle(key), data.get(BROWSER, ""))
    return Login(*names, at(BEGAN), at(SEEN), key, just_now(BEGAN), just_now(SEEN), half_way)


def handle(key: str | None) -> str:
    return salted_hmac("accounts.session", key or "", algorithm="sha256").hexdigest()[:16]


def end(found: list[Login]) -> int:
    """Log these out, wherever they are."""
    return Session.objects.filter(session_key__in=[login.key for login in found]).delete()[0]


def browser_name(agent: str) -> str:
    """ "Firefox on Windows": what a person recognises, of what the browser says of itself."""

    def first(names: list[tuple[str, str]]) -> str:
        return next((name for part, name in names if part in agent), "")

    browser, system = first(BROWSERS), first(SYSTEMS)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")

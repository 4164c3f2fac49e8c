"""Who of the staff is told what, and when: roles, each person's own choices, quiet and working hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.db.models import QuerySet

from bookings.enums import StaffKind, TellWhen
from bookings.models import Appointment, Location, StaffPreference
from bookings.models.wording import MessageSettings
from bookings.schedule import answer_deadline
from bookings.schedule.local_time import DAY, instant, is_quiet
from clinic.prepared import prepared

BACKEND = "django.contrib.auth.backends.ModelBackend"
DEFAULTS = {
    StaffKind.COMING: TellWhen.NEVER,
    StaffKind.PROMISE: TellWhen.AT_ONCE,
    StaffKind.ATTACK: TellWhen.AT_ONCE,
    StaffKind.OWN_VISIT: TellWhen.AT_ONCE,
    StaffKind.OWN_CALENDAR: TellWhen.AT_ONCE,
}
"""Of whoever answers requests, and of practitioners; every other kind is bundled."""
SALT, LINK_LASTS = "stop-staff-mail", timedelta(days=90)


@dataclass(frozen=True)
class Desk:
    """Everybody who may answer requests. `relieved`: the owners, where others do it day by day."""

    users: list[Any]
    relieved: set[int]


def having(permission: str) -> Any:
    """Users with a permission, superusers apart."""
    users = get_user_model().objects.with_perm(  # type: ignore[attr-defined]
        permission, include_superusers=False, backend=BACKEND
    )
    return users.filter(is_active=True)


_having = prepared(having)


def desk() -> Desk:
    """Superusers count only where nobody else can answer: their login is for the installation."""
    users = sorted(_having(permission="bookings.triage_request"), key=lambda user: int(user.pk))
    if not users:
        return Desk(_superusers(), set())
    owners = {user.pk for user in _having(permission="bookings.view_heartbeat")}
    others = [user for user in users if user.pk not in owners]
    return Desk(users, owners if others else set())


@prepared
def _superusers() -> QuerySet[Any]:
    users: QuerySet[Any] = get_user_model().objects.filter(is_active=True, is_superuser=True)
    return users


def watchers() -> Desk:
    """Whom an attack concerns: the desk, and whoever looks after the site."""
    found = desk()
    more = having("bookings.view_heartbeat").exclude(pk__in=[user.pk for user in found.users])
    return Desk([*found.users, *more], found.relieved)


def default(kind: StaffKind, *, relieved: bool) -> TellWhen:
    if relieved and kind not in {StaffKind.ATTACK, StaffKind.OWN_VISIT}:
        return TellWhen.NEVER
    return DEFAULTS.get(kind, TellWhen.BUNDLED)


def choices(users: Iterable[Any], kind: StaffKind, *, relieved: set[int]) -> dict[int, TellWhen]:
    """When each of them wants mail about a kind, by the user's id."""
    ids = [user.pk for user in users]
    chosen = {pk: TellWhen(when) for pk, when in _chosen(ids, kind)}
    return {pk: chosen.get(pk, default(kind, relieved=pk in relieved)) for pk in ids}


@prepared
def _chosen(users: Sequence[int], kind: str) -> QuerySet[StaffPreference, Any]:
    rows = StaffPreference.objects.filter(user__pk__in=users, kind=kind)
    return rows.values_list("user_id", "when")


@dataclass(frozen=True)
class Timing:
    """When a notice written at `now` (UTC) goes into a mail.

    `visit`: a visit that is changed so late that whoever is at work must know at once.
    """

    location: Location | None
    now: datetime
    visit: Appointment | None = None
    wait: timedelta = timedelta()

    def due_at(self, when: TellWhen) -> datetime | None:
        """None: no mail. A late change is mailed whatever a person chose; see `always`."""
        if self.visit:
            return self.now if self._cannot_wait(self.visit) else self._after_quiet()
        if when == TellWhen.NEVER:
            return None
        return self._after_quiet() + self.wait if when == TellWhen.AT_ONCE else self._bundle()

    @property
    def _zone(self) -> ZoneInfo:
        return self.location.zone if self.location else ZoneInfo(settings.TIME_ZONE)

    def _after_quiet(self) -> datetime:
        chosen = MessageSettings.load()
        if not is_quiet(self.now, self._zone, (chosen.quiet_from, chosen.quiet_until)):
            return self.now
        local = self.now.astimezone(self._zone)
        day = local.date() if local.time() < chosen.quiet_until else local.date() + DAY
        return instant(day, chosen.quiet_until, self._zone)

    def _cannot_wait(self, visit: Appointment) -> bool:
        """Whether the visit is today, or begins soon after the quiet hours end."""
        today = visit.today(visit.start) == visit.today(self.now)
        return today or visit.start < self._after_quiet() + timedelta(hours=2)

    def _bundle(self) -> datetime:
        """The next full hour, or when somebody begins to work."""
        past = timedelta(
            minutes=self.now.minute, seconds=self.now.second, microseconds=self.now.microsecond
        )
        hour = self.now - past + timedelta(hours=1)
        return answer_deadline.next_working(self.location, now=hour) if self.location else hour


def token(user: Any) -> str:
    """For the link that ends the mails: it can do nothing else, and needs no login."""
    return signing.dumps(user.pk, salt=SALT)


def of_token(text: str) -> Any:
    """The user, or None for a link that is forged, too old, or of somebody who has left."""
    try:
        pk = signing.loads(text, salt=SALT, max_age=LINK_LASTS)
    except signing.BadSignature:
        return None
    return get_user_model().objects.filter(pk=pk, is_active=True).first()


def stop_mails(user: Any) -> None:
    """No mail about any kind from now on; what is waiting stays on the first screen."""
    for kind in StaffKind:
        StaffPreference.objects.update_or_create(
            user=user, kind=kind, defaults={"when": TellWhen.NEVER}
        )
    user.staff_notices.filter(told_at=None, urgent=False).update(due_at=None)

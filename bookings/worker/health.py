"""Whether everything is running: one list for the owner's first screen and `manage.py health`.

It never names a patient.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import demonstration
from bookings.messages import send
from bookings.messages.webhooks import send as webhooks
from bookings.models import ConsultationRequest, Heartbeat, Message, OwnCalendar, PeriodicJob
from clinic.backup import making

BEAT = timedelta(minutes=2)
"""The worker reports after each round; with a slow mail server a round takes a while."""
MAIL_WAITS = timedelta(minutes=15)
BACKUP_AGE = timedelta(hours=26)
"""A backup every night, plus two hours."""
CALENDARS_WAIT = timedelta(hours=2)
"""Servers of calendars are away for an hour now and then."""
DISK = 1_000_000_000
"""Bytes that must be free: enough for a small clinic's backup, its check and a day's data."""

KNOWN_PROBLEMS = {
    "TooManyAtOnce": gettext_lazy("many people are due to be erased at once: see “manage.py purge”")
}
"""Words for the errors that a periodic job may fail with, by the error's name."""

TO_DO = {
    "worker": gettext_lazy(
        "Until it runs, nobody gets mail. Ask whoever looks after the server to start the worker."
    ),
    "jobs": gettext_lazy(
        "They are retried every few minutes. If it goes on, tell whoever looks after the server."
    ),
    "mail": gettext_lazy(
        "The mail server may be down: we keep trying. If it goes on, tell whoever looks after the server."
    ),
    "failed": gettext_lazy("Phone these patients: Requests, “To phone”."),
    "disk": gettext_lazy("Ask whoever looks after the server to make room soon."),
    "backup": gettext_lazy("Ask whoever looks after the server why there is no backup of today."),
    "demonstration": gettext_lazy(
        "Nobody works there, but patients can book. Put your own place and people in, under Clinic."
    ),
    "webhooks": gettext_lazy("See under Settings, Webhooks, what the address answers."),
    "calendars": gettext_lazy(
        "Each practitioner’s page says why, under “Own calendars”; the address may have changed."
    ),
    "overdue": gettext_lazy("Answer these first: they are at the top of “To answer”."),
}
"""What staff can do about each finding that is not OK, by its name."""


@dataclass(frozen=True)
class Finding:
    """The result of one check. `technical`: for whoever runs the server to fix."""

    name: str
    label: str
    ok: bool
    says: str
    technical: bool = True

    @property
    def to_do(self) -> str:
        """What to do about it, in one line; empty if it is OK."""
        return "" if self.ok else str(TO_DO[self.name])


def findings(*, now: datetime) -> list[Finding]:
    """All checks, in the order in which they are shown. `now` is UTC."""
    looks: list[Callable[[datetime], Finding]] = [worker, jobs, mail, failed, disk, backup]
    looks += [calendars, overdue]
    found = [look(now) for look in looks] + ([invented()] if settings.PRODUCTION else [])
    troubled = webhooks.troubles()
    return [*found, own_systems(troubled)] if troubled else found


def ago(at: datetime, now: datetime) -> str:
    return _("%(time)s ago") % {"time": timesince(at, now)} if now > at else _("just now")


def worker(now: datetime) -> Finding:
    """Without the worker no mail is sent and no hold lapses."""
    beat = Heartbeat.objects.filter(name="worker").first()
    says = _("ran %(ago)s") % {"ago": ago(beat.at, now)} if beat else _("never ran")
    well = bool(beat and abs(now - beat.at) < BEAT)
    return Finding("worker", _("Sending of mail and reminders"), well, says)


def jobs(now: datetime) -> Finding:
    """The jobs whose last run failed, and why."""
    rows = PeriodicJob.objects.exclude(problem="").order_by("name")
    troubled = [f"{row.name} ({KNOWN_PROBLEMS.get(row.problem, row.problem)})" for row in rows]
    says = ", ".join(troubled) or _("none has failed")
    return Finding("jobs", _("Tasks that run by themselves"), not troubled, says)


def mail(now: datetime) -> Finding:
    """The oldest unsent mail; this shows when the mail server is down."""
    since = send.oldest_due(now)
    late = since is not None and now - since > MAIL_WAITS
    says = ago(since, now) if since else _("none")
    return Finding("mail", _("Oldest mail waiting to be sent"), not late, says)


def failed(now: datetime) -> Finding:
    """Mails that did not arrive, so somebody must phone the patient."""
    count = Message.objects.undelivered().count()
    return Finding("failed", _("Mails that did not arrive"), not count, str(count), technical=False)


def calendars(now: datetime) -> Finding:
    """Practitioners' own calendars that could not be read for a while."""
    rows = OwnCalendar.objects.failing_since(now - CALENDARS_WAIT).select_related("resource")
    names = ", ".join(sorted({one.resource.name for one in rows}))
    label = _("Own calendars that cannot be read")
    return Finding("calendars", label, not names, names or _("none"), technical=False)


def disk(now: datetime) -> Finding:
    places = {settings.VAR, settings.BACKUP_DIR, settings.MEDIA_ROOT}
    free = min(shutil.disk_usage(path).free for path in places if path.exists())
    return Finding("disk", _("Free disk space"), free > DISK, filesizeformat(free))


def backup(now: datetime) -> Finding:
    last = making.last()
    if last is None:
        return Finding("backup", _("Last backup"), False, _("never"))
    says = (
        ago(last.at, now)
        if last.encrypted
        else _("%(ago)s, not encrypted") % {"ago": ago(last.at, now)}
    )
    return Finding("backup", _("Last backup"), now - last.at < BACKUP_AGE, says)


def invented() -> Finding:
    """What is left of the demonstration clinic; on a computer that tries the site out it may stay."""
    names = ", ".join(demonstration.invented())
    label = _("Invented places and people")
    return Finding("demonstration", label, not names, names or _("none"), technical=False)


def own_systems(troubled: list[str]) -> Finding:
    """Addresses of the clinic's own systems that no longer take what they are told."""
    return Finding("webhooks", _("Webhooks"), False, ", ".join(troubled), technical=False)


def overdue(now: datetime) -> Finding:
    """Requests whose promised answer time has passed."""
    count = ConsultationRequest.objects.overdue(now).count()
    return Finding(
        "overdue",
        _("Requests not answered by the time promised"),
        not count,
        str(count),
        technical=False,
    )

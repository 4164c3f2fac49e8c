"""Calendars that practitioners keep elsewhere: the site reads when they are busy, and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.enums import CalendarProblem
from bookings.models.directory import Resource
from bookings.validators import validate_one_line
from clinic import sealed


class OwnCalendarQuerySet(models.QuerySet["OwnCalendar"]):
    def read_at_all(self) -> Self:
        """Not those of people who are switched off: who has left is not read any more."""
        return self.filter(resource__active=True)

    def due(self, now: datetime) -> Self:
        return self.read_at_all().filter(due_at__lte=now)

    def failing_since(self, moment: datetime) -> Self:
        """Those that nobody could read from this moment on, or earlier."""
        return self.read_at_all().filter(failing_since__lte=moment)


class OwnCalendar(models.Model):
    """The address of one calendar of a practitioner, and how reading it goes. All times are UTC.

    The address is a secret, because whoever has it reads the whole calendar: it is `sealed`, and shown by
    its `host` alone. `mark` tells whether it is there twice. `version` changes with the address.

    `due_at`: when it is read next. `read_at`: when its server last said what is in it. `expanded_at`: when
    its times were last worked out anew. `digest` and `zone`: of which text, and in which zone. `etag` and
    `last_modified`: what its server said about it. `failing_since`, `failures`, `problem`: of the tries
    since it was last read. `dropped_at`: when its times were dropped because they were too old.
    """

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="own_calendars")
    name = models.CharField(
        _("name"), max_length=60, blank=True, default="", validators=[validate_one_line]
    )
    host = models.CharField(max_length=253)
    sealed = models.TextField()
    mark = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
    read_at = models.DateTimeField(null=True, blank=True)
    expanded_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True, default="")
    zone = models.CharField(max_length=64, blank=True, default="")
    etag = models.CharField(max_length=200, blank=True, default="")
    last_modified = models.CharField(max_length=64, blank=True, default="")
    unreadable = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=12, blank=True, default="", choices=CalendarProblem)
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects = OwnCalendarQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("own calendar")
        verbose_name_plural = _("own calendars")
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "mark"],
                name="own_calendar_once_a_person",
                violation_error_message=_("This calendar is in the list already."),
            ),
            models.CheckConstraint(
                condition=Q(failing_since__isnull=True, problem="")
                | (Q(failing_since__isnull=False) & ~Q(problem="")),
                name="own_calendar_fails_for_a_reason",
                violation_error_message=_("A calendar that fails has a problem."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id}/{self.pk}"

    @property
    def label(self) -> str:
        """What it is called: never its address."""
        return f"{self.name} ({self.host})" if self.name else self.host

    def set_address(self, address: str, *, host: str) -> None:
        """Another address: nothing that was known about the earlier one holds any more."""
        self.sealed, self.mark, self.host = sealed.seal(address), sealed.mark(address), host
        self.etag = self.last_modified = self.digest = self.problem = ""
        self.read_at = self.expanded_at = self.failing_since = self.dropped_at = None
        self.failures = self.unreadable = 0

    def address(self) -> str:
        """The whole address. Raises `clinic.sealed.CannotOpen`."""
        return sealed.unseal(self.sealed)

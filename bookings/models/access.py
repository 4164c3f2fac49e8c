"""How patients come back: links by mail, and answers kept while they are being given."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.models.directory import Resource
from bookings.models.requests import ConsultationRequest

SECRET = re.compile(r"/request/open/[\w-]+|/r/[\w-]{22}")
"""The secret in the address of a link, as mails and, shorter, texts write it."""


def digest(token: str) -> str:
    """What is stored of a secret: its SHA-256, in hex. The secret has 256 bits, so no salt."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class AccessLinkQuerySet(models.QuerySet["AccessLink"]):
    def valid(self, now: datetime) -> Self:
        """Those that open the page of their request."""
        return self.filter(expires_at__gt=now, email="")

    def pending(self, now: datetime) -> Self:
        """Those that open nothing but the question whether the new address is the patient's."""
        return self.filter(expires_at__gt=now).exclude(email="")


class AccessLink(models.Model):
    """A secret address sent to the patient, stored hashed. Its owner may manage the request.

    `email`: the address that the patient wants instead of the request's own, until this link proves it.
    """

    request = models.ForeignKey(ConsultationRequest, on_delete=models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    email = models.EmailField(blank=True, default="", db_default="")

    objects = AccessLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("patient link")
        verbose_name_plural = _("patient links")

    def __str__(self) -> str:
        return f"{self.request_id}/{self.pk}"


class CalendarFeed(models.Model):
    """The secret behind which a practitioner's diary can be subscribed to, stored hashed."""

    resource = models.OneToOneField(Resource, on_delete=models.CASCADE, related_name="feed")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class Draft(models.Model):
    """Answers of an unfinished request, kept for a day under a secret that only the browser has.

    `key` names it in the address. It is not stored: `digest` is made of it and the secret.
    """

    key = ""
    digest = models.CharField(max_length=64, unique=True)
    idempotency_key = models.CharField(max_length=64, unique=True)
    answers = models.JSONField(default=dict)
    expires_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField()
    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.pk)

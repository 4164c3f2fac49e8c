"""Addresses of the clinic's own systems that are told of visits, and what was sent to each."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.enums import DeliveryStatus, PausedBecause, WebhookKind
from bookings.models.requests import ConsultationRequest


class WebhookEndpoint(models.Model):
    """One address, told of every change of a visit while it is not paused. All times are UTC.

    `seed`: what its secret is made of, together with SECRET_KEY; after a rotation `earlier_seed` counts as
    well until `earlier_until`. `failing_since`: when the first of an unbroken row of failures was.
    """

    url = models.URLField(_("address"), max_length=500, unique=True)
    seed = models.CharField(max_length=64)
    earlier_seed = models.CharField(max_length=64, blank=True, default="")
    earlier_until = models.DateTimeField(null=True, blank=True)
    sends_contact = models.BooleanField(_("send names and contact data"), default=False)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_because = models.CharField(max_length=8, choices=PausedBecause, blank=True, default="")
    failing_since = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            models.CheckConstraint(
                condition=Q(paused_at=None, paused_because="")
                | Q(paused_at__isnull=False, paused_because__in=list(PausedBecause)),
                name="webhook_pause_has_a_reason",
                violation_error_message=_("A pause has a reason."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)  # the address may contain a secret

    @property
    def host(self) -> str:
        """Its host, without what may be secret."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def waiting(self) -> Self:
        return self.filter(status=DeliveryStatus.WAITING)

    def due(self, now: datetime) -> Self:
        """To be sent by now (UTC), those of each endpoint in their order."""
        active = self.waiting().filter(due_at__lte=now, endpoint__paused_at=None)
        return active.select_related("endpoint").order_by("created_at", "pk")

    def dead(self) -> Self:
        return self.filter(status=DeliveryStatus.DEAD)


class WebhookDelivery(models.Model):
    """One message to one endpoint: the same id and body at each try. All times are UTC.

    `key` names the change, so that none is told twice. `request` is empty for a test, and once the person
    is erased. `answer`: the status of the last answer; `problem`: why there was none.
    """

    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries"
    )
    request = models.ForeignKey(
        ConsultationRequest,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="webhook_deliveries",
    )
    kind = models.CharField(_("what"), max_length=16, choices=WebhookKind)
    key = models.CharField(max_length=80)
    message_id = models.CharField(max_length=40, unique=True)
    body = models.TextField(_("text"))
    status = models.CharField(
        _("status"), max_length=8, choices=DeliveryStatus, default=DeliveryStatus.WAITING
    )
    tries = models.PositiveSmallIntegerField(default=0)
    answer = models.PositiveSmallIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=120, blank=True, default="")
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(_("written"))
    tried_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(status=DeliveryStatus.WAITING),
                name="webhook_delivery_due",
            ),
            models.Index(fields=["endpoint", "-created_at"], name="webhook_delivery_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "key"],
                name="webhook_delivery_once_a_change",
                violation_error_message=_("This change is told already."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=list(DeliveryStatus)),
                name="webhook_delivery_status_known",
                violation_error_message=_("Unknown status."),
            ),
        ]

    def __str__(self) -> str:
        return self.message_id

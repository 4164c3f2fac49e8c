"""Who was erased: just enough to erase them again after a backup is restored."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.enums import ErasureReason


class Erasure(models.Model):
    """One line of the ledger (`privacy/erasure_ledger.py`): an HMAC, when (UTC) and why."""

    digest = models.CharField(max_length=64, unique=True)
    because = models.CharField(max_length=12, choices=ErasureReason)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")

    def __str__(self) -> str:
        return self.digest[:12]

"""What staff changed of the clinic's messages: wording, reminders, digest."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.validators import validate_one_line, validate_plain_text


class MessageTemplate(models.Model):
    """Staff's own words for one kind of message in one language; without a row, the defaults."""

    kind = models.CharField(max_length=32)
    language = models.CharField(max_length=12)
    subject = models.CharField(_("subject"), max_length=120, validators=[validate_one_line])
    heading = models.CharField(_("heading"), max_length=120, validators=[validate_one_line])
    body = models.TextField(_("text"), max_length=4000, validators=[validate_plain_text])
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("message wording")
        verbose_name_plural = _("message wordings")
        constraints = [
            models.UniqueConstraint(fields=["kind", "language"], name="wording_once_a_language")
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"

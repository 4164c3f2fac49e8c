"""What staff say of themselves, and where their passkeys were before django-allauth kept them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device


class Passkey(Device):
    """A public key whose other half a device of the user's keeps; `name` is what they call it.

    Nothing reads it any more but accounts/migrations/0004_second_steps_to_allauth.py.
    """

    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField()
    # 32 bits of the authenticator's; those that are the same on several devices always say 0.
    sign_count = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]


class Credentials(models.Model):
    """What readers learn of somebody who writes or checks guides; each types their own."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="credentials"
    )
    profession = models.CharField(
        _("profession"), max_length=80, blank=True, help_text=_("As in “Physiotherapist”.")
    )
    registration = models.CharField(
        _("registration"),
        max_length=80,
        blank=True,
        help_text=_("Your register and number, as in “HCPC PH123456”."),
    )

    class Meta:
        verbose_name = _("profession and registration")
        verbose_name_plural = _("professions and registrations")

    def __str__(self) -> str:
        return ", ".join(part for part in (self.profession, self.registration) if part)


class InterruptedForm(models.Model):
    """What a member of staff had typed when their login ended. See `accounts/interrupted.py`.

    `browser`: the SHA-256 of a random number that only their browser has. `fields`: pairs of name and text.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    browser = models.CharField(max_length=64, db_index=True)
    path = models.CharField(max_length=2000)
    page = models.CharField(max_length=2000)
    fields: Any = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.pk)

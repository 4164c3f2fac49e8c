"""Settings for the clinic's messages: staff's own words, reminders, the daily digest."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _
from post_office.models import Email
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from bookings.validators import validate_one_line, validate_plain_text

MOST_REMINDERS, LONGEST_HOURS = 4, 14 * 24


class MessageTemplate(models.Model):
    """Staff's own words for one kind of message in one language. Without a row, the defaults apply."""

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
            models.UniqueConstraint(
                fields=["kind", "language"],
                name="wording_once_a_language",
                violation_error_message=_(
                    "This message already has its own words in that language."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"


def hours_of(text: str) -> list[int]:
    """The hours in a text such as "48, 3", longest first. Raises `ValidationError`."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not all(word.isascii() and word.isdigit() and len(word) < 5 for word in words):
        raise ValidationError(_("Write whole hours with commas between them, such as 48, 3."))
    hours = sorted({int(word) for word in words}, reverse=True)
    if len(hours) > MOST_REMINDERS or any(not 1 <= hour <= LONGEST_HOURS for hour in hours):
        raise ValidationError(_("At most four reminders, each from 1 to 336 hours before."))
    return hours


def validate_hours(text: str) -> None:
    hours_of(text)


def addresses_of(text: str) -> list[str]:
    return text.replace(",", " ").split()


def validate_addresses(text: str) -> None:
    for address in addresses_of(text):
        validate_email(address)


@register_setting(icon="comment")
class MessageSettings(BaseGenericSetting):
    """When reminders are sent, and who gets the daily mail about overdue answers."""

    reminders = models.CharField(
        _("reminders, in hours before the visit"),
        max_length=40,
        blank=True,
        default="48, 3",
        validators=[validate_hours],
        help_text=_("Such as 48, 3. Empty: no reminders."),
    )
    quiet_from = models.TimeField(_("no reminders from"), default=time(21))
    quiet_until = models.TimeField(
        _("until"),
        default=time(8),
        help_text=_(
            "Local time at the visit's location. Set both to the same time for no quiet hours."
        ),
    )
    digest_at = models.TimeField(_("time of the daily digest"), default=time(8))
    digest_to = models.TextField(
        _("who gets it"),
        blank=True,
        validators=[validate_addresses],
        help_text=_(
            "Email addresses. Empty: everybody who may answer requests. No mail if nothing is overdue."
        ),
    )

    panels = [
        MultiFieldPanel(
            [
                FieldPanel("reminders"),
                FieldRowPanel([FieldPanel("quiet_from"), FieldPanel("quiet_until")]),
            ],
            heading=_("Reminders"),
        ),
        MultiFieldPanel(
            [FieldPanel("digest_at"), FieldPanel("digest_to")], heading=_("Daily digest")
        ),
    ]

    class Meta:
        verbose_name = _("reminders and digest")

    @property
    def hours(self) -> list[int]:
        return hours_of(self.reminders)


class Digest(models.Model):
    """One row for each day on which the digest was due, whether or not there was anything to say."""

    day = models.DateField(unique=True)
    email = models.OneToOneField(Email, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.day}"

"""What the clinic says about itself on every page, and how often somebody has tried something."""

import copy
import re
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost, ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language, gettext, gettext_noop, override
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from phonenumber_field.modelfields import PhoneNumberField
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from clinic.content_version import cached_until_change
from clinic.palettes import COLOURS, Colours, Palette
from clinic.prepared import prepared
from clinic.review.sign_offs import SignOff

__all__ = ["Bucket", "ClinicSettings", "ClinicWords", "SignOff"]

SPOKEN = ("tagline", "opening_hours", "emergency_wording", "urgent_wording", "disclaimer")
"""What differs from language to language; name, phone, email and address do not."""


def other_languages() -> list[tuple[str, str]]:
    return [(code, name) for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def names_another(number: str, words: str) -> bool:
    """Whether the words name a number to call, but not this one."""
    number, words = (re.sub(r"[\s-]", "", text) for text in (number, words))
    return bool(number and re.search(r"\d\d", words) and number not in words)


def host_of(request: HttpRequest | None) -> str:
    """The name that the site was asked by; empty without one, and for a name that is not ours."""
    try:
        return request.get_host() if request is not None else ""
    except DisallowedHost:  # the error page for it shows our name, too
        return ""


@register_setting(icon="home", order=1)
class ClinicSettings(ClusterableModel, BaseSiteSetting):
    """Name, contact and safety wording; edited by staff under Settings."""

    name = models.CharField(_("clinic name"), max_length=80, default="Hip & Spine Clinic")
    tagline = models.CharField(
        _("tagline"),
        max_length=120,
        blank=True,
        default=gettext_noop("Physiotherapy for hips and backs"),
    )
    logo = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("logo"),
        help_text=_("Stands in the header instead of our mark; at least 96 pixels high."),
    )
    palette = models.CharField(_("colours"), max_length=12, choices=Palette, default=Palette.PINE)
    phone = PhoneNumberField(_("phone"), default="+442079460123")
    email = models.EmailField(_("email"), blank=True, default="hello@example.org")
    address = models.TextField(_("address"), default="12 Harbour Street\nLondon SE1 0AA")
    opening_hours = models.TextField(
        _("opening hours"),
        blank=True,
        default=gettext_noop("Monday to Friday, 9am to 6pm"),
        help_text=_("In words, one line each."),
    )
    emergency_number = models.CharField(_("emergency number"), max_length=20, default="999")
    emergency_wording = models.TextField(
        _("emergency wording"),
        default=gettext_noop("Call 999 or go to A&E now."),
        help_text=_("What someone in an emergency should do here."),
    )
    urgent_number = models.CharField(_("urgent number"), max_length=20, blank=True, default="111")
    urgent_wording = models.TextField(
        _("urgent wording"),
        default=gettext_noop("Call your GP today, or 111 if it is closed."),
        help_text=_("What someone should do who must be seen today."),
    )
    disclaimer = models.TextField(
        _("disclaimer"),
        default=gettext_noop(
            "Our guides are general advice. They do not replace your own good judgement, "
            "or a visit to a doctor or physiotherapist."
        ),
    )
    publishes_free_times = models.BooleanField(
        _("publish free times for directories"),
        default=False,
        db_default=False,
        help_text=_(
            "Directories of clinics may then read the free times of the next four weeks at "
            "/fhir/$bulk-publish (SMART Scheduling Links). They name no patient and no practitioner. "
            "Only locations with town, county or state, and postcode are listed."
        ),
    )

    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("tagline")], heading=_("Name")),
        MultiFieldPanel([FieldPanel("logo"), FieldPanel("palette")], heading=_("Look")),
        MultiFieldPanel(
            [
                FieldPanel("phone"),
                FieldPanel("email"),
                FieldPanel("address"),
                FieldPanel("opening_hours"),
            ],
            heading=_("Contact"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("emergency_number"),
                FieldPanel("emergency_wording"),
                FieldPanel("urgent_number"),
                FieldPanel("urgent_wording"),
                FieldPanel("disclaimer"),
            ],
            heading=_("Safety wording"),
        ),
        MultiFieldPanel([FieldPanel("publishes_free_times")], heading=_("Directories")),
        InlinePanel(
            "words",
            heading=_("In other languages"),
            label=_("Language"),
            help_text=_("What stays empty is said as above, in the translation where we have one."),
            max_num=len(settings.LANGUAGES) - 1,
        ),
    ]

    class Meta:
        verbose_name = _("clinic")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Give the site the clinic's name: without one the admin shows its host name, such as localhost."""
        from wagtail.models import Site

        super().save(*args, **kwargs)
        site = Site.objects.filter(pk=self.site_id).exclude(site_name=self.name).first()
        if site:
            site.site_name = self.name
            site.save(update_fields=["site_name"])

    def clean(self) -> None:
        """A button calls one number: the words beside it must not name another."""
        super().clean()
        errors = {}
        for kind in ("emergency", "urgent"):
            number = getattr(self, f"{kind}_number")
            if names_another(number, getattr(self, f"{kind}_wording")):
                said = _("The button calls %(number)s: name that number in these words as well.")
                errors[f"{kind}_wording"] = ValidationError(said, params={"number": number})
        if errors:
            raise ValidationError(errors)

    @property
    def colours(self) -> Colours:
        return COLOURS[Palette(self.palette)]

    @classmethod
    def current(cls, request: HttpRequest | None = None) -> "ClinicSettings":
        """The settings of the request's site, or of the default site where there is no request."""
        language = get_language() or settings.LANGUAGE_CODE
        if language == settings.LANGUAGE_CODE:
            return cls.as_written(request)
        return cached_until_change(
            f"settings of {host_of(request)} in {language}",
            lambda: cls.as_written(request).spoken(language),
        )

    @classmethod
    def as_written(cls, request: HttpRequest | None = None) -> "ClinicSettings":
        """The row itself, in the clinic's own language."""
        host = host_of(request)
        return cached_until_change(
            f"settings of {host}", lambda: cls._read(request if host else None)
        )

    @classmethod
    def site_of(cls, request: HttpRequest) -> Any:
        """The request's site with its home page, which come with the settings; None if there is none."""
        try:
            site = cls.as_written(request).site
        except cls.DoesNotExist:
            return None
        site.root_page = site.root_page.specific
        return site

    @classmethod
    def _read(cls, request: HttpRequest | None) -> "ClinicSettings":
        from wagtail.models import Site

        if request is not None:
            found: ClinicSettings = cls.for_request(request)
            found.site = Site.find_for_request(request)
            return found
        for written in _of_default_site():
            return written
        site = Site.objects.filter(is_default_site=True).first()
        return cls.for_site(site) if site else cls()

    def spoken(self, language: str) -> "ClinicSettings":
        """A copy in that language, not to be saved: staff's words, else our translation of ours."""
        if language == settings.LANGUAGE_CODE:
            return self
        words = self.words.filter(language=language).first() if self.pk else None
        copied = copy.copy(self)
        for name in SPOKEN:
            own = getattr(self, name)
            with override(language):
                said = getattr(words, name, "") or (gettext(own) if own else "")
            setattr(copied, name, said)
        return copied


@prepared
def _of_default_site() -> models.QuerySet["ClinicSettings"]:
    rows = ClinicSettings.objects.select_related("site")
    return rows.filter(site__is_default_site=True)


class ClinicWords(models.Model):
    """What a clinic says in one other language; empty fields fall back to the translation of ours."""

    clinic = ParentalKey(ClinicSettings, on_delete=models.CASCADE, related_name="words")
    language = models.CharField(_("language"), max_length=12, choices=other_languages)
    tagline = models.CharField(_("tagline"), max_length=120, blank=True)
    opening_hours = models.TextField(_("opening hours"), blank=True)
    emergency_wording = models.TextField(_("emergency wording"), blank=True)
    urgent_wording = models.TextField(_("urgent wording"), blank=True)
    disclaimer = models.TextField(_("disclaimer"), blank=True)

    panels = [FieldPanel("language"), *(FieldPanel(name) for name in SPOKEN)]

    class Meta:
        verbose_name = _("wording in another language")
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "language"],
                name="clinic_words_once_a_language",
                violation_error_message=_("This language is there already."),
            )
        ]

    def __str__(self) -> str:
        return self.language


class Bucket(models.Model):
    """A token bucket, as the moment at which it is full again (generic cell rate algorithm).

    `key` is an HMAC: neither an address nor a name is kept. `full_at` is in seconds since 1970, UTC.
    Used by `clinic.throttle` alone.
    """

    key = models.CharField(max_length=64, primary_key=True)
    full_at = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return self.key[:8]

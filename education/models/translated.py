"""What is translated: a translation is a row of its own, drafted, reviewed and signed for itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.languages import active
from clinic.models import other_languages
from clinic.review.text import fingerprint_of
from education.guide import media


def follows() -> models.CharField:
    """The field with the fingerprint of the original's text that a translation was made from."""
    return models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)


class Following:
    """A text that may translate another, and knows which version of it.

    Whoever publishes a translation has compared it with the original as it is then. No text is published
    while a picture or film in it lacks its words.
    """

    follows: Any

    @property
    def language_code(self) -> str:
        raise NotImplementedError

    @property
    def original(self) -> Any:
        """What this translates; None for an original."""
        raise NotImplementedError

    @property
    def original_changed(self) -> bool:
        """Whether the original says something else than when this was last published or begun."""
        return bool(
            self.follows and self.original and fingerprint_of(self.original) != self.follows
        )

    @property
    def language_name(self) -> str:
        return str(dict(settings.LANGUAGES).get(self.language_code, self.language_code))

    @property
    def translation_state(self) -> str:
        """In words, for lists; empty for an original."""
        if not self.original:
            return ""
        return gettext("Behind its original") if self.original_changed else gettext("Up to date")

    def publish(self, revision: Any, user: Any = None, **options: Any) -> Any:
        """Raises `WithoutWords`."""
        media.refuse_without_words(revision.as_object())
        with transaction.atomic():  # a refused publication leaves the revision as it was
            if self.original:
                revision.content["follows"] = fingerprint_of(self.original)
                revision.save(update_fields=["content"])
            return super().publish(revision, user=user, **options)  # type: ignore[misc]


class TranslatedQuerySet(models.QuerySet[Any]):
    def written_in(self, language: str) -> TranslatedQuerySet:
        """Those in that language alone."""
        return self.filter(written_in="" if language == settings.LANGUAGE_CODE else language)

    def behind(self) -> TranslatedQuerySet:
        """Translations whose original says something else than when they were last compared with it."""
        translations = self.exclude(translation_of=None).select_related("translation_of")
        return self.filter(pk__in=[one.pk for one in translations if one.original_changed])

    def for_reader(self) -> TranslatedQuerySet:
        """Each once: in the reader's language, or the original where that has no live translation."""
        own = self.written_in(settings.LANGUAGE_CODE)
        if active() == settings.LANGUAGE_CODE:
            return own
        translated = self.written_in(active())
        live = translated.filter(live=True, translation_of__isnull=False)
        return translated | own.exclude(pk__in=live.values("translation_of"))


class Translated(Following, models.Model):
    """Of the guide library. An empty `written_in` is the site's main language."""

    follows = follows()
    written_in = models.CharField(
        _("language"),
        max_length=12,
        blank=True,
        default="",
        db_default="",
        choices=other_languages,
        editable=False,
    )
    translation_of = models.ForeignKey(
        "self",
        verbose_name=_("translation of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="translations",
        editable=False,
    )

    class Meta:
        abstract = True

    @property
    def language_code(self) -> str:
        return self.written_in or str(settings.LANGUAGE_CODE)

    @property
    def original(self) -> Any:
        return self.translation_of


def one_translation(name: str) -> list[models.BaseConstraint]:
    """The constraints of a model with that name: one translation a language, never into one's own."""
    return [
        models.UniqueConstraint(
            fields=["translation_of", "written_in"],
            name=f"{name}_once_a_language",
            violation_error_message=_("There is a translation into that language already."),
        ),
        models.CheckConstraint(
            condition=Q(translation_of=None) | ~Q(written_in=""),
            name=f"{name}_translated_to_a_language",
            violation_error_message=_("A translation is in another language."),
        ),
    ]

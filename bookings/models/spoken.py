"""Words of the set-up that patients read: in the clinic's own language and in the site's others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Spoken(models.Model):
    """A row whose fields `SPOKEN` are in the site's first language, with `translations` beside them.

    `translations` is `{language: {field: words}}`. Words that are missing there are those of the field.
    """

    SPOKEN: ClassVar[tuple[str, ...]]

    translations = models.JSONField(
        _("in other languages"),
        default=dict,
        blank=True,
        db_default=models.Value({}, models.JSONField()),
    )

    class Meta:
        abstract = True

    @property
    def said(self) -> Any:
        """The words in the active language, an attribute for each field."""
        own = self._translated(get_language())
        return SimpleNamespace(**{f: own.get(f) or getattr(self, f) for f in self.SPOKEN})

    def language_of(self, field: str) -> str:
        """The language in which `said` has this field."""
        active = get_language() or ""
        return active if self._translated(active).get(field) else str(settings.LANGUAGE_CODE)

    def _translated(self, language: str | None) -> dict[str, str]:
        found: dict[str, str] = self.translations.get(language, {})
        return found


def each_line(text: str) -> list[str]:
    """The non-empty lines of a text with one item per line."""
    return [line.strip() for line in text.splitlines() if line.strip()]

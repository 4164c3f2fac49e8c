"""Fields of a set-up form that ask for the same words in the site's other languages."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bookings.models.spoken import Spoken


def other_languages() -> Iterator[tuple[str, str]]:
    return ((code, name) for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)


class SpeaksLanguages(forms.BaseForm):
    """Beside each field of `spoken` one for every other language, such as `name_es`.

    Left empty, patients read the clinic's own language there.
    """

    spoken: type[Spoken]

    def add_translations(self, row: Spoken | None) -> None:
        for name in self.spoken.SPOKEN:
            for code, language in other_languages():
                field = self.fields[f"{name}_{code}"] = deepcopy(self.fields[name])
                field.label = _("%(field)s in %(language)s") % {
                    "field": field.label,
                    "language": language,
                }
                field.required, field.help_text = False, ""
                field.initial = row and row.translations.get(code, {}).get(name, "")
        self.order_fields(list(self._beside_each_other()))

    def _beside_each_other(self) -> Iterator[str]:
        for name in list(self.fields):
            yield name
            if name in self.spoken.SPOKEN:
                yield from (f"{name}_{code}" for code, _language in other_languages())

    def translations(self) -> dict[str, dict[str, str]]:
        """What was typed, as `Spoken.translations` has it."""
        cleaned: dict[str, Any] = self.cleaned_data  # type: ignore[attr-defined]
        found = {
            code: {n: cleaned[f"{n}_{code}"] for n in self.spoken.SPOKEN if cleaned[f"{n}_{code}"]}
            for code, _language in other_languages()
        }
        return {code: words for code, words in found.items() if words}

"""Panels beside the editor's fields: reading age, what to look at before review."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.panels import Panel

from education.guide import checks, reading_age


class ChecksPanel(Panel):
    """The content checks of the newest saved draft."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "education/admin/checks_panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | {
                "reading": checks.measure(self.instance),
                "explaining": checks.measure_explaining(self.instance),
                "aim": reading_age.AIM,
                "problems": checks.problems(self.instance),
            }


class ExerciseChecksPanel(Panel):
    """The same for one exercise."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "education/admin/checks_panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            texts = list(checks.exercise_texts(self.instance))
            return context | {
                "reading": reading_age.measure(texts, self.instance.language_code),
                "aim": reading_age.AIM,
                "problems": list(checks.exercise_problems(self.instance)),
            }


class TranslationPanel(Panel):
    """Which language this is in, what it translates, and where to start a translation."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "education/admin/translation_panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk) and len(settings.LANGUAGES) > 1

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            thing = self.instance
            here = {
                "thing": thing,
                "language": dict(settings.LANGUAGES).get(thing.language_code, thing.language_code),
            }
            return context | here | self.links(thing)

        def links(self, thing: Any) -> dict[str, str | None]:
            if thing.original:
                return {
                    "original_url": AdminURLFinder(self.request.user).get_edit_url(thing.original)
                }
            return {
                "start_url": reverse("start_translation", args=[thing._meta.label_lower, thing.pk])
            }

"""What the editor sees beside the fields: reading age, and what to look at before review."""

from typing import Any

from wagtail.admin.panels import Panel

from education import content_checks, reading


class ChecksPanel(Panel):
    """The content checks over the newest saved draft."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "education/admin/checks_panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | {
                "reading": content_checks.measure(self.instance),
                "aim": reading.AIM,
                "problems": content_checks.problems(self.instance),
            }


class ExerciseChecksPanel(Panel):
    """The same for one exercise."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "education/admin/checks_panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            texts = list(content_checks.exercise_texts(self.instance))
            return context | {
                "reading": reading.measure(texts),
                "aim": reading.AIM,
                "problems": list(content_checks.exercise_problems(self.instance)),
            }

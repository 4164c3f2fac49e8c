"""The panel above a service's questions: what to look at before they go to review."""

from typing import Any

from wagtail.admin.panels import Panel


class QuestionChecksPanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "bookings/staff/question_checks.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | {"problems": self.instance.problems}

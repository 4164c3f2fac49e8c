"""The panel beside a reviewed text: who signed it."""

from typing import Any

from wagtail.admin.panels import Panel


class ClaimPanel(Panel):
    """Who signed what is live, and what changed since."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "clinic/admin/claim_panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            live = type(self.instance).objects.get(pk=self.instance.pk)
            return context | {"live": live, "claim": live.claim}

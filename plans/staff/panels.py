"""On a practitioner's first screen: running plans with an exercise that is not as it was agreed."""

from __future__ import annotations

from typing import Any

from wagtail.admin.ui.components import Component

from plans.enums import PlanStatus
from plans.models import Plan
from plans.staff.beside import flagged

MOST = 200


class FlaggedPanel(Component):
    name = "plans"
    template_name = "plans/staff/_flagged_panel.html"
    order = 9

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        own = Plan.objects.filter(
            status=PlanStatus.SENT,
            practitioner__practitioner__user=user,
            request__erased_at=None,
        )
        rows = own.select_related("request").prefetch_related("exercises")[:MOST]
        return {"flagged": flagged(list(rows))}

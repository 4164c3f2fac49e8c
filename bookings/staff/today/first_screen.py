"""Which panels the first screen has for whom; Wagtail sorts them by their `order`."""

from __future__ import annotations

from typing import Any

from wagtail.admin.ui.components import Component

from bookings.messages import recipients
from bookings.permissions import (
    can_read_reports,
    can_read_requests,
    can_see_health,
    can_set_up,
    can_triage,
)
from bookings.staff.today.changes import ChangesPanel
from bookings.staff.today.desk import FreedPanel, PhonePanel
from bookings.staff.today.panels import HealthPanel, InboxPanel
from bookings.staff.today.setting_up import SettingUpPanel
from bookings.staff.today.visits import OwnDayPanel, TodayPanel
from bookings.staff.today.week import WeekPanel


def panels_for(user: Any) -> list[Component]:
    """What changed, what waits, the day. Owners begin with the site, where others answer."""
    found: list[Component] = []
    if can_read_requests(user):
        found.append(ChangesPanel())
        if hasattr(user, "practitioner"):
            found.append(OwnDayPanel())
    if can_triage(user):
        found += [InboxPanel(), TodayPanel(), PhonePanel(), FreedPanel()]
    if can_set_up(user):
        found.append(SettingUpPanel())
    if can_see_health(user):
        owners: list[HealthPanel | WeekPanel] = [
            HealthPanel(),
            *([WeekPanel()] if can_read_reports(user) else []),
        ]
        if user.pk in recipients.desk().relieved:
            for panel in owners:
                panel.order -= 30  # others answer the requests: theirs is the site
        found += owners
    return found

"""Plans in the admin, below the request that each belongs to."""

from django.urls import path

import bookings.staff.urls  # noqa: F401  (its converter of references)
from plans.staff import follow_up, report, views

app_name = "plans"
urlpatterns = [
    path("requests/<reference:reference>/plan/", views.plan_start, name="start"),
    path("requests/<reference:reference>/plan/<int:pk>/", views.plan_write, name="write"),
    path("requests/<reference:reference>/plan/<int:pk>/pdf/", views.plan_sheet, name="sheet"),
    path(
        "requests/<reference:reference>/plan/templates/<int:pk>/delete/",
        views.forget_template,
        name="forget_template",
    ),
    path("plans/report/", report.report, name="report"),
    path("plans/follow-up/", follow_up.follow_up, name="follow_up"),
]

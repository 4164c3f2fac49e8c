"""A patient's plan, below the request that it belongs to; and the pages that a browser keeps."""

from django.urls import path

import bookings.public.urls  # noqa: F401  (its converter of references)
from plans.public import kept, own, progress, reminders, sharing

urlpatterns = [
    path("request/open/<str:token>/to/<slug:page>/", own.open_page, name="open-page"),
    path("request/<ref:reference>/plan/", own.own_plan, name="own-plan"),
    path("request/<ref:reference>/plan/keep/", own.plan_to_keep, name="plan-to-keep"),
    path("request/<ref:reference>/plan/days.ics", own.plan_days, name="plan-days"),
    path("request/<ref:reference>/plan/plan.pdf", own.plan_sheet, name="plan-sheet"),
    path("request/<ref:reference>/plan/share/", sharing.share, name="plan-share"),
    path("request/<ref:reference>/plan/day/", sharing.share_day, name="plan-share-day"),
    path("request/<ref:reference>/plan/unshare/", sharing.take_back, name="plan-take-back"),
    path("request/<ref:reference>/plan/reminders/", reminders.reminders, name="plan-reminders"),
    path(
        "request/<ref:reference>/plan/reminders/stop/",
        reminders.stop_reminders,
        name="plan-stop-reminders",
    ),
    path("request/<ref:reference>/progress/", progress.progress, name="progress"),
    path("plan/kept/", kept.kept_plans, name="kept-plans"),
    path("plan/kept/<ref:reference>/", kept.kept_plans, name="kept-plan"),
    path("plan/sw.js", kept.plan_worker, name="plan-worker"),
]

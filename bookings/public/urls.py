"""The public pages of booking: the steps of a new request below /book/, a sent one below /request/.

Each request being written has a key in its address, and each one sent its reference: a page acts on the
request that its address names, whatever else the same browser has open.
"""

from django.urls import path, re_path, register_converter

from bookings.public import (
    feeds,
    find,
    leave,
    manage,
    own_times,
    people,
    reach,
    sms_report,
    stop_staff_mail,
    waiting,
)
from bookings.public.booking import after, check, steps, times


class DraftKey:
    """As `drafts.start` makes it."""

    regex = "[A-Za-z0-9_-]{16}"

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


class Reference(DraftKey):
    """As `transitions.new_reference` makes it."""

    regex = "[0-9A-Z]{4}-[0-9A-Z]{4}"


register_converter(DraftKey, "key")
register_converter(Reference, "ref")

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/<int:pk>-<slug:name>/", people.person, name="person"),
    path("book/", steps.book, name="book"),
    path("book/care/<slug:level>/", steps.care, name="book-care"),
    path("book/<key:draft>/", steps.about, name="book"),
    path("book/<key:draft>/doctor/", steps.doctor, name="book-doctor"),
    path("book/<key:draft>/time/", times.times, name="book-time"),
    path("book/<key:draft>/waiting/", times.waiting, name="book-waiting"),
    path("book/<key:draft>/contact/", steps.contact, name="book-contact"),
    path("book/<key:draft>/check/", check.check, name="book-check"),
    path("book/<key:draft>/sent/", check.sent, name="book-sent"),
    path("book/<key:draft>/address/", after.change_address, name="book-address"),
    path("book/<key:draft>/again/", after.send_again, name="book-send-again"),
    path("book/<key:draft>/hold/", after.hold_again, name="book-hold-again"),
    path("book/<key:draft>/discard/", leave.discard_draft, name="book-discard"),
    path("request/", find.my_requests, name="my-requests"),
    path("request/open/<str:token>/", find.open_request, name="open-request"),
    path("request/open/<str:token>/prove/", reach.prove_address, name="prove-address"),
    path("r/<str:token>", find.open_request, name="open-short"),
    path("hooks/sms/<str:token>/", sms_report.sms_report, name="sms-report"),
    path("request/find/", find.find_request, name="find-request"),
    path("request/find/sent/", find.find_request_sent, name="find-request-sent"),
    path("request/close/", leave.close_pages, name="close-pages"),
    path("request/<ref:reference>/", manage.manage, name="manage"),
    path("request/<ref:reference>/verify/", manage.verify, name="verify-request"),
    path("request/<ref:reference>/accept/<int:pk>/", manage.accept, name="accept-offer"),
    path("request/<ref:reference>/refuse/", manage.refuse, name="refuse-offer"),
    path("request/<ref:reference>/coming/", manage.come, name="come"),
    path("request/<ref:reference>/keep/", manage.keep_appointment, name="keep-appointment"),
    path("request/<ref:reference>/cancel/", manage.withdraw, name="withdraw-request"),
    path("request/<ref:reference>/move/", manage.ask_to_move, name="move-request"),
    path("request/<ref:reference>/time/", own_times.choose_time, name="choose-time"),
    path("request/<ref:reference>/contact/", reach.change_contact, name="change-contact"),
    path("request/<ref:reference>/answer/", manage.answer, name="answer-request"),
    path(
        "request/<ref:reference>/waiting-list/",
        waiting.join_waiting_list,
        name="join-waiting-list",
    ),
    path(
        "request/<ref:reference>/waiting-list/leave/",
        waiting.leave_waiting_list,
        name="leave-waiting-list",
    ),
    path("request/<ref:reference>/appointment.ics", manage.calendar_file, name="calendar-file"),
    path("staff/stop/<str:token>/", stop_staff_mail.stop_staff_mail, name="stop-staff-mail"),
    path("calendar/<str:token>.ics", feeds.calendar_feed, name="calendar-feed"),
    path("calendar/<str:token>.json", feeds.json_feed, name="json-feed"),
    # Addresses that named no request, in pages that were open when the site was upgraded.
    re_path(r"^book/(?:reason|time|other-times|contact|check|sent)/$", leave.old_step),
    re_path(
        r"^request/(?:verify|accept/\d+|refuse|keep|cancel|move|answer|waiting-list(?:/leave)?)/$",
        leave.old_request,
    ),
]

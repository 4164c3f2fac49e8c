"""What visitors and patients reach. A step of asking below /book/, one's own request below /request/."""

from django.urls import path

from bookings.public import feeds, manage, people
from bookings.public.booking import check, steps, times

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/<int:pk>-<slug:name>/", people.person, name="person"),
    path("book/", steps.book, name="book"),
    path("book/care/<slug:level>/", steps.care, name="book-care"),
    path("book/reason/", steps.reason, name="book-reason"),
    path("book/time/", times.times, name="book-time"),
    path("book/other-times/", times.other_times, name="book-other-times"),
    path("book/contact/", steps.contact, name="book-contact"),
    path("book/check/", check.check, name="book-check"),
    path("book/sent/", check.sent, name="book-sent"),
    path("request/", manage.manage, name="manage"),
    path("request/open/<str:token>/", manage.open_request, name="open-request"),
    path("request/find/", manage.find_request, name="find-request"),
    path("request/find/sent/", manage.find_request_sent, name="find-request-sent"),
    path("request/verify/", manage.verify, name="verify-request"),
    path("request/accept/<int:pk>/", manage.accept, name="accept-offer"),
    path("request/refuse/", manage.refuse, name="refuse-offer"),
    path("request/keep/", manage.keep_appointment, name="keep-appointment"),
    path("request/cancel/", manage.withdraw, name="withdraw-request"),
    path("request/move/", manage.ask_to_move, name="move-request"),
    path("request/answer/", manage.answer, name="answer-request"),
    path("request/waiting-list/", manage.join_waiting_list, name="join-waiting-list"),
    path("request/waiting-list/leave/", manage.leave_waiting_list, name="leave-waiting-list"),
    path("calendar/<str:token>.ics", feeds.calendar_feed, name="calendar-feed"),
    path("request/appointment.ics", manage.calendar_file, name="calendar-file"),
]

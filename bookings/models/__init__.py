"""The tables, a module each for directory, hours, requests, appointments, events and access."""

from bookings.models.access import AccessLink, CalendarFeed, Draft
from bookings.models.appointments import Appointment, Displaced
from bookings.models.claims import BookedAnyway, TimeClaim
from bookings.models.directory import Location, Practitioner, Resource
from bookings.models.erasures import Erasure
from bookings.models.events import Event, Heartbeat, Message, PeriodicJob
from bookings.models.hours import DateException, WeeklyHours
from bookings.models.own_calendars import OwnCalendar
from bookings.models.questions import SafetyQuestions, questions_of
from bookings.models.requests import Consent, ConsultationRequest, IntakeAnswer, PreferredTime
from bookings.models.search_words import SearchWord
from bookings.models.services import Service
from bookings.models.staff_notices import LiveLine, StaffNotice, StaffPreference
from bookings.models.travel import TravelTime
from bookings.models.unsigned import AcceptedUnsigned
from bookings.models.waiting import WaitingListEntry
from bookings.models.webhooks import WebhookDelivery, WebhookEndpoint
from bookings.models.wording import Digest, MessageSettings, MessageTemplate

__all__ = [
    "AcceptedUnsigned",
    "AccessLink",
    "Appointment",
    "BookedAnyway",
    "CalendarFeed",
    "Consent",
    "ConsultationRequest",
    "DateException",
    "Digest",
    "Displaced",
    "Draft",
    "Erasure",
    "Event",
    "Heartbeat",
    "IntakeAnswer",
    "LiveLine",
    "Location",
    "Message",
    "MessageSettings",
    "MessageTemplate",
    "OwnCalendar",
    "PeriodicJob",
    "Practitioner",
    "PreferredTime",
    "Resource",
    "SafetyQuestions",
    "SearchWord",
    "Service",
    "StaffNotice",
    "StaffPreference",
    "TimeClaim",
    "TravelTime",
    "WaitingListEntry",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WeeklyHours",
    "questions_of",
]

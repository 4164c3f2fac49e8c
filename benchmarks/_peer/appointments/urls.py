import traceback

from django.core.signals import got_request_exception
from django.urls import include, path

urlpatterns = [path("appointment/", include("appointment.urls"))]


def show(**_: object) -> None:
    """Its own logging swallows what went wrong."""
    traceback.print_exc()


got_request_exception.connect(show)

"""Whoever is logged in says once more that it is they, before an account or its rights change.

A session may be stolen; its password is not in it. A confirmation is of this very login, and good for
one change and a quarter of an hour (`ACCOUNT_REAUTHENTICATION_TIMEOUT`). Having just logged in is none.
django-allauth keeps the record; its own views ask for it as well.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the password or a passkey was given in this login, for a change that is to come."""
    return bool(did_recently_reauthenticate(request))


def forget(request: HttpRequest) -> None:
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    left = [{k: v for k, v in one.items() if k != "reauthenticated"} for one in records]
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = left


def ask(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that asks, and from there back to this one. What was posted is not kept."""
    return redirect(f"{reverse('staff-confirm')}?{urlencode({'next': request.get_full_path()})}")


def required(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view that opens, and changes something, only once the user has confirmed."""

    @wraps(view)
    def confirmed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_confirmed(request):
            return ask(request)
        response: HttpResponse = view(request, *args, **kwargs)
        if request.method == "POST" and not is_form_again(response):
            forget(request)
        return response

    return confirmed


def is_form_again(response: HttpResponse) -> bool:
    """A page with errors beside its fields: nothing has changed yet."""
    return response.status_code == 200 and response["Content-Type"].startswith("text/html")

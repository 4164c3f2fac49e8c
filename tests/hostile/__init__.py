"""Hostile input for every form there is: never a 5xx, and nothing that was typed is lost.

Each body is sent in a transaction that is taken back, so that all of them meet the same state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.test import Client

from tests.hostile.bodies import Form, body
from tests.hostile.fates import fates

ANSWERS = {200, 302, 400, 403, 404, 405, 409, 422, 429}


def send(client: Client, form: Form, sent: dict[str, list[str]], *, parts: bool = False) -> Any:
    """As a browser would, or (`parts`) as a form with files; a lone surrogate goes as its bytes."""
    if parts:
        raw = {n: [v.encode("utf-8", "surrogatepass") for v in vs] for n, vs in sent.items()}
        return client.post(form.path, raw)
    text = urlencode(sent, doseq=True, errors="surrogatepass")
    if form.method == "get":
        return client.get(f"{form.path.partition('?')[0]}?{text}")
    return client.generic("POST", form.path, text, content_type="application/x-www-form-urlencoded")


def attack(
    client: Client, form: Form, times: int, *, holds: Callable[[], bool] = lambda: True
) -> int:
    """So many bodies to one form. Returns how many values were looked for on the pages that came.

    Raises `AssertionError` with number and body for an answer that is none, for a value that is
    lost, and where what `holds` asks about the database does not.
    """
    kept, looked = dict(client.cookies), 0
    for number in range(times):
        sent = body(form, number)
        with transaction.atomic():
            response = send(client, form, sent, parts=number % 8 == 7)
            assert response.status_code in ANSWERS, (form, number, response.status_code, sent)
            assert holds(), (form, number, sent)
            transaction.set_rollback(True)
        client.cookies.clear()
        client.cookies.update(kept)
        fate = fates(form, response, sent)
        lost = [name for name, ok in fate if not ok]
        assert not lost, (form, number, "lost", lost, sent)
        looked += len(fate)
    return looked

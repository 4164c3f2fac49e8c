"""How the site looks to a visitor: whether it answers by its name, and how long its certificate is good."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta
from http.client import HTTPException, HTTPSConnection
from urllib.parse import urlsplit

SECONDS = 15
RENEWED_BEFORE = timedelta(days=14)
"""certbot renews 30 days before the end: with less left, it has failed for two weeks."""


def trouble(site_url: str, *, now: datetime) -> str:
    """What is wrong with `site_url` (https), or nothing. `now` is UTC."""
    url = urlsplit(site_url)
    context = ssl.create_default_context()
    line = HTTPSConnection(url.hostname or "", url.port or 443, timeout=SECONDS, context=context)
    try:
        line.connect()
        certificate = line.sock.getpeercert()
        line.request("GET", "/readyz")
        status = line.getresponse().status
    except ssl.SSLError as error:
        return f"the certificate is not good: {getattr(error, 'verify_message', error.reason)}"
    except (OSError, HTTPException, socket.gaierror) as error:
        return f"no answer: {type(error).__name__}"
    finally:
        line.close()
    if status != 200:
        return f"/readyz answers {status}"
    return ends_soon(str(certificate["notAfter"]) if certificate else "", now=now)


def ends_soon(not_after: str, *, now: datetime) -> str:
    """`not_after` is as a certificate has it: Jun 10 12:00:00 2026 GMT."""
    end = datetime.fromtimestamp(ssl.cert_time_to_seconds(not_after), UTC)
    left = end - now
    return f"the certificate ends in {left.days} days" if left < RENEWED_BEFORE else ""

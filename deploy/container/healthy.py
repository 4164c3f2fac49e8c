"""Whether the web server of this container is ready, asked by one of its names: exit code 0, else 1."""

import os
import sys
import urllib.request

host = os.environ.get("ALLOWED_HOSTS", "localhost").partition(",")[0].strip().lstrip(".")
request = urllib.request.Request(  # noqa: S310  (our own)
    f"http://127.0.0.1:{os.environ.get('PORT') or 8000}/readyz",
    headers={"Host": host, "X-Forwarded-Proto": "https"},
)
try:
    sys.exit(urllib.request.urlopen(request, timeout=4).status != 200)  # noqa: S310  (our own)
except OSError as error:
    sys.exit(f"not ready: {error}")

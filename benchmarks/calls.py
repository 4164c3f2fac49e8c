"""Function calls and queries of a whole booking, and of a guide that is not cached.

Unlike times, both are the same whatever else the computer does. They are counted in this process, from the
web server's entry on, once each page has been asked for twice.
"""

import cProfile
import io
import os
import pstats
import re
from collections.abc import Callable
from email.message import Message
from typing import Any

from _web import LOGIN, manage
from visitor import Answer, Visitor

DATABASES = ["sqlite"]
os.environ.setdefault("OPEN_HOLDS_PER_NETWORK", "1000000")
os.environ.setdefault("UNPROVEN_HOLDS_A_DAY", "1000000")
GUIDE = "/guides/iliopsoas/?rendered"  # an address with a query is never answered from the cache


def main() -> None:
    manage("prepare", "--demo", "--first-login", LOGIN)
    from clinic.wsgi import application

    def send(method: str, path: str, body: bytes | None, **headers: str) -> Answer:
        return ask(application, method, path, body, headers)

    print("| | function calls | queries |\n|---|---|---|")
    for name, visit in {
        "a whole booking: eight pages, seven answers, the address confirmed": book,
        "a guide that is not cached": lambda someone: someone.get(GUIDE),
    }.items():
        for _time in range(2):
            visit(Visitor(send, "http://localhost"))
        calls, queries = count(lambda visit=visit: visit(Visitor(send, "http://localhost")))
        print(f"| {name} | {calls:,} | {queries} |")


def count(visit: Callable[[], object]) -> tuple[int, int]:
    from django.db import connection

    asked: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    profile = cProfile.Profile()
    with connection.execute_wrapper(note):
        profile.runcall(visit)
    return pstats.Stats(profile).total_calls, len(asked)  # type: ignore[attr-defined]


def book(someone: Visitor) -> None:
    from post_office.models import Email

    someone.book()
    mail = Email.objects.filter(to=someone.mail).get()
    link = re.search(r"/request/open/[^\s\"]+", mail.message)
    assert link
    someone.get(link[0])
    someone.post(f"{someone.path}verify/")


def ask(
    application: Any, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> Answer:
    """One web request, as a web server of WSGI hands it over."""
    where, _mark, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": where,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "CONTENT_LENGTH": str(len(body or b"")),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body or b""),
        "wsgi.errors": io.StringIO(),
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    status, said = 0, Message()

    def start(line: str, found: list[tuple[str, str]], _error: object = None) -> None:
        nonlocal status
        status = int(line.split()[0])
        for name, value in found:
            said[name] = value

    answer = application(environ, start)
    page = b"".join(answer)
    answer.close()
    return Answer(status, said, page)


if __name__ == "__main__":
    main()

"""Reads settings from environment variables and the file that ENV_FILE names.

A value that cannot be read is noted in `problems`, and the default holds. So `manage.py check` can name
all of them, one line each (clinic.E010), and nothing that reads settings ends in a traceback. No value is
ever repeated: it may be a secret.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Container
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import environ

Read = TypeVar("Read")
TRUE, FALSE = {"true", "yes", "on", "1", "y", "ok"}, {"false", "no", "off", "0", "n"}
MAIL_SCHEMES = {"smtp", "smtps", "smtp+tls", "smtp+ssl"}
DATABASE_SCHEMES = {"sqlite", "postgres", "postgresql", "psql", "pgsql"}
CACHE_SCHEMES = {"dbcache", "redis", "rediss", "valkey", "locmemcache"}
ELSEWHERE = re.compile(r"AWS_|PG|PYTHON|SENTRY_|LANG|LC_|TZ|HTTPS?_PROXY|NO_PROXY|DJANGO_")
"""Names that libraries read by themselves."""


class Environment:
    """`problems` has a name and what is wrong with its value; `asked` are the names of all settings."""

    def __init__(self, file: str) -> None:
        self.problems: list[tuple[str, str]] = []
        self.asked: set[str] = {"ENV_FILE", "CLINIC_TESTS"}
        self.names_in_file = self._read(file)

    def _read(self, file: str) -> list[str]:
        """Variables that are set already win over the file's."""
        try:
            text = Path(file).read_text()
        except FileNotFoundError:
            if "ENV_FILE" in os.environ:
                self.problem("ENV_FILE", "names a file that is not there")
            return []
        except (OSError, UnicodeDecodeError):
            self.problem("ENV_FILE", "names a file that this account may not read")
            return []
        environ.Env.read_env(file)
        return re.findall(r"^(?:export )?([A-Za-z_0-9]+)=", text, re.MULTILINE)

    def problem(self, name: str, what: str) -> None:
        self.problems.append((name, what))

    def unknown(self) -> list[str]:
        """Names in the file that are no setting: misspelt, or of another version."""
        ours = [name for name in self.names_in_file if not ELSEWHERE.match(name)]
        return sorted(set(ours) - self.asked)

    def text(self, name: str, default: str = "") -> str:
        self.asked.add(name)
        return os.environ.get(name, default)

    def price(self, name: str) -> str:
        """An amount with its currency, as in "£0.04"; empty where there is none."""
        text = self.text(name).strip()
        if not text or re.search(r"[0-9]", text):
            return text
        self.problem(name, "is no price, such as £0.04")
        return ""

    def words(self, name: str, default: list[str]) -> list[str]:
        """Separated by commas."""
        text = self.text(name)
        return [word.strip() for word in text.split(",") if word.strip()] or default

    def one_of(self, name: str, default: str, known: Container[str], what: str) -> str:
        value = self.text(name) or default
        if value in known:
            return value
        self.problem(name, f"is no {what}")
        return default

    def whole(self, name: str, default: int, *, least: int = 0, most: int = 10**9) -> int:
        text = self.text(name).strip()
        if not text:
            return default
        if re.fullmatch(r"-?[0-9]{1,18}", text) and least <= int(text) <= most:
            return int(text)
        wanted = f"from {least} to {most}" if most < 10**9 else f"of at least {least}"
        self.problem(name, f"is no whole number {wanted}")
        return default

    def ports(self, name: str, default: list[int]) -> list[int]:
        """Separated by commas."""
        words = self.words(name, [])
        if all(re.fullmatch(r"[0-9]{1,5}", word) and 0 < int(word) < 65536 for word in words):
            return [int(word) for word in words] or default
        self.problem(name, "is no list of ports, such as 443,8443")
        return default

    def flag(self, name: str, *, default: bool) -> bool:
        text = self.text(name).strip().lower()
        if text and text not in TRUE | FALSE:
            self.problem(name, "is neither true nor false")
        return text in TRUE if text in TRUE | FALSE else default

    def pairs(self, name: str, known: Container[str]) -> dict[str, str]:
        """`name=value,name=value`, of known names."""
        found = {}
        for word in self.words(name, []):
            key, _, value = word.partition("=")
            if key not in known:
                self.problem(name, "names a limit that there is not")
            found[key] = value
        return {key: value for key, value in found.items() if key in known}

    def json(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads(self.text(name) or "{}")
        except ValueError:
            found = None
        if not isinstance(found, dict):
            self.problem(name, "is no JSON object")
            return {}
        return found

    def folder(self, name: str, default: Path) -> Path:
        """One that is there, or that can be made. It need not be writable: some units may only read."""
        if not (text := self.text(name)):
            return default
        path = Path(text).absolute()
        near = next(place for place in (path, *path.parents) if os.path.exists(place))  # noqa: PTH110  (never raises)
        if near.is_dir() and (near == path or os.access(near, os.W_OK)):
            return Path(text)
        self.problem(name, "is no folder, and cannot be made one")
        return default

    def address(
        self, name: str, read: Callable[[str], Read], default: str, schemes: set[str]
    ) -> Read:
        """What `read` makes of a URL. A password in it need not be quoted: `#` and `/` mean themselves."""
        text = self.text(name).strip()
        if not text:
            return read(default)
        text = quoted(text)
        try:
            if urlsplit(text).scheme in schemes:
                return read(text)
        except Exception:  # its message may hold half of a password
            self.problem(name, "cannot be read as an address")
            return read(default)
        self.problem(name, f"does not begin with {', '.join(f'{s}://' for s in sorted(schemes))}")
        return read(default)


def quoted(url: str) -> str:
    """The URL with user and password quoted; the character % in them is taken as quoted already."""
    scheme, there, rest = url.partition("://")
    login, at, place = rest.rpartition("@")
    if not (there and at):
        return url
    user, colon, password = login.partition(":")
    return f"{scheme}://{quote(user, safe='%+')}{colon}{quote(password, safe='%+')}@{place}"


def mail(url: str) -> dict[str, Any]:
    """Django's settings of the mail server; none for an empty URL. Raises ValueError without a host."""
    if not url:
        return {}
    found: dict[str, Any] = environ.Env.email_url_config(url)
    if not found["EMAIL_HOST"]:
        raise ValueError
    del found["EMAIL_BACKEND"], found["EMAIL_FILE_PATH"]
    return found


def cache(url: str) -> dict[str, Any]:
    found: dict[str, Any] = environ.Env.cache_url_config(url.replace("valkey", "redis", 1))
    return found


def database(url: str) -> dict[str, Any]:
    found: dict[str, Any] = environ.Env.db_url_config(url)
    return found

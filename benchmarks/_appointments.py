"""django-appointment, the peer of our booking: its site, and a visitor of it."""

import json
import os
import random
import subprocess
import sys
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import _web
import psycopg
from install import uv
from visitor import Visitor

REQUIREMENTS = ["django-appointment==3.12.0", "granian==2.8.7", "psycopg[binary]==3.3.9"]
HOUR = timedelta(hours=1)


class Peer:
    """django-appointment in an environment of its own, thrown away with the folder."""

    def __init__(self, *, people: int) -> None:
        folder = os.environ["VAR_DIR"] + "/peer"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        self.python = f"{folder}/bin/python"
        uv("pip", "install", "--quiet", "--python", self.python, *REQUIREMENTS)
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("CREATE DATABASE peer")
        self.url = os.environ["DATABASE_URL"].replace("/tests?", "/peer?")
        package = "benchmarks._peer.appointments"
        self.env = {"DJANGO_SETTINGS_MODULE": f"{package}.settings", "PEER_DATABASE_URL": self.url}
        make = [self.python, "-m", f"{package}.make", str(people)]
        done = subprocess.run(
            make, env=os.environ | self.env, check=True, stdout=subprocess.PIPE, text=True
        )
        self.made = json.loads(done.stdout.splitlines()[-1])
        self.booking_page = f"/appointment/request/{self.made['service']}/"

    def site(self) -> AbstractContextManager[str]:
        return _web.peer(self.env, self.booking_page, python=self.python)

    def slots(self, day: str) -> str:
        query = {"selected_date": self.made[day], "staff_member": self.made["people"][0]}
        query |= {"service_id": self.made["service"]}
        return f"/appointment/ajax/available_slots/?{urlencode(query)}"

    @staticmethod
    def ask(visitor: Visitor, name: str, **query: object) -> Any:
        ajax = {"X-Requested-With": "XMLHttpRequest"}
        return json.loads(visitor.get(f"/appointment/ajax/{name}/?{urlencode(query)}", **ajax))

    def book(self, visitor: Visitor, number: int, database: psycopg.Connection) -> None:
        visitor.get(self.booking_page)
        page = visitor.page
        about = {"staff_member": random.choice(self.made["people"])}
        day = date.today() + timedelta(days=40 + number % 300)
        while day.weekday() > 4:
            day += timedelta(days=1)
        # What its page's own script asks for when a person, and then a day, is chosen.
        self.ask(visitor, "request_staff_info", **about)
        service = self.made["service"]
        for shown in (date.today(), day):
            self.ask(visitor, "request_staff_info", **about)
            query = about | {"selected_date": shown, "service_id": service}
            found = self.ask(visitor, "available_slots", **query)
        visitor.page = page
        start = datetime.fromisoformat(random.choice(found["available_slots"])[0])
        times = {"date": day, "start_time": start.time(), "end_time": (start + HOUR).time()}
        visitor.post("/appointment/request-submit/", service=service, **about, **times)
        mail = f"visitor{number}@example.org"
        visitor.post(
            visitor.path,
            name="Maria Example",
            email=mail,
            phone_0="GB",
            phone_1="02079460123",
            address="12 Harbour Street",
            additional_info="",
            want_reminder="",
            payment_type="full",
        )
        code = database.execute(
            "SELECT code FROM appointment_emailverificationcode JOIN auth_user ON auth_user.id = user_id"
            " WHERE email = %s",
            [mail],
        ).fetchone()
        visitor.post(visitor.path, code=code[0])
        assert "/thank-you/" in visitor.path, visitor.path

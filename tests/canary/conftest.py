"""A ward in which one patient's name and number are like no other word."""

import threading

import pytest
import redis
from django.conf import settings
from django.test import Client

CANARY = ("Zyxcanary", "Qwvcanary", "CNRY4711")


def sings(text):
    """Say whether a canary word stands in a text, however it is written."""
    return [word for word in CANARY if word.casefold() in text.casefold()]


class Remembering(Client):
    """A browser that remembers every address, and every answer."""

    def __init__(self):
        super().__init__(raise_request_exception=False)
        self.addresses, self.answers = [], []

    def request(self, **request):
        answer = super().request(**request)
        self.addresses += [f"{request['PATH_INFO']}?{request.get('QUERY_STRING', '')}"]
        self.addresses += [answer.headers.get(name, "") for name in ("Location", "HX-Redirect")]
        self.answers.append(answer)
        return answer


@pytest.fixture
def overheard(broker):
    """Every command that any process sends to the broker meanwhile."""
    client, heard = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=None), []
    with client.monitor() as monitor:

        def listen():
            for command in monitor.listen():
                heard.append(command["command"])
                if "END-OF-TEST" in command["command"]:
                    return

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield heard
        redis.Redis.from_url(settings.REDIS_URL).echo("END-OF-TEST")
        thread.join(10)
    client.close()

"""The screenshots of the documents. `make shots` keeps them (SHOTS names the folder); every other
run takes them too, so that what the documents show is what there is.
"""

import os
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from PIL import Image

from accounts.models import User
from reports.actions import sweep
from tests.browser import ward as situations
from tests.browser.conftest import DESK, PHONE, TABLET
from tests.factories import PatientFactory
from tests.reports.situations import ended_run, whole_run
from web.models import Draft

AT = datetime(2026, 11, 24, 13, 5, 20, tzinfo=UTC)
MOST_BYTES = 200_000
COLOURS = 256
READ = {
    "pump_speed": "s", "blood_flow": "4.1", "sweep_gas_flow": "s", "fdo2": "s",
    "p_drainage": "-72", "p_pre_membrane": "301", "p_post_membrane": "18",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """Where the pictures go."""
    folder = Path(os.environ.get("SHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def afternoon():
    """Stay in one afternoon of the ward, so that the pictures are the same whenever taken."""
    with time_machine.travel(AT, tick=True):
        yield AT


@pytest.fixture
def ward(transactional_db, unit, specialist, physician, lab_interface, afternoon):
    """The ward of that afternoon, with three runs that ended in the month before."""
    for days, told in ((52, whole_run), (45, ended_run), (38, whole_run)):
        on = afternoon - timedelta(days=days)
        told(PatientFactory(unit=unit, born_at=on - timedelta(days=15_000)), specialist, on=on)
    ward = situations.build(unit, specialist, physician, lab_interface, afternoon)
    sweep(afternoon)
    return ward


@pytest.fixture
def shoot(screen, coordinator, folder):
    """Take one picture: name, path, theme, window, and what to do before."""

    def shoot(name, path, theme="light", size=DESK, before=lambda _: None):
        User.objects.filter(pk=coordinator.pk).update(theme=theme)
        Draft.objects.all().delete()  # of the picture before: each starts afresh
        window = screen(coordinator, size, has_touch=size is not DESK)
        assert window.open(path) == 200
        window.page.wait_for_load_state("networkidle")
        before(window.page)
        file = folder / f"{name}.png"
        _save(window.page.screenshot(), file)
        return file.stat().st_size

    return shoot


@pytest.mark.shots
def test_ten_pictures_for_the_documents_none_of_them_heavy(ward, shoot):
    sick = f"/runs/{ward.runs['membrane'].public_id}"

    sizes = {
        "board-light": shoot("board-light", "/"),
        "board-dark": shoot("board-dark", "/", "dark"),
        "board-phone": shoot("board-phone", "/", size=PHONE),
        "check-tablet": shoot("check-tablet", f"{sick}/checks/new/", size=TABLET, before=_read),
        "check-night": shoot("check-night", f"{sick}/checks/new/", "night", TABLET, _read),
        "patient-light": shoot("patient-light", f"{sick}/"),
        "patient-phone": shoot("patient-phone", f"{sick}/", "dark", PHONE),
        "anticoagulation-light": shoot("anticoagulation-light", f"{sick}/anticoagulation/"),
        "circuit-dark": shoot("circuit-dark", f"{sick}/circuit/", "dark"),
        "reports-tablet": shoot("reports-tablet", "/reports/", size=TABLET),
    }

    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}


def _read(page):
    """Type the first values of a check; one of them is a slip."""
    for keys in READ.values():
        page.keyboard.type(keys)
        if keys != "s":
            page.keyboard.press("Enter")
    page.locator("#id_v_p_post_membrane").focus()


def _save(picture, file):
    """Keep a picture with a palette: a third of the bytes, and nobody sees it."""
    Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        file, optimize=True
    )

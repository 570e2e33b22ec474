"""The pictures of the documents, taken anew by `make shots`: what SHOTS names is their folder."""

import os
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image

from accounts.models import User
from tests.browser.conftest import DESK, PHONE, TABLET

MOST_BYTES = 250_000
COLOURS = 256


class Shot(NamedTuple):
    """A picture: its name, where it is taken, the theme and the window."""

    name: str
    path: str
    theme: str
    size: dict[str, int]


SHOTS = [
    Shot("board-light", "/", "light", DESK),
    Shot("board-dark", "/", "dark", DESK),
    Shot("board-tablet", "/", "light", TABLET),
    Shot("board-phone", "/", "light", PHONE),
    Shot("check-tablet", "/runs/{membrane}/checks/new/", "light", TABLET),
    Shot("check-phone", "/runs/{membrane}/checks/new/", "dark", PHONE),
    Shot("patient-light", "/runs/{membrane}/", "light", DESK),
    Shot("anticoagulation-light", "/runs/{membrane}/anticoagulation/", "light", DESK),
    Shot("circuit-dark", "/runs/{membrane}/circuit/", "dark", DESK),
    Shot("reports-light", "/reports/", "light", DESK),
]


@pytest.mark.shots
@pytest.mark.skipif("SHOTS" not in os.environ, reason="SHOTS names no folder: run `make shots`")
def test_the_pictures_of_the_documents_are_taken(screen, ward, coordinator, nurse):
    folder = Path(os.environ["SHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    runs = {name: run.public_id for name, run in ward.runs.items()}

    for shot in SHOTS:
        User.objects.update(theme=shot.theme)
        user = nurse if shot.name.startswith("check") else coordinator
        window = screen(user, shot.size, has_touch=shot.size != DESK)
        assert window.open(shot.path.format(**runs)) == 200
        window.page.wait_for_load_state("networkidle")
        file = folder / f"{shot.name}.png"
        window.page.screenshot(path=file)
        _shrink(file)

    sizes = {file.name: file.stat().st_size for file in folder.glob("*.png")}
    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}


def _shrink(file):
    """Keep as many colours as an index of one byte holds: a third of the size."""
    with Image.open(file) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)

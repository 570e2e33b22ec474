"""Static files: what came from outside is unchanged, and nothing is written inline."""

import gzip
import hashlib
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
PACKAGES = tomllib.loads((STATIC / "vendor" / "vendor.toml").read_text())["package"]
VENDORED = {name: digest for package in PACKAGES for name, digest in package["sha256"].items()}
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CSS_BUDGET = 20_000  # of one page, its own sheet with those of all; with htmx, fonts and scripts a first visit stays under 130 kB
JS_BUDGET = 25_000


@pytest.mark.parametrize("name", VENDORED)
def test_a_file_from_outside_is_the_one_we_took(name):
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == VENDORED[name]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_a_package_from_outside_brings_its_licence(package):
    assert (STATIC / package["licence_file"]).read_text().strip()


def test_every_font_and_vendored_file_is_listed():
    kept = {
        str(path.relative_to(STATIC))
        for folder in ("fonts", "vendor")
        for path in (STATIC / folder).rglob("*")
        if path.suffix in {".woff2", ".js", ".css"}
    }

    assert kept
    assert kept == set(VENDORED)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_no_inline_style_or_script(template):
    html = template.read_text()

    assert not re.search(r"\sstyle\s*=", html)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", html)
    assert "https://" not in html


def test_styles_and_scripts_stay_small():
    base = (ROOT / "templates" / "base.html").read_text()
    everywhere = set(re.findall(r"'css/([a-z]+\.css)'", base))
    sheets = {path.name: sent(path) for path in STATIC.glob("css/*.css")}
    of_one_page = max(
        size for name, size in sheets.items() if name not in {*everywhere, "print.css"}
    )

    assert everywhere <= sheets.keys()
    assert 0 < sum(sheets[name] for name in everywhere) + of_one_page < CSS_BUDGET
    assert 0 < sum(map(sent, STATIC.glob("js/*.js"))) < JS_BUDGET


def sent(path):
    """Bytes that travel: the file compressed by itself, as it is served."""
    return len(gzip.compress(path.read_bytes()))

"""What the documents name is there: the safety case cannot rot unseen."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
DOCS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
SAFETY = (ROOT / "docs" / "clinical-safety.md").read_text()
HAZARDS = re.findall(r"^\| (H\d+) \|.*$", SAFETY, re.MULTILINE)
ROWS = re.findall(r"^\| H\d+ \|.*$", SAFETY, re.MULTILINE)
TESTS = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
NAMED = {
    path
    for doc in DOCS
    for path in re.findall(r"`((?:[a-z_]+/)+[a-z_0-9-]*(?:\.[a-z]+)?)`", doc.read_text())
}
PATHS = sorted(path for path in NAMED if (ROOT / path.split("/")[0]).is_dir())
LINKS = sorted(
    {(doc, link) for doc in DOCS for link in re.findall(r"\]\(([^)#:]+)\)", doc.read_text())}
)


def test_there_are_hazards_paths_and_links():
    assert len(HAZARDS) >= 18
    assert len(set(HAZARDS)) == len(HAZARDS)
    assert len(PATHS) > 20
    assert len(LINKS) > 5


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_a_hazard_names_a_rule_and_a_test_that_exists(row):
    _, _, _, rule, named, _ = row.split("|")
    tests = re.findall(r"\btest_[a-z_0-9]+\b(?!\.py)", named)

    assert rule.strip()
    assert tests or re.search(r"tests/|reference cases", named)
    assert all(f"def {name}(" in TESTS for name in tests)


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_a_document_names_exists(path):
    assert (ROOT / path).exists() or path.startswith("var/")


@pytest.mark.parametrize(("doc", "link"), LINKS, ids=str)
def test_a_link_of_a_document_leads_somewhere(doc, link):
    assert (doc.parent / link).exists() or link.startswith("/")

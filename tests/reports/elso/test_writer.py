"""The files: same records, same bytes; nothing that runs, leaks or goes missing."""

import csv
import json
from decimal import Decimal
from hashlib import sha256
from io import BytesIO, StringIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.complications import Certainty
from reports.elso.dictionary import DICTIONARY
from reports.elso.fields import Field
from reports.elso.mapping import fields_of
from reports.elso.records import ComplicationRow
from reports.elso.writer import ExportError, Head, csv_bundle, xml_document
from tests.reports.elso.runs import RUN, a_run, born, hours

HEAD = Head(centre="CEN", period="2026-01", revision=2)
SPACE = "{urn:ecmo-programme:registry-export:1}"


def run(unique_id="CEN-A-1", run_no=1, **changes):
    return fields_of(a_run(patient=born(unique_id=unique_id), run_no=run_no, **changes))


def bundle(*runs):
    with ZipFile(BytesIO(csv_bundle(runs, HEAD))) as files:
        return {name: files.read(name) for name in files.namelist()}


def rows(content):
    return list(csv.DictReader(StringIO(content.decode(), newline="")))


def document(*runs):
    return ET.fromstring(xml_document(runs, HEAD))  # noqa: S314  made here


def test_the_same_records_give_the_same_bytes_in_any_order():
    one, two = run(), run("CEN-B-2")

    assert csv_bundle([one, two], HEAD) == csv_bundle([two, one], HEAD)
    assert xml_document([one, two], HEAD) == xml_document([two, one], HEAD)


def test_a_number_is_written_one_way_whatever_its_zeros():
    assert csv_bundle([run(weight_kg=Decimal("70.00"))], HEAD) == csv_bundle([run()], HEAD)
    assert rows(bundle(run(weight_kg=Decimal("0.0")))["patient_run.csv"])[0]["weight_kg"] == "0"


def test_the_bundle_has_one_row_a_run_and_tables_keyed_by_it():
    complications = (ComplicationRow(code="601", at=hours(1)), ComplicationRow(code="203", at=None))

    files = bundle(run(complications=complications), run("CEN-B-2"))

    (first, second) = rows(files["patient_run.csv"])
    assert (first["unique_id"], first["hours_ecmo"], first["trauma"]) == ("CEN-A-1", "120", "false")
    assert second["died_at"] == ""
    assert rows(files["complications.csv"]) == [
        {"unique_id": "CEN-A-1", "run_no": "1", "code": "203", "at": ""},
        {"unique_id": "CEN-A-1", "run_no": "1", "code": "601", "at": "2026-01-10T13:00+00:00"},
    ]
    assert rows(files["rundetail.csv"])[0] == {
        "unique_id": "CEN-A-1",
        "run_no": "1",
        "mode": "VV",
        "started_at": "2026-01-10T12:00+00:00",
        "ended_at": "2026-01-15T12:00+00:00",
    }
    assert rows(files["pre_support.csv"])[0]["item"] == "norepinephrine"


def test_the_columns_do_not_depend_on_the_runs():
    assert (
        bundle()["patient_run.csv"] == bundle(run())["patient_run.csv"].split(b"\r\n")[0] + b"\r\n"
    )


def test_the_manifest_names_every_file_with_its_digest():
    files = bundle(run())

    manifest = json.loads(files.pop("manifest.json"))

    assert {each["name"]: each["sha256"] for each in manifest["files"]} == {
        name: sha256(content).hexdigest() for name, content in files.items()
    }
    assert (manifest["centre"], manifest["period"], manifest["revision"]) == ("CEN", "2026-01", 2)
    assert (manifest["runs"], manifest["dictionary"]) == (1, DICTIONARY.version)
    assert "Not an ELSO document" in manifest["notice"]


def test_neither_name_nor_hospital_number_leaves_the_house():
    everything = b"".join(bundle(run()).values()) + xml_document([run()], HEAD)

    assert RUN.patient.mrn.encode() not in everything
    assert RUN.patient.family_name.encode() not in everything


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\uff1d1"])
def test_a_text_that_a_spreadsheet_would_run_is_defused(text):
    (row,) = rows(bundle(run(bridge_to_transplant=text))["patient_run.csv"])

    assert row["bridge_to_transplant"] == f"'{text}"


def test_a_negative_number_stays_a_number():
    fields = [*run(), Field("flow_24h", Decimal("-0.60"), "L/min")]

    assert rows(bundle(fields)["patient_run.csv"])[0]["flow_24h"] == "-0.6"


def test_the_xml_holds_the_same_values_with_their_units():
    root = document(run(complications=(ComplicationRow(code="601", at=None),)))

    fields = {each.get("name"): each for each in root.iter(f"{SPACE}field")}
    cells = [(each.get("name"), each.text) for each in root.iter(f"{SPACE}cell")]
    assert (fields["weight_kg"].text, fields["weight_kg"].get("unit")) == ("70", "kg")
    assert fields["died_at"].text is None
    assert root.get("profile") == "elso-like-demo"
    assert ("code", "601") in cells
    assert ("at", None) in cells


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_makes_xml_that_can_be_read(text):
    root = document(run(bridge_to_transplant=text or None))

    (found,) = (
        each for each in root.iter(f"{SPACE}field") if each.get("name") == "bridge_to_transplant"
    )
    assert len(found.text or "") <= len(text)


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        ([[*run(), Field("shoe_size", 43)]], "shoe_size"),
        ([run(), run()], "Run 1 of CEN-A-1 is there twice"),
        ([run("")], "without a unique id"),
        ([[Field("unique_id", "A"), Field("run_no", "1")]], "or a run number"),
        ([[*run(), Field("weight_kg", ["70"], "kg")]], "holds rows"),
    ],
)
def test_records_that_cannot_be_written_are_refused(runs, message):
    with pytest.raises(ExportError, match=message):
        csv_bundle(runs, HEAD)
    with pytest.raises(ExportError, match=message):
        xml_document(runs, HEAD)


def test_the_dictionary_says_of_each_item_how_sure_it_is():
    fields = rows(bundle()["dictionary.csv"])

    assert {each["certainty"] for each in fields} == {str(each) for each in Certainty}
    assert all(each["meaning"] and each["origin"] for each in fields)


def test_names_and_codes_of_the_dictionary_are_unique():
    names = [each.name for each in DICTIONARY.fields]
    codes = [each.code for each in DICTIONARY.complications]

    assert len(names) == len(set(names)) > 90
    assert len(codes) == len(set(codes)) > 40


def test_a_code_that_the_dictionary_does_not_know_is_named():
    known, unknown = ComplicationRow(code="601", at=None), ComplicationRow(code="999", at=None)

    assert DICTIONARY.unknown_codes(run(complications=(known, unknown))) == ("999",)
    assert DICTIONARY.unknown_codes([]) == ()

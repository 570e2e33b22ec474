"""The least that this machine and this database need for the same thing."""

import json
import os
from datetime import datetime, timedelta
from typing import LiteralString

import psycopg
from psycopg.types.json import Jsonb
from weasyprint import HTML

from bench.data import TREND_MEASURES, check_body

SCRATCH = """
CREATE TABLE IF NOT EXISTS bench_check (id bigserial PRIMARY KEY, run bigint, at timestamptz, body jsonb);
CREATE TABLE IF NOT EXISTS bench_key (id bigserial PRIMARY KEY, key text UNIQUE, body text);
CREATE TABLE IF NOT EXISTS bench_outbox (id bigserial PRIMARY KEY, body text);
CREATE TABLE IF NOT EXISTS bench_audit (id bigserial PRIMARY KEY, body jsonb);
"""


class Floors:
    """Floors of one run; each thread that calls `transaction` brings its own connection."""

    def __init__(self) -> None:
        self.owner = psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True)
        self.owner.execute(SCRATCH)

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """Open a connection for one client."""
        return psycopg.connect(os.environ["DATABASE_OWNER_URL"])

    def transaction(
        self, connection: "psycopg.Connection[tuple[object, ...]]", key: str, at: datetime
    ) -> None:
        """Insert a check, a key, an outbox row and an audit row, and commit."""
        body = Jsonb(check_body(at))
        with connection.transaction():
            connection.execute(
                "INSERT INTO bench_check (run, at, body) VALUES (1, %s, %s)", [at, body]
            )
            connection.execute("INSERT INTO bench_key (key, body) VALUES (%s, '')", [key])
            connection.execute("INSERT INTO bench_outbox (body) VALUES ('')")
            connection.execute("INSERT INTO bench_audit (body) VALUES (%s)", [body])

    def board(self, at: datetime) -> bytes:
        """Read what a board of the running patients shows, and dump it as JSON."""
        rows = self.owner.execute(
            """
            SELECT r.id, p.family_name, p.given_name, p.bed, r.started_at, c.document,
              (SELECT json_agg(d.document #> '{derived,delta_p}' ORDER BY d.checked_at)
                 FROM circuits_check d WHERE d.run_id = r.id AND d.checked_at > %s),
              (SELECT json_agg(json_build_array(a.severity, a.message)) FROM alerts_alert a
                 WHERE a.run_id = r.id AND a.closed_at IS NULL),
              (SELECT json_agg(json_build_array(u.kind, u.due_at)) FROM alerts_due u
                 WHERE u.run_id = r.id AND u.settled_at IS NULL)
            FROM patients_run r JOIN patients_patient p ON p.id = r.patient_id
            LEFT JOIN LATERAL (SELECT document FROM circuits_check k WHERE k.run_id = r.id
                ORDER BY k.checked_at DESC LIMIT 1) c ON true
            WHERE r.ended_at IS NULL ORDER BY p.bed
            """,
            [at - timedelta(hours=24)],
        ).fetchall()
        return json.dumps(rows, default=str).encode()

    def trend(self, run: int, since: datetime) -> bytes:
        """Build the JSON of thirty series inside PostgreSQL."""
        series = ", ".join(
            f"'{code}', json_agg((document #>> '{{values,{code},value}}')::float ORDER BY checked_at)"
            for code in TREND_MEASURES
        )
        (body,) = self.owner.execute(
            "SELECT json_build_object('t', json_agg(extract(epoch FROM checked_at) ORDER BY "  # noqa: S608 -- codes of our own table
            f"checked_at), {series})::text FROM circuits_check "
            "WHERE run_id = %s AND checked_at >= %s",
            [run, since],
        ).fetchone() or ("",)
        return str(body).encode()

    def search(self, word: str) -> bytes:
        """Find patients by trigram, the first page of fifty."""
        rows = self.owner.execute(
            "SELECT family_name, given_name, mrn, born_at FROM patients_patient "
            "WHERE search LIKE %s ORDER BY sort_key, id LIMIT 50",
            [f"%{word}%"],
        ).fetchall()
        return json.dumps(rows, default=str).encode()

    def passport(self, run: int) -> bytes:
        """Read the parts of a run with all that is known of each, and dump them as JSON."""
        return self._dumped(
            """
            SELECT u.position, u.installed_at, u.removed_at, u.removed_reason, u.note, m.name,
              c.lot, c.serial, c.udi, c.expires_on, i.username, o.username,
              (SELECT json_agg(p.id) FROM circuits_partphoto p WHERE p.use_id = u.id),
              (SELECT json_agg(r.reference) FROM circuits_recallitem t
                 JOIN circuits_recall r ON r.id = t.recall_id WHERE t.component_id = c.id),
              (SELECT json_agg(d.id) FROM circuits_deviceincident d WHERE d.component_id = c.id)
            FROM circuits_componentuse u JOIN circuits_circuit k ON k.id = u.circuit_id
            JOIN circuits_component c ON c.id = u.component_id
            JOIN circuits_devicemodel m ON m.id = c.model_id
            JOIN accounts_user i ON i.id = u.entered_by_id
            LEFT JOIN accounts_user o ON o.id = u.removed_by_id
            WHERE k.run_id = %s ORDER BY u.installed_at
            """,
            [run],
        )

    def trace(self, recall: int) -> bytes:
        """Read who had a part of a recall, its steps and the free stock, and dump them as JSON."""
        return self._dumped(
            """
            SELECT t.found, t.fate, m.name, c.lot, c.serial, u.installed_at, u.removed_at,
              p.family_name, p.given_name, p.mrn, r.run_no,
              (SELECT json_agg(s.facts) FROM circuits_recallstep s WHERE s.recall_id = t.recall_id),
              (SELECT json_agg(l.lot) FROM circuits_stocklot l WHERE l.model_id = m.id)
            FROM circuits_recallitem t JOIN circuits_component c ON c.id = t.component_id
            JOIN circuits_devicemodel m ON m.id = c.model_id
            JOIN circuits_componentuse u ON u.component_id = c.id
            JOIN circuits_circuit k ON k.id = u.circuit_id
            JOIN patients_run r ON r.id = k.run_id
            JOIN patients_patient p ON p.id = r.patient_id
            WHERE t.recall_id = %s ORDER BY u.installed_at
            """,
            [recall],
        )

    def _dumped(self, statement: LiteralString, values: list[int]) -> bytes:
        return json.dumps(self.owner.execute(statement, values).fetchall(), default=str).encode()

    def empty_pdf(self) -> bytes:
        """Render a document with one word."""
        return bytes(HTML(string="<p>.</p>").write_pdf() or b"")

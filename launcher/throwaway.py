"""Commands that need a database of their own for a while: reference cases, measurements."""

import os
import shutil
import tempfile
from pathlib import Path

from launcher.background import Background
from launcher.manage import ROOT, manage
from launcher.servers import environment, postgres_in, valkey_in

TEST_POSTGRES = ROOT / "var" / "test-postgres"


def manage_on_throwaway_servers(*words: str) -> None:
    """Run a command of manage.py on fresh servers, as durable as the real ones, then delete them.

    Raises Problem if the command fails.
    """
    (ROOT / "var" / "static").mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="throwaway-", dir=ROOT / "var"))
    postgres, valkey = postgres_in(folder, durable=True), valkey_in(folder, durable=True)
    variables = {**os.environ, **environment(postgres, valkey), "FILES_DIR": str(folder / "files")}
    try:
        Background(postgres).start()
        Background(valkey).start()
        postgres.create_roles()
        manage(variables, "setup_database", "--verbosity=0")
        manage(variables, *words)
    finally:
        Background(valkey).stop()
        Background(postgres).stop()
        postgres.remove()
        shutil.rmtree(folder, ignore_errors=True)


def stop_test_servers() -> None:
    """Stop and delete the warm PostgreSQL that TEST_SERVERS=keep left running."""
    if TEST_POSTGRES.exists():
        postgres = postgres_in(TEST_POSTGRES, durable=False)
        Background(postgres).stop()
        postgres.remove()

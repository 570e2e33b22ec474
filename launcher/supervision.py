"""A running supervisord: started, told what to start, waited for, stopped."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from launcher.problems import Problem
from launcher.processes import leashed
from launcher.supervisor import STOP_BY, Program, configuration

PATIENCE = 40  # seconds to let every process end in its own way


@dataclass(frozen=True, slots=True)
class Supervision:
    """The supervisord of one folder."""

    process: subprocess.Popen[bytes]
    config: Path
    folder: Path

    def start(self, programs: list[Program]) -> None:
        """Start programs that were not started at once. Raises Problem if one does not stay up."""
        names = [program.name for program in programs]
        module = [sys.executable, "-m", "supervisor.supervisorctl"]
        done = subprocess.run(
            [*module, "-c", str(self.config), "start", *names],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Problem(f"Not all of {', '.join(names)} started: see the logs in {self.folder}.")

    def wait(self) -> None:
        """Return when supervisord has ended."""
        self.process.wait()

    def stop(self) -> None:
        """Stop everything in order; returns when all has ended."""
        if self.process.poll() is None:
            self.process.send_signal(STOP_BY)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(PATIENCE)


@contextmanager
def supervised(
    programs: list[Program], *, folder: Path, root: Path, variables: dict[str, str]
) -> Iterator[Supervision]:
    """Run programs under supervisord while the block runs."""
    # The socket lies in a short place: a path of more than 107 characters is none.
    with tempfile.TemporaryDirectory(prefix="ecmo-") as place:
        config = folder / "supervisord.conf"
        socket = Path(place) / "socket"
        config.write_text(configuration(programs, folder=folder, root=root, socket=socket))
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)]
        process = subprocess.Popen(
            leashed(command, STOP_BY), env=variables, cwd=root, start_new_session=True
        )
        supervision = Supervision(process, config, folder)
        try:
            yield supervision
        finally:
            supervision.stop()

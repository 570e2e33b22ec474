"""Plugin of the whole suite (`-p tests.whole`): what must be tested wholly, line and branch."""

import io

import pytest

WHOLE = (
    "clinical/*",
    "reports/elso/*",
    "staffing/rota/*",
    "interop/hl7*.py",
    "interop/labcodes.py",
    "interop/verdicts.py",
    "interop/filing.py",
    "*/actions.py",
    "*/actions/*",
)
GAPS = pytest.StashKey[str]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session):
    """Fail the run, once pytest-cov has summed up, where a rule or an action is not covered."""
    result = yield
    config = session.config
    measured = config.pluginmanager.get_plugin("_cov")
    if measured is None or hasattr(config, "workerinput") or config.option.collectonly:
        return result
    text = io.StringIO()
    coverage = measured.cov_controller.cov
    covered = coverage.report(include=WHOLE, file=text, show_missing=True, skip_covered=True)
    if covered < 100:
        config.stash[GAPS] = text.getvalue()
        session.testsfailed += 1
    return result


def pytest_terminal_summary(terminalreporter, config):
    """Name the lines of rules and actions that no test reaches."""
    if gaps := config.stash.get(GAPS, ""):
        terminalreporter.section("rules and actions that are not tested wholly", red=True)
        terminalreporter.write(gaps)

import time

BEGAN = time.monotonic()

from jtts import application

application.prepare()

import jax
import pytest
from jax import monitoring

COMPILED = []  # while tests were collected


def _note(event, duration, **_):
    if event.endswith("backend_compile_duration"):
        COMPILED.append(duration)


monitoring.register_event_duration_secs_listener(_note)


@pytest.fixture
def key():
    return jax.random.key(0)


@pytest.fixture(scope="session")
def compiled_while_collecting(pytestconfig):
    return pytestconfig.stash[WHILE_COLLECTING]


SPREAD = ("test_laws.py", "test_doctests.py")  # whose laws and modules need not stay together
WHILE_COLLECTING = pytest.StashKey[int]()
NO_TIME = "no time left"


def pytest_addoption(parser):
    parser.addoption("--within", type=float, help="minutes after which no long test begins")
    parser.addoption("--turn", type=int, default=0, help="which of the files then comes first")


@pytest.hookimpl(tryfirst=True)  # before xdist looks for groups
def pytest_collection_modifyitems(config, items):
    """Keep on one worker what shares evidence or fixtures: a law's tests, else a file's."""
    config.stash[WHILE_COLLECTING] = len(COMPILED)
    for item in items:
        group = item.path.name
        if group in SPREAD and hasattr(item, "callspec"):
            group += f":{item.callspec.params.get('name')}"
        item.add_marker(pytest.mark.xdist_group(group))
    if config.getoption("within"):
        files = [item.path for item in items]
        first = files.index(files[config.getoption("turn") % len(files)])
        items[:] = items[first:] + items[:first]


def pytest_runtest_setup(item):
    minutes = item.config.getoption("within")
    if minutes and time.monotonic() - BEGAN > 60 * minutes and item.get_closest_marker("long"):
        pytest.skip(NO_TIME)


def pytest_runtest_teardown(item, nextitem):
    last = nextitem is None or nextitem.path != item.path
    # a file of a thousand long tests takes more memory maps than a process is granted
    if last or item.path.name in SPREAD or item.get_closest_marker("long"):
        application.release_programs()


def pytest_terminal_summary(terminalreporter):
    reports = [r for some in terminalreporter.stats.values() for r in some]
    left = sum(
        NO_TIME in str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())
    )
    if left:
        terminalreporter.write_line(f"{left} long tests had no time left: make test-all runs them")
    laws = {
        value
        for report in reports
        for key, value in getattr(report, "user_properties", ())
        if key == "gathered"
    }
    if laws:
        terminalreporter.write_line(
            f"{len(laws)} laws had no stored evidence, or it was stale, and were simulated "
            f"(make evidence stores it): {', '.join(sorted(laws))}"
        )

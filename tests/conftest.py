from jtts import application

application.prepare()

import jax
import pytest


@pytest.fixture
def key():
    return jax.random.key(0)


SPREAD = ("test_laws.py", "test_doctests.py")  # whose laws and modules need not stay together


def pytest_collection_modifyitems(items):
    """Keep on one worker what shares evidence or fixtures: a law's tests, else a file's."""
    for item in items:
        group = item.path.name
        if group in SPREAD and hasattr(item, "callspec"):
            group += f":{item.callspec.params.get('name')}"
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_runtest_teardown(item, nextitem):
    if nextitem is None or nextitem.path != item.path or item.path.name in SPREAD:
        application.release_programs()

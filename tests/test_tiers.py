"""What holds of the tests themselves."""


def test_nothing_is_computed_while_tests_are_collected(compiled_while_collecting):
    """Workers collect at the same time, before any of them has a program to read."""
    assert compiled_while_collecting == 0


def test_a_file_stays_on_one_worker(request):
    """pytest 9.2 hides from pytest-xdist 3.8 what it groups by: all is made twice."""
    if request.config.getoption("loadgroup", False):
        assert request.node.nodeid.endswith("@test_tiers.py")

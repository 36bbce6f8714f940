"""What lowers for devices that are not here goes on to lower: the table of docs/devices.md."""

import importlib.util
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
spec = importlib.util.spec_from_file_location("platforms", CHECKOUT / ".ci" / "platforms.py")
platforms = importlib.util.module_from_spec(spec)
spec.loader.exec_module(platforms)
STORED = {(row["part"], row["name"]): row for row in platforms.stored()}
NAMES = sorted({name.split()[0] for _, name in STORED})


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_what_lowers_goes_on_to_lower(name):
    for row in platforms.rows(name):
        before = STORED.get((row["part"], row["name"]), {})
        for platform in platforms.PLATFORMS:
            assert row[platform] == "lowers" or before.get(platform) != "lowers", row

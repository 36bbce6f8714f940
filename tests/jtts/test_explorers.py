"""The page with sliders holds what was computed, escapes what it says and loads nothing."""

import json
import re

import numpy as np
import xarray as xr

from jtts.explorers import Explorer, Panel, numbers, write_explorers
from jtts.report import VerdictLine

EVIL = '</script><script>alert("1")</script>'


def panel(law="coin.error"):
    def explore(preset):
        """Title <b>.

        Caption & more.
        """

    values = np.arange(6.0).reshape(2, 3)
    data = xr.Dataset(
        {
            "theory": (("p", "k"), values),
            "simulation": (("p", "k"), np.where(values == 4, np.nan, values + 0.25)),
            "stderr": (("p", "k"), np.full((2, 3), 0.123456789)),
        },
        {"p": [0.1, 0.2], "k": [1, 2, 4]},
        {"law": law},
    )
    explorer = Explorer(explore, cost="1 s", across="k")
    return Panel(explorer, data, VerdictLine(law, "pass", EVIL))


def test_numbers_keep_their_order():
    found = numbers(panel())
    assert found["parameters"] == [
        {"name": "p", "values": [0.1, 0.2]},
        {"name": "k", "values": [1, 2, 4]},
    ]
    assert found["across"] == "k"
    assert found["theory"] == [0, 1, 2, 3, 4, 5]
    assert found["simulation"] == [0.25, 1.25, 2.25, 3.25, None, 5.25]
    assert found["stderr"][0] == 0.123457


def test_page_is_escaped_and_self_contained(tmp_path):
    text = write_explorers([panel(EVIL)], tmp_path).read_text(encoding="utf-8")
    assert EVIL not in text
    assert text.count("<script") == 2
    assert "Title &lt;b&gt;" in text
    assert "default-src 'none'" in text
    assert not re.search(r'(src|href)="(?!index\.html)', text)
    (data,) = re.findall(r'<script type="application/json">(.*?)</script>', text, re.DOTALL)
    assert json.loads(data)["law"] == EVIL

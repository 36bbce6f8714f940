"""What a refusal must be: one line that names what is wrong."""

import pytest

from jtts.arguments import InputError


def calls(table):
    """Parametrise a test over calls and what their refusal must say."""
    names = [f"{number}: {message[:50]}" for number, (_, message) in enumerate(table)]
    return pytest.mark.parametrize(("call", "message"), table, ids=names)


def refuses(call, message):
    with pytest.raises(InputError) as refusal:
        call()
    said = str(refusal.value)
    assert message in said
    assert "\n" not in said
    assert len(said) < 300

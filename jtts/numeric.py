"""What a parameter that takes numbers accepts."""

from collections.abc import Sequence
from typing import TypeAlias

from jax.typing import ArrayLike

# one of them, an array, or lists
Numbers: TypeAlias = (
    ArrayLike
    | Sequence[ArrayLike]
    | Sequence[Sequence[ArrayLike]]
    | Sequence[Sequence[Sequence[ArrayLike]]]
)

"""Figures of repeated sampling."""

from jtts.figures.repeated_sampling.allocation import allocation_against_uniform
from jtts.figures.repeated_sampling.difficulty import power_laws_from_difficulty
from jtts.figures.repeated_sampling.plug_in import bias_of_plug_in
from jtts.figures.repeated_sampling.streams import discount_of_a_stream, useful_groups

__all__ = [
    "allocation_against_uniform",
    "bias_of_plug_in",
    "discount_of_a_stream",
    "power_laws_from_difficulty",
    "useful_groups",
]

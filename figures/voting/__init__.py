"""Figures of voting."""

from jtts.figures.voting.crowds import rise_and_fall
from jtts.figures.voting.ensembles import weighted_against_plain

__all__ = ["rise_and_fall", "weighted_against_plain"]

"""Figures of imperfect verifiers."""

from jtts.figures.verifiers.cascade import accuracy_against_cost
from jtts.figures.verifiers.scores import knockout_against_best_of_n, roc_against_best_of_n

__all__ = ["accuracy_against_cost", "knockout_against_best_of_n", "roc_against_best_of_n"]

"""Figures of best-of-n and its relatives."""

from jtts.figures.selection.divergence import best_of_n_against_tilting, divergence_on_atoms
from jtts.figures.selection.goodhart import goodhart_curves
from jtts.figures.selection.pruning import explore_pruning, pruning_at_the_best_split
from jtts.figures.selection.regularised import chi_square_and_stopping
from jtts.figures.selection.soft import soft_best_of_n_convergence

__all__ = [
    "best_of_n_against_tilting",
    "chi_square_and_stopping",
    "divergence_on_atoms",
    "explore_pruning",
    "goodhart_curves",
    "pruning_at_the_best_split",
    "soft_best_of_n_convergence",
]

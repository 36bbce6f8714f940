"""From log-likelihood to accuracy: what of a model's scale is left in what is measured."""

from jtts.theory.downstream.scale import mean_accuracy, scale_correlation

__all__ = ["mean_accuracy", "scale_correlation"]

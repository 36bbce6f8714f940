"""In-context learning, played out: tasks are drawn, sequences shown, and errors counted.

Errors of regressions are to the noiseless target unless a name says otherwise; divergences are in
nats.
"""

from jtts.sims.in_context.chain_limits import limit_chain_error, limit_flow_error
from jtts.sims.in_context.chains import chain_error, clipped_chain_error, flow_error
from jtts.sims.in_context.early_stopping import early_stopping_bound
from jtts.sims.in_context.extraction import uncovered_probability
from jtts.sims.in_context.induction import (
    induction_ceiling,
    nested_logit_loss,
    plateau_accuracy,
    plateau_loss,
)
from jtts.sims.in_context.linear_attention import linear_attention_errors
from jtts.sims.in_context.pretrained_chains import (
    pretrained_chain_long_context,
    shifted_chain_error,
)
from jtts.sims.in_context.regression import (
    gradient_step_error,
    large_size_ridge_error,
    ridge_error,
)
from jtts.sims.in_context.urns import dirichlet_kl, dirichlet_redundancy, memorizing_advantage

__all__ = [
    "chain_error",
    "clipped_chain_error",
    "dirichlet_kl",
    "dirichlet_redundancy",
    "early_stopping_bound",
    "flow_error",
    "gradient_step_error",
    "induction_ceiling",
    "large_size_ridge_error",
    "limit_chain_error",
    "limit_flow_error",
    "linear_attention_errors",
    "memorizing_advantage",
    "nested_logit_loss",
    "plateau_accuracy",
    "plateau_loss",
    "pretrained_chain_long_context",
    "ridge_error",
    "shifted_chain_error",
    "uncovered_probability",
]

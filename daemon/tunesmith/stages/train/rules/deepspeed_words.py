"""Names that DeepSpeed finds a scheduler or an optimizer by."""

from __future__ import annotations

SCHEDULERS = frozenset(
    (
        "LRRangeTest",
        "OneCycle",
        "WarmupCosineLR",
        "WarmupDecayLR",
        "WarmupLR",
        "ChainedScheduler",
        "ConstantLR",
        "CosineAnnealingLR",
        "CosineAnnealingWarmRestarts",
        "CyclicLR",
        "ExponentialLR",
        "LRScheduler",
        "LambdaLR",
        "LinearLR",
        "MultiStepLR",
        "MultiplicativeLR",
        "OneCycleLR",
        "PolynomialLR",
        "ReduceLROnPlateau",
        "SequentialLR",
        "StepLR",
    )
)
"""Those of DeepSpeed and of torch.optim.lr_scheduler."""
OPTIMIZERS = frozenset(
    (
        "adagrad",
        "adam",
        "adamw",
        "lamb",
        "lion",
        "muadam",
        "muadamw",
        "musgd",
        "muon",
        "onebitadam",
        "onebitlamb",
        "zerooneadam",
        "asgd",
        "adadelta",
        "adafactor",
        "adamax",
        "lbfgs",
        "nadam",
        "radam",
        "rmsprop",
        "rprop",
        "sgd",
        "sparseadam",
    )
)
"""Those of DeepSpeed and of torch.optim, in lower case."""

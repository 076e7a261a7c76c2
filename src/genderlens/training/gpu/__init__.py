"""A whole training plan on one GPU of a machine that reaches no network: parts in, weights out.

The machine with the pictures packs them (``genderlens train-gpu pack``); the one with the GPU needs
this package's files, torch, timm, NumPy, Pillow and safetensors, and runs
``python -m genderlens.training.gpu``; what that leaves becomes a run folder where the pictures are
(``genderlens train-gpu unpack``).
"""

"""A whole training plan on one accelerator that reaches no network: parts in, checkpoints out.

The machine with the pictures packs them (``genderlens card pack``); the one with the card needs
torch, timm, NumPy, Pillow and safetensors and runs ``python -m genderlens.training.card``; what it
leaves becomes a run folder on the first machine again (``genderlens card unpack``).
"""

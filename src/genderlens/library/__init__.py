"""The Python front door: anything in, objects out. ``genderlens.load_predictor`` opens it."""

"""What a predictions table says about a model; no model is ever loaded here."""

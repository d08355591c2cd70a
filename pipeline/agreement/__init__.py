"""How well the model and dermatologists agree, and dermatologists among themselves."""

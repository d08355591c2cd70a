"""What the scores are worth, measured: `python3 run.py evaluate`.

Top of the building: it may ask the pipeline and the models, and nothing asks it.
"""

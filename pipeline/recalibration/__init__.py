"""Teaching the model by dermatologists' grades, without another training.

`run.py recalibrate` fits one rising curve a metric to blind grades and proposes it. An
administrator accepts it on a page, and from then on new checks are scored through it, as a version
of its own.
"""

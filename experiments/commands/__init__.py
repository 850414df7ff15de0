"""What `python -m experiments` does for the Makefile: all lessons, data, notebooks, a new lesson.

Nothing imports it.
"""

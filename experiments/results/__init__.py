"""A run on disk: its record, histories, predictions, trained networks, and what they amount to.

Reading needs no TensorFlow; it knows nothing of how networks are trained, and imports `base` alone.
"""

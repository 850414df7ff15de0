"""A run on disk: its record, histories, predictions, trained networks, and what they amount to.

It is read without TensorFlow and knows nothing of training; it imports `base` alone.
"""

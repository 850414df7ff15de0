"""Answers of trained networks to inputs of one's own, and why.

It computes in NumPy alone, since TensorFlow needs seconds to start; it trains nothing itself.
"""

"""Two runs side by side: values, scores, curves, and whether one repeats the other.

It reads saved results, whatever their lesson, and trains nothing.
"""

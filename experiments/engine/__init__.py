"""Train networks: whole epochs in one compiled call, restarted where they ended, many at once.

It knows neither data sets nor what becomes of a result; it imports `base` alone.
"""

"""The data sets, a module each: its files with their digests, how it is loaded, its stand-in.

They give arrays and know nothing of networks or results; they import `base` alone.
"""

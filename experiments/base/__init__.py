"""What any room may use: errors, files, paths, options of the command line.

It knows nothing of data, networks or results, and imports no other wing.
"""

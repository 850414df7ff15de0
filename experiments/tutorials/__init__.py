"""What each tutorial prints and concludes, how that is tested and how its lesson is shown.

A module for each lesson, which `catalogue` finds; they read saved results and train nothing.
"""

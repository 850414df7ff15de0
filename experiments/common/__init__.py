"""What a lesson imports: data, models, training, plots, baselines, and `Experiment`.

It knows no lesson and no tutorial; it imports `engine`, `datasets`, `results` and `base`.
"""

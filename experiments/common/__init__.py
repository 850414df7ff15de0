"""What the seven experiments share: data, models, training, records and figures."""

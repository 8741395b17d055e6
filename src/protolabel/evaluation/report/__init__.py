"""An evaluation as plots and one HTML page. It computes no accuracy."""

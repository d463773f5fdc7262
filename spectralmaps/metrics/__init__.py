"""Measures of agreement and calibration, and the one table format in which they are kept."""

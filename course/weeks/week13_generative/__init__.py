"""Toys, plots, widgets and recorded runs of week13_generative."""

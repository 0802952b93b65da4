"""Toys, plots, widgets and recorded runs of week11_reasoning."""

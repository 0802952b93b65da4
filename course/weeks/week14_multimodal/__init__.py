"""Toys, plots, widgets, sound and recorded runs of week14_multimodal."""

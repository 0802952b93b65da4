"""Toys, plots, widgets, a reader and measured runs of week09_prompting_rag."""

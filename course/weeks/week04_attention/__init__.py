"""Toys, plots and widgets of week04_attention."""

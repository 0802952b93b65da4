"""Toys, plots and widgets of week12_scaling."""

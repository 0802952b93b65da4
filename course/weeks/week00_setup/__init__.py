"""Toys, plots and widgets of week00_setup."""

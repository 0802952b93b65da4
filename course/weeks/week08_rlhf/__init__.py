"""Toys, plots and widgets of week08_rlhf."""

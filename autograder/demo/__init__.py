"""The demonstration: a class of eleven through the whole loop."""

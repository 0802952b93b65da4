"""One folder a week, named as its notebook: toys, plots, widgets."""

"""What students import: data, plots, widgets, devices. Model code stays in the notebooks."""

from course.device import device

__all__ = ["device"]
__version__ = "0.1.0"

"""The kit that every week's figures and widgets share.

| module | what it gives |
|---|---|
| `style` | the palette, sizes and fonts; `figure()` and `panels()` make axes, `png()` a picture |
| `labels` | the one door of labels: a figure speaks the student's language |
| `series` | `looks()`: colour, line, marker and hatching for any number of series; `legend()` |
| `arrays` | `as_array()`: the one door for tensors, arrays and lists of numbers |
| `diagram` | `box()` and `arrow()`, the parts of a diagram |
| `text_strip` | values over the characters of a text; `shown()` makes a space visible |
| `panel` | `Panel`: controls above a picture or a text, and a still picture where no kernel runs |

A week's `plots.py` draws with these and returns matplotlib Figures; its `widgets.py` puts a `Panel`
around plain functions. Nothing here knows a week.
"""

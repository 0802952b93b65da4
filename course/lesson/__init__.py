"""What makes a notebook a lesson: questions answered by a click, stand-ins, a chatbot that grows.

lesson = open_lesson("week02_rnn")     # in a playground: grading never runs it
lesson.warm_up()                       # three questions on earlier weeks
lesson.ask("clipped-direction")        # predict first …
lesson.reveal("clipped-direction")     # … and see your prediction beside what happened
bptt = lesson.fallback("bptt")         # your own function; while it is blank, a stand-in
lesson.summary()                       # predictions, and what is still to write
keep(numerical_grad)                   # for later weeks …
numerical_grad = recall("numerical_grad", "week00_setup")    # … where it comes back
"""

from course.lesson.lesson import Lesson, open_lesson
from course.lesson.questions import Question
from course.lesson.toolbox import keep, recall

__all__ = ["Lesson", "Question", "keep", "open_lesson", "recall"]

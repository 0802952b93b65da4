"""What students and graders on the hub must agree on: the course's name and the exchange.

It lies in etc/jupyter/ of both environments. A grader's own settings stand in the course folder.
"""

import os

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "word2chat"
c.Exchange.root = os.path.join(os.environ.get("WORD2CHAT_BASE", "/srv/word2chat"), "exchange")

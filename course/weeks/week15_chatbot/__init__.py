"""Week 15: the student's own chatbot, from all the parts of the course."""

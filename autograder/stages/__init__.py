"""The five stages of grading, each with one public function: ingest, prepare, execute, judge, record."""

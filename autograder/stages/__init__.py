"""The five stages of grading, one public function each: ingest, prepare, execute, judge, record."""

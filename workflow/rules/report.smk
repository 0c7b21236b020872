# Verdicts and the report.

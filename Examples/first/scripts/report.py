"""Makes a page of a total: report.py TOTAL REPORT."""
import sys

total, report = sys.argv[1:]
with open(total) as source, open(report, "w") as page:
    page.write(f"# Total\n\n{source.read()}")

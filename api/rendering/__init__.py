"""Reports as people see them: HTML for mail and browser, text, PDF, and the charts in them.

Everything is drawn from the report that SQL made (``report_data`` of a delivery); nothing here
computes a figure. The service and the worker both draw with this.
"""

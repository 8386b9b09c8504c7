"""Files that people take away: results of the analysis in, bytes of a workbook, table or document out.

Nothing here asks the database or decides who may see what: what comes in is what readers see.
"""

"""Dates as people in the UK write them: Django's own en-GB, with months spelt out and hours of the day."""

DATE_FORMAT = "j F Y"  # 31 March 2025
DATETIME_FORMAT = "j F Y, H:i"  # 31 March 2025, 14:30
TIME_FORMAT = "H:i"  # 14:30

"""Clinical dates do not follow the reader's locale: 24-Nov-2026 14:02 (ux.md 2.2)."""

DATE_FORMAT = "d-M-Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "d-M-Y H:i"
SHORT_DATE_FORMAT = "d-M-Y"
SHORT_DATETIME_FORMAT = "d-M-Y H:i"

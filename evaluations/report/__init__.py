"""What the report is made of: blocks of words, prose as people write it, drawings. Knows no database."""

"""Reading files that people send: tables and transcripts in, rows and errors out. Writes nothing."""

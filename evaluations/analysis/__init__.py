"""Pure calculation on frames: no database, no request, no chart."""

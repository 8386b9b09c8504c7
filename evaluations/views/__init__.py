"""One module a screen. Each view: authorise, act, answer."""

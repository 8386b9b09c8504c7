"""The forms of every screen: they check what was typed and name the place of an error; they write nothing."""

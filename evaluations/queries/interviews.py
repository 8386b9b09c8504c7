"""Reading interviews: rows for the list, one with everything in it, the next free code."""


def for_list(interviews):
    """Return interviews with who took part and which strands they speak to."""
    return interviews.prefetch_related("participants", "strands")


def with_answers(interviews):
    """Return interviews with everything that one's own page shows."""
    return interviews.select_related("interviewer").prefetch_related(
        "participants", "strands", "conditions", "answers__question"
    )


def next_code(rows, letter="I"):
    """Return the code after the highest of interviews or participants, for example ``I08`` or ``P22``."""
    codes = rows.filter(code__regex=rf"^{letter}[0-9]{{1,6}}$").values_list("code", flat=True)
    highest = max((int(code[1:]) for code in codes), default=0)
    return f"{letter}{highest + 1:02d}"

"""The parts of a document that are always as the data is: below the prose of each section, and around all."""


def live_parts(data, key):
    """Return what stands below the prose of a section, as blocks."""
    return ()


def document_lines(data, said):
    """Return the lines below the title: programme and phase, evaluators, which state of the document it is."""
    evaluation = data.evaluation
    programme = ", ".join(part for part in (evaluation.programme, evaluation.phase) if part)
    return tuple(line for line in (programme, said) if line)


def document_notes(data):
    """Return what holds for the whole document: that it is made up, where strands come from."""
    return ()


def document_foot(data, said):
    """Return what is printed on every page."""
    return f"{data.title}. {said}"

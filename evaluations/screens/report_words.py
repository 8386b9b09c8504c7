"""The prose of each section as it is drafted from the data."""

from evaluations.models import SectionKey


def drafted(data, key):
    """Return the drafted prose of a section; nothing where the data has nothing to say."""
    fields = {
        SectionKey.INTRODUCTION: data.evaluation.introduction,
        SectionKey.ABOUT_MODEL: data.evaluation.about_model,
        SectionKey.METHOD: data.evaluation.method,
    }
    return fields.get(key, "")

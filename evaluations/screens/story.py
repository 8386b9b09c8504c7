"""What happened to recommendations, as pages and files tell it."""

from evaluations import access
from evaluations.queries.story import stories_of


def read_stories(member, recommendations, audience=None):
    """Return ``{number: StoryEntry tuple}`` of recommendations, newest first, as ``audience`` may read them.

    A fixed number of queries. ``audience`` is the member's own unless given.
    """
    return stories_of(
        recommendations,
        lines=access.histories_for(member, audience),
        action_lines=access.action_histories_for(member),
        due_changes=access.due_changes_for(member),
        updates=access.updates_for(member),
        files=access.evidence_files_for(member),
    )

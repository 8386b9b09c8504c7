"""Reading who owns recommendations and actions, and who could."""


def who_can_own(owners, memberships):
    """Return ``{"owners": [Owner, ...], "members": [user, ...]}``: members are those who own nothing yet.

    ``owners`` and ``memberships`` are rows of one evaluation. Two queries.
    """
    owners = list(owners)
    taken = {owner.user_id for owner in owners}
    users = [membership.user for membership in memberships]
    return {"owners": owners, "members": [user for user in users if user.pk not in taken]}

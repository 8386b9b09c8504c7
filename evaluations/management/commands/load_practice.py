"""`manage.py load_practice`: a made-up evaluation, on which people can try everything."""

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError

from evaluations.actions.errors import ActionError
from evaluations.actions.practice import SLUG, load_practice
from evaluations.queries.summaries import basis_of


class Command(BaseCommand):
    """Load the practice evaluation, or make it afresh."""

    help = "Load a made-up evaluation to practise on. Nothing else in the database is touched."

    def add_arguments(self, parser):
        """Take who evaluates it, and whether one that is there is made afresh."""
        parser.add_argument("--evaluator", required=True, help="the username of an account that opens it")
        parser.add_argument(
            "--replace", action="store_true", help="make it afresh: what was done in it is lost, members stay"
        )

    def handle(self, *, evaluator, replace, **options):
        """Load it and say where it is."""
        user = get_user_model().objects.filter(username=evaluator).first()
        if user is None:
            raise CommandError(f"No account is called {evaluator}. Make one first, under /admin/.")
        try:
            _, is_made = load_practice(by=user, basis_of=basis_of, replace=replace)
        except ActionError as error:
            raise CommandError(str(error)) from None
        if is_made:
            self.stdout.write(f"Loaded. Sign in as {evaluator} and open /e/{SLUG}/")
        else:
            self.stdout.write(f"It is there already, at /e/{SLUG}/. To make it afresh: --replace")

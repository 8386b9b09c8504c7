"""`manage.py start_evaluation`: the first step on a new site, before anybody is a member of anything."""

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError

from evaluations.actions.errors import ActionError
from evaluations.actions.setup import start_evaluation


class Command(BaseCommand):
    """Start an evaluation and make one account its first evaluator, who invites everybody else."""

    help = "Start an evaluation with its first evaluator."

    def add_arguments(self, parser):
        """Take the evaluation's facts and who evaluates it."""
        parser.add_argument(
            "slug", metavar="address", help="how its pages' addresses begin: legacy-2027 for /e/legacy-2027/"
        )
        parser.add_argument("--title", required=True)
        parser.add_argument("--programme", required=True)
        parser.add_argument("--evaluator", required=True, help="the username of an account")

    def handle(self, *, slug, title, programme, evaluator, **options):
        """Start it."""
        user = get_user_model().objects.filter(username=evaluator).first()
        if user is None:
            raise CommandError(
                f"No account is called {evaluator}. Sign in under /admin/ as a superuser (made by "
                "`python manage.py createsuperuser`) and add it under Users. A superuser joins no evaluation."
            )
        fields = {"slug": slug, "title": title, "programme": programme}
        try:
            start_evaluation(fields=fields, by=user)
        except ActionError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Started. {evaluator} is its evaluator: sign in and open /e/{slug}/")

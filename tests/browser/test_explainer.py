"""The explainer on paper."""

import re

from evaluations.actions.guide import start_guide
from evaluations.models import GuideQuestion


def test_the_explainer_with_the_starter_guide_fits_on_one_page(scene, enter):
    evaluation = scene.practice
    GuideQuestion.objects.filter(evaluation=evaluation).delete()
    evaluation.evaluators = "Jo Smith\nAda Okoro\nSam Reed"
    evaluation.save()
    start_guide(evaluation=evaluation, by=scene.cast.evelyn)
    page = enter(scene.cast.evelyn)
    page.goto(scene.address(evaluation, "explainer/"))

    paper = page.pdf(prefer_css_page_size=True, print_background=True)

    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1

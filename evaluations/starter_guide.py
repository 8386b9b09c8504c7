"""The guide that a new evaluation can start from: for each condition three open questions, in our own words.

They ask about the strand under study (a part of the programme's legacy plan) and take no side.
"""

from evaluations.conditions import Condition

ACTIVITIES, GAPS, NEXT_STEPS = "activities", "gaps", "next_steps"

# Condition -> (area, question), in the order in which they are asked.
STARTER_QUESTIONS = {
    Condition.POLICIES: (
        (ACTIVITIES, "Which plans, rules or priorities have changed, here or in other organisations?"),
        (GAPS, "Where do plans or rules still say something else, or nothing at all?"),
        (NEXT_STEPS, "What should be written into a plan or rule next, and who could do that?"),
    ),
    Condition.PRACTICES: (
        (ACTIVITIES, "What do people do differently now in their everyday work?"),
        (GAPS, "Which habits or ways of working have stayed as they were, and why?"),
        (NEXT_STEPS, "What would help the new ways of working to become normal?"),
    ),
    Condition.RESOURCES: (
        (ACTIVITIES, "How have money, people’s time, skills or information been shared out differently?"),
        (GAPS, "What is in short supply, or does not reach the people who need it?"),
        (NEXT_STEPS, "What needs to be paid for, staffed or shared after the programme, and by whom?"),
    ),
    Condition.RELATIONSHIPS: (
        (ACTIVITIES, "Which connections between people or organisations are new, or have become stronger?"),
        (GAPS, "Who is not yet in touch with whom, or not on good terms?"),
        (NEXT_STEPS, "Which connections matter most to keep, and what would keep them going?"),
    ),
    Condition.POWER: (
        (ACTIVITIES, "Who has a say in decisions now that did not have one before?"),
        (GAPS, "Whose voice is still missing when decisions are made, or is heard but not acted on?"),
        (NEXT_STEPS, "Which decisions should be made differently, and who would have to agree to that?"),
    ),
    Condition.MENTAL_MODELS: (
        (ACTIVITIES, "How have people’s views changed of what families need and can do?"),
        (GAPS, "Which beliefs or assumptions, spoken or not, still hold things back?"),
        (NEXT_STEPS, "What would help more people to see things in a new way?"),
    ),
}

"""What does a published plan text propose, and what of that is new to a plan?"""

from milestones.intake.comparing import compare as compare
from milestones.intake.rules.reading import read as read

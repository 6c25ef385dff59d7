"""The charts: an Arrow table in, a Figure out. Pure: no state, no database; words in the language of this run.

`look` is what all of them share; the others are chapters by what is asked: `standing` one cycle, `years` several,
`polls` polls and surveys, `ledger` the year's course, `registers` who is waited for, `sure` how sure it is,
`raters` those who judge, `fair` groups and changes, `structure` people and selections.
"""

from plotly.graph_objects import Figure

from pages.ui.charts.fair import change_parts, part_line, rates
from pages.ui.charts.ledger import ledger_months, progress
from pages.ui.charts.look import (
    badge_colours,
    enlarged,
    finished,
    grade_colours,
    is_dark,
    key_line,
    pool_label,
    use_theme,
    warm,
)
from pages.ui.charts.polls import group_line, options, profile, stage_line, turnout, waves
from pages.ui.charts.raters import CEILING, agreement, leniency
from pages.ui.charts.registers import register_matrix
from pages.ui.charts.standing import beside_mean, distribution, gaps, grade_mix, seats, side_by_side, waterfall
from pages.ui.charts.structure import age_bands, stage_funnel
from pages.ui.charts.sure import ahead, indices, intervals, rule_indices, weights
from pages.ui.charts.years import bump, flow, subject_years, transitions

__all__ = [
    "CEILING",
    "Figure",
    "age_bands",
    "agreement",
    "ahead",
    "badge_colours",
    "beside_mean",
    "bump",
    "change_parts",
    "distribution",
    "enlarged",
    "finished",
    "flow",
    "gaps",
    "grade_colours",
    "grade_mix",
    "group_line",
    "indices",
    "intervals",
    "is_dark",
    "key_line",
    "ledger_months",
    "leniency",
    "options",
    "part_line",
    "pool_label",
    "profile",
    "progress",
    "rates",
    "register_matrix",
    "rule_indices",
    "seats",
    "side_by_side",
    "stage_funnel",
    "stage_line",
    "subject_years",
    "transitions",
    "turnout",
    "use_theme",
    "warm",
    "waterfall",
    "waves",
    "weights",
]

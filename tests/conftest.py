"""What every test shares: how hard hypothesis tries, and that a skipped test is a failure in CI.

Profiles: `default`, and `deep` for a long search: HYPOTHESIS_PROFILE=deep make test.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

# The same examples every time, so that a run on one machine says something about another; `deep` is the one that looks
# for new ones. No deadline: a shared two-core machine is slow at moments.
_steady = settings(
    deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.register_profile("default", _steady, max_examples=40)
settings.register_profile("deep", _steady, derandomize=False, max_examples=3000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def _refuse_skip(report):
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: in CI a skip is a failure. {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _refuse_skip((yield))

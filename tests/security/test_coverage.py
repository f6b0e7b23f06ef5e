"""What happened to others and where it is shown not to happen here: a line a case, with its tests or why none applies.

The cases are those of our review of advisories, by its parts: B who may read what, D denial of service, E media and browsers.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
HERE = "tests/security/"
ALL = "*"
"""Every test of a file."""

FEDERATION = "federation: nothing comes from other servers yet"

B: dict[str, str | tuple[str, ...]] = {
    "CVE-2024-37903": FEDERATION,
    "CVE-2025-30741": ("test_case_cve_2025_30741.py::*",),
    "followers-only seen by the whole instance": (
        "test_case_followers_only_everywhere.py::*",
        "tests/mastodon/test_visibility.py::test_reading_one",
        "tests/mastodon/test_visibility.py::test_meeting_it_in_lists",
        "tests/mastodon/test_streaming.py::test_private_posts_reach_followers_only",
    ),
    "FEP-8fcf follower desync": FEDERATION,
    "CVE-2026-28431": ("tests/mastodon/test_visibility.py::*", "test_scopes.py::*"),
    "CVE-2026-28433, CVE-2026-22246, CVE-2026-23964": (
        "test_case_cve_2026_28433.py::*",
        "test_bad_input.py::test_what_is_anothers_is_missing",
    ),
    "reports on invisible posts": (
        "test_case_gestures_on_invisible.py::*",
        "tests/mastodon/test_visibility.py::test_gestures_confirm_nothing",
        "tests/mastodon/test_reports.py::test_what_one_may_not_see_cannot_be_reported",
        "tests/mastodon/test_admin_reports.py::test_a_report_opens_nothing_to_hosts",
    ),
    "moderator identity leak": (
        "test_case_moderator_identity.py::*",
        "tests/mastodon/test_admin_reports.py::test_a_host_never_meets_a_report_about_themselves",
    ),
    "boost of followers-only": ("test_case_boost_of_followers_only.py::*",),
    "CVE-2025-62605 quote leak": (
        "tests/mastodon/test_quotes.py::test_who_may_quote_is_what_the_table_says",
        "tests/mastodon/test_quotes.py::test_what_the_viewer_may_not_see_or_does_not_want_vanishes_at_once",
        "tests/mastodon/test_quotes.py::test_a_block_between_the_two_bars_the_quote_for_all",
    ),
    "CVE-2026-33869 quote denial": FEDERATION,
    "CVE-2025-62175": ("tests/mastodon/test_streaming.py::test_streams_end_when_the_account_is_suspended_or_erased",),
    "CVE-2025-62176": ("tests/mastodon/test_streaming.py::test_scopes_are_wanted", "test_scopes.py::*"),
    "CVE-2024-25619": (
        "tests/mastodon/test_streaming.py::test_streams_end_when_their_token_is_revoked_and_no_other",
        "test_scopes.py::test_a_revoked_token_opens_nothing_not_even_what_is_open_to_all",
    ),
    "CVE-2025-62174": ("test_case_cve_2025_62174.py::*",),
    "CVE-2025-24896": ("tests/web/test_signin.py::test_leaving_closes_the_session_in_the_browser_and_on_the_server",),
    "suspended users' app-only API": ("test_scopes.py::test_who_is_out_or_not_yet_in_has_no_right_at_all",),
    "CVE-2026-23961": ("test_case_cve_2026_23961.py::*", "tests/mastodon/test_visibility.py::test_nobody_reads_the_suspended"),
    "CVE-2025-27399": ("test_scopes.py::test_who_is_out_or_not_yet_in_has_no_right_at_all",),
    "CVE-2026-25540": ("test_case_cve_2026_25540.py::*",),
    "blocked domain by other ways": FEDERATION,
    "link preview and hot-link address leak": ("test_case_reader_ip_leak.py::*",),
    "EXIF leak": (
        "tests/mastodon/test_media.py::test_nothing_of_the_place_or_the_camera_is_kept",
        "tests/mastodon/test_accounts.py::test_pictures_are_cleaned_still_and_replaced",
        "tests/kernel/test_media.py::test_no_metadata_remains",
    ),
    "undeletable media": (
        "tests/mastodon/test_media.py::test_a_loose_medium_is_erased_and_an_attached_one_is_not",
        "tests/mastodon/test_media_sweeping.py::test_loose_media_are_purged_after_a_day",
    ),
    "search consent": ("tests/mastodon/test_search.py::test_posts_are_found_only_where_their_author_agrees_and_one_may_see",),
    "direct post opened by a mention": ("test_case_dm_edit.py::*",),
}

D: dict[str, str | tuple[str, ...]] = {
    "unbounded recursion of fetches": FEDERATION,
    "recursion through featured posts": FEDERATION,
    "movedTo recursion": FEDERATION,
    "JSON-LD normalisation": FEDERATION,
    "JSON-LD remote context": FEDERATION,
    "deep JSON nesting": ("test_bad_input.py::test_what_is_no_request_is_refused_everywhere_and_writes_nothing",),
    "huge collections": ("test_case_huge_pages.py::*",),
    "CVE-2026-69132": ("test_case_cve_2026_69132.py::*",),
    "CVE-2025-68475": ("test_case_cve_2025_68475.py::*", "tests/kernel/test_text_properties.py::*"),
    "CVE-2026-23963, CVE-2026-23962": ("test_case_cve_2026_23963.py::*",),
    "fan-out to fake followers": FEDERATION,
    "mass mention": ("test_case_mass_mention.py::*",),
    "CVE-2025-54879, CVE-2023-49952, CVE-2025-27157": ("test_case_cve_2025_54879.py::*", "test_case_password_guessing.py::*"),
    "rate limit by format suffix": ("test_case_rate_limit_variants.py::*",),
    "empty votes": ("test_case_empty_votes.py::*", "tests/mastodon/test_polls.py::test_stuffing_leaves_counts_as_they_were"),
    "negative counters": (
        "test_case_negative_counters.py::*",
        "tests/features/test_graph.py::test_the_same_follow_and_unfollow_a_hundred_times_at_once",
    ),
    "hashcash-free signup": ("test_case_sign_up_flood.py::*",),
}

E: dict[str, str | tuple[str, ...]] = {
    "CVE-2023-36460": (
        "tests/kernel/test_media_child.py::*",
        "tests/kernel/test_media_hostile.py::*",
        "test_case_upload_served_inline.py::test_what_is_no_picture_is_never_kept",
    ),
    "CVE-2023-36459": "no preview cards yet: a status answers `card: null`, nothing is fetched",
    "emoji substitution": (
        "test_case_emoji_injection.py::*",
        "tests/web/test_safety.py::test_what_people_type_is_never_markup",
    ),
    "CVE-2023-36462": ("test_case_cve_2023_36462.py::*", "tests/kernel/test_text.py::test_what_is_linked"),
    "sanitiser bypass": (
        "tests/kernel/test_text.py::test_hostile_text_stays_text",
        "tests/kernel/test_text_properties.py::test_a_browser_reads_the_same",
    ),
    "BlurHash out of bounds": ("test_case_blurhash.py::*", "tests/kernel/test_media_hostile.py::test_blurhash_is_recognised"),
    "image and video bombs": ("tests/kernel/test_media_hostile.py::*",),
    "emoji pack zip": (
        "test_case_upload_served_inline.py::test_what_is_no_picture_is_never_kept",
        "tests/mastodon/test_emojis.py::test_what_is_no_small_picture_is_refused_and_leaves_nothing",
    ),
    "attachment filename": ("test_case_file_names.py::*",),
    "upload served inline": ("test_case_upload_served_inline.py::*",),
    "CVE-2026-33868": ("test_case_cve_2026_33868.py::*", "tests/web/test_signin.py::test_no_form_sends_anybody_elsewhere"),
    "OAuth redirect and code": (
        "test_case_oauth_code.py::*",
        "tests/features/test_accounts_oauth.py::*",
        "tests/web/test_consent.py::*",
    ),
    "CVE-2024-25618": "nobody signs in through another provider yet",
    "CVE-2026-41259": ("tests/mastodon/test_accounts.py::test_no_email_is_kept_anywhere",),
    "CVE-2023-28853": (
        "test_case_cve_2023_28853.py::*",
        "tests/test_architecture.py::test_no_statement_builds_sql_from_values",
    ),
    "CSRF on a cookie API": (
        "test_case_csrf_on_cookie_api.py::*",
        "tests/web/test_safety.py::test_a_form_of_another_site_does_nothing",
    ),
    "CVE-2026-27468": ("test_scopes.py::test_who_is_out_or_not_yet_in_has_no_right_at_all",),
}

CASES = {f"{part} {case}": shown for part, cases in (("B", B), ("D", D), ("E", E)) for case, shown in cases.items()}
SHOWN = [(case, test) for case, shown in CASES.items() if isinstance(shown, tuple) for test in shown]


@cache
def names_in(path: Path) -> frozenset[str]:
    """Return the names of the tests of a file, empty when there is none."""
    if not path.is_file() or ROOT not in path.resolve().parents:
        return frozenset()
    tree = ast.parse(path.read_text("utf-8"))
    functions = (node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(name for name in functions if name.startswith("test_"))


def located(test: str) -> tuple[Path, str]:
    """Return the file and the name of `file.py::name`; files without a folder are of this one."""
    file, _, name = test.partition("::")
    return ROOT / (file if "/" in file else HERE + file), name


@pytest.mark.parametrize(("case", "test"), SHOWN)
def test_what_shows_a_case_exists(case: str, test: str) -> None:
    path, name = located(test)
    found = names_in(path)
    assert found, f"{case}: no tests in {test}"
    assert name == ALL or name in found, f"{case}: {test} does not exist"


def test_every_case_file_is_listed() -> None:
    listed = {located(test)[0].name for _, test in SHOWN}
    assert {path.name for path in Path(__file__).parent.glob("test_case_*.py")} <= listed


def test_every_reason_says_something() -> None:
    assert all(len(shown) > 20 for shown in CASES.values() if isinstance(shown, str))
    assert (len(B), len(D), len(E)) == (26, 17, 17)

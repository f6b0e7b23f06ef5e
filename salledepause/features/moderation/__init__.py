"""Moderation: what people tell the hosts, and what the hosts settle.

`report` files a report on an account and some of its posts. Only posts that the reporter may see can be named, and only the
target's own: a report never confirms that something hidden exists, nor opens it to anybody. `open_reports` and `resolve` are for
hosts and admins. The person reported is never told who reported, nor which host settled it. A report holds ids and a comment, no
copy of a post: what is erased stays erased. `ReportFiled` tells the features above.
"""

from salledepause.features.moderation.actions import open_reports, report, resolve
from salledepause.features.moderation.model import CATEGORIES, COMMENT_LENGTH, Complaint, Report, ReportFiled
from salledepause.features.moderation.store import load

__all__ = ["CATEGORIES", "COMMENT_LENGTH", "Complaint", "Report", "ReportFiled", "load", "open_reports", "report", "resolve"]

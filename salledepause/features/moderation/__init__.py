"""Moderation: what people tell the hosts, and what the hosts settle.

`report` files a report on an account and some of its posts. Only posts that the reporter may see can be named, and only the
target's own: a report never confirms that something hidden exists, nor opens it to anybody. Hosts and admins read and settle
reports (`reports`, `one_report`, `take_over`, `resolve`, `reopen`…), decide about accounts (`people`, `decide`, `lift`,
`approve`, `reject`, `erase`, `promote`, `close_access`), about posts that a report names (`withdraw_posts`), about who may come
(`invite`), the emojis and other servers (`domains`). A host decides about those who stand below, never about
themselves. The person reported is never told who reported, nor which host settled it. Each act is written in the journal
(`read_journal`); `Warned` has whom it is about told what was decided and why. A report holds ids and a comment, no copy of a
post: what is erased stays erased. `ReportFiled` tells the features above. A report of a picture for the rule about
pictures takes it out of view at once (`images`), until a host decides; how refused pictures look is kept
there too. What a text says may have it wait for a host as well (`holds`). Who is put out of a place of the house is told why
(`exits`). Whom a decision is about may have it looked at again (`appeals`).
"""

from salledepause.features.moderation import appeals, domains, exits, holds, images
from salledepause.features.moderation.actions import report
from salledepause.features.moderation.decisions import (
    Decision,
    Lifting,
    Measure,
    approve,
    decide,
    erase,
    history,
    lift,
    people,
    person,
    read_journal,
    reject,
    withdraw_posts,
)
from salledepause.features.moderation.desk import (
    hand_back,
    one_report,
    open_reports,
    reopen,
    reports,
    resolve,
    sort,
    take_over,
    waiting_reports,
)
from salledepause.features.moderation.hosts import administrator, decides, keeper
from salledepause.features.moderation.house import add_emoji, remove_emoji, rest_emoji, retry_jobs, sort_emoji
from salledepause.features.moderation.journal import Act, Caution, Noted, cautions, note
from salledepause.features.moderation.keys import close_access, invitations, invite, promote, revoke_invitation, waiting
from salledepause.features.moderation.model import CATEGORIES, COMMENT_LENGTH, Complaint, Report, ReportFiled, Sought, Warned
from salledepause.features.moderation.store import load

__all__ = [
    "CATEGORIES",
    "COMMENT_LENGTH",
    "Act",
    "Caution",
    "Complaint",
    "Decision",
    "Lifting",
    "Measure",
    "Noted",
    "Report",
    "ReportFiled",
    "Sought",
    "Warned",
    "add_emoji",
    "administrator",
    "appeals",
    "approve",
    "cautions",
    "close_access",
    "decide",
    "decides",
    "domains",
    "erase",
    "exits",
    "hand_back",
    "history",
    "holds",
    "images",
    "invitations",
    "invite",
    "keeper",
    "lift",
    "load",
    "note",
    "one_report",
    "open_reports",
    "people",
    "person",
    "promote",
    "read_journal",
    "reject",
    "remove_emoji",
    "reopen",
    "report",
    "reports",
    "resolve",
    "rest_emoji",
    "retry_jobs",
    "revoke_invitation",
    "sort",
    "sort_emoji",
    "take_over",
    "waiting",
    "waiting_reports",
    "withdraw_posts",
]

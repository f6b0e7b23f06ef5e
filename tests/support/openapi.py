"""Judge our answers with somebody else's eyes: a third party's OpenAPI description of the Mastodon client API.

`Description.load()` reads `data/openapi/mastodon-4.5.json` of the shared folder (`../shared` beside the repository, or
`SHARED_DATA`) and corrects it with `AMENDMENTS` and `ANSWERS`, where it contradicts Mastodon's own documentation
(docs.joinmastodon.org). It is stricter than JSON Schema asks: `1.0` is no integer, formats are asserted.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker, TypeChecker, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

Schema = dict[str, Any]

ADDRESS = "urn:mastodon-api"
SHARED = Path(__file__).resolve().parents[3] / "shared"
METHODS = {"get", "post", "put", "patch", "delete"}
LONGEST = 160
"""Characters kept of one problem: a refused value may be a whole page."""


class Amendment(NamedTuple):
    """Corrections of schemas; names are separated by spaces, inner objects reached with dots (`Instance.configuration.urls`)."""

    schemas: str
    present: str = ""
    """Keys that may be null but are never missing (the description turned "nullable" into "optional")."""
    full: str = ""
    """Keys that are neither missing nor null (it takes what a recent version added for optional and nullable)."""
    optional: str = ""
    """Keys that may be missing but are never null (it turned "optional" into "nullable")."""
    replaced: Mapping[str, Schema] = {}
    """Keys whose schema is wrong, with the right one."""


def ref(name: str) -> Schema:
    """Return the schema that points to a component."""
    return {"$ref": f"{ADDRESS}#/components/schemas/{name}"}


def array(name: str) -> Schema:
    """Return the schema of a list of a component."""
    return {"type": "array", "items": ref(name)}


TEXT: Schema = {"type": "string"}
LANGUAGE_PAIRS: Schema = {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}}
SCOPES: Schema = {"type": "array", "items": {"anyOf": [ref("OAuthScope"), {"enum": ["read:collections", "write:collections"]}]}}
"""Those of the description, and two of 4.6."""
TOLD: Mapping[str, Schema] = {
    "type": {"anyOf": [ref("NotificationTypeEnum"), {"enum": ["added_to_collection", "wave", "victory_prompt", "desk"]}]},
    "collection": {"type": "object", "required": ["id", "account_id", "url", "name", "item_count", "items", "created_at"]},
    "fallback": {"type": "object", "properties": {"title": TEXT}, "required": ["title", "summary", "details"]},
}
"""What 4.6 added to notifications."""
AMENDMENTS = (
    Amendment(
        "Account CredentialAccount MutedAccount",
        present="url discoverable last_status_at hide_collections",
        full="uri indexable",
        optional="noindex moved memorial suspended limited",
    ),
    Amendment("MutedAccount", present="mute_expires_at"),
    Amendment(  # `language` may be empty; the enumeration beside `quote_policy` refuses the null that its type accepts
        "CredentialAccount.source",
        present="hide_collections discoverable",
        full="attribution_domains indexable quote_policy",
        replaced={"language": {"type": ["string", "null"]}},
    ),
    Amendment("AdminAccount", present="domain invite_request ip"),
    Amendment("AdminDomainBlock", present="digest private_comment public_comment"),
    Amendment("AdminReport", present="action_taken_at action_taken_by_account assigned_account"),
    Amendment("Announcement", present="starts_at ends_at", optional="read"),
    Amendment("Application CredentialApplication", full="scopes redirect_uris redirect_uri", replaced={"scopes": SCOPES}),
    Amendment("DiscoverOauthServerConfigurationResponse", replaced={"scopes_supported": SCOPES}),
    Amendment("CredentialApplication", full="client_secret_expires_at"),
    Amendment("Conversation", present="last_status"),
    Amendment("FeaturedTag", present="last_status_at"),
    Amendment("Field", present="verified_at"),
    Amendment("Filter", present="expires_at", optional="keywords statuses"),
    Amendment("FilterResult", present="keyword_matches status_matches"),
    Amendment("GroupedNotificationsResults", optional="partial_accounts"),
    Amendment("Instance", full="icon api_versions"),
    Amendment("Instance.api_versions", full="mastodon"),
    Amendment("Instance.contact", present="account"),
    Amendment("Instance.registrations", present="message min_age reason_required url"),
    Amendment(  # `vapid` (4.3) is missing from the description
        "Instance.configuration",
        full="limited_federation timelines_access vapid",
        replaced={"vapid": {"type": "object", "properties": {"public_key": TEXT}, "required": ["public_key"]}},
    ),
    Amendment("Instance.configuration.accounts", full="max_pinned_statuses"),
    Amendment("Instance.configuration.media_attachments", full="description_limit"),
    Amendment("Instance.configuration.urls", full="streaming about", present="status privacy_policy terms_of_service"),
    Amendment("List", full="exclusive"),
    Amendment("MediaAttachment", present="url preview_url remote_url meta description blurhash"),
    Amendment(
        "Notification", full="group_key", optional="status report event moderation_warning collection fallback", replaced=TOLD
    ),
    Amendment(  # the attribute is documented as a string, its examples and the description say integer: both are read
        "NotificationGroup",
        optional="status_id report event moderation_warning collection fallback page_min_id page_max_id"
        " latest_page_notification_at",
        replaced={**TOLD, "most_recent_notification_id": {"type": ["string", "integer"]}},
    ),
    Amendment("NotificationRequest", optional="last_status"),
    Amendment("Poll", present="expires_at voters_count", optional="voted own_votes"),
    Amendment("PollOption", present="votes_count"),
    Amendment(  # these three addresses are documented as empty when there is none
        "PreviewCard TrendsLink",
        present="image blurhash",
        full="authors author_name author_url",
        replaced={"author_url": TEXT, "provider_url": TEXT, "embed_url": TEXT},
    ),
    Amendment("PreviewCardAuthor", present="account", replaced={"url": TEXT}),
    Amendment("Quote", present="quoted_status"),
    Amendment("ShallowQuote", present="quoted_status_id"),
    Amendment("Relationship", present="languages"),
    Amendment("Report", present="action_taken_at status_ids rule_ids"),
    Amendment("Rule", full="hint translations"),
    Amendment(
        "Status",
        present="url in_reply_to_id in_reply_to_account_id reblog poll card language edited_at quote",
        full="quotes_count quote_approval",
        optional="application favourited reblogged muted bookmarked pinned filtered",
    ),
    Amendment("Status.application", present="website"),
    Amendment("Suggestion", full="sources"),
    Amendment("Tag", full="id", optional="following featuring"),
    Amendment("Token", replaced={"created_at": {"type": "integer"}}),  # "UNIX timestamp": strict decoders refuse 1.5e9
    Amendment("Translation", full="spoiler_text media_attachments", optional="poll"),
    Amendment("V1Instance", present="thumbnail contact_account"),
    Amendment("WebPushSubscription", full="standard"),
)
"""Every known contradiction of the description's schemas with the entity pages of Mastodon's documentation (4.5)."""

ADMINISTRATION = {
    "accounts": "AdminAccount",
    "reports": "AdminReport",
    "domain_blocks": "AdminDomainBlock",
    "domain_allows": "AdminDomainAllow",
}
ACCOUNT_ACTS = "approve reject enable unsilence unsuspend unsensitive"
REPORT_ACTS = "assign_to_self unassign resolve reopen"
ANSWERS: dict[tuple[str, str, str], Schema] = {
    ("GET", "/api/v1/filters", "200"): array("V1Filter"),  # described as one filter
    ("GET", "/api/v1/instance/translation_languages", "200"): LANGUAGE_PAIRS,
    ("GET", "/api/v1/media/{id}", "206"): ref("MediaAttachment"),  # described without a body
    ("GET", "/api/v1/mutes", "200"): array("MutedAccount"),  # described as plain accounts
    ("GET", "/api/v1/preferences", "200"): ref("Preferences"),  # described without a body
    ("GET", "/api/v1/timelines/home", "206"): array("Status"),  # described without a body
    ("POST", "/api/v1/statuses", "200"): {"if": {"required": ["params"]}, "then": ref("ScheduledStatus"), "else": ref("Status")},
    ("POST", "/api/v1/accounts", "422"): ref("ValidationError"),  # described so for 148 operations, true of this one
    ("PATCH", "/api/v2/notifications/policy", "200"): ref("NotificationPolicy"),  # missing, as are the next two
    ("DELETE", "/api/v1/profile/avatar", "200"): ref("CredentialAccount"),
    ("DELETE", "/api/v1/profile/header", "200"): ref("CredentialAccount"),
    ("GET", "/api/v1/admin/accounts", "200"): array("AdminAccount"),  # the whole administration is missing; its entities are not
    ("GET", "/api/v2/admin/accounts", "200"): array("AdminAccount"),
    ("GET", "/api/v1/admin/reports", "200"): array("AdminReport"),
    **{("GET", f"/api/v1/admin/{things}/{{id}}", "200"): ref(entity) for things, entity in ADMINISTRATION.items()},
    **{("POST", f"/api/v1/admin/accounts/{{id}}/{act}", "200"): ref("AdminAccount") for act in ACCOUNT_ACTS.split()},
    **{("POST", f"/api/v1/admin/reports/{{id}}/{act}", "200"): ref("AdminReport") for act in REPORT_ACTS.split()},
    ("POST", "/api/v1/admin/accounts/{id}/action", "200"): {"type": "object"},
    ("DELETE", "/api/v1/admin/accounts/{id}", "200"): ref("AdminAccount"),
    ("PUT", "/api/v1/admin/reports/{id}", "200"): ref("AdminReport"),
    ("GET", "/api/v1/admin/domain_blocks", "200"): array("AdminDomainBlock"),
    ("POST", "/api/v1/admin/domain_blocks", "200"): ref("AdminDomainBlock"),
    ("PUT", "/api/v1/admin/domain_blocks/{id}", "200"): ref("AdminDomainBlock"),
    ("POST", "/api/v1/admin/measures", "200"): array("AdminMeasure"),
    ("POST", "/api/v1/admin/dimensions", "200"): array("AdminDimension"),
    ("POST", "/api/v1/admin/retention", "200"): array("AdminCohort"),
    ("GET", "/api/v1/admin/trends/tags", "200"): {"type": "array", "items": {"allOf": [ref("Tag"), ref("AdminTag")]}},
    ("GET", "/api/v1/admin/trends/statuses", "200"): array("Status"),
    ("GET", "/api/v1/admin/trends/links", "200"): array("TrendsLink"),
    ("GET", "/api/v1/admin/domain_allows", "200"): array("AdminDomainAllow"),
    ("POST", "/api/v1/admin/domain_allows", "200"): ref("AdminDomainAllow"),
    **{("DELETE", f"/api/v1/admin/domain_{rule}s/{{id}}", "200"): {"type": "object"} for rule in ("block", "allow")},
}
"""What an operation answers, where the description is silent or wrong about it (methods pages of the documentation)."""


class Description:
    """The amended description; validators are made once for each answer."""

    def __init__(self, document: Schema) -> None:
        """Take a parsed OpenAPI 3.1 document; it is rewritten in place."""
        _rewrite(document)
        for amendment in AMENDMENTS:
            for name in amendment.schemas.split():
                _amend(_node(document["components"]["schemas"], name), amendment)
        self._answers = _answers(document)
        self._templates = _by_length(self._answers)
        resource = Resource.from_contents(document, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(ADDRESS, resource)
        self._validators: dict[tuple[str, str, str], Validator] = {}

    @classmethod
    def load(cls) -> Description | None:
        """Return the description of the shared folder, or None when the folder is not there."""
        path = Path(os.environ.get("SHARED_DATA", SHARED)) / "data" / "openapi" / "mastodon-4.5.json"
        return cls(json.loads(path.read_bytes())) if path.is_file() else None

    def operations(self) -> list[tuple[str, str]]:
        """Return (method, path template) of every described operation, in the description's order."""
        return list(self._answers)

    def template(self, method: str, path: str) -> str | None:
        """Return the template of a concrete path (its query is ignored); literal segments win over parameters."""
        segments = urlsplit(path).path.split("/")
        found = [each for each in self._templates[method.upper(), len(segments)] if _fits(each, segments)]
        return max(found, key=_literals, default=None)

    def check(self, method: str, path: str, status: int, body: object) -> list[str]:
        """Return what is wrong in an answer: `[place in the body]: problem`; empty when it is valid.

        A status without a schema of its own is judged as the success (below 400) or as an Error; an operation that is
        described without a body answers an empty object.
        """
        template = self.template(method, path)
        if template is None:
            return [f"{method.upper()} {path} is not described"]
        value: Any = body
        errors = self._validator(method.upper(), template, str(status)).iter_errors(value)
        return sorted({line for error in errors for line in _lines(error)})

    def _validator(self, method: str, template: str, status: str) -> Validator:
        key = (method, template, status)
        if key not in self._validators:
            schema = _schema(self._answers[method, template], status)
            self._validators[key] = STRICT(schema, registry=self._registry, format_checker=FORMATS)
        return self._validators[key]


def _schema(answers: Mapping[str, Schema], status: str) -> Schema:
    if status >= "400":
        return answers.get(status, ref("Error"))
    return answers.get(status) or answers.get("200") or {"type": "object"}


def _answers(document: Schema) -> dict[tuple[str, str], dict[str, Schema]]:
    """Return the schema of each success status of each operation, with ours over the description's."""
    found: dict[tuple[str, str], dict[str, Schema]] = {}
    for path, item in document["paths"].items():
        for method in (each for each in item if each in METHODS):
            found[method.upper(), path] = dict(_successes(item[method]["responses"]))
    for (method, path, status), schema in ANSWERS.items():
        found.setdefault((method, path), {})[status] = schema
    return found


def _successes(responses: Schema) -> Iterator[tuple[str, Schema]]:
    for status, response in responses.items():
        schema = response.get("content", {}).get("application/json", {}).get("schema")
        if schema and status < "300":
            yield status, schema


def _by_length(operations: Iterable[tuple[str, str]]) -> dict[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for method, path in operations:
        found[method, len(path.split("/"))].append(path)
    return found


def _fits(template: str, segments: list[str]) -> bool:
    return all(part.startswith("{") or part == given for part, given in zip(template.split("/"), segments, strict=True))


def _literals(template: str) -> list[bool]:
    return [not part.startswith("{") for part in template.split("/")]


def _rewrite(node: object) -> None:
    """Make references absolute, and every `oneOf` an `anyOf`: a Quote is a ShallowQuote too, as extra keys are allowed."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            node["$ref"] = ADDRESS + node["$ref"].removeprefix(ADDRESS)
        if "oneOf" in node:
            node["anyOf"] = node.pop("oneOf")
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _rewrite(child)


def _node(schemas: Schema, dotted: str) -> Schema:
    name, *inner = dotted.split(".")
    node: Schema = schemas[name]
    for key in inner:
        node = node["properties"][key]
    return node


def _amend(node: Schema, amendment: Amendment) -> None:
    """Apply one amendment. Raises KeyError when it names a key that the description does not have."""
    properties = node["properties"] = node["properties"] | amendment.replaced
    for key in f"{amendment.full} {amendment.optional}".split():
        properties[key] = _never_null(properties[key])
    never_missing = f"{amendment.present} {amendment.full}".split()
    if unknown := set(never_missing) - properties.keys():
        raise KeyError(amendment.schemas, unknown)
    node["required"] = sorted({*node.get("required", ()), *never_missing})


def _never_null(schema: Schema) -> Schema:
    kept = dict(schema)
    if isinstance(schema.get("type"), list):
        kept["type"] = [kind for kind in schema["type"] if kind != "null"]
    if "anyOf" in schema:
        kept["anyOf"] = [branch for branch in schema["anyOf"] if branch != {"type": "null"}]
    return kept


def _lines(error: ValidationError) -> Iterator[str]:
    """Say a failure in one line, or in the lines of the branch that was most nearly right."""
    branches: dict[object, list[ValidationError]] = defaultdict(list)
    for inner in error.context or ():
        branches[inner.relative_schema_path[0]].append(inner)
    if not branches:
        yield f"{_place(error)}: {error.message if len(error.message) <= LONGEST else error.message[:LONGEST] + '…'}"
        return
    for inner in min(branches.values(), key=lambda each: (any(_of_another_kind(one) for one in each), len(each))):
        yield from _lines(inner)


def _of_another_kind(error: ValidationError) -> bool:
    return error.validator == "type" and not error.relative_path


def _place(error: ValidationError) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path) or "body"


def _is_integer(_: TypeChecker, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


TYPES = Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
STRICT: type[Validator] = extend(Draft202012Validator, type_checker=TYPES)  # type: ignore[no-untyped-call]
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def _is_datetime(value: object) -> bool:
    """Accept the one form that every application decodes: `2026-07-01T12:00:00.000Z`."""
    if isinstance(value, str):
        datetime.fromisoformat(value)
    return not isinstance(value, str) or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value) is not None


@FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or date.fromisoformat(value).isoformat() == value


@FORMATS.checks("uri", raises=ValueError)
def _is_address(value: object) -> bool:
    """Accept an absolute address; an empty one crashes the applications that parse it."""
    return not isinstance(value, str) or re.fullmatch(r"[a-z][a-z0-9+.-]*:\S+", value) is not None


@FORMATS.checks("iso-639-1")
def _is_language(value: object) -> bool:
    """Accept what Mastodon sends under that name: two or three letters, maybe a region (`fr`, `ast`, `zh-TW`)."""
    return not isinstance(value, str) or re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,4})?", value) is not None

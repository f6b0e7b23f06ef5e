"""What hosts may do, in words: measures and what they change, acts of the journal, what reports are about."""

from __future__ import annotations

from typing import Any, NamedTuple


class Way(NamedTuple):
    """A measure as it is offered: French msgids of its name, and of what it changes for the person and for everybody."""

    name: str
    means: str


MEASURES = {
    "none": Way("Dire un mot", "La personne lit votre message. Rien d'autre ne change."),
    "sensitive": Way("Voiler ses images", "Ses images se voient après un clic. Se lève quand on veut."),
    "silence": Way("Limiter", "Ses messages quittent la salle et les recherches ; qui suit la personne la lit encore."),
    "disable": Way("Fermer sa porte", "Plus personne n'entre dans ce compte. Ce qui est dit reste lisible."),
    "suspend": Way(
        "Suspendre", "Ni profil ni messages ne se voient plus, les sessions se ferment. Tout revient si on lève la mesure."
    ),
}
SETTLE = {
    "delete_statuses": Way("Effacer les messages cochés", "Ils disparaissent pour tout le monde, pour de bon."),
    "resolve": Way("Clore sans agir", "Le signalement est rangé. La personne n'en sait rien."),
}
"""What else settles a report."""
UNDONE = {
    "sensitive": "unsensitive",
    "silence": "unsilence",
    "disable": "enable",
    "suspend": "unsuspend",
}
"""How a measure is lifted."""
LIFTED = {
    "enable": "Rouvrir sa porte",
    "unsilence": "Ne plus limiter",
    "unsensitive": "Ne plus voiler ses images",
    "unsuspend": "Lever la suspension",
}
ROLES = {"member": "membre", "host": "hôte", "admin": "administration"}
CATEGORIES = {
    "spam": "envois en série",
    "legal": "contraire à la loi",
    "violation": "contraire à la charte",
    "other": "autre chose",
}
STANDINGS = {
    "active": "actifs",
    "pending": "en attente",
    "silenced": "limités",
    "sensitized": "images voilées",
    "disabled": "porte fermée",
    "suspended": "suspendus",
}
ACTS = {
    "none": "a dit un mot à",
    "sensitive": "a voilé les images de",
    "silence": "a limité",
    "disable": "a fermé la porte de",
    "suspend": "a suspendu",
    "enable": "a rouvert la porte de",
    "unsilence": "ne limite plus",
    "unsensitive": "ne voile plus les images de",
    "unsuspend": "a levé la suspension de",
    "delete_statuses": "a effacé des messages de",
    "approve": "a laissé entrer",
    "reject": "a refusé l'entrée à",
    "erase": "a effacé le compte de",
    "close_access": "a fermé les sessions de",
    "role_member": "a rendu simple membre",
    "role_host": "a fait hôte",
    "role_admin": "a confié l'administration à",
    "merge_team": "a réuni des équipes :",
    "lift_barometer": "a levé le baromètre de la pièce",
    "stop_barometer": "a éteint le baromètre de la pièce",
    "start_barometer": "a rallumé le baromètre de la pièce",
    "end_door": "a refermé une porte :",
    "unsay_clap": "a retiré un mot d'une ronde, sous la victoire",
    "invite": "a fait une invitation",
    "revoke_invitation": "a retiré une invitation",
    "assign_report": "a pris un signalement sur",
    "unassign_report": "a rendu un signalement sur",
    "sort_report": "a changé le motif d'un signalement sur",
    "resolve_report": "a clos un signalement sur",
    "reopen_report": "a rouvert un signalement sur",
    "announce": "a publié une annonce",
    "draft_announcement": "a préparé une annonce",
    "rewrite_announcement": "a récrit une annonce",
    "withdraw_announcement": "a retiré une annonce",
    "add_emoji": "a ajouté l'émoji",
    "sort_emoji": "a rangé l'émoji",
    "rest_emoji": "a mis au repos l'émoji",
    "wake_emoji": "a remis en service l'émoji",
    "remove_emoji": "a retiré l'émoji",
    "retry_jobs": "a remis en route",
    "uphold": "a maintenu, après relecture, une décision sur",
    "reverse": "a levé, après relecture, une décision sur",
    "put_out": "a mis dehors d'une pièce :",
    "let_in": "a rouvert une pièce à",
    "turn_away": "a refusé à l'entrée une image de",
    "hold_image": "a mis de côté une image de",
    "restore_image": "a rendu une image à",
    "refuse_image": "a refusé une image de",
    "hold_post": "a retenu un message de",
    "publish_post": "a publié un message retenu de",
    "refuse_post": "a refusé un message de",
    "hold_edit": "a retenu une modification de",
    "publish_edit": "a publié une modification retenue de",
    "refuse_edit": "a refusé une modification de",
    "set_limits": "a changé ce que la maison retient :",
    "write_term": "a écrit le terme",
    "drop_term": "a retiré le terme",
    "write_signpost": "a écrit dans « qui fait quoi »",
    "reset_signpost": "a oublié ce que la maison avait appris du guichet",
    "drop_signpost": "a retiré de « qui fait quoi »",
    "list_image": "a mis une image sur la ligne rouge",
    "strike_image": "a retiré une image de la ligne rouge",
    "write_help_line": "a écrit la ligne d'aide",
    "drop_help_line": "a retiré une ligne d'aide",
    "block_domain_noop": "a noté le serveur",
    "block_domain_silence": "a limité le serveur",
    "block_domain_suspend": "a fermé la maison au serveur",
    "change_domain_noop": "ne fait plus que noter le serveur",
    "change_domain_silence": "limite désormais le serveur",
    "change_domain_suspend": "ferme désormais la maison au serveur",
    "unblock_domain": "n'a plus de règle pour le serveur",
    "allow_domain": "a ouvert la maison au serveur",
    "disallow_domain": "n'ouvre plus la maison au serveur",
}
"""Acts of the journal, between who acted and what or whom it is about."""
SEVERITIES = {
    "noop": Way("Noter", "Rien ne change : un mémo pour les hôtes."),
    "silence": Way("Limiter", "Qui suit quelqu'un là-bas le lit encore ; rien de ce serveur n'apparaît ailleurs."),
    "suspend": Way("Fermer", "Rien n'entre de ce serveur, rien n'y va."),
}
TABLES: dict[str, Any] = {
    "measures": MEASURES,
    "settle": SETTLE,
    "undone": UNDONE,
    "lifted": LIFTED,
    "roles": ROLES,
    "categories": CATEGORIES,
    "standings": STANDINGS,
    "acts": ACTS,
    "severities": SEVERITIES,
}
"""All of them, as the hosts' templates name them."""

"""The nearest verb to an unknown word: a mistyped verb, or another word for it."""

import re
from collections.abc import Collection, Sequence
from difflib import get_close_matches

from bot.commands.words import Misunderstood
from provisioning.imports.parsing.vocabulary.words import known

# A line for each verb: the words for it in other tools, and in other languages.
_OTHERS = {
    "register": """
        add assign create deploy enrol enroll image provision reg set setup registriere registrieren
        enregistre enregistrer ajoute ajouter registra registrar añade añadir agrega agregar
        registrare aggiungi registreer registreren registar regista adicionar registrer registrera
        zarejestruj dodaj 登録 登録して
        """,
    "cancel": """
        delete deregister discard drop forget remove rm stop unenrol unenroll unregister withdraw
        abbrechen entferne entfernen lösche löschen streiche storniere stornieren annule annuler
        retire retirer supprime supprimer anula anular borra borrar cancela cancelar elimina
        eliminar quita quitar annulla annullare cancella cancellare rimuovi rimuovere annuleer
        annuleren verwijder verwijderen キャンセル 取消 削除
        """,
    "move": """
        change edit modify reassign relocate transfer update verlege verlegen verschiebe verschieben
        déplace déplacer mueve mover traslada trasladar sposta spostare verplaats verplaatsen
        移動
        """,
    "name": "rename call benenne renomme renommer renombrar",
    "reimage": "erase reinstall restore wipe",
    "replace": "exchange swap ersetze tausche remplace remplacer reemplaza 交換",
    "show": """
        did get has info is status state was what whats when where wheres who why wo
        zeig zeigen affiche zeige afficher montre montrer où dónde muestra mostrar dov
        dove mostra mostrare waar toon tonen 表示 var hvor missä gdzie kde cadê onde unde
        hol nerede
        """,
    "preview": "explain simulate test try",
    "find": """
        search lookup grep finde suche suchen cherche chercher busca buscar cerca cercare zoek
        zoeken 検索
        """,
    "list": "ls open pending waiting liste lister listar 一覧",
    "log": "history audit events undo",
    "digest": "summary today",
    "stats": "charts report statistics",
    "export": "csv download backup",
    "doctor": "check diagnose health ping",
    "sign-in": "login sign signin board code",
    "webhooks": "hook hooks webhook",
    "help": "? -h --help commands hello hey hi how usage hilfe aide ayuda aiuto ヘルプ",
}
# Words before what is right, where something was registered wrongly; a list may begin so, too.
CORRECTIONS = known("correction")
OTHER_WORDS = {word: verb for verb, words in _OTHERS.items() for word in words.split()}
OTHER_WORDS |= dict.fromkeys(CORRECTIONS, "move")


class UnknownVerb(Misunderstood):
    """A text that begins with no verb; `nearest` are the possible ones."""

    def __init__(self, word: str, nearest: Sequence[str] = ()) -> None:
        super().__init__("There is no command {word}", word=repr(word[:40]))
        self.nearest = nearest


def slip_of(word: str, verbs: Collection[str]) -> Sequence[str]:
    """Return the verbs of which `word` may be a mistyped form, the likeliest first."""
    # A hyphen is seldom forgotten, and `design`, which many builds are called, is like `sign-in`.
    likely = [verb for verb in verbs if "-" in word or "-" not in verb]
    return get_close_matches(word.lower(), likely, n=2)


def other_word_for(word: str) -> Sequence[str]:
    """Return the verb for `word`, which other programs use for the same, if there is one."""
    verb = OTHER_WORDS.get(re.sub(r"^[¿¡]+|'(?:s|è)$", "", word.lower()))
    return [verb] if verb else []

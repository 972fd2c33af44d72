"""The nearest verb to an unknown word: a mistyped verb, or another word for it."""

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

from bot.commands.words import Misunderstood, telling
from infrastructure.text import plain
from provisioning.imports.parsing.vocabulary.words import known
from provisioning.values.language import marked

OWN_MACS = marked("Your own Macs stand in the Home tab; to list them here, find your @name")
ONE_SERIAL = marked(
    "Type the command and one serial; for several Macs use the buttons of their card"
)
NOTHING_DONE = marked("Nothing was changed")
BENCH_END = marked("The button on the card of a bench ends it")
# By difflib. Less are `exit` and `export`, and words before Macs that are like a verb: `Stock: …`.
_ALIKE = 0.74

# A line for each verb: the words for it in other tools, and in other languages.
_OTHERS = {
    "register": """
        add assign create deploy enrol enroll image provision reg set setup registriere registrieren
        hinzufügen eintragen enregistre enregistrer enregistrez ajoute ajouter ajoutez inscrire
        inscris inscrivez registra registrar registre regístrame añade añadir añada agrega agregar
        agregue registrare aggiungi registreer registreren registar regista adicionar registrer
        registrera zarejestruj dodaj 登録 登録して 追加
        """,
    "cancel": """
        delete deregister discard drop forget remove rm stop unenrol unenroll unregister withdraw
        abbrechen abmelden austragen entferne entfernen lösche löschen streiche storniere stornieren
        annule annuler annulez retire retirer retirez supprime supprimer supprimez anula anular
        anule borra borrar borre cancela cancelar cancele elimina eliminar elimine quita quitar
        annulla annullare cancella cancellare rimuovi rimuovere annuleer annuleren verwijder
        verwijderen キャンセル 取消 削除 解除 登録解除
        """,
    "move": """
        change edit modify mv reassign relocate transfer update verlege verlegen verschiebe
        verschieben déplace déplacer mueve mover traslada trasladar sposta spostare verplaats
        verplaatsen 移動
        """,
    "name": """
        rename call nenne benenne umbenennen nomme nommer renomme renommer renommez renombra
        renombrar renombre
        """,
    "reimage": """
        erase re-image reinstall restore retry wipe réinstalle réinstaller réinstallez reinstala
        reinstalar reinstale 再インストール
        """,
    "replace": """
        exchange swap austauschen ersetze ersetzen tausche tauschen remplace remplacer remplacez
        reemplaza reemplazar sustituir sustituya sustituye 交換
        """,
    "show": """
        did get has info is status state was what whats when where wheres who why wo wer wann ist
        warum qui quand pourquoi quién cuándo está
        zeig zeigen affiche zeige afficher montre montrer où dónde muestra mostrar dov
        dove mostra mostrare waar toon tonen 表示 var hvor missä gdzie kde cadê onde unde
        hol nerede
        """,
    "preview": "explain simulate test try vorschau aperçu プレビュー",
    "find": """
        search lookup grep finde suche suchen cherche chercher cherchez rechercher busca buscar
        busque cerca cercare zoek zoeken 検索
        """,
    "list": """
        ls open pending waiting liste lister listar combien cuántos quanti hoeveel 一覧
        """,
    "log": "history audit events undo rückgängig deshacer",
    "digest": "summary today",
    "stats": "charts report statistics",
    "export": "csv download backup",
    "doctor": "check diagnose health ping",
    "sign-in": "login sign signin board code",
    "webhooks": "hook hooks webhook",
    "help": """
        ? ?? ??? -h --help commands hello hey hi how usage hallo hilfe bonjour aide aidez hola ayuda
        ayúdame ciao aiuto menu ヘルプ 使い方 助けて
        """,
}
# What is asked for by such a word alone; a list of Macs may begin with it.
_ALONE = {
    "list": "offen offene lista listado pendientes リスト 未完了",
    "log": "protokoll verlauf historique historial journal 履歴",
    "digest": "übersicht résumé resumen",
    "stats": "statistik statistiques estadísticas 統計",
    "doctor": "diagnostic diagnóstico 診断",
}
# As phones without the accents of a language write them. Not those that are words of others.
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_OTHERWISE_MEANT = {"esta", "ou"}
# What a Japanese sentence ends with, behind a serial with no space or a particle.
_POLITE = r"(?:して\w*|する|お願い\w*|ですか?)?$"
_AT_THE_END = {
    rf"(?:キャンセル|解除|取消|削除){_POLITE}": "cancel",
    rf"再インストール{_POLITE}": "reimage",
    rf"(?:表示|どこ|状態){_POLITE}": "show",
}
_ANEW = frozenset({"aufsetzen", "installieren"})
_LOOKS = frozenset({"details", "see", "view"})  # a list may begin so, too
_IN_LISTS = frozenset({"discard", "drop", "forget", "restore", "retry", "stop"})
# Words before what is right, where something was registered wrongly; a list may begin so, too.
CORRECTIONS = known("correction")


def _spelt(others: Mapping[str, str]) -> dict[str, str]:
    """The verbs of words, also as they are spelt without accents."""
    found = {word: verb for verb, words in others.items() for word in words.split()}
    bare = {
        spelt: verb
        for word, verb in found.items()
        if not word.isascii()
        for spelt in (plain(word), word.translate(_UMLAUTS))
        if spelt.isascii() and spelt not in _OTHERWISE_MEANT
    }
    return bare | found


OTHER_WORDS = _spelt(_OTHERS)
WORDS_ALONE = _spelt(_ALONE)
OTHER_WORDS |= dict.fromkeys(CORRECTIONS, "move")
# Beginnings that ask for a verb; of these a text with a serial asks for `show` alone.
_ASKED_FOR = {
    r"how many\b.*\b(?:did|done|finished|last|this)\b": "stats",
    r"how many\b.*\b(?:fail|stall|stuck|broken)": "digest",
    r"how many|wie viele|lesquels restent|qu'est-ce qui reste|¿?(?:cuáles|qué) (?:falt|qued)"
    r"|残り|あと何|何台"
    r"|(?:who|what|which|any\w*)s?\b.*\b(?:left|open|outstanding|pending|remain|waiting)"
    r"|(?:was|welche[rs]?)\b.*(?:fehl|offen|übrig|wart)": "list",
    r"(?:whats?|has|is|any|anything)\b\W*(?:s\W+|any\w*\W+|every\w*\W+)?"
    r"(?:fail|stall|wrong|problem|broken|stuck|ok\b)"
    r"|which\b.*\b(?:fail|stall|stuck|broken)|did (?:all|every\w*|they)\b": "digest",
    r"(?:may|shall|should)\b|any news\b|eta\b|(?:ou|donde) est[aá]?\b"
    r"|(?:statut|état|estado|状態)[ :][^\n]*$|(?:anzeigen|voir|ver) \S+$": "show",
    r"what happened\b|who did\b": "log",
    r"(?:which|what) (?:sites?|builds?)\b|(?:sites?|builds?)\W*$|what can (?:i|you)\b|who are you"
    r"|what(?:'s| is| are) (?:an?|the difference)\b|what does [a-z-]+ (?:do|mean)"
    r"|was kannst du\b|wie (?:kann|geht|storniere|registriere|verschiebe|benenne)\b"
    r"|comment (?:\w+er|faire|je|on|puis)\b|¿?c[oó]mo (?:cancel|mu?ev|registr|puedo|se)\w*"
    r"|どうやって|どうすれば|何ができ": "help",
}
# Texts of people who want something for which no verb is there, and how it is done.
_HINTS = {
    r"(?:undo|revert|(?:mache?n? (?:sie )?(?:das|es) (?:bitte )?)?r(?:ü|ue)ckg(?:ä|ae)ngig"
    r"|d[ée]fai(?:re|s|t)|annuler? (?:l'|la dernière )\w+|deshacer|deshaz|取り消し|取り消す"
    r"|取り消して|元に戻す|元に戻して)(?![^\W\d_a-z])": marked(
        "*Undo* is the button below the answer to a change, for ten minutes; after that, "
        "move or cancel the Mac"
    ),
    r"(?:y|yes|yep|ok|okay|sure|confirm|do it|go ahead|n|no|nope|ja|nein|oui|non|sí|si"
    r"|passt|genau|d'accord|vale|claro|はい|いいえ|了解(?:です)?|お願いします)\W*$": marked(
        "Press the button below what Rollcall asked"
    ),
    r"(?:do not|don't|never|nicht)\b(?! (?:forget|miss|verg))|forget it\b": NOTHING_DONE,
    r"(?:all|both|each|any|none) of\b|them\b|(?:not )?(?:that|this) one\b"
    r"|(?:alle|todos|tous)\W*$|the (?:first|last|next|other|rest|same)\b": ONE_SERIAL,
    r"(?:thanks?|thx|ty|cheers|danke|(?:vielen|besten) dank|merci|(?:muchas |mil )?gracias"
    r"|ありがとう(?:ございま(?:す|した))?|👍|:\+1:)(?!\w)": marked("You are welcome"),
    r"(?:my|mine|meine|mes|mis)\b": OWN_MACS,
    r"(?:close|end|finish|stop)\W(?:\w+\W)?bench\b": BENCH_END,
}


class UnknownVerb(Misunderstood):
    """A text that begins with no verb.

    `nearest` are the possible ones. `hint` says how it is done, where it is not by a verb.
    """

    def __init__(self, word: str, nearest: Sequence[str] = (), hint: str = "") -> None:
        super().__init__("There is no command {word}", word=repr(word[:40]))
        self.nearest = () if hint else nearest
        self.hint = hint


def slip_of(word: str, verbs: Collection[str]) -> Sequence[str]:
    """Return the verbs of which `word` is probably a mistyped form, the likeliest first."""
    # A hyphen is seldom forgotten, and `design`, which many builds are called, is like `sign-in`.
    likely = [verb for verb in verbs if "-" in word or "-" not in verb]
    return get_close_matches(word.lower(), likely, n=2, cutoff=_ALIKE)


def verb_asked_for(text: str, *, has_serial: bool) -> Sequence[str]:
    """Return the verbs for which a text may ask, such as `how many left?`."""
    asked = (verb for form, verb in _ASKED_FOR.items() if re.match(form, text, re.IGNORECASE))
    return [verb for verb in asked if verb == "show" or not has_serial]


def verb_beside(words: Sequence[str]) -> Sequence[str]:
    """Return the verb that one of the words beside the serial of a Mac asks for: `C02… stornieren`.

    Only *status* at the end, a word such as *see* and nothing else, what a Japanese sentence ends
    with, and words for `cancel` and `reimage` that stand in no list.
    """
    match telling(words):
        case [look, _] if look in _LOOKS:
            return ["show"]
    if words[-1:] == ["status"]:
        return ["show"]
    if "neu" in words and words[-1] in _ANEW:
        return ["reimage"]
    if ends := [verb for form, verb in _AT_THE_END.items() if re.search(form, words[-1])]:
        return ends
    asked = {"kill": "cancel", "scrap": "cancel", "redo": "reimage"} | OTHER_WORDS
    verbs = [asked.get(word, word) for word in words if word not in _IN_LISTS]
    return [verb for verb in verbs if verb in {"cancel", "reimage"}][:1]


def hint_for(text: str) -> str:
    """Return how that is done which a text wants, where it is not by a verb; or nothing."""
    return next((hint for form, hint in _HINTS.items() if re.match(form, text, re.IGNORECASE)), "")


def other_word_for(word: str, *, is_alone: bool = False) -> Sequence[str]:
    """Return the verb for `word`, which other programs use for the same, if there is one.

    Some words mean one only where they stand alone.
    """
    word = re.sub(r"^[¿¡]+|'(?:s|è)$|(?<=\w)[?!.,:…]+$", "", word.lower())
    verb = OTHER_WORDS.get(word) or (WORDS_ALONE.get(word) if is_alone else None)
    return [verb] if verb else []

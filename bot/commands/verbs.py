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
READ_ALONE = marked(
    "Rollcall reads each message by itself: use the buttons below its last answer, such as "
    "*Undo*, or type the whole command"
)
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
        erase re-image rebuild redeploy reinstall restore retry wipe réinstalle réinstaller
        réinstallez reinstala reinstalar reinstale 再インストール
        """,
    "replace": """
        exchange swap austauschen ersetze ersetzen tausche tauschen remplace remplacer remplacez
        reemplaza reemplazar sustituir sustituya sustituye 交換
        """,
    "show": """
        did get has info is progress status state was what whats when where wheres who why wo wer
        wann ist warum qui quand pourquoi quién cuándo está
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
        ? ?? ??? -h --help commands hello hey hi how usage hallo hilfe bonjour aide aide-moi aidez
        hola ayuda ayúdame ciao aiuto menu ヘルプ 使い方 助けて
        """,
}
# What is asked for by such a word alone; a list of Macs may begin with it.
_ALONE = {
    "list": "queue overview macs offen offene lista listado pendientes リスト 未完了",
    "log": "protokoll verlauf historique historial journal 履歴",
    "digest": "übersicht résumé resumen",
    "stats": "statistik statistiques estadísticas 統計",
    "doctor": "diagnostic diagnóstico 診断",
    "template": "spreadsheet vorlage modèle plantilla テンプレート",
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
# Beginnings of answers to what Rollcall said before, which it does not remember.
_ANSWERS = re.compile(
    rf"(?:{'|'.join(sorted(map(re.escape, CORRECTIONS)))}|i meant?|that(?:'s| is| was)"
    r"|(?:try )?again|both|same|yes|yep|ja|oui|sí|si|it should(?: be| have)"
    r"|not (?:that|ours)|none|neither|oh no|mistake|my bad|(?:go )?back|repeat|mejor|間違"
    r"|(?:the|that|this) (?:[^\W\d]+ ){0,3}one\b|(?:the )?(?:first|second|third|last|other)\W*$"
    r"|other one\b"
    r"|d(?:as|en|er|ie) (?:erste|zweite|dritte|letzte|andere)\w*|l[ae] (?:premi|deuxi|derni)\w*"
    r"|el (?:primero|segundo|último)|[0-9]{1,2}\W*$|(?:はい|いいえ)(?=\W))(?!\w)",
    re.IGNORECASE,
)
# Forms of verbs in sentences about a Mac.
_INFLECTED = dict.fromkeys(("cancelled", "canceled", "cancelling", "canceling"), "cancel")
_INFLECTED |= dict.fromkeys(("reimaged", "re-imaged", "reimaging", "re-imaging"), "reimage")


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
    r"|(?:is|are) (?:it|they|we|these|those|all|every\w*|the rest)\b.*\b(?:done|finished|ready)"
    r"|(?:ist|sind) (?:es|sie|das|alle\w*)\b.*\bfertig|il (?:en )?reste (?:quoi|combien)"
    r"|(?:who|what|which|any\w*)s?\b.*\b(?:left|open|outstanding|pending|remain|waiting)"
    r"|(?:any\w*|every\w*|macs?|waiting|pending|open) (?:macs? )?(?:in|for|at)\b"
    r"|status\b(?!.*[0-9])"
    r"|all (?:the )?macs?\b|all\b.*\bmacs?\W*$|(?:what|how) about\b(?! \S*[0-9])"
    r"|what(?:'s| is) (?:in|at)\b"
    r"|what do we have\b|all (?:done|finished|ready)\b"
    r"|(?:was|welche[rs]?)\b.*(?:fehl|offen|übrig|wart)": "list",
    r"(?:whats?|has|is|any|anything)\b\W*(?:s\W+|is\W+|any\w*\W+|every\w*\W+)?"
    r"(?:fail|stall|wrong|problem|broken|stuck|ok\b)"
    r"|which\b.*\b(?:fail|stall|stuck|broken)|did (?:all|every\w*|they)\b": "digest",
    r"(?:may|shall|should)\b|any news\b|eta\b"
    r"|how(?:'?s| far| long| is)\b(?=.*[0-9])|whose\b|check(?= \S*\d)"
    r"|(?:ou|donde) est[aá]?\b"
    r"|(?:statut|état|estado|状態)[ :][^\n]*$|(?:anzeigen|voir|ver) \S+$": "show",
    r"what happened\b|who did\b": "log",
    r"(?:which|what) (?:sites?|builds?)\b|(?:sites?|builds?)\W*$|what can (?:i|you)\b|who are you"
    r"|i (?:do not|don't) (?:get|know|understand)\b|what(?:'s| is| are) (?:an?|the difference)\b"
    r"|what does [a-z-]+ (?:do|mean)"
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
    r"(?:thanks?|thx|ty|cheers|danke|(?:vielen|besten) dank|merci|(?:muchas |mil )?gracias"
    r"|ありがとう(?:ございま(?:す|した))?|👍|:\+1:|(?:great|perfect|cool|nice|super)\W*$)"
    r"(?!\w)": marked("You are welcome"),
    r"(?:(?:y|yes|yep|yup|yeah|go(?: for it| ahead)?|ok|okay|sure|confirm\w*|approved?|correct"
    r"|do(?: it)?|drop it|n|no|nope|ja|nein|oui|non|sí|si|passt|genau|d'accord|vale|claro|please"
    r"|thanks?|danke|merci|gracias|bitte|por favor|はい|いいえ|了解(?:です)?|お願いします)"
    r"(?:\W+|$))+$": marked("Press the button below what Rollcall asked"),
    r"(?:do not|don't|never(?:mind)?|nicht)\b(?! (?:forget|miss|verg))|forget it\b": NOTHING_DONE,
    r"(?:all|both|each|any|none|[0-9]+) of\b|them\b|(?:not )?(?:that|this) one\b"
    r"|(?:all|alle|todos|tous)\W*$|the (?:first|last|next|other|rest|same)\b(?! one)": ONE_SERIAL,
    r"(?:my|mine|meine|mes|mis)\b(?! bad)": OWN_MACS,
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


class IncompleteMove(Misunderstood):
    """A move of a Mac that names a site alone, or a build."""

    def __init__(self, serial: str, site: str | None, build: str | None) -> None:
        names = (site or "SITE", build or "BUILD")
        quoted = [f'"{name}"' if " " in name else name for name in names]
        typed = " ".join(["move", serial, *quoted])
        super().__init__("A move takes a site and a build: {typed}", typed=typed)


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
    asked = {"kill": "cancel", "scrap": "cancel", "redo": "reimage"} | OTHER_WORDS | _INFLECTED
    verbs = [asked.get(word, word) for word in words if word not in _IN_LISTS]
    return [verb for verb in verbs if verb in {"cancel", "reimage"}][:1]


def hint_for(text: str) -> str:
    """Return how that is done which a text wants, where it is not by a verb; or nothing."""
    return next((hint for form, hint in _HINTS.items() if re.match(form, text, re.IGNORECASE)), "")


def is_answer(text: str) -> bool:
    """Return True if a text without a serial answers what was said before: `no, Paris`."""
    return _ANSWERS.match(text) is not None


def other_word_for(word: str, *, is_alone: bool = False) -> Sequence[str]:
    """Return the verb for `word`, which other programs use for the same, if there is one.

    Some words mean one only where they stand alone.
    """
    word = re.sub(r"^[¿¡]+|'(?:s|è)$|(?<=\w)[?!.,:…]+$", "", word.lower())
    verb = OTHER_WORDS.get(word) or (WORDS_ALONE.get(word) if is_alone else None)
    return [verb] if verb else []

"""Labels before words in a text, which say what the words are."""

import re

from provisioning.imports.parsing.vocabulary.words import either, known, pattern

_NUMBER = r"(?:\s*(?:numbers?|nos?|num|nr|n°|nº|№|id|code|key|#)(?!\w))?[\s.:#=-]*"
_DEVICE = r"(?:(?:mac|device|machine|computer|hardware|system|apple|ger[aä]te)[\s-]?)?"

REPLACED = "it is the serial of the old Mac"
# Headings of serials that are no words of sentences, as `ser` and `new` may be.
SHORTEST = 6  # letters, in Latin script
_NEW = known("a_new")
_HEADINGS = either(
    word
    for word in known("serial")
    if not _NEW & {word, word.split()[0]} and (len(word) >= SHORTEST or not word.isascii())
)
SERIAL_LABEL = re.compile(
    rf"(?<!\w)(?:(?:{_DEVICE}serials?|s\s?/\s?n|sn|serial\s?n(?:um(?:ber)?|o|r)"
    rf"|serienn(?:umme)?r[ns]?|serien[-\s]nr|ser(?:ie)?\.?\s?-?\s?(?:nr|no|num|n°)|ser\s?\#|n\s?/\s?s"
    rf"|serial\sn|n[uú]m[eé]r[oi]s?\s(?:de|di)\ss[eèé]rie|n[°ºo.]*\s?(?:de\s)?s[eé]rie|{_HEADINGS})"
    rf"(?!\w)|\(\s?s\s?\)){_NUMBER}(?:\((?:system|apple)\)\s*:?\s*)?",
    re.IGNORECASE,
)
# Words that are a label wherever they stand before a number,
_OTHERS = (
    r"orders?|purchase\sorder|po|p\.o\.|invoice|tracking|imei\d?|meid|eid|iccid|mac\saddress|mac-adresse|wi-?fi|wlan"
    r"|ethernet|bluetooth|part|p/n|pn|model|sku|upc|ean|gtin|account|delivery|shipment|consignment"
    r"|pass\s?(?:code|phrase)|quote|ref|reference|phone|tel|fax|mobile|uuid|udid|asset(?:\stag)?|vat|tax|iban|bic|rma|awb"
    r"|inventory|contract|agreement|licen[cs]e|activation|voucher|waybill|pallet|carton|lot"
    r"|(?:kunden|auftrags?|bestell|lieferschein|liefer|rechnungs?|sendungs?|paket|artikel|teile"
    r"|inventar|anlagen|vorgangs|vertrags|steuer|projekt|referenz)-?(?:nummer|nr|no|id)"
    r"|asin|isbn|vin|eori|mrn|kostenstelle|kst|cost\s?cent(?:er|re)|centre\sde\sco[uû]ts?|centro\sde\scostes?"
    r"|(?:best|art|inv|kd|auftr|ref|rg|ls|lief)\.?\s?-?\s?nr|kundennr|lieferschein|rechnung|auftrag"
    r"|liefersch\.?|bestellung|sendung|ust-?id(?:-?nr)?|ust-idnr|mwst|tva|iva|btw|siret|siren"
    r"|commande|facture|colis|suivi|devis|livraison|r[eé]f(?:[eé]rence)?|pedido|factura|albar[aá]n"
    r"|seguimiento|referencia|nif|cif|ordine|fattura|spedizione|bolla|ddt|codice|partita\siva"
    r"|bestelling|bestelnummer|factuur(?:nummer)?|klantnummer|pakbon|encomenda|rastreio|zam[oó]wieni\w*"
    r"|заказ\w*|клиент\w*|сч[её]т\w*|накладн\w*|договор\w*|инвентарн\w*\sномер|артикул|замовлення"
    r"|objedn[aá]vk\w*|faktur\w*|z[aá]kazn[ií]k\w*|rendel[eé]s\w*|sz[aá]mla\w*|sipari[sş]|m[uü][sş]teri"
    r"|tilaus\w*|asiakas\w*|ordre\w*|kundnr|kundenr|παραγγελ\w*|πελάτη\w*|注文番号|顧客番号|資産番号|管理番号"
    r"|订单号|客户编号|资产编号|发票号|訂單編號|주문번호|고객번호|자산번호"
)
# and words that are one only before a colon, a # or "number".
_PERHAPS = (
    r"customer|client|cliente|kunde|klant|case|ticket|incident|project|item|article|artikel|code|key"
    r"|token|password|passwort|kennwort|pwd?|mot\sde\spasse|contraseña|pin|box|seal|container|reseller|supplier|vendor|user|asset\sid|id|job|tag|ship"
    r"|request|batch|bestell|conf(?:irmation)?|transaction|warranty|policy|employee|personal"
)
# The id of anything but a machine, as on a badge.
_ID = (
    r"(?!(?:mac|device|machine|computer|hardware|system|apple|serial|unit|host|the|its|by|with|of|and)\b)"
    r"[a-z]{3,20}[\s-]id(?!\w)[\s.:#=-]*"
)
_NUMBER_OF = r"(?:n[°º.]|cod(?:ice|\.)|num[eé]ro|n[uú]mero|no\.|nr\.)\s*(?:de\s|du\s|d['’ ])?"
_COLON = r"(?:\s*(?:numbers?|nos?\.?|num|nr\.?|n°|nº|id|code)(?!\w)[\s.:#=-]*|\s*[:#]\s*)"
OTHER_LABEL = re.compile(
    rf"(?<!\w)(?:(?:{_OTHERS})(?!\w){_NUMBER}(?:(?:address|adresse){_NUMBER})?"
    rf"|(?:{_PERHAPS}){_COLON}|{_NUMBER_OF}(?:{_PERHAPS})(?!\w){_NUMBER}|{_ID}|\(\s?(?:1p|p|30p|11p|q|k|4k)\s?\){_NUMBER})",
    re.IGNORECASE,
)
OLD_LABEL = re.compile(
    r"(?<!\w)(?:(?<=\()\s?(?:was|formerly|prev|previously|ex|war|früher|vorher|avant|antes|prima|era)"
    r"|old|previous|former|replaces|replacing|replace|instead\sof|in\splace\sof|swap|exchange"
    r"|returned|returning|retired|defective|faulty|defekt(?:e[rs]?)?|statt|anstatt|anstelle\svon|alte[rsn]?|alt|ersetzt|ersetze"
    r"|ancien(?:ne)?|remplace|sustituye|reemplaza|viejo|antiguo|vecchi[oa]|sostituisce|oude?)"
    rf"(?:\s+(?:{pattern('machine')}|mac\smini|pro|air|sn|s/n|seriennummer|the"
    r"|my|his|her|den|der|das|le|la|el|il|a|number|nummer|no|is|was|war|ist|with|broken|faulty|dead"
    r"|defective|damaged|stolen|defekte\w*|kaputte\w*))*[\s:#.=]*",
    re.IGNORECASE,
)
REPLACED_BEHIND = re.compile(
    r"(?:\s*\([^()]{0,40}\))?\W*(?:(?:is|was|will\sbe|gets|wird|wurde)\s+)?(?:being\s)?"
    r"(?:replaced\s(?:by|with)|ersetzt\sdurch|remplac[eé]e?\spar|sustituid[oa]\spor)",
    re.IGNORECASE,
)
TAKEN_BACK_BEFORE = re.compile(
    rf"\b(?:{pattern('not', 'condition')}|except|wrong\s(?:for|that)|excluding"
    r"|without|ignore|skip|forget|remove|cancel|minus|au(?:ß|ss)er|ohne"
    r"|sauf|except[eéo]|salvo|eccetto|behalve|(?:do|does|should|must|ca|wo)n['’ ]?t|leave\sout"
    r"|scratch|drop|no\s(?:need|registr\w*)|hold|wait|streich\w*|vergiss|sans)\b"
    r"[^.;:]{0,30}$"
    rf"|\b(?:{pattern('gone')})\s(?:{pattern('machine')})\s(?:is|are|ist|sind|est|sont|es|son|è|sono)\W*$",
    re.IGNORECASE,
)
_GONE = (
    r"\W{0,3}(?:(?:is|was|are|arrived|came|ist|war|wurde|kam|est|a\s[eé]t[eé]|est[aá]|es)\s(?:\w+\s)?)?"
    rf"(?:{pattern('gone', 'absent')})\b"
)
TAKEN_BACK_BEHIND = re.compile(
    rf"{_GONE}|\W{{0,2}}\((?:already\s)?(?:{pattern('done', 'a_former')})\)"
    rf"|[\s:,-]*(?:(?:is|already|schon|bereits|déjà|ya|già)\s)*(?:{pattern('done')})[^\w:,]*(?:$|,)"
    r"|\s(?:[^\W\d]+\s)?(?:no|nope|nein|nee|nej|skip)\W*$"
    r"|\s(?:should|must|muss|soll(?:te)?)\s(?:be|read|have\sbeen|sein|heißen)\s$"
    r"|(?:\s*[^\s.;。]){0,6}\s*(?:不要|必要な|いりません|要らない|キャンセル|除外|中止|取消|ではあり|ではな|じゃな|不是|제외|취소|필요\s?없)|"
    rf",?(?:\s*[^\s.;,]){{0,15}}\W*\b(?:{pattern('not', 'condition')}|cancell?ed|wrong|falsch"
    r"|sbagliato|equivocado|verkeerd"
    r"|(?:is|are|was|were|has|have|had|does|did|ai)n['’ ]?t"
    r"|annul[eé]\w*|stays"
    r"|rest(?:e|ent)|resta(?:no)?|queda(?:n)?"
    r"|blijf(?:t|ven)|bleibt|goes\sback|going\sback|to\sbe\sreturned|is\sreturned|geht\szur[uü]ck|kommt\szur[uü]ck|can\swait|entf[aä]llt|storniert|stolen|gestohlen)\b(?!-\w)"
    r"|(?:\s*[^\s.;]){0,40}\W*\bnot\s(?:yet\s)?(?:arrived|delivered|received|here)\b",
    re.IGNORECASE,
)
HARD_SPACE = "\ua7f7"  # a letter, in place of the spaces in a name between quotation marks
_NAMED = (
    r"(?<!\w)(?:named|called|call\s(?:it|this)|hostname|host|computer\s?name|name|genannt|hei(?:ß|ss)t|namens|nomm[eé]e?"
    r"|llamad[oa]|chiamat[oa]|genaamd)[\s:=]+"
)
NAMED = re.compile(rf"{_NAMED}([A-Za-z0-9][A-Za-z0-9._{HARD_SPACE}-]{{1,62}})", re.IGNORECASE)
NAMED_IN_QUOTES = re.compile(
    rf"({_NAMED})[\"“”„«‘‚']([A-Za-z0-9][A-Za-z0-9._ -]{{1,62}})[\"“”»’‘']", re.IGNORECASE
)
EITHER = re.compile(
    rf"\W*(?:{pattern('or')})\W+(?:(?:{pattern('condition')})\W+)?",
    re.IGNORECASE,
)
EXAMPLE_BEFORE = re.compile(
    r"(?:(?<!\w)(?:e\.?\s?g\.?|for\s(?:example|instance)|z\.?\s?b\.?|zum\sbeispiel|p\.\s?ex\.?"
    r"|par\sexemple|por\sejemplo|p\.\s?ej\.?|ad\sesempio|bijv\.?|bijvoorbeeld|np\.)"
    r"|例えば|比如|예를 들어)"
    r"[^;]{0,20}$",
    re.IGNORECASE,
)


def without_label(text: str) -> str:
    """Return a text without the label of serials at its beginning: `S/N: C02…`."""
    match = SERIAL_LABEL.match(text)
    return text[match.end() :] if match else text


def quoted_whole(line: str) -> str:
    """Return a line with HARD_SPACE in the names that stand between quotation marks."""
    return NAMED_IN_QUOTES.sub(_joined, line)


def _joined(match: re.Match[str]) -> str:
    return match[1] + HARD_SPACE.join(match[2].split())

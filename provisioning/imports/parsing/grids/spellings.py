"""Spellings of headings in lists of Macs, in thirty-three languages, by what their columns hold.

Sources, looked up on 2026-11-27: github.com/snipe/snipe-it, `resources/lang/*/admin/hardware/`
(`serial`, `location`, `asset_tag`, `assigned_to`) for Japanese, Korean, Chinese, Russian, Finnish,
Turkish, Czech, Hungarian and Polish. The other languages, abbreviations and the headings of exports
are from memory. The plainest spelling of each stands first: it wins over the ones behind it.
"""

SERIAL, SITE, BUILD, NOTE, NAME = "serial", "site", "build", "note", "name"
OLD = "old"  # the serial of a Mac that another one replaces
DEVICE = "device"  # a kind of machine, its maker or its system
FOREIGN = "foreign"  # the serial of a display, an iPad or another thing beside the Mac
WANTED = "wanted"  # marks of the Macs that are to be deployed: yes or no
STATUS = "status"
OTHER = "other"  # numbers that are no serials of Macs, and addresses

SPELLINGS = {
    SERIAL: (
        # English, and the names of fields in exports
        "serial | serials | serial number | serial numbers | serial no | serial nos | serial nr"
        " | serial num | serial # | sn | s n | ser | ser no | serialno | hardware serial"
        " | hardware serial number | device serial | device serial number | machine serial number"
        " | mac serial number | mac serial | computer serial number | system serial number"
        " | apple serial number | serial number system | asset serial | imported serial number"
        " | new serial | new serial number | replacement serial | replacement | incoming | new mac"
        " | new device | new | neu | Neugerät | neue Seriennummer | nouveau | nuevo"
        # German, Dutch, Danish, Norwegian, Swedish
        " | Seriennummer | Seriennummern | Seriennr | Serien Nr | Serien-Nr | Serialnummer"
        " | Gerätenummer | Geräteseriennummer | serienummer | serienr | serie nr | serienumre"
        " | serienummers | serienumret | sarjanumero | sarjanro | sarja nro"  # Finnish
        # French, Spanish, Catalan, Portuguese, Italian, Romanian
        " | numéro de série | numéros de série | n de série | no de série | n série | nº série"
        " | num série | no série | num de série | n° serie | numéro série | n s | número de serie"
        " | números de serie | núm de serie | núm serie | nº de serie | nro de serie | nro serie"
        " | no serie | serie | número de série | nº de série | num de serie | número serial"
        " | número de sèrie | numero di serie | numeri di serie | numero seriale | seriale"
        " | n di serie | nr di serie | matricola | număr de serie | serie număr | nr de serie"
        # Polish, Czech, Slovak, Hungarian, Croatian, Turkish
        " | numer seryjny | numery seryjne | nr seryjny | nr ser | sériové číslo | sériová čísla"
        " | výrobní číslo | výr číslo | výr č | s č | sér č | sériové č | výrobné číslo"
        " | sorozatszám"
        " | gyári szám | gyáriszám | serijski broj | serijska številka | seri no | seri numarası"
        " | seri numarasi | seri num"
        # Russian, Ukrainian, Greek, Japanese, Chinese, Korean
        " | серийный номер | серийные номера | сер номер | сер № | серийный № | с н"
        " | заводской номер"
        " | серійний номер | сериен номер | σειριακός αριθμός | αριθμός σειράς"
        " | シリアル番号 | シリアルナンバー | シリアル | シリアルno | 製造番号 | 製品シリアル"
        " | 序列号 | 序列號 | SN码 | SN号 | 产品序列号 | 设备序列号 | 序号码"
        " | 机器序列号 | 出厂编号"
        " | 產品序號 | 序號"
        " | 机身序列号 | 整机序列号"
        # Estonian, Latvian, Lithuanian, Icelandic, Indonesian, Malay, Vietnamese, Thai, Hebrew,
        # Arabic, Hindi, Serbian
        " | seerianumber | sērijas numurs | serijos numeris | raðnúmer | nomor seri | nombor siri"
        " | số sê-ri | số serial | หมายเลขซีเรียล | ซีเรียลนัมเบอร์ | מספר סידורי | מס סידורי"
        " | الرقم التسلسلي | الرقم المسلسل | सीरियल नंबर | क्रम संख्या | numărul de serie"
        " | серијски број | serijski br | ser nr | hwserial"
        " | 일련번호 | 일련 번호 | 시리얼 | 시리얼번호 | 시리얼 번호 | 시리얼넘버 | 제조번호"
    ),
    SITE: (
        "site | sites | site name | Standort | Ort | sede | ubicación | location | location name"
        " | office | campus | branch | destination | building | default location | sede operativa"
        " | Niederlassung | Zielort | Einsatzort | lieu | emplacement | localisation | agence"
        " | implantation | localización | oficina | sucursal | localização | localidade | unidade"
        " | escritório | ubicazione | filiale | locatie | vestiging | plats | kontor | placering"
        " | lokation | sted | plassering | lokasjon | sijainti | toimipiste | toimipaikka"
        " | lokalizacja | oddział | siedziba | umístění | lokalita | pobočka | umiestnenie"
        " | telephely | helyszín | lokacija | konum | yer | şube | lokasyon | locație | locatie"
        " | расположение | местоположение | площадка | офис | филиал | розташування | τοποθεσία"
        " | 場所 | 拠点 | 設置場所 | 勤務地 | 设置场所 | 地点 | 位置 | 地點 | 站点"
        " | 办公室 | 所在地"
        " | asukoht | vieta | staður | lokasi | địa điểm | สถานที่ | אתר | מיקום | الموقع | स्थान"
        " | локација | mjesto"
        " | 위치 | 지점 | 사이트 | 장소 | 사무실"
    ),
    BUILD: (
        "build | builds | build name | role | profile | image | configuration | config | setup"
        " | workflow | type | blueprint | Rolle | Profil | Konfiguration | Typ | rôle | modèle type"
        " | configuration type | perfil | rol | configuración | función | função | papel"
        " | configuração | ruolo | profilo | configurazione | rol functie | profiel | inrichting"
        " | rooli | profiili | roll | rolle | rola | role profil | szerep | szerepkör | rol tip"
        " | роль | профиль | конфигурация | сборка | ビルド | 構成 | 役割 | プロファイル | 用途"
        " | 配置 | 角色 | 用途类型 | 構建 | 빌드 | 역할 | 구성 | 용도"
    ),
    NAME: (
        "computer name | computer names | hostname | host name | device name | machine name"
        " | mac name | computername | dns name | fqdn | host | client name | endpoint name"
        " | system name | asset name | item name | display name | local hostname"
        " | full name of computer"
        " | name | Rechnername | Gerätename | Computername"
        " | nom de l'ordinateur | nom de l'appareil | nom d'hôte | nom du poste | nom"
        " | nombre del equipo | nombre de equipo | nombre del dispositivo | nombre de host"
        " | nome do computador | nome do dispositivo | nome computer | nome del computer"
        " | nome dispositivo | computernaam | apparaatnaam | datornamn | enhetsnamn | enhedsnavn"
        " | computernavn | enhetsnavn | maskinnavn | tietokoneen nimi | laitteen nimi | laitenimi"
        " | nazwa komputera | nazwa urządzenia | název počítače | název zařízení | názov počítača"
        " | számítógépnév | számítógép neve | eszköznév | bilgisayar adı | cihaz adı"
        " | имя компьютера | имя устройства | имя пк | ім'я комп'ютера | コンピュータ名"
        " | コンピューター名 | ホスト名 | デバイス名 | 端末名 | 计算机名 | 计算机名称 | 电脑名称"
        " | 设备名称 | 主机名 | 電腦名稱 | 裝置名稱 | 컴퓨터 이름 | 컴퓨터명 | 호스트명 | 기기명"
    ),
    NOTE: (
        "note | notes | comment | comments | remark | remarks | user | username | user name"
        " | assigned to | asset tag | assettag | asset | asset number | asset no | asset id"
        " | inventory | inventory number | tag | owner | person | employee | customer name"
        " | Bemerkung | Bemerkungen | Kommentar | Notiz | Notizen | Benutzer | Nutzer | Anwender"
        " | Mitarbeiter | Inventarnummer | Inventar-Nr | Inv-Nr | Anlagennummer | remarque"
        " | n° inv | nº inv | inv č | nr inw | inventární číslo | cespite | numéro inventaire"
        " | commentaire | utilisateur | numéro d'inventaire | nota | notas | comentario | usuario"
        " | utente | commento | inventario | opmerking | opmerkingen | gebruiker | anmärkning"
        " | användare | bemærkning | bruger | bruker | merknad | huomautus | käyttäjä"
        " | laitetunniste | uwagi | użytkownik | poznámka | uživatel | označení majetku"
        " | megjegyzés | felhasználó | eszköz cimke | açıklama | kullanıcı | demirbaş etiketi"
        " | demirbaş no | примечание | комментарий | пользователь | инвентарный номер"
        " | 備考 | 資産タグ | 資産番号 | 管理番号 | 使用者 | 利用者 | ユーザー | 备注 | 资产标签"
        " | 资产编号 | 用户 | 備註 | 비고 | 자산 태그 | 자산번호 | 사용자"
    ),
    OLD: (
        "old | alt | ancien | outgoing | old laptop | current serial | existing serial | returning"
        " | current mac | existing mac | being replaced | Altgerät | old serial"
        " | old serial number | previous serial | previous serial number | old mac"
        " | old sn | old s n | old device | replaced serial | returned serial | replaces"
        " | serial old | former serial | alte Seriennummer | alte SN | altes Gerät | alter Mac"
        " | Seriennummer alt | SN alt | ancien numéro de série | ancien | serie anterior"
        " | número de serie anterior | vecchio seriale | oud serienummer | retired serial"
    ),
    DEVICE: (
        "model | model name | model number | model identifier | device model | product"
        " | product name | product type | description | item | item description | article"
        " | manufacturer | maker | brand | vendor | make | os | platform | operating system"
        " | device type | device family | product family | category | asset category | kind | class"
        " | os name | os version | system | family | device class | hardware model | computer model"
        " | Modell | Modellname | Hersteller | Gerät | Gerätetyp | Artikel | Bezeichnung"
        " | Betriebssystem | Beschreibung | Kategorie | modèle | fabricant | marque | produit"
        " | désignation | description article | système | catégorie | modelo | fabricante | marca"
        " | producto | descripción | categoría | produto | modello | produttore | prodotto"
        " | descrizione | merk | omschrijving | tillverkare | producent | valmistaja | malli"
        " | výrobce | gyártó | модель | производитель | モデル | 機種 | メーカー | 型号"
        " | 品牌 | 모델"
    ),
    FOREIGN: (
        "display | monitor | dock | docking station | charger | power adapter | adapter | keyboard"
        " | mouse | trackpad | ipad | iphone | apple watch | apple tv | printer | display serial"
        " | display serial number | monitor serial | adapter serial | charger serial"
        " | keyboard serial | dock serial | docking serial | Bildschirm | Netzteil | Ladegerät"
        " | Dockingstation | Tastatur | Drucker | écran | chargeur | clavier | imprimante"
        " | pantalla | cargador | teclado | impresora | schermo | caricatore | beeldscherm"
    ),
    WANTED: (
        "deploy | include | included | enrol | enroll | register | roll out | install | wanted"
        " | approved | to deploy | ausrollen | einrichten | registrieren | freigegeben | déployer"
        " | ready to deploy"
        " | à déployer | inclure | desplegar | incluir | distribuire | includere | uitrollen"
    ),
    STATUS: (
        "status | asset status | install status | device status | state | condition | lifecycle"
        " | Zustand | statut | état | estado"
        " | stato | tila | stav | állapot | durum | статус | 状態 | ステータス | 状态 | 상태"
    ),
    OTHER: (
        "mac address | wi fi mac | wifi mac | wi fi mac address | wifi mac address | wlan mac"
        " | ethernet mac | ethernet mac address | bluetooth mac | bluetooth mac address"
        " | primary mac"
        " | primary mac address | mac | uuid | udid | hardware uuid | device udid | imei"
        " | imei meid"
        " | meid | eid | iccid | esim | phone number | phone | order | order number | order no"
        " | order id | po | po number | purchase order | invoice | invoice number | invoice no"
        " | customer | customer number | customer id | delivery | delivery number | shipment"
        " | tracking | tracking number | part | part number | part no | sku | upc | ean | gtin"
        " | warranty | agreement number | contract | reseller | reseller id | id"
        " | apple id | email | e mail | mail | battery serial | battery serial number"
        " | logic board serial"
        " | logic board serial number | disk serial | disk serial number | drive serial"
        " | address | ship to | shipping address | street | postcode | zip | city zip | bill to"
        " | activation lock code | bypass code | recovery key | ticket | ticket number | hash"
        " | purchase date | price | quantity | qty | Menge | Preis | Bestellnummer"
        " | Bestell-Nr | Auftragsnummer | Auftrag | Kundennummer | Rechnungsnummer | Lieferschein"
        " | Lieferscheinnummer | Artikelnummer | Art-Nr | Teilenummer | MAC-Adresse | Adresse"
        " | Lieferadresse | adresse mac | référence | numéro de commande | commande | facture"
        " | adresse | dirección mac | dirección | pedido | número de pedido | factura | referencia"
        " | indirizzo mac | indirizzo | ordine | codice articolo | artikelnummer | bestelnummer"
        " | endereço mac | numer zamówienia | adres mac | mac adresi | mac адрес | MACアドレス"
        " | 注文番号 | 型番 | 部品番号 | 订单号 | 部件号 | MAC地址 | MAC 주소 | 주문번호"
    ),
}

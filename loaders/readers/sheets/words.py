"""Words that mean the same in every table: totals rows, blanks, errors, months and currencies."""

from __future__ import annotations

import unicodedata

# What a totals row begins with, folded. A name such as `Total Wine` goes on without a colon, and is none of them.
TOTALS = frozenset(
    (
        *("total", "totals", "grand total", "grand totals", "summary", "subtotal"),
        *("gesamt", "summe", "gesamtsumme", "gesamtergebnis", "insgesamt", "totale", "totale generale", "totaal"),
        *("eindtotaal", "total general", "total geral", "totales", "totais", "totaux", "samtliche", "razem", "totalt"),
    )
)
TOTALS_BEGIN = frozenset(word[0] for word in TOTALS)
BLANKS = frozenset(("", "-", "--", "\u2013", "\u2014", "n/a", "null", "\\n"))
# What spreadsheets leave of a formula that failed.
ERRORS = frozenset(
    (
        *("#n/a", "#ref!", "#value!", "#div/0!", "#name?", "#num!", "#null!", "#spill!", "#calc!", "#error!"),
        *("#nv", "#bezug!", "#wert!", "#zahl!", "#n/d", "#valeur!", "#valor!", "#\u00a1valor!", "#\u00a1div/0!"),
    )
)
_MONTHS = {
    1: "january jan januar janner enero ene janvier janv janeiro gennaio gen januari",
    2: "february feb februar febrero fevrier fevr fev fevereiro febbraio februari",
    3: "march mar marz mrz marzo mars marco maart mrt maerz",
    4: "april apr abril abr avril avr aprile",
    5: "may mai mayo maio maggio mag mei",
    6: "june jun juni junio juin junho giugno giu",
    7: "july jul juli julio juillet juil julho luglio lug",
    8: "august aug agosto ago aout augustus",
    9: "september sep sept septiembre septembre setembro set settembre sett",
    10: "october oct oktober okt octubre octobre outubro out ottobre ott",
    11: "november nov noviembre novembre novembro",
    12: "december dec dezember dez diciembre dic decembre dezembro dicembre",
}
MONTHS = {word: number for number, words in _MONTHS.items() for word in words.split()}

# ISO 4217; those that have no part smaller than one, and so no decimal mark either.
CURRENCIES = frozenset(
    (  # noqa: SIM905
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF"
        " CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD"
        " HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD"
        " MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN"
        " PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY"
        " TTD TWD TZS UAH UGX USD UYI UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"
    ).split()
)
WHOLE_CURRENCIES = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()  # noqa: SIM905
)
# Signs that say one currency; a plain `$` says only "a dollar" or a peso, and `kr` a crown.
SIGNS = {
    **{"\u00a3": "GBP", "\u20ac": "EUR", "\u00a5": "JPY", "\uffe5": "JPY", "\u20b9": "INR", "\u20a9": "KRW"},
    **{"R$": "BRL", "US$": "USD", "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "NZ$": "NZD", "HK$": "HKD"},
    **{"\u20ba": "TRY", "\u20bd": "RUB", "\u20aa": "ILS", "\u0e3f": "THB", "\u20ab": "VND", "z\u0142": "PLN"},
    **{"K\u010d": "CZK", "Ft": "HUF", "Fr.": "CHF", "MX$": "MXN", "S$": "SGD"},
}
SIGNS_OF_SEVERAL = {
    "$": frozenset(
        (
            *("USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "BBD", "BMD", "BSD", "BZD", "FJD", "GYD", "JMD", "KYD"),
            *("LRD", "NAD", "SBD", "SRD", "TTD", "XCD", "MXN", "ARS", "CLP", "COP", "UYU", "DOP", "CUP"),
        )
    ),
    "kr": frozenset(("SEK", "NOK", "DKK", "ISK")),
}


def folded(text: str) -> str:
    """A text without accents and case, its blanks as one."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def currency_of(mark: str) -> str | None:
    """The one currency that a sign or code says; None where it says several, or none."""
    code = mark.upper()
    return code if code in CURRENCIES else SIGNS.get(mark)


def contradicts(mark: str, currency: str) -> bool:
    """Whether an amount with this sign or code cannot be in this currency."""
    if mark in SIGNS_OF_SEVERAL:
        return currency not in SIGNS_OF_SEVERAL[mark]
    said = currency_of(mark)
    return said is not None and said != currency

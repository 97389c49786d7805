"""What people say of their tables where the bytes do not."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.config import ConfigError, Settings, one_of


@dataclass(frozen=True)
class SheetSettings:
    """The encoding of text that is no UTF-8, the decimal mark of numbers of which nothing says it, and whether long ids
    that end in zeros are as they should be."""

    encoding: str
    decimal_mark: str
    round_ids: bool


def sheet_settings(settings: Settings) -> SheetSettings:
    """LEDGERLINE_TEXT_ENCODING, LEDGERLINE_DECIMAL_MARK, LEDGERLINE_ROUND_IDS. Raises `ConfigError`."""
    env = settings.environment
    encoding = env.get("LEDGERLINE_TEXT_ENCODING", "")
    if encoding:
        try:
            # Some codecs of Python give no text.
            b"a".decode(encoding)
        except (LookupError, ValueError):
            raise ConfigError(
                f"LEDGERLINE_TEXT_ENCODING is {encoding!r}, expected a text encoding such as cp1252"
            ) from None
    mark = one_of(env, "LEDGERLINE_DECIMAL_MARK", ("", ".", ","))
    return SheetSettings(encoding, mark, one_of(env, "LEDGERLINE_ROUND_IDS", ("", "allow")) == "allow")

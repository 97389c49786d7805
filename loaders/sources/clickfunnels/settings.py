"""ClickFunnels' settings: which workspace is read over the API, and what of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from loaders.config import ConfigError, Settings, organization_id
from loaders.source import Credentials

# Transactions are asked for by order, so orders come first.
RESOURCES = ("contacts", "orders", "products", "form_submissions", "transactions")


@dataclass(frozen=True)
class ClickFunnelsApi:
    """Which ClickFunnels workspace is read over the API, and what of it."""

    base_url: str
    api_token: str = field(repr=False)
    workspace_id: str
    resources: tuple[str, ...]

    @property
    def is_set(self) -> bool:
        return bool(self.base_url and self.api_token and self.workspace_id)


def clickfunnels_api(settings: Settings) -> ClickFunnelsApi:
    """CLICKFUNNELS_… Raises `ConfigError`."""
    env = settings.environment
    base_url = (env.get("CLICKFUNNELS_BASE_URL") or "").rstrip("/")
    address = urlsplit(base_url)
    is_loopback = address.hostname in ("127.0.0.1", "localhost", "::1")
    if base_url and not (address.scheme == "https" or (address.scheme == "http" and is_loopback)):
        raise ConfigError(
            f"CLICKFUNNELS_BASE_URL is {base_url!r}, expected https://…; a token is never sent in the clear"
        )
    if base_url and not base_url.endswith("/api/v2"):
        raise ConfigError(f"CLICKFUNNELS_BASE_URL is {base_url!r}, expected an address that ends in /api/v2")
    workspace_id = organization_id(env, "CLICKFUNNELS_WORKSPACE_ID", "the workspace's id")
    named = [name.strip() for name in env.get("CLICKFUNNELS_RESOURCES", "").split(",") if name.strip()]
    unknown = sorted(set(named) - set(RESOURCES))
    if unknown:
        raise ConfigError(f"CLICKFUNNELS_RESOURCES names {', '.join(unknown)}, expected some of {', '.join(RESOURCES)}")
    return ClickFunnelsApi(
        base_url=base_url,
        api_token=env.get("CLICKFUNNELS_API_TOKEN") or "",
        workspace_id=workspace_id,
        resources=tuple(name for name in RESOURCES if name in (named or RESOURCES)),
    )


def credentials(settings: Settings) -> Credentials:
    """Whether the API can be read."""
    api = settings.of(clickfunnels_api)
    half = bool(api.api_token) and not api.is_set
    return Credentials.of(
        is_set=api.is_set,
        lacks="CLICKFUNNELS_API_TOKEN needs CLICKFUNNELS_BASE_URL and CLICKFUNNELS_WORKSPACE_ID too" if half else "",
    )

"""What the project's own YAML says of its models, read without dbt, which takes seconds to start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loaders.config import PROJECT_DIR


def described_models(folder: str, pattern: str, *, saying: bytes = b"") -> Iterator[dict[str, Any]]:
    """The models that YAML files of some name below `models/<folder>` describe, in the order of their paths.

    With `saying`, only of files that hold these bytes: to parse all of them takes longer than most commands do.
    """
    import yaml  # noqa: PLC0415 - a command that asks for nothing of it need not pay

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in sorted((PROJECT_DIR / "models" / folder).rglob(pattern)):
        content = path.read_bytes()
        if saying in content:
            yield from yaml.load(content, loader).get("models") or []


def meta(said: Mapping[str, Any]) -> dict[str, Any]:
    """What YAML says of a model or column beside what dbt itself knows."""
    return dict((said.get("config") or {}).get("meta") or {})

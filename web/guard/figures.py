"""What `/metrics` tells, in the text format of Prometheus."""

from __future__ import annotations

from collections import Counter

_LIMITS = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0)


class Figures:
    """Counts of this process since it started."""

    def __init__(self) -> None:
        self.waiting = 0
        self.repeated = 0
        # Of the inbox, by source and outcome.
        self.arrivals: Counter[tuple[str, str]] = Counter()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._within: Counter[float] = Counter()
        self._seconds = 0.0
        self._total = 0

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests[method, route, status] += 1
        self._total += 1
        self._seconds += seconds
        for limit in _LIMITS:
            if seconds <= limit:
                self._within[limit] += 1
                break

    def as_text(self, publication: int | None, as_of: str) -> str:
        """The figures, and which publication is served."""
        lines = ["# TYPE ledgerline_requests_total counter"]
        lines += [
            f'ledgerline_requests_total{{method="{method}",route="{route}",status="{status}"}} {count}'
            for (method, route, status), count in sorted(self._requests.items())
        ]
        lines += ["# TYPE ledgerline_request_seconds histogram"]
        below = 0
        for limit in _LIMITS:
            below += self._within[limit]
            lines.append(f'ledgerline_request_seconds_bucket{{le="{limit}"}} {below}')
        lines += [
            f'ledgerline_request_seconds_bucket{{le="+Inf"}} {self._total}',
            f"ledgerline_request_seconds_sum {self._seconds:.6f}",
            f"ledgerline_request_seconds_count {self._total}",
            "# TYPE ledgerline_requests_waiting gauge",
            f"ledgerline_requests_waiting {self.waiting}",
            "# TYPE ledgerline_answers_repeated_total counter",
            f"ledgerline_answers_repeated_total {self.repeated}",
            "# TYPE ledgerline_arrivals_total counter",
        ]
        lines += [
            f'ledgerline_arrivals_total{{source="{source}",outcome="{outcome}"}} {count}'
            for (source, outcome), count in sorted(self.arrivals.items())
        ]
        if publication is not None:
            lines += [
                "# TYPE ledgerline_publication gauge",
                f'ledgerline_publication{{as_of="{as_of}"}} {publication}',
            ]
        return "\n".join(lines) + "\n"

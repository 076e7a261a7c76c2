"""Prometheus metrics of one application: names with base units, routes by template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from genderlens.graphs.golden import Graph
from genderlens.types import Prediction

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_PICTURES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000)
_CONFIDENCE = (0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0)
_FAILURE = 500


class Metrics:
    """The collectors, on a registry of their own, so that applications never mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "genderlens_http_requests",
            "HTTP requests.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.duration = Histogram(
            "genderlens_http_request_duration_seconds",
            "Time from the first byte of a request to the end of its answer.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.outcomes = Counter(
            "genderlens_predictions",
            "Pictures by outcome.",
            ("outcome", "model_version"),
            registry=self.registry,
        )
        self.stages = Histogram(
            "genderlens_stage_duration_seconds",
            "Compute time of one picture by stage: decode, detect, classify.",
            ("stage",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.queue = Histogram(
            "genderlens_queue_duration_seconds",
            "Time that one picture waited for a free worker.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.model_seconds = Histogram(
            "genderlens_model_duration_seconds",
            "Compute time of one picture by model version.",
            ("model_version",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.shares = Gauge(
            "genderlens_model_traffic_ratio",
            "Share of the traffic by loaded model version, 0 to 1.",
            ("model_version",),
            registry=self.registry,
        )
        self.reloads = Counter(
            "genderlens_model_reloads",
            "Changes of the models in service: loaded, or failed with the old ones kept.",
            ("result",),
            registry=self.registry,
        )
        self.graph_fallback = Gauge(
            "genderlens_graph_fallback",
            "1 where another graph answers than should, or the CPU in place of a device, else 0.",
            ("model_version",),
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "genderlens_pictures_in_flight", "Pictures in work or waiting.", registry=self.registry
        )
        self.pending = Gauge(
            "genderlens_pictures_pending",
            "Pictures that wait for a free worker.",
            registry=self.registry,
        )
        self.pixel_memory = Gauge(
            "genderlens_pixel_memory_bytes",
            "Memory set aside for pictures being decoded, as their headers foretold.",
            registry=self.registry,
        )
        self.pixel_memory_limit = Gauge(
            "genderlens_pixel_memory_limit_bytes",
            "Most memory that is set aside for pictures being decoded.",
            registry=self.registry,
        )
        self.threads_waiting = Gauge(
            "genderlens_threads_waiting",
            "Work that runs in, or waits for, the threads of one concern.",
            ("threads",),
            registry=self.registry,
        )
        self.canary_age = Gauge(
            "genderlens_canary_age_seconds",
            "Time since the service last answered a picture of its own.",
            registry=self.registry,
        )
        self.body_memory = Gauge(
            "genderlens_body_memory_bytes",
            "Memory of request bodies, every copy of them counted.",
            registry=self.registry,
        )
        self.body_memory_limit = Gauge(
            "genderlens_body_memory_limit_bytes",
            "Most memory of request bodies.",
            registry=self.registry,
        )
        self.batch = Histogram(
            "genderlens_batch_pictures",
            "Pictures of one request that came to the models.",
            buckets=_PICTURES,
            registry=self.registry,
        )
        self.confidence = Histogram(
            "genderlens_confidence_ratio",
            "Calibrated confidence of the answer for one face, 0.5 to 1, by model version.",
            ("model_version",),
            buckets=_CONFIDENCE,
            registry=self.registry,
        )
        self.history_dropped = Counter(
            "genderlens_history_dropped_rows",
            "Answers that the history lost, because its database did not take them in time.",
            registry=self.registry,
        )
        self.history_pending = Gauge(
            "genderlens_history_pending_rows",
            "Answers that wait to be written into the history.",
            registry=self.registry,
        )
        self.history_up = Gauge(
            "genderlens_history_up",
            "1 while the history is on and its database takes what is written, else 0.",
            registry=self.registry,
        )
        self.jobs = Gauge(
            "genderlens_jobs",
            "Retraining jobs by state, of all services that share the database.",
            ("state",),
            registry=self.registry,
        )
        self.rate_limit_fallback = Gauge(
            "genderlens_rate_limit_fallback",
            "1 while requests are counted in memory because Redis is down.",
            registry=self.registry,
        )
        self.rejected = Counter(
            "genderlens_rejected_requests",
            "Requests that were refused before a model saw a picture, by the code of the problem.",
            ("code",),
            registry=self.registry,
        )

    def show_shares(self, shares: Mapping[str, float]) -> None:
        """Replace the shares of the traffic."""
        self.shares.clear()
        for version, share in shares.items():
            self.shares.labels(version).set(share)

    def show_graphs(self, graphs: Iterable[Graph]) -> None:
        """Replace what is said of the graphs that answer."""
        self.graph_fallback.clear()
        for graph in graphs:
            self.graph_fallback.labels(graph.bundle).set(graph.fallback is not None)

    def show_jobs(self, counts: Mapping[str, int]) -> None:
        """Replace the numbers of jobs; none are shown where none are known."""
        self.jobs.clear()
        for state, count in counts.items():
            self.jobs.labels(state).set(count)

    def observe(self, answer: Prediction) -> None:
        """Count one answer and the time of its stages."""
        self.outcomes.labels(answer.outcome.value, answer.model_version).inc()
        for stage, milliseconds in answer.timings_ms.items():
            self.stages.labels(stage).observe(milliseconds / 1000.0)
        for face in answer.faces:
            self.confidence.labels(answer.model_version).observe(face.confidence)

    def count_request(self, method: str, route: str, status: int, duration_s: float) -> None:
        """Count and time one HTTP request; the route is a template."""
        self.requests.labels(method, route, str(status)).inc()
        self.duration.labels(method, route).observe(duration_s)

    def count_rejection(self, code: str, status: int) -> None:
        """Count a request that no picture of was answered; failures of ours are no rejections."""
        if status != _FAILURE:
            self.rejected.labels(code).inc()

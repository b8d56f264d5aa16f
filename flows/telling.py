"""What a build tells Prefect's server besides its runs, and how soon it gives up a server that is gone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prefect.events.clients import NullEventsClient, PrefectEventsClient
from prefect.events.worker import EventsWorker, emit_events_to_cloud
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, get_current_settings, temporary_settings

_RECONNECTIONS = 1
"""Per event. Prefect's ten, with pauses between, hold up the end of a build for minutes once its server is gone."""


@contextmanager
def briefly() -> Iterator[None]:
    """Tell the server of events only where somebody can read them, and send no heartbeats while the block runs.

    Every flow that beats ends up to a second later. A server that nobody reads, the temporary one, takes no log either.
    """
    if not get_current_settings().logging.to_api.enabled:
        EventsWorker.set_client_override(NullEventsClient)
    elif not emit_events_to_cloud():
        EventsWorker.set_client_override(PrefectEventsClient, reconnection_attempts=_RECONNECTIONS)
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield

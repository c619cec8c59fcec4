"""Ctrl-C and its kin."""

import signal
from types import FrameType


class StopRequested(BaseException):
    """The person, or the system, asked the command to end."""


def stop_on_request() -> None:
    """Turn the first request to end into an exception; what it stops may then take its time."""

    def stop(number: int, frame: FrameType | None) -> None:
        for each in wanted:
            signal.signal(each, lambda *_: None)
        raise StopRequested(signal.Signals(number).name)

    wanted = [signal.SIGINT, signal.SIGTERM]
    # Under nohup it is ignored, and must stay so.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        wanted.append(signal.SIGHUP)
    for each in wanted:
        signal.signal(each, stop)

"""The address a site answers at, taken before anything is said or served, so that a taken one is a plain error."""

from __future__ import annotations

import errno
import os
import socket

from answerable.errors import UsageError

_HIGHEST_PORT = 65_535
_QUEUE = 128


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at ``host`` and ``port`` (0: any free one).

    UsageError where the address is taken, not this machine's, or not allowed to this user; it says how to mend that.
    """
    where = f"--host {host} --port {port}"
    if not 0 <= port <= _HIGHEST_PORT:
        raise UsageError("There is no such port.", where=where, fix=f"Choose one from 1024 to {_HIGHEST_PORT}.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise UsageError("This address is not known.", where=where, fix="Use --host 127.0.0.1.") from error
    made = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            # A port whose last server has just ended may be taken again; elsewhere this would let two servers share it.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(_QUEUE)
    except OSError as error:
        made.close()
        raise _explained(error, where, port) from error
    return made


def _explained(error: OSError, where: str, port: int) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        other = port + 10 if port + 10 <= _HIGHEST_PORT else port - 10
        fix = f"End that program, or choose another port: --port {other}."
        return UsageError("Another program already answers at this port.", where=where, fix=fix)
    if error.errno in (errno.EACCES, errno.EPERM):
        return UsageError("This port is kept for the system.", where=where, fix="Choose one above 1023 with --port N.")
    if error.errno == errno.EADDRNOTAVAIL:
        return UsageError("This machine has no such address.", where=where, fix="Use --host 127.0.0.1.")
    return UsageError(f"Nothing can be served here: {error.strerror}.", where=where, fix="Choose another --port N.")

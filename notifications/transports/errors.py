"""What a transport says when it could not send."""


class TransportError(Exception):
    """The message did not leave the house. The text is kept on its row."""


class TemporaryError(TransportError):
    """It may work later: the same message is tried again."""


class Unreachable(TemporaryError):
    """The server does not answer at all: no other message would get through either."""


class PermanentError(TransportError):
    """It will never work as it stands: no address, or the address is refused for good."""

"""A client of the service, in Python: one method a route, and types for every answer.

It needs the extra ``client``, and imports nothing that reads, encodes or stores documents.
"""

from protolabel.client.client import Client
from protolabel.client.service_error import ServiceError

__all__ = ["Client", "ServiceError"]

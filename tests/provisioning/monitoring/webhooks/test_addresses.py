"""Addresses to which messages may go."""

import pytest

from provisioning.monitoring.webhooks import addresses
from provisioning.monitoring.webhooks.addresses import ForbiddenAddress


@pytest.mark.parametrize("address", ["fec0::1", "feff::1", "192.88.99.1"])
def test_ranges_that_were_given_up_lead_to_nobody(address: str) -> None:
    with pytest.raises(ForbiddenAddress):
        addresses.permitted([address], (), is_safe=True)

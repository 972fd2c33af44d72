"""Addresses to which messages may go."""

import pytest

from provisioning.monitoring.webhooks import addresses
from provisioning.monitoring.webhooks.addresses import ForbiddenAddress


@pytest.mark.parametrize(
    "address", ["fec0::1", "feff::1", "192.88.99.1", "192.0.0.192", "168.63.129.16"]
)
def test_ranges_that_were_given_up_or_are_of_a_cloud_itself_lead_to_nobody(address: str) -> None:
    with pytest.raises(ForbiddenAddress):
        addresses.permitted([address], (), is_safe=True)

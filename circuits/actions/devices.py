"""Keep the device catalogue."""

from datetime import datetime

from accounts.models import User
from audit.context import action
from circuits.models import DeviceModel


@action("saved a device model")
def save_device(*, device: DeviceModel, by: User, at: datetime) -> DeviceModel:
    """Add a product to the catalogue, or change it."""
    device.save()
    return device

from tests.unit.commands.conftest import _no_settings_from_outside, crowd, filled, invoke, store

__all__ = ["_no_settings_from_outside", "crowd", "filled", "invoke", "store"]

"""The presets, built once per run."""

from tests.presets import preset, preset_file

__all__ = ["preset", "preset_file"]

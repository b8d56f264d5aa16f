"""``corridor.toml`` as typed models. One module a group of sections; ``load`` reads and complains."""

from pipeline.config.load import CONFIG_NAME, Config, config_from_json, config_json, load_config

__all__ = ["CONFIG_NAME", "Config", "config_from_json", "config_json", "load_config"]

"""The burial decision: required, achievable and target depth of lowering, zones, protection and uncertainty."""

"""An engine that misbehaves on request: the rules, and what they do to an answer."""

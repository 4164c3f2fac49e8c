"""The first content of a new site. `seed_guides` makes each thing once; then staff own it."""

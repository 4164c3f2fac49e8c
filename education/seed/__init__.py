"""What a new clinic starts with. Made once each by `seed_guides`; then it is the staff's."""

"""Due dates in people's own calendars (RFC 5545): docs/decisions/0054-calendar-feeds.md."""

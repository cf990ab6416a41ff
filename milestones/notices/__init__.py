"""Numbered notices: issued to an organisation, signed for, answered, printed."""

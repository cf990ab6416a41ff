"""The weekly bulletin (通报) for leaders and the office: docs/decisions/0055-weekly-bulletin.md."""

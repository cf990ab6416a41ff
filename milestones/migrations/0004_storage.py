"""How PostgreSQL keeps what changes often and what is large; SQLite needs none of it."""

from django.db import migrations, transaction
from django.db.utils import DatabaseError

# A reminder is written three times (planned, claimed, sent): room on its page keeps the last one off the indexes.
ROOM = "ALTER TABLE milestones_reminder SET (fillfactor = 60)"
# Mail bodies are long and alike: lz4 packs them at a fraction of the default's cost, where the server has it.
QUICK = (
    "ALTER TABLE milestones_outgoingmail ALTER COLUMN text SET COMPRESSION lz4, ALTER COLUMN html SET COMPRESSION lz4"
)


def arrange(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(ROOM)
        try:
            with transaction.atomic(using=connection.alias):
                cursor.execute(QUICK)
        except DatabaseError:  # an older server, or one without lz4: the default does it too
            pass


class Migration(migrations.Migration):
    dependencies = [("milestones", "0003_default_policy")]
    operations = [migrations.RunPython(arrange, migrations.RunPython.noop)]

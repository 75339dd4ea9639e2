"""The database itself refuses an approval or a publication by whoever worked on the answer, or on one before it.

On SQLite a later migration that makes cases_answer or cases_contribution anew drops these triggers; run `forbid` again
in it. A test finds a database without them.
"""

from __future__ import annotations

from django.db import migrations

WORKED = """EXISTS (SELECT 1 FROM cases_contribution WHERE case_id = NEW.case_id AND round <= NEW.round
    AND user_id IN (NEW.approved_by_id, NEW.published_by_id))"""
APPROVED = """EXISTS (SELECT 1 FROM cases_answer WHERE case_id = NEW.case_id AND round >= NEW.round
    AND void_because = '' AND NEW.user_id IN (approved_by_id, published_by_id))"""
WHY = "nobody approves or publishes an answer that they worked on"
SQLITE = (
    f"""CREATE TRIGGER cases_answer_two_people_new BEFORE INSERT ON cases_answer WHEN {WORKED}
    BEGIN SELECT RAISE(ABORT, '{WHY}'); END""",
    f"""CREATE TRIGGER cases_answer_two_people BEFORE UPDATE OF approved_by_id, published_by_id ON cases_answer
    WHEN {WORKED} BEGIN SELECT RAISE(ABORT, '{WHY}'); END""",
    f"""CREATE TRIGGER cases_contribution_two_people BEFORE INSERT ON cases_contribution WHEN {APPROVED}
    BEGIN SELECT RAISE(ABORT, '{WHY}'); END""",
)
POSTGRESQL = f"""
CREATE FUNCTION cases_answer_two_people() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF {WORKED} THEN RAISE integrity_constraint_violation USING MESSAGE = '{WHY}'; END IF; RETURN NEW; END $$;
CREATE TRIGGER cases_answer_two_people BEFORE INSERT OR UPDATE OF approved_by_id, published_by_id ON cases_answer
FOR EACH ROW EXECUTE FUNCTION cases_answer_two_people();
CREATE FUNCTION cases_contribution_two_people() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF {APPROVED} THEN RAISE integrity_constraint_violation USING MESSAGE = '{WHY}'; END IF; RETURN NEW; END $$;
CREATE TRIGGER cases_contribution_two_people BEFORE INSERT ON cases_contribution
FOR EACH ROW EXECUTE FUNCTION cases_contribution_two_people();
"""


def forbid(apps, schema_editor):  # type: ignore[no-untyped-def]
    """Adds the triggers of this database's kind."""
    for statement in (POSTGRESQL,) if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_departments")]
    operations = [migrations.RunPython(forbid, migrations.RunPython.noop)]

"""The database itself refuses an approval or a publication by whoever answered for a department, and keeps who worked.

On SQLite a later migration that makes one of these tables anew drops these triggers; run `forbid` again in it. A test
finds a database without them.
"""

from __future__ import annotations

from django.db import migrations

ANSWERED = """EXISTS (SELECT 1 FROM cases_departmenttask WHERE case_id = NEW.case_id
    AND answered_by_id IN (NEW.approved_by_id, NEW.published_by_id))"""
APPROVED = """EXISTS (SELECT 1 FROM cases_answer a JOIN cases_case c ON c.id = a.case_id
    WHERE a.case_id = NEW.case_id AND a.round >= c.round AND a.void_because = ''
    AND NEW.answered_by_id IN (a.approved_by_id, a.published_by_id))"""
WHY = "nobody approves or publishes an answer for which they answered for a department"
KEPT = "who worked on an answer is kept"
SQLITE = (
    f"""CREATE TRIGGER cases_answer_departments_new BEFORE INSERT ON cases_answer WHEN {ANSWERED}
    BEGIN SELECT RAISE(ABORT, '{WHY}'); END""",
    f"""CREATE TRIGGER cases_answer_departments BEFORE UPDATE OF approved_by_id, published_by_id ON cases_answer
    WHEN {ANSWERED} BEGIN SELECT RAISE(ABORT, '{WHY}'); END""",
    f"""CREATE TRIGGER cases_task_two_people BEFORE UPDATE OF answered_by_id ON cases_departmenttask WHEN {APPROVED}
    BEGIN SELECT RAISE(ABORT, '{WHY}'); END""",
    f"""CREATE TRIGGER cases_contribution_no_update BEFORE UPDATE ON cases_contribution
    BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
    f"""CREATE TRIGGER cases_contribution_no_delete BEFORE DELETE ON cases_contribution
    BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
)
POSTGRESQL = f"""
CREATE FUNCTION cases_answer_departments() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF {ANSWERED} THEN RAISE integrity_constraint_violation USING MESSAGE = '{WHY}'; END IF; RETURN NEW; END $$;
CREATE TRIGGER cases_answer_departments BEFORE INSERT OR UPDATE OF approved_by_id, published_by_id ON cases_answer
FOR EACH ROW EXECUTE FUNCTION cases_answer_departments();
CREATE FUNCTION cases_task_two_people() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF {APPROVED} THEN RAISE integrity_constraint_violation USING MESSAGE = '{WHY}'; END IF; RETURN NEW; END $$;
CREATE TRIGGER cases_task_two_people BEFORE UPDATE OF answered_by_id ON cases_departmenttask
FOR EACH ROW EXECUTE FUNCTION cases_task_two_people();
CREATE FUNCTION cases_contribution_kept() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE integrity_constraint_violation USING MESSAGE = '{KEPT}'; END $$;
CREATE TRIGGER cases_contribution_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON cases_contribution
FOR EACH STATEMENT EXECUTE FUNCTION cases_contribution_kept();
"""


def forbid(apps, schema_editor):  # type: ignore[no-untyped-def]
    """Adds the triggers of this database's kind."""
    for statement in (POSTGRESQL,) if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_newest_and_regular")]
    operations = [migrations.RunPython(forbid, migrations.RunPython.noop)]

"""What only a server could be made to do: switch rules off, hide tables, be set unsafely, go away in the middle."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from answerable.errors import AnswerableError, InputError, IntegrityError, NotAllowed, UsageError
from answerable.store import postgres_open
from answerable.store.conformance import NOON, POLICY, SIGNER, WORKSPACE, add_people, an_event
from answerable.store.postgres_engine import fresh_rules
from answerable.store.postgres_faults import explain
from answerable.store.postgres_open import OWNER, create_store, open_store
from answerable.store.postgres_settings import Settings, check_url, hidden, refuse_weaker
from answerable.store.schema import metadata

pytestmark = pytest.mark.postgres

RECORD = sorted(metadata.tables.keys() - {"jobs"})
"""The tables of the record; what is to be done in the background moves on."""

SAFE = Settings(150018, "on", "on", "on", "UTF8", "clerk", superuser=False, owner=False)


@pytest.fixture
def run(on_server):
    """Run statements on the server as its superuser, in one session."""

    def statements(*given: str) -> None:
        with psycopg.connect(on_server.url, autocommit=True) as server:
            for statement in given:
                server.execute(statement)

    return statements


@pytest.mark.parametrize("table", RECORD)
def test_no_table_can_be_emptied_as_a_whole(on_server, run, table):
    with pytest.raises(psycopg.Error, match="append-only"):
        run(f"TRUNCATE {table} CASCADE")


def test_a_session_that_plays_replication_is_under_the_rules_too(on_server, run):
    add_people(on_server)
    on_server.append([an_event()])
    with pytest.raises(psycopg.Error, match="append-only"):
        run("SET session_replication_role = replica", "DELETE FROM leaves")


def test_a_temporary_table_of_the_same_name_takes_no_rule_in(on_server, run):
    add_people(on_server)
    on_server.append([an_event()])
    with pytest.raises(psycopg.Error, match="unknown account"):
        run(
            "CREATE TEMPORARY TABLE people AS SELECT 'ghost'::text account, 'g'::text person, ''::text disabled_at",
            "CREATE TEMPORARY TABLE events AS SELECT * FROM public.events WHERE false",
            "INSERT INTO public.events SELECT 2, case_id, 2, 'note', at, 'ghost', 'g', office, body, blind"
            " FROM public.events",
        )


def test_an_update_in_place_of_an_insert_is_stopped(on_server, run):
    on_server.keep("report", "R-1", b"one", NOON, "")
    with pytest.raises(psycopg.Error, match="append-only"):
        run(
            "INSERT INTO kept_values VALUES ('report', 'R-1', 1, 'two') ON CONFLICT (kind, id, version)"
            " DO UPDATE SET value = excluded.value"
        )


DAMAGE = {
    "a rule taken out": ("DROP TRIGGER events_rules ON events", "events_rules was taken out"),
    "a rule switched off": ("ALTER TABLE nodes DISABLE TRIGGER nodes_update", "nodes_update is not always in force"),
    "a rule of replication": ("ALTER TABLE nodes ENABLE TRIGGER nodes_update", "nodes_update is not always in force"),
    "a rule that does nothing": (
        "CREATE OR REPLACE FUNCTION answerable_append_only() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'",
        "answerable_append_only was replaced",
    ),
    "a rule with a condition": (
        "DROP TRIGGER audit_delete ON audit; CREATE TRIGGER audit_delete BEFORE DELETE ON audit FOR EACH ROW"
        " WHEN (OLD.seq > 99) EXECUTE FUNCTION answerable_append_only();"
        " ALTER TABLE audit ENABLE ALWAYS TRIGGER audit_delete",
        "audit_delete was replaced",
    ),
    "a rule that was added": (
        "CREATE TRIGGER quiet BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION answerable_append_only()",
        "quiet does not belong",
    ),
    "a rewriting rule": ("CREATE RULE hush AS ON INSERT TO audit DO INSTEAD NOTHING", "hush does not belong"),
    "a policy on rows": ("CREATE POLICY hide ON audit USING (false)", "hide does not belong"),
    "a constraint taken out": ("ALTER TABLE events DROP CONSTRAINT events_blind", "events_blind was taken out"),
    "a key taken out": ("ALTER TABLE checkpoints DROP CONSTRAINT checkpoints_pkey", "key of the table checkpoints"),
    "a reference taken out": (
        "ALTER TABLE standings DROP CONSTRAINT standings_event_seq_fkey",
        "key of the table standings",
    ),
    "an index taken out": ("DROP INDEX events_one_version", "events_one_version was taken out"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_changed_rule_is_named_by_a_full_check(on_server, run, damage):
    statement, named = DAMAGE[damage]
    assert on_server.fsck(POLICY).clean
    run(statement)
    problems = on_server.fsck(POLICY).problems
    assert any(named in problem for problem in problems)
    assert len(problems) <= 2


def test_every_table_has_rules_against_change_removal_and_emptying():
    functions, triggers = fresh_rules()
    assert "answerable_append_only" in functions
    for table in RECORD:
        assert {f"{table}_update", f"{table}_delete", f"{table}_truncate"} <= triggers.keys(), table


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"version": 120009}, "PostgreSQL 12 is too old"),
        ({"encoding": "LATIN1"}, "database in LATIN1"),
        ({"fsync": "off"}, "fsync=off"),
        ({"full_page_writes": "off"}, "full_page_writes=off"),
        ({"synchronous_commit": "off"}, "synchronous_commit=off"),
    ],
)
def test_an_unsafe_server_is_refused_by_name(change, named):
    with pytest.raises(UsageError, match=named):
        refuse_weaker(replace(SAFE, **change))


@pytest.mark.parametrize(("power", "named"), [("superuser", "is a superuser"), ("owner", "owns the tables")])
def test_a_real_record_is_not_written_by_who_could_switch_its_rules_off(power, named):
    strong = replace(SAFE, **{power: True})
    refuse_weaker(strong, "rehearsal")
    with pytest.raises(UsageError, match=named):
        refuse_weaker(strong, "real")
    refuse_weaker(SAFE, "real")


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("postgresql://clerk:s3cret@127.0.0.1/record", "holds a password"),
        ("host=127.0.0.1 password=s3cret", "holds a password"),
        ("postgresql://127.0.0.1/record?options=-csynchronous_commit%3Doff", "options of its own"),
        ("postgresql://127.0.0.1/?no_such_word=1", "not the address"),
        ("host='unfinished", "not the address"),
    ],
)
def test_an_address_with_a_secret_or_with_settings_is_refused_and_never_shown(url, named):
    with pytest.raises(UsageError, match=named) as refused:
        check_url(url)
    assert "s3cret" not in str(refused.value)
    assert "s3cret" not in hidden(url)


def test_a_server_that_is_not_there_says_what_to_check(tmp_path):
    with pytest.raises(AnswerableError, match="does not let us in"):
        open_store("postgresql://clerk@127.0.0.1:1/record", head_file=tmp_path / "head")


def test_a_database_without_a_record_says_what_to_do(new_database, tmp_path):
    with pytest.raises(UsageError, match="answerable init"):
        open_store(new_database(), head_file=tmp_path / "head")


def test_a_store_is_never_made_over_another(on_server, new_database, tmp_path):
    with pytest.raises(UsageError, match="already"):
        create_store(on_server.url, head_file=tmp_path / "other", workspace=WORKSPACE)
    (tmp_path / "head").write_text("left over")
    with pytest.raises(UsageError, match="already"):
        create_store(new_database(), head_file=tmp_path / "head", workspace=WORKSPACE)


def test_the_log_of_a_workspace_must_end_in_its_kind(new_database, tmp_path):
    url = new_database()
    with pytest.raises(InputError):
        create_store(url, head_file=tmp_path / "head", workspace=replace(WORKSPACE, kind="real"))
    create_store(url, head_file=tmp_path / "head", workspace=WORKSPACE).close()


def test_dying_while_a_store_is_made_leaves_nothing(new_database, tmp_path, monkeypatch):
    from answerable.store import postgres_engine

    def dying(*given):
        raise KeyboardInterrupt

    url = new_database()
    monkeypatch.setattr(postgres_engine, "grant", dying)
    with pytest.raises(KeyboardInterrupt):
        create_store(url, head_file=tmp_path / "head", workspace=WORKSPACE)
    monkeypatch.undo()
    with psycopg.connect(url) as server:
        assert server.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    create_store(url, head_file=tmp_path / "head", workspace=WORKSPACE).close()


def test_a_store_of_a_newer_program_is_left_alone(on_server, run):
    run("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UsageError, match="newer version"):
        open_store(on_server.url, head_file=on_server.head_file)


def test_a_store_that_forgot_its_version_or_its_workspace_is_damaged(on_server, run):
    run("ALTER TABLE meta DISABLE TRIGGER ALL", "DELETE FROM meta")
    with pytest.raises(IntegrityError, match="what workspace"):
        open_store(on_server.url, head_file=on_server.head_file)
    run("DELETE FROM alembic_version")
    with pytest.raises(IntegrityError, match="which version"):
        open_store(on_server.url, head_file=on_server.head_file)


@pytest.fixture
def clerk(postgres, new_database, tmp_path: Path, monkeypatch):
    """A store whose tables belong to another role than the one that writes it."""
    name = f"clerk_{tmp_path.name}".lower()[:60]
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(f'DROP ROLE IF EXISTS "{name}"')
        server.execute(f'CREATE ROLE "{name}" LOGIN')
    owner = new_database()
    monkeypatch.setenv(OWNER, owner)
    with create_store(make_conninfo(owner, user=name), head_file=tmp_path / "head", workspace=WORKSPACE) as made:
        yield made


def test_a_role_that_may_only_add_can_do_all_that_a_store_does(clerk):
    add_people(clerk)
    clerk.append([an_event(private=b"gist", standing="{}"), an_event("submit", version=2)])
    clerk.publish(SIGNER, NOON)
    clerk.disable_person("authoriser", NOON)
    clerk.separate([("reviewer", "authoriser")])
    clerk.keep("report", "R-1", b"gist", NOON, "applicant")
    clerk.forget("report", "R-1", NOON, "retention is over")
    assert clerk.settings["owner"] == "another role"
    assert clerk.fsck(POLICY).clean


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "DROP TRIGGER events_rules ON events",
        "DROP TABLE audit",
        "CREATE TABLE mine (one int)",
        "CREATE OR REPLACE FUNCTION answerable_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "SET session_replication_role = replica",
        "TRUNCATE audit",
        "UPDATE events SET kind = 'note'",
        "DELETE FROM leaves",
        "UPDATE people SET person = 'x'",
        "UPDATE alembic_version SET version_num = '0000'",
    ],
)
def test_a_role_that_may_only_add_cannot_touch_the_rules(clerk, statement):
    with psycopg.connect(clerk.url) as server, pytest.raises(psycopg.errors.InsufficientPrivilege):
        server.execute(statement)


def test_without_the_owner_the_clerk_cannot_make_a_store(clerk, new_database, monkeypatch, tmp_path):
    monkeypatch.delenv(OWNER)
    url = make_conninfo(new_database(), user=psycopg.conninfo.conninfo_to_dict(clerk.url)["user"])
    with pytest.raises(NotAllowed, match="may not do this"):
        create_store(url, head_file=tmp_path / "other", workspace=WORKSPACE)


def test_a_connection_that_was_lost_is_made_anew(on_server, run):
    add_people(on_server)
    first = on_server.append([an_event()])
    assert len(on_server.events()) == 1
    for look in (on_server.pending, on_server.people, lambda: on_server.append([an_event("note", version=2)])):
        run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'answerable'")
        assert look()
    assert [event.seq for event in on_server.events()] == [first[0].seq, 2]


def test_a_connection_that_is_lost_in_the_middle_stores_nothing_and_says_so(on_server, run, monkeypatch):
    from answerable.store import sql

    add_people(on_server)
    real = sql.insert_events

    def cut(*given):
        stored = real(*given)
        run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'answerable'")
        return stored

    monkeypatch.setattr(sql, "insert_events", cut)
    with pytest.raises(AnswerableError, match="connection to the database was lost"):
        on_server.append([an_event()])
    monkeypatch.undo()
    assert on_server.events() == ()
    assert on_server.append([an_event()])[0].seq == 1


def test_a_store_that_was_let_go_of_stays_so(on_server):
    on_server.close()
    with pytest.raises(AnswerableError):
        on_server.pending()


def test_a_record_that_another_program_holds_says_so_and_stores_nothing(on_server):
    add_people(on_server)
    on_server._db.execute("SELECT set_config('lock_timeout', '20', false)")
    with psycopg.connect(on_server.url) as other:
        other.execute("SELECT one FROM meta FOR UPDATE")
        with pytest.raises(NotAllowed, match="busy"):
            on_server.append([an_event()])
    assert len(on_server.append([an_event()])) == 1


def test_what_is_no_error_of_the_driver_is_an_input_error():
    assert isinstance(explain(ValueError("odd")), InputError)
    assert isinstance(explain(psycopg.errors.UniqueViolation()), NotAllowed)
    assert isinstance(explain(psycopg.errors.DataCorrupted()), IntegrityError)


def test_a_zero_in_a_text_is_refused_whole(on_server):
    with pytest.raises(InputError):
        on_server.keep("report", "R\0", b"", NOON, "")
    assert on_server.kept("report") == ()


def test_opening_makes_no_tables_where_there_is_a_record(on_server, monkeypatch):
    monkeypatch.setattr(postgres_open, "_bring_up_to_date", None)
    open_store(on_server.url, head_file=on_server.head_file).close()

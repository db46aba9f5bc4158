package resilience

import (
	"errors"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/postgres"
)

// What the server can never do is said to be that, however often it is asked, and is not worth another try.
func TestWhatTheServerCannotDo(t *testing.T) {
	for mode, m := range modes {
		t.Run(mode, func(t *testing.T) {
			w := newWorld(t, Note{})
			db := w.faulty(postgres.ExecMode(m), postgres.AllowSimpleProtocol(), postgres.MaxConns(2))
			for _, text := range []string{
				"CREATE FUNCTION cannot() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '0A000'; END $$",
				"CREATE TRIGGER cannot BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION cannot()",
			} {
				if _, err := w.plain.Exec(w.ctx, orm.Unsafe(text)); err != nil {
					t.Fatal(err)
				}
			}
			for range 4 {
				runs := 0
				err := db.Tx(w.ctx, func(tx orm.DB) error {
					runs++
					return orm.Repo[Note](tx).Create(w.ctx, &Note{Text: "a"})
				}, orm.Retry(3))
				for about, err := range map[string]error{"in a transaction": err, "alone": orm.Repo[Note](db).Create(w.ctx, &Note{Text: "b"})} {
					if !errors.Is(err, orm.ErrUnsupported) || errors.Is(err, orm.ErrUpstream) || orm.OutcomeOf(err) != orm.Undone {
						t.Errorf("%s: %v", about, err)
					}
				}
				if runs != 1 {
					t.Errorf("%d runs", runs)
				}
			}
		})
	}
}

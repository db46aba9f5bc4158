package sqlserver_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit/tds"
)

// Check compares models with tables, and says what makes row policies void; SQL text waits for them to hold.
func TestCheck(t *testing.T) {
	db, x, _ := policed(t, 1)
	why := []any{"the table [lots] has no security policy that hides rows: run rls.NativeSchemaFor"}
	x.answer = func(c *tds.Call) tds.Reply {
		switch {
		case strings.Contains(c.Text, "sys.columns"):
			return tds.Rows(tds.Columns("doc", tds.NVarCharMax), []any{`{"Named":[{"Default":"dbo"}],"Tables":[{"ID":1,"Schema":"dbo","Name":"lots","Kind":"U"}],
				"Columns":[{"Table":1,"Number":1,"Name":"ID","Type":"bigint","Length":8,"Precision":19,"Identity":true},{"Table":1,"Number":2,"Name":"tenant_id","Type":"bigint","Length":8,"Nullable":true}],
				"Indexes":[{"Table":1,"ID":1,"Name":"pk","Method":1,"IsUnique":true,"IsKey":true}],"Parts":[{"Table":1,"Index":1,"Column":1,"Place":1}]}`})
		case strings.Contains(c.Text, "sys.sql_expression_dependencies"):
			return tds.Rows(tds.Columns("doc", tds.NVarCharMax), []any{`{}`})
		case strings.Contains(c.Text, "sys.check_constraints"):
			return tds.Rows(tds.Columns("doc", tds.NVarCharMax), []any{`[]`})
		case strings.Contains(c.Text, "sys.security_policies"):
			if c.Value("@p1") != `["[lots]"]` {
				t.Errorf("asked about %v", c.Value("@p1"))
			}
			if why == nil {
				return tds.Rows(tds.Columns("why", tds.NVarChar))
			}
			return tds.Rows(tds.Columns("why", tds.NVarChar), why)
		}
		if strings.HasPrefix(c.Text, "UPDATE lots") {
			return tds.Affected(1)
		}
		return lots(c)
	}
	found, err := db.Check(t.Context())
	if !errors.Is(err, orm.ErrDenied) {
		t.Error(err)
	}
	var all []string
	void := 0
	for _, f := range found {
		all = append(all, f.Model+"."+f.Field+" "+f.Detail)
		if f.Void {
			void++
		}
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{"Lot.TenantID the column lots.tenant_id may be NULL", `Lot.Name the table lots has no column "name"`, "row policies do not hold: the table [lots]"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if void != 1 || len(found) != 3 {
		t.Errorf("%d findings, %d void:\n%s", len(found), void, text)
	}

	ctx := tenant(t, 3)
	if _, err := db.Exec(ctx, "UPDATE lots SET name = N'x'"); !errors.Is(err, orm.ErrDenied) {
		t.Errorf("text ran though no policy holds: %v", err)
	}
	why = nil
	if n, err := db.Exec(ctx, "UPDATE lots SET name = N'x'"); n != 1 || err != nil {
		t.Error(n, err)
	}
	if got := x.work[len(x.work)-1]; got != "3" {
		t.Errorf("the text ran as %q", got)
	}
}

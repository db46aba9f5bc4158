package migrate_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/migrate"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

var update = flag.Bool("update", false, "rewrite the golden file")

type Account struct {
	ID     int64     `orm:"id,auto"`
	Email  string    `orm:"email,size=100,unique"`
	Name   *string   `orm:"name"`
	Role   string    `orm:"role,enum=a|it's"`
	Age    int32     `orm:"age"`
	Big    int64     `orm:"big,index"`
	SeenAt time.Time `orm:"seen_at,default=now"`
	Code   string    `orm:"code"`
	Note   string    `orm:"note"`
}

type Fresh struct {
	ID   int64  `orm:"id,auto,schema=other"`
	Name string `orm:"name,unique"`
}

// The statements of SQL Server are those of the golden file, which internal/tsql parses.
func TestSQLServer(t *testing.T) {
	live := &catalogue.Schema{Source: "main", Dialect: "sqlserver", Default: "dbo", Tables: []catalogue.Table{{Name: "Accounts", Kind: catalogue.BaseTable,
		Columns: []catalogue.Column{
			{Name: "id", Type: catalogue.Int64, DBType: "bigint", Identity: catalogue.IdentityByDefault},
			{Name: "email", Type: catalogue.Text, DBType: "nvarchar(40)", Size: 40},
			{Name: "name", Type: catalogue.Text, DBType: "nvarchar(max)"},
			{Name: "Role", Type: catalogue.Text, DBType: "nvarchar(max)", Enum: []string{"a", "b"}},
			{Name: "age", Type: catalogue.Int32, DBType: "int", Nullable: true},
			{Name: "big", Type: catalogue.Int32, DBType: "int", Default: "((0))"},
			{Name: "note", Type: catalogue.Bool, DBType: "bit"},
			{Name: "old", Type: catalogue.Int64, DBType: "bigint", Default: "((7))"},
		},
		Key:     catalogue.Key{Name: "PK", Columns: []string{"id"}},
		Indexes: []catalogue.Index{{Name: "old_idx", Parts: []catalogue.Part{{Column: "old", Desc: true}}}},
		Checks:  []catalogue.Check{{Name: "CK__roles", Expression: "[Role] IN (N'a', N'b')"}},
	}, {Name: "other", Kind: catalogue.BaseTable}}}
	live.Tables[0].Checks[0].Expression = "Role IN ('a', 'b')"
	account, err := model.For[Account]()
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := model.For[Fresh]()
	if err != nil {
		t.Fatal(err)
	}
	changes, notes, err := migrate.Diff(dialect.SQLServer{}, live, []*model.Model{account, fresh},
		migrate.Options{DropColumns: true, DropIndexes: true, DropTables: true, Fills: map[string]string{"Accounts.code": "N''"}})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, c := range changes {
		for _, list := range [][]string{c.Up, c.Down} {
			for _, s := range list {
				b.WriteString(s + "\n")
			}
		}
	}
	if *update {
		if err := os.WriteFile("testdata/sqlserver.txt", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/sqlserver.txt")
	if err != nil || string(want) != b.String() {
		t.Errorf("run with -update and look at the difference: %v\n%s", err, b.String())
	}
	if len(notes) != 0 {
		t.Error(notes)
	}
}

type Both struct {
	ID int64  `orm:"id,auto"`
	N  int64  `orm:"n"`
	M  *int64 `orm:"m"`
}

// ALTER COLUMN says the type and whether there may be NULL: a step that changes both says both once.
func TestTypeAndNullAtOnce(t *testing.T) {
	live := &catalogue.Schema{Source: "main", Dialect: "sqlserver", Default: "dbo", Tables: []catalogue.Table{{Name: "boths", Kind: catalogue.BaseTable, Columns: []catalogue.Column{
		{Name: "id", Type: catalogue.Int64, DBType: "bigint", Identity: catalogue.IdentityByDefault}, {Name: "n", Type: catalogue.Int32, DBType: "int", Nullable: true}, {Name: "m", Type: catalogue.Int32, DBType: "int"},
	}, Key: catalogue.Key{Name: "PK", Columns: []string{"id"}}}}}
	m, err := model.For[Both]()
	if err != nil {
		t.Fatal(err)
	}
	changes, _, err := migrate.Diff(dialect.SQLServer{}, live, []*model.Model{m}, migrate.Options{Fills: map[string]string{"boths.n": "0"}})
	if err != nil {
		t.Fatal(err)
	}
	var up []string
	for _, c := range changes {
		if c.Destructive {
			t.Error(c)
		}
		up = append(up, c.Up...)
	}
	want := []string{"UPDATE [boths] SET [n] = 0 WHERE [n] IS NULL", "ALTER TABLE [boths] ALTER COLUMN [n] bigint NOT NULL", "ALTER TABLE [boths] ALTER COLUMN [m] bigint NULL"}
	if !slices.Equal(up, want) {
		t.Errorf("%q", up)
	}
}

// SQL Server drops no column under an index, a key or a check: those go first, once each.
func TestDroppedColumnOfSQLServer(t *testing.T) {
	part := func(names ...string) (out []catalogue.Part) {
		for _, n := range names {
			out = append(out, catalogue.Part{Column: n})
		}
		return out
	}
	live := &catalogue.Schema{Source: "main", Dialect: "sqlserver", Default: "dbo", Tables: []catalogue.Table{{Name: "boths", Kind: catalogue.BaseTable, Columns: []catalogue.Column{
		{Name: "id", Type: catalogue.Int64, DBType: "bigint", Identity: catalogue.IdentityByDefault}, {Name: "n", Type: catalogue.Int64, DBType: "bigint"}, {Name: "m", Type: catalogue.Int64, DBType: "bigint", Nullable: true},
		{Name: "old", Type: catalogue.Text, DBType: "nvarchar(9)", Nullable: true}, {Name: "older", Type: catalogue.Text, DBType: "nvarchar(9)", Nullable: true},
	}, Key: catalogue.Key{Name: "PK", Columns: []string{"id"}}, Uniques: []catalogue.Index{{Name: "UQ", Unique: true, Constraint: true, Parts: part("n", "OLD")}},
		Indexes:     []catalogue.Index{{Name: "ix", Parts: part("old", "older")}, {Name: "old", Parts: part("n")}},
		Checks:      []catalogue.Check{{Name: "CK", Expression: "([old]<[older])"}},
		ForeignKeys: []catalogue.ForeignKey{{Name: "FK", Columns: []string{"old"}, Table: "others", References: []string{"x"}}}}}}
	m, err := model.For[Both]()
	if err != nil {
		t.Fatal(err)
	}
	changes, notes, err := migrate.Diff(dialect.SQLServer{}, live, []*model.Model{m}, migrate.Options{DropColumns: true})
	if err != nil || len(notes) > 0 || len(changes) != 2 {
		t.Fatal(changes, notes, err)
	}
	first := changes[0].Up
	want := []string{"ALTER TABLE [boths] DROP CONSTRAINT [UQ]", "DROP INDEX [ix] ON [boths]", "ALTER TABLE [boths] DROP CONSTRAINT IF EXISTS [CK]", "ALTER TABLE [boths] DROP CONSTRAINT [FK]"}
	if !slices.Equal(first[:min(len(first), 4)], want) || len(first) != 6 || first[5] != "ALTER TABLE [boths] DROP COLUMN [old]" || len(changes[1].Up) != 2 {
		t.Errorf("%v", changes)
	}
}

type Held struct {
	ID   int64  `orm:"id,auto,table=helds"`
	N    int64  `orm:"n,index"`
	M    int64  `orm:"m"`
	Role string `orm:"role,enum=a|b"`
}

// SQL Server changes no column under an index or a check, those of steps before it among them: they go before the step and come again.
func TestAlteredUnderIndexes(t *testing.T) {
	live := &catalogue.Schema{Source: "main", Dialect: "sqlserver", Default: "dbo", Tables: []catalogue.Table{{Name: "helds", Kind: catalogue.BaseTable, Columns: []catalogue.Column{
		{Name: "id", Type: catalogue.Int64, DBType: "bigint", Identity: catalogue.IdentityByDefault}, {Name: "n", Type: catalogue.Int64, DBType: "bigint", Nullable: true}, {Name: "m", Type: catalogue.Int32, DBType: "int"},
		{Name: "role", Type: catalogue.Text, DBType: "nvarchar(9)", Nullable: true, Enum: []string{"a"}},
	}, Key: catalogue.Key{Name: "PK", Columns: []string{"id"}}, Uniques: []catalogue.Index{{Name: "UQ", Unique: true, Constraint: true, Parts: []catalogue.Part{{Column: "N"}, {Column: "m"}}}},
		Indexes: []catalogue.Index{{Name: "ix", Parts: []catalogue.Part{{Column: "id"}}, Where: "([n]>(0))"}, {Name: "other", Parts: []catalogue.Part{{Column: "id"}, {Column: "role"}}}},
		Checks:  []catalogue.Check{{Name: "CK", Expression: "([role]=N'a')"}, {Name: "low", Expression: "([n]<(9))", NotValid: true}}}}}
	m, err := model.For[Held]()
	if err != nil {
		t.Fatal(err)
	}
	plan := func() (out []string, notes []migrate.Note) {
		changes, notes, err := migrate.Diff(dialect.SQLServer{}, live, []*model.Model{m}, migrate.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			out = append(out, c.Column+": "+strings.ReplaceAll(strings.Join(c.Up, "; "), "ALTER TABLE [helds] ", ""))
		}
		return out, notes
	}
	got, notes := plan()
	want := []string{
		"m: DROP CONSTRAINT [UQ]; ALTER COLUMN [m] bigint NOT NULL; ADD CONSTRAINT [UQ] UNIQUE ([N], [m])",
		"role: DROP CONSTRAINT [CK]; ADD CONSTRAINT [CK] CHECK ([role] IN (N'a', N'b'))",
		": CREATE INDEX [helds_n_idx] ON [helds] ([n])",
		"n: DROP INDEX [helds_n_idx] ON [helds]; DROP CONSTRAINT [UQ]; DROP INDEX [ix] ON [helds]; DROP CONSTRAINT [low]; ALTER COLUMN [n] bigint NOT NULL; " +
			"CREATE INDEX [helds_n_idx] ON [helds] ([n]); ADD CONSTRAINT [UQ] UNIQUE ([N], [m]); CREATE INDEX [ix] ON [helds] ([id]) WHERE ([n]>(0)); WITH NOCHECK ADD CONSTRAINT [low] CHECK (([n]<(9)))",
		"role: DROP INDEX [other] ON [helds]; DROP CONSTRAINT [CK]; ALTER COLUMN [role] nvarchar(9) NOT NULL; CREATE INDEX [other] ON [helds] ([id], [role]); ADD CONSTRAINT [CK] CHECK ([role] IN (N'a', N'b'))",
	}
	if !slices.Equal(got, want) || len(notes) > 0 {
		t.Errorf("%s\n%v", strings.Join(got, "\n"), notes)
	}
	live.Tables[0].Indexes[1].Include = []string{"m"}
	if got, notes = plan(); len(got) != 3 || len(notes) != 2 || !strings.Contains(notes[0].Text, "under the index other") {
		t.Errorf("%q %v", got, notes)
	}
}

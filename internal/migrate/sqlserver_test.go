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
		Uniques: []catalogue.Index{{Name: "one_age", Unique: true, Constraint: true, Parts: []catalogue.Part{{Column: "age", Desc: true}}, Settings: []string{"IGNORE_DUP_KEY = ON"}, Comment: "it's one"}},
		Indexes: []catalogue.Index{{Name: "old_idx", Parts: []catalogue.Part{{Column: "old", Desc: true}}},
			{Name: "kept_in", Clustered: true, Parts: []catalogue.Part{{Column: "age"}, {Column: "id", Desc: true}}, Settings: []string{"PAD_INDEX = ON", "FILLFACTOR = 80"}},
			{Name: "beside", Parts: []catalogue.Part{{Column: "email"}}, Include: []string{"Age"}, Where: "([id]>(0))", Comment: "beside"}},
		Checks:      []catalogue.Check{{Name: "CK__roles", Expression: "[Role] IN (N'a', N'b')"}, {Name: "off", Expression: "[age]>(0)", NotValid: true, Disabled: true}},
		ForeignKeys: []catalogue.ForeignKey{{Name: "FK_age", Columns: []string{"age"}, Table: "ages", References: []string{"age"}, OnDelete: catalogue.SetNull, OnUpdate: catalogue.NoAction}},
	}, {Name: "other", Kind: catalogue.BaseTable}, {Name: "ages", Kind: catalogue.BaseTable, Columns: []catalogue.Column{{Name: "age", Type: catalogue.Int32, DBType: "int"}}},
		{Name: "leads", Schema: "crm", Kind: catalogue.BaseTable, ForeignKeys: []catalogue.ForeignKey{{Name: "FK_to", Columns: []string{"a"}, Table: "Accounts", References: []string{"age"}, NotValid: true, Disabled: true}}}}}
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
	if len(notes) != 3 || slices.ContainsFunc(notes, func(n migrate.Note) bool { return !strings.Contains(n.Text, "is not dropped, since") }) {
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
	for _, c := range []struct {
		name, says string
		set        func(t *catalogue.Table)
		notes      int
	}{
		{"another space", "the index other is beyond", func(t *catalogue.Table) { t.Indexes[1].Space = "fast" }, 1},
		{"a disabled index", "the index other is beyond", func(t *catalogue.Table) { t.Indexes[1].Invalid = true }, 1},
		{"a column store", "the index other is beyond", func(t *catalogue.Table) { t.Indexes[1].Method = "nonclustered columnstore" }, 1},
		{"the primary key", "it is of the primary key PK", func(t *catalogue.Table) { t.Key.Columns = []string{"id", "M"} }, 2}, // and that it is another
		{"a foreign key", "the foreign key FK leads from it to others", func(t *catalogue.Table) {
			t.ForeignKeys = []catalogue.ForeignKey{{Name: "FK", Columns: []string{"M"}, Table: "others", References: []string{"x"}}}
		}, 1},
		{"a foreign key to it", "the foreign key FK of helds leads to it", func(t *catalogue.Table) {
			t.ForeignKeys = []catalogue.ForeignKey{{Name: "FK", Columns: []string{"id"}, Table: "Helds", References: []string{"m"}}}
		}, 1},
		{"a computed column", "the column twice is made of it", func(t *catalogue.Table) {
			t.Columns = append(t.Columns, catalogue.Column{Name: "twice", Type: catalogue.Int64, DBType: "bigint", Nullable: true, Generated: "([M]*(2))"})
		}, 1},
		{"a function", "the function sums names it", func(t *catalogue.Table) {
			t.Holders = []catalogue.Holder{{Column: "m", Kind: "function", Name: "sums"}}
		}, 1},
		{"statistics", "the statistics st are of it", func(t *catalogue.Table) {
			t.Holders = []catalogue.Holder{{Column: "m", Kind: "statistics", Name: "st"}}
		}, 1},
	} {
		was := live.Tables[0]
		was.Indexes = slices.Clone(was.Indexes)
		c.set(&live.Tables[0])
		got, notes := plan()
		if len(notes) != c.notes || !slices.ContainsFunc(notes, func(n migrate.Note) bool {
			return strings.Contains(n.Text, "SQL Server refuses that, since "+c.says) && strings.Contains(n.Text, "ALTER COLUMN")
		}) {
			t.Errorf("%s: %q %v", c.name, got, notes)
		}
		live.Tables[0] = was
	}
	live.Tables = append(live.Tables, catalogue.Table{Name: "seen", Kind: catalogue.View, View: true, Definition: "CREATE VIEW seen WITH SCHEMABINDING AS SELECT m FROM dbo.helds"})
	if got, notes := plan(); len(notes) != 1 || !strings.Contains(notes[0].Text, "the view seen names it") {
		t.Errorf("%q %v", got, notes)
	}
}

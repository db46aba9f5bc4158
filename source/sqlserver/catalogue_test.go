package sqlserver_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/multi-orm/orm/internal/testkit/tds"
	"github.com/multi-orm/orm/source/catalogue"
)

// described is the catalogue of a SQL Server in its own words: expressions in parentheses, lists as comparisons from the last value to the first.
const described = `{"Named":[{"Default":"dbo"}],
"Tables":[{"ID":1,"Schema":"dbo","Name":"people","Kind":"U"},{"ID":2,"Schema":"crm","Name":"notes","Kind":"U"},{"ID":3,"Schema":"dbo","Name":"names","Kind":"V","Definition":"CREATE VIEW names AS SELECT id FROM people"}],
"Columns":[
{"Table":1,"Number":1,"Name":"id","Type":"bigint","Length":8,"Precision":19,"Identity":true},
{"Table":1,"Number":2,"Name":"mail","Type":"nvarchar","Alias":300,"Length":400},
{"Table":1,"Number":3,"Name":"role","Type":"nvarchar","Length":20,"Said":"(N'user')"},
{"Table":1,"Number":4,"Name":"code","Type":"varchar","Length":10,"Nullable":true,"Collation":"Latin1_General_100_BIN2"},
{"Table":1,"Number":5,"Name":"price","Type":"decimal","Length":9,"Precision":12,"Scale":2,"Said":"((0))"},
{"Table":1,"Number":6,"Name":"paid","Type":"money","Length":8,"Precision":19,"Scale":4,"Nullable":true,"Said":"(NULL)"},
{"Table":1,"Number":7,"Name":"made_at","Type":"datetime2","Length":8,"Precision":26,"Scale":6,"Said":"(sysutcdatetime())"},
{"Table":1,"Number":8,"Name":"doc","Type":"nvarchar","Length":-1,"Nullable":true},
{"Table":1,"Number":9,"Name":"twice","Type":"decimal","Precision":13,"Scale":2,"Nullable":true,"Generated":"([price]*(2))","Persisted":true},
{"Table":1,"Number":10,"Name":"stamp","Type":"timestamp","Length":8},
{"Table":1,"Number":11,"Name":"from_at","Type":"datetime2","Scale":7,"Period":1},
{"Table":1,"Number":12,"Name":"place","Type":"geography","Length":-1,"Nullable":true},
{"Table":1,"Number":13,"Name":"page","Type":"xml","Length":-1,"Nullable":true},
{"Table":1,"Number":14,"Name":"number","Type":"int","Length":4,"Precision":10,"Said":"(NEXT VALUE FOR [dbo].[numbers])"},
{"Table":1,"Number":15,"Name":"key","Type":"uniqueidentifier","Length":16,"Said":"(newsequentialid())"},
{"Table":1,"Number":16,"Name":"left_at","Type":"datetimeoffset","Scale":3,"Nullable":true},
{"Table":1,"Number":17,"Name":"kind","Type":"char","Length":1},
{"Table":1,"Number":18,"Name":"photo","Type":"varbinary","Length":64,"Nullable":true},
{"Table":2,"Number":1,"Name":"person_id","Type":"bigint"},{"Table":2,"Number":3,"Name":"line","Type":"tinyint"},{"Table":2,"Number":4,"Name":"day","Type":"date","Nullable":true},{"Table":2,"Number":5,"Name":"at","Type":"time","Scale":7,"Nullable":true},
{"Table":3,"Number":1,"Name":"id","Type":"bigint"}],
"Indexes":[{"Table":1,"ID":1,"Name":"pk_people","Method":1,"Called":"CLUSTERED","IsUnique":true,"IsKey":true},
{"Table":1,"ID":2,"Name":"uq_mail","Method":2,"IsUnique":true,"IsConstraint":true},
{"Table":1,"ID":3,"Name":"uq_code","Method":2,"IsUnique":true},
{"Table":1,"ID":4,"Name":"uq_left","Method":2,"IsUnique":true,"Where":"([code] IS NOT NULL)"},
{"Table":1,"ID":5,"Name":"ix_price","Method":2,"Where":"([price]>(3))"},
{"Table":1,"ID":6,"Name":"cs","Method":6,"Called":"NONCLUSTERED COLUMNSTORE"},{"Table":2,"ID":3,"Name":"kept_in","Method":1},
{"Table":2,"ID":1,"Name":"pk_notes","Method":1,"IsUnique":true,"IsKey":true},{"Table":2,"ID":2,"Name":"ix_off","Method":2,"IsDisabled":true}],
"Parts":[{"Table":1,"Index":1,"Column":1,"Place":1},{"Table":1,"Index":2,"Column":2,"Place":1},{"Table":1,"Index":3,"Column":4,"Place":1},{"Table":1,"Index":4,"Column":4,"Place":1},
{"Table":1,"Index":5,"Column":5,"Place":1,"Desc":true},{"Table":1,"Index":5,"Column":3,"Place":0,"Included":true},{"Table":1,"Index":6,"Column":5,"Place":0},
{"Table":2,"Index":1,"Column":1,"Place":1},{"Table":2,"Index":1,"Column":3,"Place":2},{"Table":2,"Index":2,"Column":4,"Place":1},{"Table":2,"Index":3,"Column":5,"Place":1}],
"Foreign":[{"ID":9,"Table":2,"Name":"fk_person","TargetSchema":"dbo","Target":"people","Delete":1,"Update":2,"Unchecked":1,"Disabled":true}],
"Pairs":[{"Key":9,"Column":1,"Reference":"id"}],
"Aliases":[{"ID":300,"Schema":"dbo","Name":"email","Type":"nvarchar","Length":400}],
"Comments":[{"Object":1,"Part":0,"Class":1,"Text":"Who we know."},{"Object":1,"Part":2,"Class":1,"Text":"Where to write."},{"Object":1,"Part":5,"Class":7,"Text":"For reports."},{"Object":77,"Part":0,"Class":1,"Text":"elsewhere"}]}`

const describedChecks = `[{"Table":1,"Column":3,"Name":"ck_role","Expression":"([role]=N'user' OR [role]=N'admin')"},{"Table":1,"Column":8,"Name":"ck_doc","Expression":"(isjson([doc])=(1))"},
{"Table":1,"Column":17,"Name":"ck_kind","Expression":"([kind]='b' OR [kind]='a')","Unchecked":1,"Disabled":true},{"Table":1,"Name":"ck_sums","Expression":"([paid]<=[price])"},{"Table":88,"Name":"gone","Expression":"(1=1)"}]`

// detailed is what keeps columns from changes, and how indexes are kept.
const detailed = `{"Holders":[{"Table":1,"Column":"price","Kind":"IF","Schema":"rls","Name":"seen"},{"Table":1,"Column":"price","Kind":"SP","Schema":"dbo","Name":"policy"},{"Table":1,"Column":"paid","Kind":"STATS","Schema":"","Name":"st"},{"Table":88,"Column":"x","Kind":"V","Schema":"dbo","Name":"v"}],
"Settings":[{"Table":1,"Index":"uq_code","Ignoring":true,"RowsLocked":true,"PageLocked":true,"Filled":0},{"Table":1,"Index":"ix_price","Space":"fast","Compression":"PAGE","Padded":true,"RowsLocked":false,"PageLocked":false,"Filled":80},
{"Table":1,"Index":"uq_mail","RowsLocked":true,"PageLocked":true,"Filled":100},{"Table":88,"Index":"x"}]}`

// catalogued answers what the catalogue is asked.
func catalogued(s *script, details tds.Reply, checks func(text string) tds.Reply) {
	s.answer = func(c *tds.Call) tds.Reply {
		if strings.Contains(c.Text, "sys.check_constraints") {
			return checks(c.Text)
		}
		if strings.Contains(c.Text, "sys.sql_expression_dependencies") {
			return details
		}
		return tds.Rows(tds.Columns("doc", tds.NVarCharMax), []any{described})
	}
}

func TestCatalogue(t *testing.T) {
	s := new(script)
	catalogued(s, tds.Rows(tds.Columns("doc", tds.NVarCharMax), []any{detailed}), func(string) tds.Reply {
		return tds.Rows(tds.Columns("doc", tds.NVarCharMax), []any{describedChecks})
	})
	db, _ := opened(t, s)
	got, err := db.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := &catalogue.Schema{Source: "erp", Dialect: "sqlserver", Default: "dbo",
		Domains: []catalogue.Domain{{Name: "email", DBType: "nvarchar(200)"}},
		Tables: []catalogue.Table{
			{Name: "names", Kind: catalogue.View, View: true, Definition: "CREATE VIEW names AS SELECT id FROM people", Columns: []catalogue.Column{{Name: "id", Type: catalogue.Int64, DBType: "bigint"}}},
			{Name: "people", Kind: catalogue.BaseTable, Comment: "Who we know.", Columns: []catalogue.Column{
				{Name: "id", Type: catalogue.Int64, DBType: "bigint", Identity: catalogue.IdentityByDefault},
				{Name: "mail", Type: catalogue.Text, DBType: "nvarchar(200)", Size: 200, Domain: "email", Comment: "Where to write."},
				{Name: "role", Type: catalogue.Text, DBType: "nvarchar(10)", Size: 10, Default: "N'user'", Enum: []string{"admin", "user"}},
				{Name: "code", Type: catalogue.Text, DBType: "varchar(10)", Size: 10, Nullable: true, Collation: "Latin1_General_100_BIN2"},
				{Name: "price", Type: catalogue.Decimal, DBType: "decimal(12,2)", Digits: 12, Scale: 2, Default: "0"},
				{Name: "paid", Type: catalogue.Decimal, DBType: "money", Digits: 19, Scale: 4, Nullable: true},
				{Name: "made_at", Type: catalogue.Time, DBType: "datetime2(6)", Default: "sysutcdatetime()"},
				{Name: "doc", Type: catalogue.JSON, DBType: "nvarchar(max)", Nullable: true},
				{Name: "twice", Type: catalogue.Decimal, DBType: "decimal(13,2)", Digits: 13, Scale: 2, Nullable: true, Generated: "([price]*(2))"},
				{Name: "stamp", Type: catalogue.Bytes, DBType: "rowversion", Size: 8, Generated: "rowversion"},
				{Name: "from_at", Type: catalogue.Time, DBType: "datetime2(7)", Generated: "ROW START"},
				{Name: "place", Type: catalogue.Other, DBType: "geography", Nullable: true},
				{Name: "page", Type: catalogue.Other, DBType: "xml", Nullable: true},
				{Name: "number", Type: catalogue.Int32, DBType: "int", Default: "NEXT VALUE FOR [dbo].[numbers]", Identity: catalogue.IdentityByDefault},
				{Name: "key", Type: catalogue.UUID, DBType: "uniqueidentifier", Default: "newsequentialid()"},
				{Name: "left_at", Type: catalogue.Time, DBType: "datetimeoffset(3)", Nullable: true},
				{Name: "kind", Type: catalogue.Text, DBType: "char(1)", Size: 1},
				{Name: "photo", Type: catalogue.Bytes, DBType: "varbinary(64)", Size: 64, Nullable: true},
			},
				Key: catalogue.Key{Name: "pk_people", Columns: []string{"id"}},
				Uniques: []catalogue.Index{
					{Name: "uq_code", Unique: true, Parts: []catalogue.Part{{Column: "code"}}, NullsEqual: true, Settings: []string{"IGNORE_DUP_KEY = ON"}},
					{Name: "uq_mail", Unique: true, Constraint: true, Parts: []catalogue.Part{{Column: "mail"}}},
				},
				Indexes: []catalogue.Index{
					{Name: "cs", Method: "nonclustered columnstore", Parts: []catalogue.Part{{Column: "price"}}},
					{Name: "ix_price", Parts: []catalogue.Part{{Column: "price", Desc: true}}, Include: []string{"role"}, Where: "[price]>(3)", Comment: "For reports.",
						Settings: []string{"PAD_INDEX = ON", "FILLFACTOR = 80", "ALLOW_ROW_LOCKS = OFF", "ALLOW_PAGE_LOCKS = OFF", "DATA_COMPRESSION = PAGE"}, Space: "fast"},
					{Name: "uq_left", Unique: true, Parts: []catalogue.Part{{Column: "code"}}, Where: "[code] IS NOT NULL"},
				},
				Holders: []catalogue.Holder{{Column: "price", Kind: "function", Name: "rls.seen"}, {Column: "price", Kind: "policy", Name: "policy"}, {Column: "paid", Kind: "statistics", Name: "st"}},
				Checks: []catalogue.Check{
					{Name: "ck_doc", Expression: "isjson([doc])=(1)"}, {Name: "ck_kind", Expression: "[kind]='b' OR [kind]='a'", NotValid: true, Disabled: true},
					{Name: "ck_role", Expression: "[role]=N'user' OR [role]=N'admin'"}, {Name: "ck_sums", Expression: "[paid]<=[price]"},
				},
			},
			{Schema: "crm", Name: "notes", Kind: catalogue.BaseTable, Columns: []catalogue.Column{
				{Name: "person_id", Type: catalogue.Int64, DBType: "bigint"}, {Name: "line", Type: catalogue.Uint8, DBType: "tinyint"},
				{Name: "day", Type: catalogue.Date, DBType: "date", Nullable: true}, {Name: "at", Type: catalogue.Clock, DBType: "time(7)", Nullable: true},
			},
				Key:         catalogue.Key{Name: "pk_notes", Columns: []string{"person_id", "line"}},
				Indexes:     []catalogue.Index{{Name: "ix_off", Parts: []catalogue.Part{{Column: "day"}}, Invalid: true}, {Name: "kept_in", Parts: []catalogue.Part{{Column: "at"}}, Clustered: true}},
				ForeignKeys: []catalogue.ForeignKey{{Name: "fk_person", Columns: []string{"person_id"}, Table: "people", References: []string{"id"}, OnDelete: catalogue.Cascade, OnUpdate: catalogue.SetNull, NotValid: true, Disabled: true}},
			},
		}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(s.calls) != 3 {
		t.Errorf("%d statements", len(s.calls))
	}
}

// A server that cannot write a condition down names it; one that does not answer as it should is an error.
func TestCatalogueWithoutConditions(t *testing.T) {
	s := new(script)
	catalogued(s, tds.Fails(208, "Invalid object name 'sys.sql_expression_dependencies'."), func(text string) tds.Reply {
		if strings.Contains(text, "definition") {
			return tds.Fails(33557097, "unrecognized node type: 27")
		}
		return tds.Rows(tds.Columns("doc", tds.NVarCharMax), []any{`[{"Table":1,"Column":3,"Name":"ck_role"}]`})
	})
	db, _ := opened(t, s)
	got, err := db.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	people := got.Table("", "people")
	if text, _ := json.Marshal(people.Checks); string(text) != `[{"name":"ck_role","expression":""}]` || people.Column("role").Enum != nil {
		t.Errorf("%s %v", text, people.Column("role").Enum)
	}
	catalogued(s, tds.Reply{}, func(string) tds.Reply { return tds.Rows(tds.Columns("doc", tds.NVarCharMax), []any{"{"}) })
	if _, err := db.Catalogue(t.Context()); err == nil || !strings.Contains(err.Error(), "in a form that is not known") {
		t.Error(err)
	}
}

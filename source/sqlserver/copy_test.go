package sqlserver_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit/tds"
	"github.com/multi-orm/orm/source/sqlserver"
)

// Load is a row whose table makes nothing.
type Load struct {
	Code  string `orm:"code,id,size=10,table=loads"`
	Name  string
	Note  *string
	Short string `orm:"size=4"`
	Kind  string `orm:"type=varchar(6)"`
	N     int64
	Small int16
	Tiny  uint8
	Big   uint64
	Share float64
	Half  float32
	Price string `orm:"type=decimal(8,2)"`
	On    bool
	Raw   []byte
	Key   [16]byte
	At    time.Time
	Until *time.Time
	Tags  []string
}

// tableColumn is what the server says of a column.
type tableColumn struct {
	Name, Type                           string
	Length, Precision, Scale             int
	Nullable, Identity, Computed, Period bool
	Default, Sealed                      int
	wire                                 tds.Type
}

func loadColumns() []tableColumn {
	return []tableColumn{
		{Name: "code", Type: "nvarchar", Length: 20, wire: tds.NVarChar}, {Name: "name", Type: "nvarchar", Length: -1, wire: tds.NVarCharMax},
		{Name: "note", Type: "nvarchar", Length: -1, Nullable: true, wire: tds.NVarCharMax}, {Name: "short", Type: "nvarchar", Length: 8, wire: tds.NVarChar},
		{Name: "kind", Type: "varchar", Length: 6, wire: tds.NVarChar}, {Name: "n", Type: "bigint", wire: tds.BigInt}, {Name: "small", Type: "smallint", wire: tds.SmallInt},
		{Name: "tiny", Type: "tinyint", wire: tds.TinyInt}, {Name: "big", Type: "decimal", Precision: 20, wire: tds.Decimal(0)}, {Name: "share", Type: "float", wire: tds.Float},
		{Name: "half", Type: "real", wire: tds.Real}, {Name: "price", Type: "decimal", Precision: 8, Scale: 2, wire: tds.Decimal(2)}, {Name: "on", Type: "bit", wire: tds.Bit},
		{Name: "raw", Type: "varbinary", Length: -1, Nullable: true, wire: tds.VarBinaryMax}, {Name: "key", Type: "uniqueidentifier", wire: tds.UniqueID},
		{Name: "at", Type: "datetime2", Scale: 6, wire: tds.DateTime2}, {Name: "until", Type: "datetime2", Scale: 7, Nullable: true, wire: tds.DateTime2},
		{Name: "tags", Type: "nvarchar", Length: -1, Nullable: true, wire: tds.NVarCharMax},
	}
}

// loader answers what a bulk load asks, of a table of these columns; rest answers the load itself and all else.
func loader(columns []tableColumn, rest func(c *tds.Call) tds.Reply) func(c *tds.Call) tds.Reply {
	return func(c *tds.Call) tds.Reply {
		switch {
		case strings.Contains(c.Text, "OBJECTPROPERTY"):
			text, err := json.Marshal(columns)
			if err != nil {
				panic(err)
			}
			return tds.Rows(tds.Columns("doc", tds.NVarCharMax), []any{string(text)})
		case strings.HasPrefix(c.Text, "select * from [loads]"):
			var pairs []any
			for _, x := range columns {
				pairs = append(pairs, x.Name, x.wire)
			}
			return tds.Rows(tds.Columns(pairs...))
		case strings.HasPrefix(c.Text, "SET FMTONLY"), strings.HasPrefix(c.Text, "INSERT BULK") && c.Rows == nil:
			return tds.Reply{}
		}
		return rest(c)
	}
}

func loadRows(n int) []Load {
	out := make([]Load, n)
	for i := range out {
		out[i] = Load{Code: fmt.Sprint("c", i), N: int64(i), At: now, Price: "1.50"}
	}
	out[0] = Load{Code: "first", Name: "Ünï 😀", Note: new(string), Short: "four", Kind: "narrow", N: 1 << 60, Small: -32768, Tiny: 255, Big: 1<<64 - 1, Share: 0.1, Half: 1.5, Price: "-999999.99", On: true,
		Raw: []byte{}, Key: id, At: now.In(time.FixedZone("", 3600)), Until: &now, Tags: []string{"a", "ü"}}
	return out
}

// Rows of which nothing comes back go as one load, and arrive as they are.
func TestLoad(t *testing.T) {
	var loaded *tds.Call
	s := &script{answer: loader(loadColumns(), func(c *tds.Call) tds.Reply {
		if c.Rows == nil {
			return tds.Fails(50000, "what is this? "+c.Text)
		}
		loaded = c
		return tds.Affected(int64(len(c.Rows)))
	})}
	db, _ := opened(t, s)
	if n, err := orm.Repo[Load](db).CreateMany(t.Context(), loadRows(25)); n != 25 || err != nil {
		t.Fatal(n, err)
	}
	if !strings.Contains(loaded.Text, "INSERT BULK [loads] ([code] nvarchar") || !strings.HasSuffix(loaded.Text, "WITH (CHECK_CONSTRAINTS,FIRE_TRIGGERS,KEEP_NULLS)") || len(loaded.Rows) != 25 {
		t.Error(loaded.Text, len(loaded.Rows))
	}
	want := []any{"first", "Ünï 😀", "", "four", "narrow", int64(1 << 60), int64(-32768), int64(255), "18446744073709551615", 0.1, 1.5, "-999999.99", true, []byte{}, id, now, now, `["a","ü"]`}
	if d := cmp.Diff(want, loaded.Rows[0]); d != "" {
		t.Error(d)
	}
	want = []any{"c1", "", nil, "", "", int64(1), int64(0), int64(0), "0", 0.0, 0.0, "1.50", false, nil, [16]byte{}, now, nil, nil}
	if d := cmp.Diff(want, loaded.Rows[1]); d != "" {
		t.Error(d)
	}
	if loaded.Names[0] != "code" || loaded.Names[17] != "tags" {
		t.Error(loaded.Names)
	}
}

// What a load would bend, or make otherwise than a statement does, goes as statements, in one transaction where one is not enough.
func TestLoadsThatAreStatements(t *testing.T) {
	column := func(name string, change func(x *tableColumn)) func([]tableColumn) []tableColumn {
		return func(all []tableColumn) []tableColumn {
			change(&all[slices.IndexFunc(all, func(x tableColumn) bool { return x.Name == name })])
			return all
		}
	}
	value := func(change func(r *Load)) func([]Load) { return func(rows []Load) { change(&rows[len(rows)-1]) } }
	for name, c := range map[string]struct {
		table func([]tableColumn) []tableColumn
		rows  func([]Load)
	}{
		"a number that is out of range": {table: column("n", func(x *tableColumn) { x.Type = "int" })},
		"a column of another kind":      {table: column("n", func(x *tableColumn) { x.Type = "float" })},
		"digits":                        {table: column("price", func(x *tableColumn) { x.Scale = 1 })},
		"more digits":                   {table: column("price", func(x *tableColumn) { x.Precision = 7 })},
		"a text that is too long":       {rows: value(func(r *Load) { r.Short = "𝄞𝄞x" })},
		"a text of no single bytes":     {rows: value(func(r *Load) { r.Kind = "ü" })},
		"bytes that are too long":       {table: column("raw", func(x *tableColumn) { x.Length = 3 }), rows: value(func(r *Load) { r.Raw = []byte("four") })},
		"a time that is too fine":       {table: column("at", func(x *tableColumn) { x.Scale = 3 })},
		"an old time":                   {table: column("at", func(x *tableColumn) { x.Type = "datetime" })},
		"a float in a real column":      {table: column("share", func(x *tableColumn) { x.Type = "real" })},
		"NULL where there is none":      {table: column("note", func(x *tableColumn) { x.Nullable = false })},
		"a column that numbers":         {table: column("n", func(x *tableColumn) { x.Identity = true })},
		"a computed column":             {table: column("n", func(x *tableColumn) { x.Computed = true })},
		"a column of a period":          {table: column("at", func(x *tableColumn) { x.Period = true })},
		"a sealed column":               {table: column("name", func(x *tableColumn) { x.Sealed = 1 })},
		"a default of another column": {table: func(all []tableColumn) []tableColumn {
			return append(all, tableColumn{Name: "made_at", Type: "date", Default: 7})
		}},
		"a column that is not there": {table: func(all []tableColumn) []tableColumn { return all[1:] }},
		"no table":                   {table: func([]tableColumn) []tableColumn { return []tableColumn{} }},
		"two names alike":            {table: func(all []tableColumn) []tableColumn { return append(all, tableColumn{Name: "NAME", Type: "nvarchar"}) }},
	} {
		t.Run(name, func(t *testing.T) {
			columns, rows := loadColumns(), loadRows(200)
			if c.table != nil {
				columns = c.table(columns)
			}
			if c.rows != nil {
				c.rows(rows)
			}
			inserted := 0
			s := &script{answer: loader(columns, func(c *tds.Call) tds.Reply {
				inserted += strings.Count(c.Text, "INSERT INTO [loads]")
				if strings.HasPrefix(c.Text, "INSERT BULK") {
					return tds.Fails(50000, "a load")
				}
				return tds.Affected(int64(strings.Count(c.Text, "INSERT INTO [loads]")))
			})}
			db, _ := opened(t, s)
			if n, err := orm.Repo[Load](db).CreateMany(t.Context(), rows); n != 200 || err != nil {
				t.Fatal(n, err)
			}
			if texts := s.texts(); inserted != 200 || !strings.HasPrefix(texts, "SET XACT_ABORT OFF; BEGIN TRANSACTION") || !strings.HasSuffix(texts, "COMMIT TRANSACTION") {
				t.Error(inserted, texts)
			}
		})
	}
}

// protocolServer is a server that only speaks the protocol, as Open learns from what it refuses; s answers the rest.
func protocolServer(t *testing.T, s *script) *tds.Server {
	t.Helper()
	return tds.Start(t, func(c *tds.Call) tds.Reply {
		if strings.HasPrefix(c.Text, sorting) {
			return tds.Fails(156, "Incorrect syntax near ORDER.")
		}
		return s.reply(c)
	})
}

// Servers that only speak the protocol read decimals of a few bytes wrongly out of a load, so that they get none.
func TestLoadsOfProtocolServers(t *testing.T) {
	for _, precision := range []int{8, 28, 29} {
		columns := loadColumns()
		for i := range columns {
			if columns[i].Type == "decimal" {
				columns[i].Precision, columns[i].Scale = max(precision, 20), min(columns[i].Scale, precision)
			}
		}
		s, loads := &script{}, 0
		s.answer = loader(columns, func(c *tds.Call) tds.Reply {
			loads += len(c.Rows)
			return tds.Affected(int64(max(len(c.Rows), strings.Count(c.Text, "INSERT INTO [loads]"))))
		})
		server := protocolServer(t, s)
		db, err := orm.Open(t.Context(), sqlserver.Source("erp", server.URL()), orm.Models(Load{}))
		if err != nil {
			t.Fatal(err)
		}
		n, err := orm.Repo[Load](db).CreateMany(t.Context(), loadRows(25))
		if want := map[bool]int{true: 25}[precision > 28]; n != 25 || err != nil || loads != want {
			t.Errorf("%d digits: %d rows, %d of them loaded: %v", precision, n, loads, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// After a load that such a server refused the transaction goes on by statements, and the connection is not used again.
func TestLoadRefusedByProtocolServer(t *testing.T) {
	columns := loadColumns()
	for i := range columns {
		if columns[i].Type == "decimal" {
			columns[i].Precision = 38
		}
	}
	s, loads := &script{}, 0
	s.answer = loader(columns, func(c *tds.Call) tds.Reply {
		switch {
		case c.Rows != nil:
			loads++
			return tds.Fails(2627, "duplicate")
		case strings.Contains(c.Text, "XACT_STATE"):
			return tds.Rows(tds.Columns("s", tds.Int), []any{int64(1)})
		case strings.HasPrefix(c.Text, "SELECT"):
			return tds.Rows(tds.Columns("n", tds.BigInt), []any{int64(3)})
		}
		return tds.Affected(int64(strings.Count(c.Text, "INSERT INTO [loads]")))
	})
	server := protocolServer(t, s)
	db, err := orm.Open(t.Context(), sqlserver.Source("erp", server.URL()), orm.Models(Load{}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	err = db.Tx(t.Context(), func(tx orm.DB) error {
		err := tx.Tx(t.Context(), func(in orm.DB) error {
			_, err := orm.Repo[Load](in).CreateMany(t.Context(), loadRows(25))
			return err
		})
		if !errors.Is(err, orm.ErrConflict) {
			t.Error(err)
		}
		n, err := orm.Repo[Load](tx).CreateMany(t.Context(), loadRows(25))
		if n != 25 || loads != 1 {
			t.Error(n, loads)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if n, err := orm.Repo[Load](db).Count(t.Context()); n != 3 || err != nil || server.Sessions() != 2 {
		t.Error(n, err, server.Sessions())
	}
}

// A load that the server refuses leaves a connection that goes on; one whose end is not heard leaves none, and its outcome is unknown.
func TestLoadFails(t *testing.T) {
	reply := tds.Fails(2627, "Violation of PRIMARY KEY constraint 'pk_loads'. The duplicate key value is (s3cret).")
	s := &script{answer: loader(loadColumns(), func(c *tds.Call) tds.Reply {
		if c.Rows == nil {
			return tds.Rows(tds.Columns("n", tds.BigInt), []any{int64(3)})
		}
		return reply
	})}
	db, server := opened(t, s)
	n, err := orm.Repo[Load](db).CreateMany(t.Context(), loadRows(25))
	var e *orm.Error
	if n != 0 || !errors.Is(err, orm.ErrConflict) || !errors.As(err, &e) || e.Constraint != "pk_loads" || strings.Contains(err.Error(), "s3cret") {
		t.Error(n, err)
	}
	if n, err := orm.Repo[Load](db).Count(t.Context()); n != 3 || err != nil || server.Sessions() != 1 {
		t.Error(n, err, server.Sessions())
	}
	reply = tds.Reply{Drop: true}
	if n, err := orm.Repo[Load](db).CreateMany(t.Context(), loadRows(25)); n != 0 || !errors.Is(err, orm.ErrCommitUnknown) {
		t.Error(n, err)
	}
	if n, err := orm.Repo[Load](db).Count(t.Context()); n != 3 || err != nil || server.Sessions() != 2 {
		t.Error(n, err, server.Sessions())
	}
}

// A connection on which such a server was told to give up is not used again: its word on that could pass for the next answer.
func TestCancelledOnProtocolServer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := &script{answer: func(c *tds.Call) tds.Reply {
		if ctx.Err() == nil && strings.HasPrefix(c.Text, "SELECT") {
			cancel()
			<-c.Context.Done()
		}
		return tds.Rows(tds.Columns("n", tds.BigInt), []any{int64(3)})
	}}
	server := protocolServer(t, s)
	db, err := orm.Open(t.Context(), sqlserver.Source("erp", server.URL(), sqlserver.MaxConns(1)), orm.Models(Load{}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := orm.Repo[Load](db).Count(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if n, err := orm.Repo[Load](db).Count(t.Context()); n != 3 || err != nil || server.Sessions() != 2 {
		t.Error(n, err, server.Sessions())
	}
}

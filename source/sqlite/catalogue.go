package sqlite

import (
	"context"
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/rawtext"
	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/catalogue"
)

var _ source.Catalogue = (*DataSource)(nil)

// databasesQuery lists the databases that are attached; what is temporary belongs to a connection.
const databasesQuery = `SELECT name FROM pragma_database_list WHERE name <> 'temp' ORDER BY seq`

// tablesQuery asks for everything of the tables of one database; ?1 is its name. Virtual tables keep their rows in shadow tables,
// which are no tables of the user's.
func tablesQuery(schema string) string {
	return `WITH t AS MATERIALIZED (SELECT l.name, l.type, l.wr, l.strict, s.sql
	FROM pragma_table_list l JOIN ` + schema + `.sqlite_schema s ON s.name = l.name AND s.type = 'table'
	WHERE l.schema = ?1 AND l.type <> 'shadow' AND l.name NOT LIKE 'sqlite\_%' ESCAPE '\')
SELECT json_object(
	'tables', (SELECT json_group_array(json_object('Name', name, 'Type', type, 'WithoutRowid', wr, 'Strict', strict, 'SQL', sql)) FROM t),
	'columns', (SELECT json_group_array(json_object('Table', t.name, 'Place', x.cid, 'Name', x.name, 'Type', x.type, 'NotNull', x."notnull",
		'Default', x.dflt_value, 'Key', x.pk, 'Hidden', x.hidden)) FROM t JOIN pragma_table_xinfo(t.name, ?1) x),
	'foreign', (SELECT json_group_array(json_object('Table', t.name, 'ID', f.id, 'Seq', f.seq, 'Target', f."table", 'From', f."from", 'To', f."to",
		'Update', f.on_update, 'Delete', f.on_delete, 'Match', f."match")) FROM t JOIN pragma_foreign_key_list(t.name, ?1) f WHERE t.type = 'table'),
	'indexes', (SELECT json_group_array(json_object('Table', t.name, 'Name', i.name, 'Unique', i."unique", 'Origin', i.origin,
		'SQL', (SELECT sql FROM ` + schema + `.sqlite_schema s WHERE s.type = 'index' AND s.name = i.name),
		'Parts', (SELECT json_group_array(json_object('Place', p.seqno, 'Column', p.cid, 'Name', p.name, 'Desc', p.desc, 'Collation', p.coll))
			FROM pragma_index_xinfo(i.name, ?1) p WHERE p.key)))
		FROM t JOIN pragma_index_list(t.name, ?1) i WHERE t.type = 'table'),
	'statements', (SELECT json_group_array(json_object('Table', name, 'SQL', sql)) FROM (SELECT t.name, s.sql FROM t
		JOIN ` + schema + `.sqlite_schema s ON s.tbl_name = t.name COLLATE NOCASE AND s.type IN ('table', 'index', 'trigger') AND s.sql IS NOT NULL
		WHERE t.type = 'table' ORDER BY s.type <> 'table', s.rowid)))`
}

// viewsQuery asks for the views of one database.
func viewsQuery(schema string) string {
	return `SELECT json_object('tables', (SELECT json_group_array(json_object('Name', name, 'Type', type, 'SQL', sql)) FROM ` + schema + `.sqlite_schema WHERE type = 'view'),
	'statements', (SELECT json_group_array(json_object('Table', name, 'SQL', sql)) FROM (SELECT v.name, s.sql FROM ` + schema + `.sqlite_schema v
		JOIN ` + schema + `.sqlite_schema s ON s.tbl_name = v.name COLLATE NOCASE AND s.type = 'trigger' WHERE v.type = 'view' ORDER BY s.rowid)))`
}

// viewColumnsQuery asks for the columns of the views of one database, ?1, or of one of them, ?2. It fails where a view reads what is
// not there, which nothing but its use shows.
func viewColumnsQuery(schema string) string {
	return `SELECT json_object('columns', (SELECT json_group_array(json_object('Table', v.name, 'Place', x.cid, 'Name', x.name, 'Type', x.type,
	'Hidden', x.hidden)) FROM ` + schema + `.sqlite_schema v JOIN pragma_table_xinfo(v.name, ?1) x WHERE v.type = 'view' AND (?2 IS NULL OR v.name = ?2)))`
}

type foundDatabase struct {
	Tables  []foundTable
	Columns []foundColumn
	Foreign []foundForeign
	Indexes []foundIndex

	Statements []struct{ Table, SQL string }
}

type foundTable struct {
	Name, Type, SQL      string
	WithoutRowid, Strict int
	text                 *tableText
	key                  []foundColumn
}

type foundColumn struct {
	Table, Name, Type           string
	Default                     *string
	Place, NotNull, Key, Hidden int
}

type foundForeign struct {
	Table, Target, From, To, Update, Delete, Match string
	ID, Seq                                        int
}

type foundIndex struct {
	Table, Name, Origin, SQL string
	Unique                   int
	Parts                    []struct {
		Place, Column, Desc int
		Name, Collation     string
	}
}

// Catalogue reads the tables of every database that is attached but the temporary one: a statement, and three for each
// database. Where a view reads what is not there, the views are asked for one by one, and that one has no columns. SQLite keeps no
// comments.
func (d *DataSource) Catalogue(ctx context.Context, x source.RawExecutor) (*catalogue.Schema, error) {
	out := &catalogue.Schema{Source: d.Name(), Dialect: d.Dialect().Name(), Default: "main"}
	names, err := rawtext.Query(ctx, x, databasesQuery)
	if err != nil {
		return nil, err
	}
	if len(names) > 1 {
		out.Path = names
	}
	for _, name := range names {
		found, err := rawtext.JSON[foundDatabase](ctx, x, tablesQuery(d.Dialect().Quote(name)), model.StringOf(name))
		if err != nil {
			return nil, err
		}
		if err := d.views(ctx, x, name, &found); err != nil {
			return nil, err
		}
		schema := name
		if name == out.Default {
			schema = ""
		}
		out.Tables = append(out.Tables, found.tables(schema)...)
	}
	resolveTargets(out)
	out.Sort()
	return out, nil
}

// views adds the views of a database.
func (d *DataSource) views(ctx context.Context, x source.RawExecutor, name string, to *foundDatabase) error {
	quoted, at := d.Dialect().Quote(name), model.StringOf(name)
	found, err := rawtext.JSON[foundDatabase](ctx, x, viewsQuery(quoted))
	if err != nil || len(found.Tables) == 0 {
		return err
	}
	to.Tables = append(to.Tables, found.Tables...)
	to.Statements = append(to.Statements, found.Statements...)
	columns, err := rawtext.JSON[foundDatabase](ctx, x, viewColumnsQuery(quoted), at, model.Null())
	if err == nil {
		to.Columns = append(to.Columns, columns.Columns...)
		return nil
	}
	for _, v := range found.Tables {
		columns, err := rawtext.JSON[foundDatabase](ctx, x, viewColumnsQuery(quoted), at, model.StringOf(v.Name))
		switch {
		case ctx.Err() != nil:
			return err
		case err == nil:
			to.Columns = append(to.Columns, columns.Columns...)
		}
	}
	return nil
}

func (f *foundDatabase) tables(schema string) []catalogue.Table {
	at := map[string]int{}
	out := make([]catalogue.Table, len(f.Tables))
	for i := range f.Tables {
		t := &f.Tables[i]
		at[t.Name] = i
		out[i] = catalogue.Table{Schema: schema, Name: t.Name, Kind: catalogue.BaseTable, Strict: t.Strict != 0}
		switch t.Type {
		case "view":
			out[i].Kind, out[i].View, out[i].Definition = catalogue.View, true, t.SQL
		case "virtual":
			out[i].Kind, out[i].Definition = catalogue.VirtualTable, t.SQL
		default:
			t.text = readTable(t.SQL)
			out[i].Checks = t.text.checks
		}
		if t.text == nil {
			t.text = &tableText{}
		}
		if t.WithoutRowid != 0 {
			out[i].Without = "rowid"
		}
	}
	slices.SortFunc(f.Columns, func(a, b foundColumn) int { return a.Place - b.Place })
	for _, c := range f.Columns {
		i := at[c.Table]
		if c.Hidden == 1 { // arguments of virtual tables
			continue
		}
		out[i].Columns = append(out[i].Columns, f.Tables[i].column(c))
		if c.Key > 0 {
			f.Tables[i].key = append(f.Tables[i].key, c)
		}
	}
	for i := range out {
		f.Tables[i].finish(&out[i])
	}
	slices.SortFunc(f.Foreign, func(a, b foundForeign) int {
		if a.ID != b.ID {
			return b.ID - a.ID // the last of the text has the number 0
		}
		return a.Seq - b.Seq
	})
	for _, k := range f.Foreign {
		i := at[k.Table]
		addForeign(&out[i], k)
	}
	for i := range out {
		f.Tables[i].foreign(&out[i])
	}
	for _, x := range f.Indexes {
		i := at[x.Table]
		f.Tables[i].index(&out[i], x)
	}
	for _, x := range f.Statements {
		i := at[x.Table]
		out[i].Statements = append(out[i].Statements, x.SQL)
	}
	return out
}

func (t *foundTable) column(c foundColumn) catalogue.Column {
	out := catalogue.Column{Name: c.Name, DBType: c.Type, Nullable: c.NotNull == 0 && c.Key == 0}
	if c.Default != nil && !strings.EqualFold(*c.Default, "null") {
		out.Default = *c.Default
	}
	if text := t.text.columns[sqltokens.Fold(c.Name)]; text != nil {
		out.Collation = text.collation
		out.Generated = text.generated
		out.Virtual = c.Hidden == 2
	}
	kindOf(&out, c.Type, out.Collation)
	return out
}

// finish says what the key is, which columns are numbered, and which ones a check lists the values of.
func (t *foundTable) finish(out *catalogue.Table) {
	slices.SortFunc(t.key, func(a, b foundColumn) int { return a.Key - b.Key })
	for _, c := range t.key {
		out.Key.Columns = append(out.Key.Columns, c.Name)
	}
	if len(t.key) > 0 {
		out.Key.Name = t.text.key
	}
	if len(t.key) == 1 && strings.EqualFold(t.key[0].Type, "integer") && t.WithoutRowid == 0 && !t.text.descending {
		out.Column(t.key[0].Name).Identity = catalogue.IdentityByDefault
	}
	for _, c := range out.Checks {
		name, values, ok := sqltokens.Listed(c.Expression)
		if !ok {
			continue
		}
		for i := range out.Columns {
			if x := &out.Columns[i]; sqltokens.Same(x.Name, name) && x.Type == catalogue.Text && x.Enum == nil {
				x.Enum = values
			}
		}
	}
}

// addForeign adds a column to the key that it is of; the columns of one key come one behind the other.
func addForeign(t *catalogue.Table, k foundForeign) {
	if k.Seq == 0 {
		t.ForeignKeys = append(t.ForeignKeys, catalogue.ForeignKey{Schema: t.Schema, Table: k.Target,
			OnDelete: catalogue.Action(strings.ToLower(k.Delete)), OnUpdate: catalogue.Action(strings.ToLower(k.Update)), Full: strings.EqualFold(k.Match, "full")})
	}
	f := &t.ForeignKeys[len(t.ForeignKeys)-1]
	f.Columns = append(f.Columns, columnName(t, k.From))
	if k.To != "" {
		f.References = append(f.References, k.To)
	}
}

// foreign adds what the text says of the keys, which are in its order.
func (t *foundTable) foreign(out *catalogue.Table) {
	if len(t.text.foreign) != len(out.ForeignKeys) {
		return
	}
	for i := range out.ForeignKeys {
		said := &t.text.foreign[i]
		out.ForeignKeys[i].Name, out.ForeignKeys[i].Deferrable, out.ForeignKeys[i].Deferred = said.name, said.deferrable, said.deferred
	}
}

func (t *foundTable) index(out *catalogue.Table, x foundIndex) {
	if x.Origin == "pk" {
		return
	}
	index := catalogue.Index{Name: x.Name, Unique: x.Unique != 0}
	keys, where := readIndex(x.SQL)
	index.Where = where
	for _, p := range x.Parts {
		part := catalogue.Part{Column: p.Name, Desc: p.Desc != 0}
		switch {
		case p.Column == -1:
			part.Column = "rowid"
		case p.Column < 0 && p.Place < len(keys):
			part.Expression = keys[p.Place]
		}
		if c := out.Column(part.Column); c != nil && !strings.EqualFold(p.Collation, c.Collation) && (c.Collation != "" || !strings.EqualFold(p.Collation, "binary")) {
			part.Collation = p.Collation
		}
		index.Parts = append(index.Parts, part)
	}
	plain := index.Columns()
	if x.Origin == "u" {
		index.Constraint, index.Name = true, t.text.unique(plain)
	}
	if index.Unique && plain != nil && where == "" {
		out.Uniques = append(out.Uniques, index)
		return
	}
	out.Indexes = append(out.Indexes, index)
}

// resolveTargets brings the names that keys are written with to those of the tables and columns that they mean, which
// need not be spelled alike, and fills in the columns of keys that name none: those of the target's primary key.
func resolveTargets(s *catalogue.Schema) {
	tables := map[string]*catalogue.Table{}
	for i := range s.Tables {
		t := &s.Tables[i]
		tables[sqltokens.Fold(t.Schema+"."+t.Name)] = t
	}
	for i := range s.Tables {
		for j := range s.Tables[i].ForeignKeys {
			f := &s.Tables[i].ForeignKeys[j]
			target := tables[sqltokens.Fold(f.Schema+"."+f.Table)]
			if target == nil {
				continue
			}
			f.Table = target.Name
			if f.References == nil && len(target.Key.Columns) == len(f.Columns) {
				f.References = slices.Clone(target.Key.Columns)
			}
			for n, name := range f.References {
				f.References[n] = columnName(target, name)
			}
		}
	}
}

// columnName is how the table spells the name of a column.
func columnName(t *catalogue.Table, name string) string {
	for i := range t.Columns {
		if sqltokens.Same(t.Columns[i].Name, name) {
			return t.Columns[i].Name
		}
	}
	return name
}

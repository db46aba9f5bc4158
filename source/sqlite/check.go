package sqlite

import (
	"context"
	"fmt"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/sqldb"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

var _ source.Checker = (*DataSource)(nil)

// Check compares the models with the tables as they are, and looks into the columns of times for what is not in the form
// that the library writes. It reads such a column to the first row that is not, or to its end.
func (d *DataSource) Check(ctx context.Context, models []*model.Model, _ bool) ([]source.Finding, error) {
	c := checker{d: d}
	for _, m := range models {
		if err := c.model(ctx, m); err != nil {
			return nil, d.fail(ctx, m, err)
		}
	}
	return c.found, nil
}

type checker struct {
	d     *DataSource
	found []source.Finding
}

func (c *checker) add(m *model.Model, field, format string, args ...any) {
	c.found = append(c.found, source.Finding{Source: c.d.Name(), Model: m.Name, Field: field, Detail: fmt.Sprintf(format, args...)})
}

func (c *checker) model(ctx context.Context, m *model.Model) error {
	d := c.d.Dialect()
	t, err := tableOf(ctx, c.d.executor, d, m.Schema, m.Table)
	if err != nil {
		return err
	}
	if t.columns == nil {
		c.add(m, "", "the table %s does not exist", dialect.Table(d, m.Schema, m.Table))
		return nil
	}
	for _, f := range m.Fields {
		col, ok := t.columns[strings.ToLower(f.Column)]
		switch {
		case !ok:
			c.add(m, f.Name, "the table %s has no column %q", m.Table, f.Column)
			continue
		case !col.NotNull && !col.Key && !col.Made && !t.view && !f.Nullable:
			c.add(m, f.Name, "the column %s.%s may be NULL and the field cannot: use a pointer or sql.Null, or declare it NOT NULL", m.Table, f.Column)
		}
		switch {
		case bends(f, col.Type) && f.Decimal != nil:
			c.add(m, f.Name, "the table declares the column %s.%s %s, of which SQLite makes floating-point numbers: declare it TEXT, as orm.CreateTables does", m.Table, f.Column, col.Type)
		case bends(f, col.Type):
			c.add(m, f.Name, "the table declares the column %s.%s %s, which does not keep the numbers of type=%s: declare it so, as orm.CreateTables does", m.Table, f.Column, col.Type, f.DBType)
		case f.Kind == model.Time:
			if err := c.times(ctx, m, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// times looks for times of other forms.
func (c *checker) times(ctx context.Context, m *model.Model, f *model.Field) error {
	d := c.d.Dialect()
	col, table, name := d.Quote(f.Column), dialect.Table(d, m.Schema, m.Table), m.Table+"."+f.Column
	there := func(expr, more string) (bool, error) {
		v, err := sqldb.Ask(ctx, c.d.executor, "SELECT EXISTS (SELECT 1 FROM "+table+" WHERE "+otherForms(expr, f.TimeForm)+more+")")
		return v == any(int64(1)), err
	}
	if c.d.foreign.Has(name) {
		found, err := there(fmt.Sprintf("%s(%s, %d)", dialect.TimeFunction, col, f.TimeForm), "")
		if found {
			c.add(m, f.Name, "the column %s holds what is no time: reading such a row fails", name)
		}
		return err
	}
	if f.TimeForm != model.TimeNative {
		found, err := there(col, "")
		if found {
			c.add(m, f.Name, "the column %s holds values that are not those of type=%s: rewrite them once with the RewriteTimes of the source, or say the type= that they are of", name, f.DBType)
		}
		return err
	}
	found, err := there(col, " AND typeof("+col+") IN ('integer', 'real')")
	if found {
		c.add(m, f.Name, "the column %s holds numbers, which the field does not read: say type=integer for seconds since 1970, type=integer(3) for milliseconds, type=integer(6) for microseconds or type=real for Julian days", name)
	}
	if err != nil {
		return err
	}
	found, err = there(col, " AND typeof("+col+") IN ('text', 'blob')")
	if found {
		c.add(m, f.Name, "the column %s holds other forms of times than the library writes, which conditions, orders and pages take as the text that they are: "+
			"rewrite them once with the RewriteTimes of the source, or open it with sqlite.ForeignTimes(%q) where another program goes on writing them", name, m.Name+"."+f.Name)
	}
	return err
}

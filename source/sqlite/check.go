package sqlite

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/schemafit"
	"github.com/multi-orm/orm/internal/sqldb"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/catalogue"
)

var _ source.Checker = (*DataSource)(nil)

// Check looks into the columns of times for what is not in the form that the library writes. It reads such a column to the first row that is not, or to its end.
func (d *DataSource) Check(ctx context.Context, models []*model.Model, _ bool, live *catalogue.Schema) ([]source.Finding, error) {
	c, tables := checker{d: d}, schemafit.NewLive(live)
	for _, m := range models {
		if err := c.model(ctx, m, tables); err != nil {
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

// model looks at the columns of times that are there and keep what the field says; what differs is told by the catalogue.
func (c *checker) model(ctx context.Context, m *model.Model, live *schemafit.Live) error {
	t := live.Table(m.Schema, m.Table)
	if t == nil {
		return nil
	}
	for _, f := range m.Fields {
		col := live.Column(t, f.Column)
		if f.Kind != model.Time || col == nil || schemafit.Bends(f, col.DBType) {
			continue
		}
		if err := c.times(ctx, m, f); err != nil {
			return err
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

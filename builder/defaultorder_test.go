package builder_test

import (
	"strings"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// Chart has a default order of two columns.
type Chart struct {
	ID    int64   `orm:"chart_no,id,auto"`
	Plays int64   `orm:"plays,order=2 desc"`
	Peak  *int16  `orm:"peak,order=1"`
	Title *string `orm:"title"`
}

var charts = builder.Bind[Chart, struct {
	ID    builder.Col[Chart, int64]
	Plays builder.Col[Chart, int64]
	Peak  builder.Col[Chart, int16]
	Title builder.Text[Chart]
}]()

// keysOf tells an order as words.
func keysOf(s *builder.Sorting) string {
	var out []string
	for i := range s.Len() {
		k := s.At(i)
		name := k.Field.Name
		if k.Fold {
			name = strings.ToLower(name)
		}
		if k.Desc {
			name = "-" + name
		}
		if k.Nulls == builder.NullsFirst {
			name += "!"
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func TestDefaultOrder(t *testing.T) {
	for _, c := range []struct {
		about string
		order builder.Sorting
		among []*model.Field
		want  string
	}{
		{"no order", builder.Sorting{}, nil, "Peak -Plays"},
		{"another column", sorting(charts.Title.Asc()), nil, "Title Peak -Plays"},
		{"the first key", sorting(charts.Peak.Desc().NullsFirst()), nil, "-Peak! -Plays"},
		{"the second key", sorting(charts.Plays.Asc()), nil, "Plays Peak"},
		{"both", sorting(charts.Plays.Asc(), charts.Peak.Asc()), nil, "Plays Peak"},
		{"three keys", sorting(charts.Title.Asc(), charts.Title.Fold().Desc(), charts.Peak.Asc()), nil, "Title -title Peak -Plays"},
		{"the primary key", sorting(charts.Title.Asc(), charts.ID.Desc()), nil, "Title -ID"},
		{"some columns", builder.Sorting{}, fields[Chart]("Title", "Plays"), "-Plays"},
		{"no column of it", sorting(charts.Title.Asc()), fields[Chart]("Title"), "Title"},
		{"none at all", builder.Sorting{}, []*model.Field{}, ""},
	} {
		before := keysOf(&c.order)
		o := c.order
		o.Default(of[Chart](), c.among)
		if have := keysOf(&o); have != c.want {
			t.Errorf("%s: %q, want %q", c.about, have, c.want)
		}
		again := o
		again.Default(of[Chart](), c.among)
		if keysOf(&again) != c.want {
			t.Errorf("%s: a second time gives %q", c.about, keysOf(&again))
		}
		if keysOf(&c.order) != before {
			t.Errorf("%s: the order that it was made of changed", c.about)
		}
	}
	var none builder.Sorting
	none.Default(of[Person](), nil)
	if none.Len() != 0 {
		t.Errorf("a model without order= gives %q", keysOf(&none))
	}
}

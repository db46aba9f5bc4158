package conformance

import (
	"cmp"
	"slices"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/truth"
)

// keyed is a sort key and what it means.
type keyed struct {
	key  orm.Order[Row]
	less func(a, b Row) int
}

func nullable[V cmp.Ordered](t *rapid.T, c orm.Col[Row, V], get func(Row) *V) keyed {
	desc := rapid.Bool().Draw(t, "desc")
	nulls := rapid.IntRange(0, 2).Draw(t, "nulls")
	key, first := c.Asc(), false
	if desc {
		key, first = c.Desc(), true
	}
	switch nulls {
	case 1:
		key, first = key.NullsFirst(), true
	case 2:
		key, first = key.NullsLast(), false
	}
	return keyed{key, func(a, b Row) int {
		x, y := get(a), get(b)
		switch {
		case x == nil && y == nil:
			return 0
		case x == nil:
			if first {
				return -1
			}
			return 1
		case y == nil:
			if first {
				return 1
			}
			return -1
		case desc:
			return cmp.Compare(*y, *x)
		}
		return cmp.Compare(*x, *y)
	}}
}

func propertyPages(e *env) {
	db := e.open(Row{})
	r := orm.Repo[Row](db)
	all := grid()
	must(r.CreateMany(e.ctx, slices.Clone(all)))
	rapid.Check(e.T, func(t *rapid.T) {
		defer e.rethrow(t)
		filter := random(t, 1)
		q := r.Where(filter.p)
		var keys []keyed
		for range rapid.IntRange(0, 3).Draw(t, "keys") {
			var k keyed
			switch rapid.IntRange(0, 3).Draw(t, "column") {
			case 0:
				k = nullable(t, rows.A, func(r Row) *int64 { return r.A })
			case 1:
				k = nullable(t, rows.S.Col, func(r Row) *string { return r.S })
			case 2:
				k = nullable(t, rows.F, func(r Row) *float64 { return r.F })
			default:
				k = nullable(t, rows.B, func(r Row) *int64 { return &r.B })
			}
			keys = append(keys, k)
			q = q.OrderBy(k.key)
		}
		var want []Row
		for _, row := range all {
			if filter.judge(row) == truth.Yes {
				want = append(want, row)
			}
		}
		slices.SortStableFunc(want, func(a, b Row) int {
			for _, k := range keys {
				if c := k.less(a, b); c != 0 {
					return c
				}
			}
			return cmp.Compare(a.ID, b.ID)
		})
		id := func(r Row) int64 { return r.ID }
		wanted := pick(want, id)
		if have := pick(must(q.Take(1000).All(e.ctx)), id); !slices.Equal(have, wanted) {
			t.Fatalf("%s\nwant %v\nhave %v", filter.text, wanted, have)
		}
		size := rapid.IntRange(1, 15).Draw(t, "size")
		var pages []int64
		for at := 0; ; at += size {
			page := must(q.Skip(at).Take(size).All(e.ctx))
			pages = append(pages, pick(page, id)...)
			if len(page) < size {
				break
			}
		}
		if !slices.Equal(pages, wanted) && len(pages)+len(wanted) > 0 {
			t.Fatalf("pages of %d: want %v, have %v", size, wanted, pages)
		}
		if streamed := pick(must(collect(q.Skip(0).Take(1000), e.ctx)), id); !slices.Equal(streamed, wanted) {
			t.Fatalf("stream: want %v, have %v", wanted, streamed)
		}
	})
}

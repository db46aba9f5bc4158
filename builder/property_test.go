package builder_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// leaf draws a comparison; its values carry their position in the tree, so that argument order shows.
func leaf(t *rapid.T, next func() int) builder.Pred[Person] {
	p := people
	switch rapid.IntRange(0, 15).Draw(t, "op") {
	case 0:
		return p.Hits.Eq(next())
	case 1:
		return p.Hits.Ne(next())
	case 2:
		return p.Hits.Gt(next())
	case 3:
		return p.TenantID.Lte(int64(next()))
	case 4:
		a := next()
		return p.Hits.Between(a, next())
	case 5:
		return p.Name.IsNull()
	case 6:
		return p.Name.IsNotNull()
	case 7:
		n := rapid.IntRange(1, 4).Draw(t, "len")
		at := next()
		vs := make([]int, n)
		for i := range vs {
			vs[i] = at
		}
		return p.Hits.In(vs...)
	case 8:
		return p.Hits.NotIn(next())
	case 9:
		return p.Hits.DistinctFrom(next())
	case 10:
		return p.Email.Contains(fmt.Sprint(next()))
	case 11:
		return p.Email.Fold().StartsWith(fmt.Sprint(next()))
	case 12:
		return p.Email.Fold().Eq(fmt.Sprint(next()))
	case 13:
		return builder.ConstantSQL[Person]("1 = ? OR '?' <> '('", next())
	case 14:
		return p.Role.Fold().In(fmt.Sprint(next()))
	}
	return builder.Pred[Person]{}
}

func tree(t *rapid.T, depth int, next func() int) builder.Pred[Person] {
	if depth == 0 || rapid.IntRange(0, 2).Draw(t, "leaf") == 0 {
		return leaf(t, next)
	}
	kids := func() []builder.Pred[Person] {
		out := make([]builder.Pred[Person], rapid.IntRange(0, 3).Draw(t, "kids"))
		for i := range out {
			out[i] = tree(t, depth-1, next)
		}
		return out
	}
	switch rapid.IntRange(0, 5).Draw(t, "node") {
	case 0:
		return builder.And(kids()...)
	case 1:
		return builder.Or(kids()...)
	case 2:
		return builder.Not(tree(t, depth-1, next))
	case 3:
		return people.Reports.Some(kids()...)
	case 4:
		return people.Boss.Is(tree(t, depth-1, next))
	}
	return people.Reports.Every(kids()...)
}

// drawn is a random statement, made twice with other values.
func drawn(t *rapid.T, label string) (a, b *builder.Select) {
	gen := rapid.Custom(func(t *rapid.T) [2]*builder.Select {
		var out [2]*builder.Select
		n := [2]int{0, 100_000}
		next := func(i int) func() int { return func() int { n[i]++; return n[i] } }
		roots := rapid.IntRange(0, 5).Draw(t, "roots")
		var trees [2][]builder.Pred[Person]
		for range roots {
			p := tree(t, 3, next(0))
			trees[0] = append(trees[0], p)
			trees[1] = append(trees[1], builder.PredOf[Person](renumber(p.Expr(), next(1))))
		}
		take, skip := rapid.Bool().Draw(t, "take"), rapid.Bool().Draw(t, "skip")
		for i := range out {
			out[i] = find(trees[i]...)
			if take {
				out[i].Take, out[i].HasTake = int64(n[i]+1), true
			}
			if skip {
				out[i].Skip = int64(n[i] + 2)
			}
		}
		return out
	})
	pair := gen.Draw(t, label)
	return pair[0], pair[1]
}

// renumber copies e with fresh values of the same kinds.
func renumber(e builder.Expr, next func() int) builder.Expr {
	fresh := func(v model.Value) model.Value {
		switch v.Kind() {
		case model.IntValue:
			return model.IntOf(int64(next()))
		case model.StringValue:
			return model.StringOf(fmt.Sprint(next()))
		case model.ListValue:
			if v.List()[0].Kind() == model.StringValue {
				return model.ListOf(model.List{model.StringOf(fmt.Sprint(next())), model.StringOf("y")})
			}
			return model.ListOf(model.List{model.IntOf(int64(next())), model.IntOf(0)})
		}
		return v
	}
	e.Value = fresh(e.Value)
	if e.Ext != nil {
		x := *e.Ext
		if e.Op == builder.OpBetween {
			x.Upper = fresh(x.Upper)
		}
		x.Args = append([]model.Value(nil), x.Args...)
		for i := range x.Args {
			x.Args[i] = fresh(x.Args[i])
		}
		x.Kids = append([]builder.Expr(nil), x.Kids...)
		for i := range x.Kids {
			x.Kids[i] = renumber(x.Kids[i], next)
		}
		e.Ext = &x
	}
	return e
}

var quoted = regexp.MustCompile(`'(?:[^']|'')*'`)

var placeholder = map[string]*regexp.Regexp{
	"postgres":  regexp.MustCompile(`\$(\d+)`),
	"sqlite":    regexp.MustCompile(`\?(\d+)`),
	"sqlserver": regexp.MustCompile(`@p(\d+)`),
}

// The placeholders of a text are 1…n in order, one for each argument.
func TestPlaceholdersMatchArguments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		st, _ := drawn(t, "st")
		for _, d := range dialects {
			p, args, err := (&builder.Cache{Dialect: d}).Compile(st, new(builder.Args))
			if err != nil {
				t.Fatal(err)
			}
			found := placeholder[d.Name()].FindAllStringSubmatch(quoted.ReplaceAllString(p.SQL, "''"), -1)
			if len(found) != len(args) {
				t.Fatalf("%d placeholders, %d arguments: %s", len(found), len(args), p.SQL)
			}
			for i, m := range found {
				if m[1] != fmt.Sprint(i+1) {
					t.Fatalf("placeholder %d is %s: %s", i+1, m[0], p.SQL)
				}
			}
		}
	})
}

// Values were numbered in the order of the tree, which is the order of the text; only a page may move.
func TestArgumentsKeepTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		st, _ := drawn(t, "st")
		st.HasTake, st.Skip = false, 0
		for _, d := range dialects {
			_, args, err := (&builder.Cache{Dialect: d}).Compile(st, new(builder.Args))
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range args {
				if v.Kind() == model.ListValue {
					v = v.List()[0]
				}
				if got := strings.Trim(fmt.Sprint(v.Any()), "%*"); got != fmt.Sprint(i+1) {
					t.Fatalf("argument %d is %s", i+1, got)
				}
			}
		}
	})
}

// Other values are the same text and one cache entry; two statements share an entry only if their text is the same.
func TestShapeIsTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one, other := drawn(t, "one")
		two, _ := drawn(t, "two")
		for _, d := range dialects {
			c := builder.Cache{Dialect: d}
			p, args, err := c.Compile(one, new(builder.Args))
			if err != nil {
				t.Fatal(err)
			}
			q, moved, err := c.Compile(other, new(builder.Args))
			if err != nil || q != p || c.Len() != 1 || len(args) != len(moved) {
				t.Fatalf("other values made another shape: %v\n%s\n%s", err, p.SQL, q.SQL)
			}
			r, _, err := c.Compile(two, new(builder.Args))
			if err != nil {
				t.Fatal(err)
			}
			fresh, _, _ := (&builder.Cache{Dialect: d}).Compile(two, new(builder.Args))
			if r.SQL != fresh.SQL {
				t.Fatalf("the cache gave another statement's text\n%s\n%s", r.SQL, fresh.SQL)
			}
			if (r == p) != (r.SQL == p.SQL) {
				t.Fatalf("shape and text disagree\n%s\n%s", p.SQL, r.SQL)
			}
		}
	})
}

// A scope is outermost and last, whatever stands before it.
func TestScopeIsOutermost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		st, _ := drawn(t, "st")
		st.HasTake, st.Skip, st.Scopes = false, 0, []builder.Scope{tenant(3)}
		p, _, err := (&builder.Cache{Dialect: dialect.SQLite{}}).Compile(st, new(builder.Args))
		if err != nil {
			t.Fatal(err)
		}
		_, cond, _ := strings.Cut(quoted.ReplaceAllString(p.SQL, "''"), " WHERE ")
		depth, last := 0, ""
		for _, word := range strings.FieldsFunc(cond, func(r rune) bool { return r == ' ' }) {
			if depth == 0 && word == "OR" {
				t.Fatalf("an OR stands beside the scope: %s", p.SQL)
			}
			if depth == 0 && word == "AND" {
				last = ""
			} else {
				last += word + " "
			}
			depth += strings.Count(word, "(") - strings.Count(word, ")")
		}
		if depth != 0 || !strings.HasPrefix(last, `"people"."tenant_no" = ?`) {
			t.Fatalf("the scope is not the last conjunct: %s", p.SQL)
		}
	})
}

// Branching from one base, from many goroutines, disturbs neither the base nor the other branches.
func TestBranchingIsImmutable(t *testing.T) {
	base := where(people.Hits.Gt(0), people.Hits.Gt(1), people.Hits.Gt(2), people.Hits.Gt(3), people.Hits.Gt(4))
	order := sorting(people.Name.Asc(), people.Hits.Asc(), people.Email.Asc())
	branch := people.Orders.Where(orders.Total.Gt(0)).OrderBy(orders.Total.Asc()).Select(orders.ID).With(orders.Lines)
	var wg sync.WaitGroup
	for g := range 32 {
		wg.Go(func() {
			for i := range 50 {
				c, o := base, order
				c.Add(people.Hits.Eq(g*100 + i).Expr())
				o.Add(builder.SortKey{Field: field[Person]("ID"), Desc: g%2 == 0})
				b := branch.Where(orders.Total.Lt(float64(g))).OrderBy(orders.ID.Asc()).Select(orders.Total).With(orders.Buyer)
				inc, err := builder.IncludeOf[Person](b)
				if err != nil || len(inc.Where) != 2 || inc.Where[1].Value.Float() != float64(g) || len(inc.Order) != 2 || len(inc.Columns) != 2 || len(inc.Includes) != 2 {
					t.Errorf("branch %d: %+v %v", g, inc, err)
				}
				if c.Len() != 6 || c.At(5).Value.Int() != int64(g*100+i) || o.Len() != 4 || o.At(3).Desc != (g%2 == 0) {
					t.Errorf("goroutine %d sees another branch", g)
				}
			}
		})
	}
	wg.Wait()
	inc, _ := builder.IncludeOf[Person](branch)
	if base.Len() != 5 || order.Len() != 3 || len(inc.Where) != 1 || len(inc.Order) != 1 || len(inc.Columns) != 1 || len(inc.Includes) != 1 {
		t.Error("the base changed")
	}
}

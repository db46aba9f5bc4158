package builder_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
)

// shaped makes statements of n different shapes.
func shaped(n int) *builder.Select {
	st := &builder.Select{Model: of[Person](), Columns: fields[Person]("ID")}
	for i := range 12 {
		if n&(1<<i) != 0 {
			st.Where.Add(people.Hits.Gt(n).Expr())
		} else {
			st.Where.Add(people.Hits.Lt(n).Expr())
		}
	}
	return st
}

func TestCacheIsBounded(t *testing.T) {
	for _, size := range []int{2, 3, 16, 100} {
		c := builder.Cache{Dialect: dialect.Postgres{}, Size: size}
		for i := range 500 {
			if _, _, err := c.Compile(shaped(i), new(builder.Args)); err != nil {
				t.Fatal(err)
			}
			if n := c.Len(); n > size {
				t.Fatalf("a cache of %d holds %d", size, n)
			}
		}
	}
}

// What is used again stays; what is not goes.
func TestCacheKeepsWhatIsUsed(t *testing.T) {
	c := builder.Cache{Dialect: dialect.Postgres{}, Size: 16}
	hot, _, err := c.Compile(shaped(0), new(builder.Args))
	if err != nil {
		t.Fatal(err)
	}
	cold, _, _ := c.Compile(shaped(1), new(builder.Args))
	for i := range 200 {
		if _, _, err := c.Compile(shaped(i+2), new(builder.Args)); err != nil {
			t.Fatal(err)
		}
		if p, _, _ := c.Compile(shaped(0), new(builder.Args)); p != hot {
			t.Fatalf("the shape in use was forgotten after %d others", i+1)
		}
	}
	if p, _, _ := c.Compile(shaped(1), new(builder.Args)); p == cold {
		t.Error("a shape not used for long is still there")
	}
}

// Goroutines that miss together get one entry, since sources keep what they learn in it.
func TestCacheIsConcurrent(t *testing.T) {
	c := builder.Cache{Dialect: dialect.SQLServer{}, Size: 64}
	var mu sync.Mutex
	got := map[int]*builder.Compiled{}
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			for i := range 200 {
				n := (i + g) % 20
				a := new(builder.Args)
				p, args, err := c.Compile(shaped(n), a)
				if err != nil || len(args) != 12 || args[0].Int() != int64(n) {
					t.Errorf("%d: %v %v", n, args, err)
					return
				}
				mu.Lock()
				if have := got[n]; have != nil && have != p {
					t.Errorf("shape %d has two entries", n)
				}
				got[n] = p
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if c.Len() != 20 {
		t.Errorf("%d shapes, want 20", c.Len())
	}
}

// listing is the read of a list page: an equality, a list, a NULL test, an order and a limit.
func listing() *builder.Select {
	st := find(people.Role.Eq("admin"), people.Hits.In(1, 2, 3), people.Name.IsNull())
	st.Columns = nil
	st.Order = sorting(people.CreatedAt.Desc())
	st.Take, st.HasTake = 100, true
	return st
}

func TestCacheHitAllocations(t *testing.T) {
	for _, d := range dialects {
		c := builder.Cache{Dialect: d}
		st := listing()
		a := new(builder.Args)
		if _, _, err := c.Compile(st, a); err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() { _, _, _ = c.Compile(st, a) }); n > 2 {
			t.Errorf("%s: a hit allocates %v times", d.Name(), n)
		}
	}
}

func BenchmarkCacheHit(b *testing.B) {
	c := builder.Cache{Dialect: dialect.Postgres{}}
	st := listing()
	a := new(builder.Args)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := c.Compile(st, a); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCacheMiss(b *testing.B) {
	st := listing()
	a := new(builder.Args)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := (&builder.Cache{Dialect: dialect.Postgres{}}).Compile(st, a); err != nil {
			b.Fatal(err)
		}
	}
}

// Arguments given out stay as they are while the Args are not used again.
func TestCacheArgumentsAreTheCallers(t *testing.T) {
	c := builder.Cache{Dialect: dialect.SQLite{}}
	a, b := new(builder.Args), new(builder.Args)
	_, one, _ := c.Compile(find(people.Hits.Eq(1)), a)
	_, two, _ := c.Compile(find(people.Hits.Eq(2)), b)
	if one[0].Int() != 1 || two[0].Int() != 2 {
		t.Errorf("%v %v", one, two)
	}
}

func TestCacheErrorsAreNotKept(t *testing.T) {
	c := builder.Cache{Dialect: dialect.SQLite{}}
	st := find()
	st.Lock, st.LockWait = builder.ForUpdate, builder.NoWait
	for range 3 {
		if _, _, err := c.Compile(st, new(builder.Args)); err == nil {
			t.Fatal("no error")
		}
	}
	if c.Len() != 0 {
		t.Error("an error was kept")
	}
}

func ExampleCache() {
	c := builder.Cache{Dialect: dialect.Postgres{}}
	st := &builder.Select{Model: of[Team](), Take: 10, HasTake: true}
	st.Where.Add(teams.Name.StartsWith("A").Expr())
	p, args, err := c.Compile(st, new(builder.Args))
	if err != nil {
		panic(err)
	}
	fmt.Println(p.SQL)
	fmt.Println(args[0].Str(), args[1].Int())
	// Output:
	// SELECT "teams"."team_no", "teams"."title", "teams"."region" FROM "teams" WHERE "teams"."title" LIKE $1 ESCAPE '\' LIMIT $2
	// A% 10
}

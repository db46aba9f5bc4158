package postgres

import (
	"context"
	"errors"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// TestBulkInsert inserts a thousand rows with their ids back, and holds the line on allocations.
func TestBulkInsert(t *testing.T) {
	d, m := filled(t, 0, one())
	st := insertOf(t, m, users(1000)...)
	bare := &builder.Insert{Model: m, Fields: m.Fields[1:], Rows: 1000, Returning: m.Key, Scoped: true}
	for i, v := range st.Values {
		if i%len(m.Fields) > 0 {
			bare.Values = append(bare.Values, v)
		}
	}
	insert := func() {
		rows := &source.Rows{Slab: source.SlabOf[user](1000)}
		n, err := d.Insert(context.Background(), bare, rows)
		if err != nil || n != 1000 || rows.Len() != 1000 {
			t.Fatal(n, err, rows.Len())
		}
		for i := 1; i < 1000; i++ {
			if (*user)(rows.At(i)).ID != (*user)(rows.At(i-1)).ID+1 {
				t.Fatal("the ids are not in the order of the rows")
			}
		}
		mustExec(t, d, "TRUNCATE users")
	}
	insert()
	got := testing.AllocsPerRun(5, insert)
	t.Logf("%.0f allocations", got)
	if got > 40 {
		t.Errorf("%.0f allocations for 1000 rows", got)
	}
}

func TestUpsertAndDuplicates(t *testing.T) {
	d, m := filled(t, 2)
	again := insertOf(t, m, users(3)...)
	again.Conflict = &builder.Conflict{DoNothing: true}
	if n, err := d.Insert(t.Context(), again, nil); n != 1 || err != nil {
		t.Errorf("%d added, %v", n, err)
	}
	email, _ := m.Field("Email")
	role, _ := m.Field("Role")
	u := users(1)[0].(*user)
	u.ID, u.Role = 99, "changed"
	up := insertOf(t, m, u)
	up.Conflict = &builder.Conflict{Target: []*model.Field{email}, FromRow: []*model.Field{role}}
	up.Returning = m.Key
	if n, err := d.Insert(t.Context(), up, &source.Rows{Slab: source.SlabAt(m.Type, pointerTo(u), 1)}); n != 1 || err != nil || u.ID != 1 {
		t.Errorf("%d, %v, id %d", n, err, u.ID)
	}
	up.Conflict.Target = []*model.Field{role}
	_, err := d.Insert(t.Context(), up, nil)
	if !errors.Is(err, fault.ErrInvalid) {
		t.Error(err)
	}
}

type team struct {
	ID   int64 `orm:"id"`
	Name string
}

type member struct {
	ID    int64  `orm:"id"`
	Teams []team `orm:"relation=id:id,through=memberships(member_id:team_id)"`
}

// TestLinkRows loads a many-to-many relation: each row comes with its parent's key beside it.
func TestLinkRows(t *testing.T) {
	members, teams := modelOf[member](t), modelOf[team](t)
	for name, opts := range modes() {
		t.Run(name, func(t *testing.T) {
			d := open(t, []*model.Model{members, teams}, opts...)
			mustExec(t, d, "INSERT INTO teams VALUES (1, 'red'), (2, 'blue'); INSERT INTO memberships VALUES (10, 1), (10, 2), (20, 2)")
			rel, err := members.Relation("Teams")
			if err != nil {
				t.Fatal(err)
			}
			st := selectOf(teams)
			st.Group = &builder.Group{Link: rel, Keys: []model.List{{model.IntOf(10), model.IntOf(20)}}}
			typ, _ := builder.LinkRow(rel)
			for range 2 {
				links := source.NewSlab(typ)
				rows := &source.Rows{Slab: source.SlabOf[team](0), Links: &links}
				if err := d.Select(t.Context(), st, rows); err != nil {
					t.Fatal(err)
				}
				var keys []int64
				for i := range links.Len() {
					keys = append(keys, *(*int64)(links.At(i)))
				}
				if diff := diff([]int64{10, 10, 20}, keys) + diff([]team{{1, "red"}, {2, "blue"}, {2, "blue"}}, source.Take[team](&rows.Slab)); diff != "" {
					t.Fatal(diff)
				}
			}
		})
	}
}

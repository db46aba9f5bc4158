package randomquery

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"

	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/writing"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// The columns of the tables. Models embed them, and say in which source each table is and what it is related to.
type (
	// Owner has a relation of every kind.
	Owner struct {
		ID     int64   `orm:"id"`
		N      *int64  `orm:"n"`
		BestID *int64  `orm:"best_id"`
		X      *int64  `orm:"x"`
		Y      *string `orm:"y"`
	}
	// Kid belongs to an owner, or to none.
	Kid struct {
		ID      int64  `orm:"id"`
		N       *int64 `orm:"n"`
		OwnerID *int64 `orm:"owner_id"`
	}
	// Toy belongs to a kid, or to none.
	Toy struct {
		ID    int64  `orm:"id"`
		N     *int64 `orm:"n"`
		KidID *int64 `orm:"kid_id"`
	}
	// Plot has a key of two columns.
	Plot struct {
		X int64  `orm:"x,id"`
		Y string `orm:"y,id"`
		N *int64 `orm:"n"`
	}
	// Tag is linked to owners by ties.
	Tag struct {
		ID int64  `orm:"id"`
		N  *int64 `orm:"n"`
	}
	// Tie is a link whose columns are its key.
	Tie struct {
		OwnerID int64 `orm:"owner_id,id"`
		TagID   int64 `orm:"tag_id,id"`
	}
	// Mark is linked to owners by seals.
	Mark struct {
		ID int64  `orm:"id"`
		N  *int64 `orm:"n"`
	}
	// Seal is a link that may be there twice, or lack an end.
	Seal struct {
		ID      int64  `orm:"id"`
		OwnerID *int64 `orm:"owner_id"`
		MarkID  *int64 `orm:"mark_id"`
	}
)

// Graph is the rows of a graph.
type Graph struct {
	owners []Owner
	kids   []Kid
	toys   []Toy
	plots  []Plot
	tags   []Tag
	ties   []Tie
	marks  []Mark
	seals  []Seal
}

// DrawGraph makes rows. Keys are NULL at times, or lead nowhere; links are doubled.
func DrawGraph(r *rand.Rand) (g Graph) {
	maybe := func(n int64) *int64 {
		if r.IntN(4) == 0 {
			return nil
		}
		k := 1 + r.Int64N(n)
		return &k
	}
	for i := range int64(24) {
		g.kids = append(g.kids, Kid{ID: i + 1, N: maybe(5), OwnerID: maybe(14)})
		g.toys = append(g.toys, Toy{ID: i + 1, N: maybe(5), KidID: maybe(30)})
		g.seals = append(g.seals, Seal{ID: i + 1, OwnerID: maybe(14), MarkID: maybe(7)})
	}
	for i := range int64(12) {
		o := Owner{ID: i + 1, N: maybe(5), BestID: maybe(30), X: maybe(3)}
		if r.IntN(4) > 0 {
			y := string(rune('a' + r.IntN(3)))
			o.Y = &y
		}
		g.owners = append(g.owners, o)
		for _, tag := range r.Perm(7)[:r.IntN(5)] {
			g.ties = append(g.ties, Tie{OwnerID: i + 1 + int64(r.IntN(2))*20, TagID: int64(tag + 1)})
		}
	}
	for i := range int64(6) {
		g.plots = append(g.plots, Plot{X: i%3 + 1, Y: string(rune('a' + i/2)), N: maybe(5)})
		g.tags = append(g.tags, Tag{ID: i + 1, N: maybe(5)})
		g.marks = append(g.marks, Mark{ID: i + 1, N: maybe(5)})
	}
	return g
}

// Write writes the same rows to each, wherever its models say that they are.
func (g Graph) Write(ctx context.Context, to ...*engine.Session) error {
	tables := map[string]any{"owners": g.owners, "kids": g.kids, "toys": g.toys, "plots": g.plots, "tags": g.tags, "ties": g.ties, "marks": g.marks, "seals": g.seals}
	for _, s := range to {
		written := 0
		for _, m := range s.Models() {
			rows, ok := tables[m.Table]
			if !ok {
				return fmt.Errorf("randomquery: the graph has no rows of table %s", m.Table)
			}
			if err := write(ctx, s, m, rows); err != nil {
				return err
			}
			written++
		}
		if written != len(tables) {
			return fmt.Errorf("randomquery: %d models of %d tables", written, len(tables))
		}
	}
	return nil
}

func write(ctx context.Context, s *engine.Session, m *model.Model, rows any) error {
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	same := reflect.New(reflect.SliceOf(m.Type))
	if err := json.Unmarshal(text, same.Interface()); err != nil {
		return err
	}
	n := same.Elem().Len()
	slab := source.SlabAt(m.Type, same.Elem().UnsafePointer(), n)
	for range n {
		slab.Next()
	}
	wrote, err := writing.Create(ctx, s, "CreateMany", m, slab, writing.CreateOptions{})
	if err == nil && wrote != int64(n) {
		err = fmt.Errorf("randomquery: %d rows of %d are in table %s", wrote, n, m.Table)
	}
	return err
}

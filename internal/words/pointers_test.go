package words_test

import (
	"errors"
	"testing"

	"github.com/multi-orm/orm"
)

type (
	// Stamp is embedded by pointer.
	Stamp struct {
		ID   int64  `orm:"id,auto,table=letters"`
		UID  string `orm:"uid,default=uuid"`
		Note string
	}
	letter struct {
		*Stamp
		Code  string `orm:"code,unique"`
		UpID  *int64
		Under []letter `orm:"relation=id:up_id"`
	}
)

var letters = orm.Bind[letter, struct {
	ID    orm.Col[letter, int64]
	Note  orm.Text[letter]
	Code  orm.Text[letter]
	Under orm.Many[letter, letter]
}]()

// What is made in a struct embedded by pointer is there after a write that went well, and gone after one that failed.
func TestPointersAreGivenBack(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB) {
		ctx, r := t.Context(), orm.Repo[letter](db)
		first := letter{Code: "first"}
		must(t, r.Create(ctx, &first))
		if first.Stamp == nil || first.ID == 0 || first.UID == "" {
			t.Fatalf("made %+v", first.Stamp)
		}
		row, err := r.Where(letters.Note.Eq("")).One(ctx)
		if must(t, err); *row.Stamp != *first.Stamp {
			t.Errorf("read %+v", row.Stamp)
		}
		own := []*Stamp{{Note: "a"}, {Note: "b"}, nil}
		rows := []letter{{Stamp: own[0], Code: "a"}, {Stamp: own[1], Code: "first"}, {Code: "c"}}
		if _, err := r.CreateMany(ctx, rows); !errors.Is(err, orm.ErrConflict) {
			t.Fatal(err)
		}
		if err := r.Create(ctx, &letter{Code: "up"}, letters.Under.Create(&rows[0]), letters.Under.Create(&rows[2]), letters.Under.Create(&rows[1])); !errors.Is(err, orm.ErrConflict) {
			t.Fatal(err)
		}
		if res, err := r.Import(ctx, rows[1:2]); err != nil || !errors.Is(res[0].Err, orm.ErrConflict) {
			t.Fatal(res, err)
		}
		if err := r.Create(ctx, &rows[1], letters.Note.Set("said")); !errors.Is(err, orm.ErrConflict) {
			t.Fatal(err)
		}
		for i, row := range rows {
			if row.Stamp != own[i] || row.Stamp != nil && (row.ID != 0 || row.UID != "" || row.Note != string(rune('a'+i))) {
				t.Errorf("row %d: %+v", i, row.Stamp)
			}
		}
		shared := &Stamp{}
		twins := []letter{{Stamp: shared, Code: "x"}, {Stamp: shared, Code: "y"}}
		if _, err := r.CreateMany(ctx, twins); !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("two rows share a struct: %v", err)
		}
	}, letter{})
}

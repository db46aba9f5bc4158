package rls_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// Pages show the tenant's own rows, forward and back, and a cursor is of no use to another.
func TestPagesStayInTheTenant(t *testing.T) {
	boards := orm.Bind[board, struct {
		Name orm.Text[board]
		Kids orm.Many[board, board]
	}]()
	db, _ := watched(t, []any{branch{}, board{}}, rls.Tenant(), rls.Global(branch{}))
	r := orm.Repo[board](db)
	a, b := inCompany(t, "a"), inCompany(t, "b")
	for i := range 9 {
		must(t, r.Create(a, &board{Name: fmt.Sprintf("a%d", i)}))
		must(t, r.Create(b, &board{Name: fmt.Sprintf("b%d", i)}))
	}
	q := r.OrderBy(boards.Name.Desc()).Include("Kids").Take(4)
	seen := 0
	var last orm.Page[board]
	for cursor := ""; ; cursor = last.Next {
		var err error
		last, err = q.Page(a, cursor, orm.WithTotal)
		must(t, err)
		for _, x := range last.Rows {
			if x.Company != "a" {
				t.Errorf("a page shows %+v", x)
			}
		}
		if last.Total != 9 {
			t.Errorf("%d rows in all", last.Total)
		}
		seen += len(last.Rows)
		if last.Next == "" {
			break
		}
	}
	if seen != 9 {
		t.Errorf("%d rows were seen", seen)
	}
	if _, err := q.Page(b, last.Prev); !errors.Is(err, orm.ErrBadCursor) {
		t.Errorf("another tenant's cursor: %v", err)
	}
	if _, err := q.Page(t.Context(), ""); !errors.Is(err, orm.ErrNoActor) {
		t.Errorf("nobody's page: %v", err)
	}
	if n, err := q.PageNumber(b, 1); err != nil || n.Total != 9 || n.Rows[0].Company != "b" {
		t.Errorf("%+v, %v", n, err)
	}
}

// What a hook takes out of the rows is still where the next page begins.
func TestPagesAndHooks(t *testing.T) {
	type secret struct {
		ID   int64  `orm:"id,auto,table=secrets"`
		Code string `orm:"code,hidden"`
	}
	codes := orm.Bind[secret, struct{ Code orm.Text[secret] }]()
	var change func(op *hook.Op)
	db, _ := watched(t, []any{secret{}}, hook.Sanitize().Searchable(), hook.MaxRows(3), hook.Hook{Name: "change", Before: func(_ context.Context, op *hook.Op) error {
		if change != nil && op.Name == "Page" {
			change(op)
		}
		return nil
	}})
	r := orm.Repo[secret](db)
	for i := range 7 {
		must(t, r.Create(t.Context(), &secret{Code: fmt.Sprint(9 - i)}))
	}
	q := r.OrderBy(codes.Code.Asc()).Take(3)
	var ids []int64
	for cursor := ""; ; {
		p, err := q.Page(t.Context(), cursor)
		must(t, err)
		for _, x := range p.Rows {
			ids = append(ids, x.ID)
			if x.Code != "" {
				t.Error("a hidden column was shown")
			}
		}
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	if fmt.Sprint(ids) != "[7 6 5 4 3 2 1]" {
		t.Errorf("pages by a hidden column: %v", ids)
	}
	if _, err := q.Take(4).Page(t.Context(), ""); !errors.Is(err, orm.ErrLimit) {
		t.Errorf("a page larger than MaxRows: %v", err)
	}
	for what, fn := range map[string]func(op *hook.Op){
		"the size":  func(op *hook.Op) { op.Select.Take = 2 },
		"the order": func(op *hook.Op) { op.Select.Order.At(0).Desc = true },
		"a skip":    func(op *hook.Op) { op.Select.Skip = 1 },
	} {
		change = fn
		if _, err := q.Page(t.Context(), ""); !errors.Is(err, orm.ErrDenied) {
			t.Errorf("a hook changed %s: %v", what, err)
		}
	}
}

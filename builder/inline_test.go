package builder_test

import (
	"strings"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// The arguments of a sub-select inside a text come after those of the text, on every dialect by number.
func TestGoldenInline(t *testing.T) {
	var b strings.Builder
	for _, d := range dialects {
		q := &builder.Select{Model: of[Order](), Columns: fields[Order]("ID", "Total"), Scopes: []builder.Scope{
			{Name: "paid", Expr: orders.Total.Between(1, 2).Expr()}, {Name: "bought", Expr: builder.Compare(builder.OpNe, field[Order]("BuyerID"), model.IntOf(7))}}}
		text, args, err := builder.Inline(d, q, 2)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("== " + d.Name() + "\nSELECT CAST(" + d.Placeholder(1) + " AS int), CAST(" + d.Placeholder(2) + " AS int), 1 FROM (" + text + ") AS x\nargs: " + render(args) + "\n")
	}
	compare(t, "inline", b.String())
}

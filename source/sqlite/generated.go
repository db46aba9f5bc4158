package sqlite

import (
	"errors"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/model"
)

// choosing are the functions that give one of their arguments as it is.
const choosing = " coalesce ifnull nullif iif "

// inexact refuses columns of decimals that the database would compute: SQLite does so in floating-point numbers.
func (d *DataSource) inexact(models []*model.Model) error {
	var errs []error
	for _, m := range models {
		for _, f := range m.Fields {
			if f.Decimal != nil && computes(f.Expression) {
				errs = append(errs, &fault.Error{Op: "open", Model: m.Name, Field: f.Name, Source: d.Name(), Err: fault.ErrUnsupported,
					Detail: "generated= would compute decimals, which SQLite does in floating-point numbers: give the column its value in the program, or aggregate sum(A*B)"})
			}
		}
	}
	return errors.Join(errs...)
}

// computes reports whether an expression may give a number that no column and no literal in it is.
func computes(expression string) bool {
	tokens := sqltokens.Split(expression)
	for i, t := range tokens {
		switch {
		case t.Kind == sqltokens.Sign && strings.Contains("+-*/%&|~<<>>", t.Text) && !strings.Contains("<>", t.Text):
			return true
		case t.IsName() && i+1 < len(tokens) && tokens[i+1].Is("(") && !strings.Contains(choosing, " "+strings.ToLower(t.Text)+" "):
			switch strings.ToLower(t.Text) {
			case "and", "or", "not", "in", "when", "then", "else", "case", "between", "is", "like":
				continue
			}
			return true
		}
	}
	return false
}

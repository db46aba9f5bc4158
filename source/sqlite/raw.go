package sqlite

import (
	"context"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Query reads the result of text into rows. Placeholders are ? or ?1, ?2 and so on.
func (x executor) Query(ctx context.Context, text string, args []model.Value, rows *source.Rows) error {
	if err := x.ready(nil); err != nil {
		return err
	}
	_, err := x.read(ctx, nil, text, args, nil, rows)
	return err
}

// Exec runs text and gives the number of rows it touched. Text without arguments may hold several statements.
func (x executor) Exec(ctx context.Context, text string, args []model.Value) (int64, error) {
	if err := x.ready(nil); err != nil {
		return 0, err
	}
	return x.exec(ctx, nil, text, args)
}

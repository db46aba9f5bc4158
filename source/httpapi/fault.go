package httpapi

import (
	"fmt"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/model"
)

// upstream is what the API did wrong with model m.
func upstream(m *model.Model, f *model.Field, detail string) *fault.Error {
	return httpcall.Upstream(m, f, detail)
}

// tooManyRows says that a read would hold more rows than it may.
func (d *DataSource) tooManyRows(m *model.Model) error {
	return fault.New(fault.ErrLimit, m.Name, "", fmt.Sprintf("more than MaxRows (%d) rows: add conditions or Take, stream them with Rows, or raise httpapi.MaxRows", d.maxRows))
}
